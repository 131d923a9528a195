"""A kept call with the published content and with a draft: whether it goes better, worse, or must be read.

The rule, turn by turn; a call is worse when one of its turns is, else better when one is, else to be read:
- worse: an emergency's number that is no longer told; somebody who asked for a person and no longer gets
  one; a turn that was answered or went on, and is now refused, handed over or not understood; one that was
  handed over or refused, and is now not understood; an answer that is now only given after a question back.
- better: a turn that was not understood or only in doubt, handed over for want of an answer or refused, and
  is now answered.
- to be read: whatever else is said differently.

Both versions hear the same turns for as long as the caller's next words answer both: once they wait for
different things, only a request made to an open question is still given to both; else the comparison ends
there, and says so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialog.events import Heard, Keys, Silence
from dialog.replay.kept import Given, KeptCall
from dialog.replay.line import Answer, Fate, ReplayLine
from dialog.understanding import understand
from prompts.content import Town
from prompts.labels import Intent

Verdict = Literal["better", "worse", "to_read", "same"]
_ORDER: tuple[Verdict, ...] = ("worse", "better", "to_read", "same")
_GOOD: frozenset[Fate] = frozenset({"served", "went_on", "emergency"})
_ASIDE: frozenset[Fate] = frozenset({"handed", "refused"})
_FOR_A_PERSON: frozenset[Intent] = frozenset(
    {"humain", "rappel", "sensible", "langue", "insulte", "decision", "reclamation"}
)
"""Requests after which a person is what was wanted, or what is owed."""
_WORDS: dict[Fate, str] = {
    "emergency": "le numéro d'urgence était donné",
    "served": "avait une réponse",
    "went_on": "était comprise",
    "doubted": "était à confirmer",
    "handed": "était passée à quelqu'un",
    "refused": "était renvoyée ailleurs",
    "missed": "n'était pas comprise",
}
_NOW: dict[Fate, str] = {
    "emergency": "reçoit le numéro d'urgence",
    "served": "a une réponse",
    "went_on": "est comprise",
    "doubted": "est à confirmer",
    "handed": "est passée à quelqu'un",
    "refused": "est renvoyée ailleurs",
    "missed": "n'est plus comprise",
}


@dataclass(frozen=True)
class Compared:
    """One turn with both."""

    heard: str
    """What the caller did, in words; empty for the beginning."""
    published: Answer
    draft: Answer
    verdict: Verdict
    why: str


@dataclass(frozen=True)
class Rehearsed:
    """One call with both."""

    call_id: str
    at: datetime
    source: Literal["call", "marked", "test"]
    verdict: Verdict
    why: str
    turns: tuple[Compared, ...]
    parted: bool = False
    """The versions asked different things: what the caller said next would not have answered both."""


def rehearse(published: Town, draft: Town, call: KeptCall) -> Rehearsed:
    """The call with both versions."""
    ours, theirs = ReplayLine(published, call), ReplayLine(draft, call)
    one, other = ours.begin(), theirs.begin()
    turns = [_compared(published, "", None, one, other, call.at)]
    parted = False
    for turn in call.turns:
        if one.ended or other.ended:
            parted = not (one.ended and other.ended)
            break
        if one.expects != other.expects and not (one.expects is None and isinstance(turn.event, Heard)):
            parted = True
            break
        one, other = ours.feed(turn.event, turn.at), theirs.feed(turn.event, turn.at)
        turns.append(_compared(published, shown(turn.event), turn.event, one, other, turn.at))
    first = min(turns, key=lambda each: _ORDER.index(each.verdict))
    source: Literal["call", "marked"] = "marked" if call.marked else "call"
    return Rehearsed(call.call_id, call.at, source, first.verdict, first.why, tuple(turns), parted)


def shown(event: Given) -> str:
    """What the caller did, in words."""
    match event:
        case Heard(text):
            return text
        case Keys(keys):
            return f"(touches {keys})" if len(keys) > 1 else f"(touche {keys})"
        case Silence():
            return "(silence)"


def _compared(
    published: Town,
    heard: str,
    event: Given | None,
    one: Answer,
    other: Answer,
    at: datetime,
) -> Compared:
    verdict, why = _verdict(published, event, one, other, at)
    return Compared(heard, one, other, verdict, why)


def _verdict(
    published: Town, event: Given | None, one: Answer, other: Answer, at: datetime
) -> tuple[Verdict, str]:
    before, now = one.fate, other.fate
    if one.said == other.said and before == now:
        return "same", ""
    change = f"la demande {_WORDS[before]}, elle {_NOW[now]}"
    if before == "emergency" and now != "emergency":
        return "worse", "le numéro d'urgence n'est plus donné"
    if before == "handed" and now not in ("handed", "emergency") and _wants_a_person(published, event, at):
        return "worse", "l'appelant voulait quelqu'un, et ne l'a plus"
    if before in _GOOD and now in ("missed", *_ASIDE):
        return "worse", change
    if (before, now) in {("handed", "missed"), ("refused", "missed"), ("served", "doubted")}:
        return "worse", change
    if before not in _GOOD and now == "served":
        return "better", change
    return "to_read", change if before != now else "dit autrement"


def _wants_a_person(published: Town, event: Given | None, at: datetime) -> bool:
    match event:
        case Heard(text, confidence):
            found = understand(text, at, published.tz, None, published, heard=confidence)
            return found.intent in _FOR_A_PERSON
        case Keys(keys):
            return keys == "0"
    return False
