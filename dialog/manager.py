"""The dialogue: `step` takes what happened and gives what to do. No I/O, no clock, no randomness.

Read the tables of `dialog/requests.py` first: what each request begins. A task under way hears first; what
it cannot use is a new request, a miss, or a word for the call itself (repeat, wait, goodbye). Two misses,
or three silences, lead to a person; every call ends within MAX_TURNS events.
"""

from dataclasses import replace
from datetime import datetime

from dialog import begun_numbers, bereavement, free_requests, staying_away
from dialog.actions import Action, Ask, Listen, Say
from dialog.asides import aside, asks_to_wait, pause
from dialog.corrected import meant_instead
from dialog.doubles import is_request
from dialog.doubt import two_likely, two_senses
from dialog.events import (
    Answered,
    CallStarted,
    Event,
    Heard,
    HungUp,
    Keys,
    NobodyThere,
    Silence,
    TransferFinished,
    Understood,
)
from dialog.flows import collect, keeping, person, procedure, sound_refused
from dialog.flows.booking import BookTask
from dialog.flows.booking_times import asks_a_fact
from dialog.flows.confirm import ChooseTask, ConfirmTask
from dialog.flows.topics import about_of
from dialog.going_on import follow_on, plainly
from dialog.greeting import greet
from dialog.keys_and_silence import answered, silence, typed_keys
from dialog.meaning import Understanding
from dialog.office import KeepNoWords
from dialog.requests import (
    as_booking,
    as_file,
    as_hours,
    as_papers,
    begin_of,
    called_back_for,
    completed,
    whatever_the_service,
    with_a_person,
)
from dialog.settling import MISSES_BEFORE_PERSON, settle, stuck
from dialog.talk import Person, Result, Said, State, Talk, Turn
from dialog.turns import again, ask_openly, got, in_other_words
from dialog.understanding import understand
from prompts.content import Town

__all__ = ["MAX_TURNS", "State", "step"]

MAX_TURNS = 80
"""A call that has not ended by then is one in which nobody is helped."""
_REFUSED_FROM, _FRAGMENT = 0.5, 28
"""Belief, and letters, below which what is not the town's business is asked again rather than refused."""


def step(town: Town, state: State, event: Event, now: datetime) -> tuple[State, tuple[Action, ...]]:
    """The state after this event and what to do, in order; `now` is aware."""
    if state.stage == "ended":
        return state, ()
    talk = Talk(town, replace(state, turns=state.turns + 1), now)
    match event:
        case HungUp():
            return replace(talk.state, stage="ended", task=None, expects=None), ()
        case Answered():
            return answered(talk, event) if state.stage == "records" else (talk.state, ())
        case TransferFinished(_, reached):
            if state.stage != "transfer":
                return talk.state, ()
            return settle(talk, person.after_ringing(talk, reached))
        case _ if state.stage == "transfer" and keeping.refuses_by(talk, event):
            return talk.having(words_refused=True, recorded=False).state, (Ask(KeepNoWords()),)
        case _ if state.stage in ("transfer", "records"):
            return talk.state, ()
        case _ if state.turns >= MAX_TURNS:
            return person.goodbye(talk, (talk.phrase(town.sentences.too_long),))
        case CallStarted(caller, ears):
            if state.stage != "new":
                return again(talk, ())
            return greet(talk.having(caller=caller, ears=ears))
        case Heard(text, confidence):
            text = begun_numbers.joined(state.begun, text)
            found = understand(text, now, town.tz, state.expects, town, heard=confidence)
            return _heard(talk.having(silences=0), replace(found, text=text), confidence)
        case Understood(found, confidence):
            return _heard(talk.having(silences=0), found, confidence)
        case Keys(keys):
            return typed_keys(talk.having(silences=0), keys)
        case Silence():
            return silence(talk)
        case NobodyThere():
            return person.goodbye(talk, (talk.phrase(town.turn_taking.nobody_there),))


