"""An announcement put in place from any telephone, by keys alone: a code, which one, until when, and a yes.

Pure: keys in, sentences and at most one deed out. The code is checked by whoever carries the deeds out.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from prompts.announcements import PhoneWords

MAX_WRONG_CODES = 3
MAX_MISTAKES = 6
_MAX_DIGITS = 12


@dataclass(frozen=True)
class Choice:
    """One of the announcements written beforehand."""

    name: str
    text: str
    """As it will be heard."""


@dataclass(frozen=True)
class End:
    name: str
    """« ce soir à 20 heures »."""
    at: datetime


@dataclass(frozen=True)
class Offer:
    """What there is to choose from in this call."""

    words: PhoneWords
    choices: tuple[Choice, ...]
    """Nine at most: one key each."""
    ends: tuple[End, ...]


@dataclass(frozen=True)
class CheckCode:
    code: str


@dataclass(frozen=True)
class Announce:
    text: str
    until: datetime


@dataclass(frozen=True)
class StopAnnouncing:
    pass


@dataclass(frozen=True)
class HangUp:
    pass


Deed = CheckCode | Announce | StopAnnouncing | HangUp
Stage = Literal["code", "checking", "choose", "end", "sure", "over"]


@dataclass(frozen=True)
class State:
    stage: Stage = "code"
    typed: str = ""
    choice: int = 0
    end: int = 0
    wrong_codes: int = 0
    mistakes: int = 0
    """Wrong keys and silences, in the whole call."""


class Turn(NamedTuple):
    state: State
    said: tuple[str, ...]
    deed: Deed | None = None


def greet(offer: Offer) -> Turn:
    """The first words."""
    return Turn(State(), (offer.words.code,))


def press(offer: Offer, state: State, key: str) -> Turn:
    """What one key leads to."""
    match state.stage:
        case "code":
            if key == "#":
                return Turn(replace(state, stage="checking", typed=""), (), CheckCode(state.typed))
            typed = state.typed + key if key.isdigit() else ""
            return Turn(replace(state, typed=typed[:_MAX_DIGITS]), ())
        case "choose":
            if key == "0":
                return Turn(replace(state, stage="over"), (offer.words.stopped,), StopAnnouncing())
            if (place := _place(key, len(offer.choices))) is not None:
                return Turn(replace(state, stage="end", choice=place), _ends(offer))
        case "end":
            if (place := _place(key, len(offer.ends))) is not None:
                chosen = replace(state, stage="sure", end=place)
                return Turn(chosen, _sure(offer, chosen))
        case "sure":
            if key == "1":
                text, until = offer.choices[state.choice].text, offer.ends[state.end].at
                return Turn(replace(state, stage="over"), (), Announce(text, until))
            if key == "2":
                return Turn(replace(state, stage="choose"), _choices(offer))
        case "checking" | "over":
            return Turn(state, ())
    return _again(offer, state, offer.words.unknown_key)


def silence(offer: Offer, state: State) -> Turn:
    """Nothing was typed for a while."""
    return _again(offer, state, "")


def checked(offer: Offer, state: State, right: bool) -> Turn:
    """Whether the code was the right one."""
    if right:
        return Turn(replace(state, stage="choose"), _choices(offer))
    wrong = state.wrong_codes + 1
    if wrong >= MAX_WRONG_CODES:
        return Turn(replace(state, stage="over", wrong_codes=wrong), (offer.words.goodbye,), HangUp())
    return Turn(replace(state, stage="code", wrong_codes=wrong), (offer.words.wrong_code, offer.words.code))


def done(offer: Offer, problem: str) -> Turn:
    """After the announcement was put in place, or could not be."""
    said = (problem, offer.words.goodbye) if problem else (offer.words.announced, offer.words.goodbye)
    return Turn(State(stage="over"), said, HangUp())


def _again(offer: Offer, state: State, first: str) -> Turn:
    """The question once more; goodbye where it does not get on."""
    state = replace(state, mistakes=state.mistakes + 1)
    if state.mistakes >= MAX_MISTAKES:
        return Turn(replace(state, stage="over"), (offer.words.goodbye,), HangUp())
    asked = {
        "code": (offer.words.code,),
        "choose": _choices(offer),
        "end": _ends(offer),
        "sure": _sure(offer, state),
    }.get(state.stage, ())
    return Turn(state, (*((first,) if first else ()), *asked))


def _place(key: str, n_choices: int) -> int | None:
    return int(key) - 1 if key.isdigit() and 1 <= int(key) <= n_choices else None


def _choices(offer: Offer) -> tuple[str, ...]:
    named = tuple(
        offer.words.choice.format(nom=choice.name, touche=key) for key, choice in enumerate(offer.choices, 1)
    )
    return (*named, offer.words.stop)


def _ends(offer: Offer) -> tuple[str, ...]:
    return tuple(offer.words.end.format(quand=end.name, touche=key) for key, end in enumerate(offer.ends, 1))


def _sure(offer: Offer, state: State) -> tuple[str, ...]:
    choice, end = offer.choices[state.choice], offer.ends[state.end]
    return (offer.words.sure.format(texte=choice.text, quand=end.name),)