# ------------------------------------------------------------------ what was said


def _heard(talk: Talk, found: Understanding, confidence: float) -> Turn:
    state, town = talk.state, talk.town
    limits = town.thresholds
    if found.danger is not None and procedure.is_answer(talk, found):
        found = replace(found, intent="reponse", decision="continue", danger=None)
    if state.recorded and sound_refused.only_refuses(found.text):
        found = replace(found, intent="incompris", decision="ask", danger=None)
    if found.danger is not None:
        return person.emergency(talk, found.danger)
    if found.intent == "urgence" and found.confidence >= limits.answer:
        return person.emergency(talk, person.SOME_DANGER)
    begun, talk = state.begun, talk.having(begun="")
    if state.stage == "closing":
        # Nothing is read into a doubtful sentence right after an emergency; a person stays within reach.
        doubtful = found.confidence < limits.answer and found.intent != "humain"
        return _missed(talk) if doubtful else _understood(talk, found, confidence, begun)
    found = follow_on(talk, found, confidence)
    well_heard = confidence >= limits.confirm
    if well_heard and bereavement.is_told(found.text):
        found = bereavement.request_beside(talk, found, confidence)
        turn = _understood(talk, found, confidence, begun)
        return turn if found.sensitive == "deuil" else bereavement.condoled(talk, turn)
    if well_heard and found.sensitive == "deuil":
        other = bereavement.request_beside(talk, found, confidence)
        if bereavement.is_long_ago(found.text):
            return _understood(talk, other, confidence, begun)
        if other.sensitive is None:
            return bereavement.condoled(talk, _understood(talk, other, confidence, begun))
    if found.sensitive == "deuil" and not well_heard:
        found = replace(found, intent="incompris", sensitive=None)  # no condolences for a word misheard
    return _understood(talk, found, confidence, begun)


def _understood(talk: Talk, found: Understanding, confidence: float, begun: str) -> Turn:
    """What comes of a sentence that is no emergency; `begun`: of a number that it may go on with."""
    state, limits = talk.state, talk.town.thresholds
    found = free_requests.instead_of_a_value(talk, found, confidence)
    trust = state.ears.of(state.expects)
    sure = found.confidence >= limits.answer
    said = Said(found.text, found, confidence, trust, sure and trust == "free")
    if state.expects == "phone" and (more := begun_numbers.asked_on(talk, found, begun)) is not None:
        return more
    if (beside := aside(talk.having(begun=begun), said, sure)) is not None:
        return settle(talk, beside)
    talk = talk.having(waiting=False, told_kept=False)
    if state.expects == "phone" and not state.misses and not begun and collect.may_lack_digits(found):
        return _missed(talk)
    away = staying_away.answered(talk, found, confidence) if state.stage != "closing" else None
    if isinstance(away, Person):
        return settle(talk, away)
    if away is not None:
        return _request(talk, away, trust != "free")
    found = with_a_person(talk, called_back_for(found))
    said = replace(said, found=found)
    if (instead := _instead(talk, said)) is not None:
        return _request(talk.having(task=None), instead, trust != "free")
    if state.task is not None:
        result = state.task.hear(talk, said)
        if result is not None:
            return begun_numbers.kept(talk, found, settle(talk, result))
        if asks_to_wait(talk, said):
            return pause(talk)
        if state.task.asks_once:
            return _heard(talk.having(task=None, stage="more", expects=None, choices=()), found, confidence)
    if found.intent == "merci_aurevoir" and sure:
        return person.goodbye(talk)
    if state.stage == "more" and collect.says_no(talk, said):  # « non merci c'est bon »
        return person.goodbye(talk)
    if state.stage == "more" and found.intent == "oui" and sure:
        return ask_openly(got(talk))
    return _request(talk, completed(talk, found, confidence), trust != "free")


def _instead(talk: Talk, said: Said) -> Understanding | None:
    """« Non, c'était pour le passeport », when something else is asked back or was just told."""
    state, task = talk.state, talk.state.task
    if plainly(talk, said.heard) < talk.town.thresholds.confirm:
        return None
    if isinstance(task, ConfirmTask):
        return meant_instead(talk, said, task.found)
    if isinstance(task, BookTask) and asks_a_fact(said.text):  # « en fait je veux juste savoir le prix »
        return meant_instead(talk, said, Understanding("rdv_prendre", task.subject, 1.0, "continue"))
    if isinstance(task, ChooseTask):
        return None if task.names_one(said) else meant_instead(talk, said, task.choices[0].found)
    if task is None and state.stage == "more" and state.told_of is not None:
        intent, service = state.told_of
        return meant_instead(talk, said, Understanding(intent, service, 1.0, "answer"))
    return None


def _request(talk: Talk, found: Understanding, doubted: bool) -> Turn:
    """A request: served, asked back when it is not sure, or missed."""
    limits, task = talk.town.thresholds, talk.state.task
    if found.faq is None:
        found = as_file(talk, found)
        if task is None and (meant := two_senses(talk, found, _misheard)) is not None:
            return meant.ask(got(talk))
        found = as_booking(talk, as_hours(talk, as_papers(talk, whatever_the_service(found))))
    if isinstance(task, ConfirmTask):
        found = task.about_it(talk, found)
    begin = begin_of(found)
    unsure = found.confidence < limits.answer
    asking = isinstance(task, ConfirmTask | ChooseTask)
    if talk.state.stage == "closing" and unsure:
        return _missed(talk)
    if task is not None and not asking and (unsure or doubted) and not talk.state.misses:
        return _missed(talk)  # more likely an answer that we did not get than something else
    either = two_likely(talk, found, _misheard) if unsure and task is None else None
    if found.intent == "hors_sujet" and found.confidence < _REFUSED_FROM and len(found.text) <= _FRAGMENT:
        return _missed(talk)
    if begin is None or found.confidence < limits.confirm:
        return either.ask(talk) if either is not None else _missed(talk)
    if begin.worth_confirming and (unsure or doubted):
        kept = talk.having(paused=task) if task is not None and not asking else talk
        instead = task is not None and not asking and not begin.interlude
        return (either or ConfirmTask(found, begin.result, _misheard, instead)).ask(kept)
    if is_request(found.intent):
        talk = talk.having(about=about_of(talk, found))  # whoever calls back is told what for
    if task is not None and not asking and begin.interlude:
        talk = talk.having(paused=task)
    return settle(talk, begin.result(talk.having(task=None), found))


def _misheard(talk: Talk) -> Result:
    """« Non », to what we thought was asked."""
    talk = talk.having(misses=talk.state.misses + 1)
    if talk.state.misses >= MISSES_BEFORE_PERSON:
        return stuck(talk)
    talk, line = talk.varied("confirmer_non", talk.town.sentences.misheard)
    paused = talk.state.paused
    if paused is not None:
        return paused.ask(talk.having(paused=None), (line,))
    return ask_openly(talk, (line,))


def _missed(talk: Talk) -> Turn:
    """Not understood: ask again with examples; the second time, a person."""
    state, words = talk.state, talk.town.sentences
    if state.stage == "closing":
        return Turn(state, (*(Say(line) for line in state.said), Listen(None, person.EMERGENCY_STAYS_S)))
    talk = talk.having(misses=state.misses + 1)
    if talk.state.misses >= MISSES_BEFORE_PERSON:
        return settle(talk, stuck(talk))
    if state.task is not None:
        talk, line = talk.varied("incompris_choix", words.missed_choice)
        return state.task.ask(talk, (line,))
    if state.ears.open != "free":
        return in_other_words(talk, "incompris_choix", words.missed_choice, talk.phrase(words.menu))
    return in_other_words(talk, "incompris", words.missed, "")
