"""The dialogue: `step` takes what happened and gives what to do. No I/O, no clock, no randomness.

Read the tables of `dialog/requests.py` first: what each request begins. A task under way hears first; what
it cannot use is a new request, a miss, or a word for the call itself (repeat, wait, goodbye). Two misses,
or three silences, lead to a person; every call ends within MAX_TURNS events.
"""

from dataclasses import replace
from datetime import datetime

from dialog.actions import Action, Ask, EndCall, Listen, Say, Source
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
from dialog.flows import collect, facts, person
from dialog.flows.confirm import ChooseTask, ConfirmTask
from dialog.greeting import greet
from dialog.meaning import Understanding
from dialog.office import COMMITMENTS, KeepNoWords
from dialog.requests import (
    BEGIN,
    as_booking,
    as_hours,
    as_papers,
    begin_by_key,
    begin_of,
    completed,
    follow_on,
    whatever_the_service,
)
from dialog.talk import (
    LONG_PATIENCE_S,
    PATIENCE_S,
    Done,
    Person,
    Result,
    Said,
    State,
    Talk,
    Turn,
    ask,
    number_begins,
    understood,
)
from dialog.understanding import understand
from prompts.content import Town
from prompts.labels import Intent
from prompts.variants import Varied

__all__ = ["MAX_TURNS", "State", "step"]

MAX_TURNS = 80
"""A call that has not ended by then is one in which nobody is helped."""
_MISSES_BEFORE_PERSON = 2
_SILENCES_BEFORE_PERSON = 3
_HANDOVERS = 2
"""Who was offered a call-back this often and still does not get on with us is told how to reach the town."""
_REFUSED_FROM, _FRAGMENT = 0.5, 28
"""Belief, and letters, below which what is not the town's business is asked again rather than refused."""
_MAX_KEYS = 32
_BACK: frozenset[Intent] = frozenset({"oui", "reponse", "repeter", "incompris", "attendre", "salutation"})
"""What somebody says who comes back from looking for a pen."""


def step(town: Town, state: State, event: Event, now: datetime) -> tuple[State, tuple[Action, ...]]:
    """The state after this event and what to do, in order; `now` is aware."""
    if state.stage == "ended":
        return state, ()
    talk = Talk(town, replace(state, turns=state.turns + 1), now)
    match event:
        case HungUp():
            return replace(talk.state, stage="ended", task=None, expects=None), ()
        case Answered():
            return _answered(talk, event) if state.stage == "records" else (talk.state, ())
        case TransferFinished(_, reached):
            if state.stage != "transfer":
                return talk.state, ()
            return _settle(talk, person.after_ringing(talk, reached))
        case _ if state.stage in ("transfer", "records"):
            return talk.state, ()
        case _ if state.turns >= MAX_TURNS:
            return person.goodbye(talk, (talk.phrase(town.sentences.too_long),))
        case CallStarted(caller, ears):
            if state.stage != "new":
                return _again(talk, ())
            return greet(talk.having(caller=caller, ears=ears))
        case Heard(text, confidence):
            found = understand(text, now, town.tz, state.expects, town, heard=confidence)
            return _heard(talk.having(silences=0), replace(found, text=text), confidence)
        case Understood(found, confidence):
            return _heard(talk.having(silences=0), found, confidence)
        case Keys(keys):
            return _keys(talk.having(silences=0), keys)
        case Silence():
            return _silence(talk)
        case NobodyThere():
            return person.goodbye(talk, (talk.phrase(town.turn_taking.nobody_there),))


# ------------------------------------------------------------------ what was said


def _heard(talk: Talk, found: Understanding, confidence: float) -> Turn:
    state, town = talk.state, talk.town
    limits = town.thresholds
    if found.danger is not None:
        return person.emergency(talk, found.danger)
    if found.intent == "urgence" and found.confidence >= limits.answer:
        return person.emergency(talk, person.SOME_DANGER)
    found = follow_on(talk, found, confidence)
    trust = state.ears.of(state.expects)
    sure = found.confidence >= limits.answer
    said = Said(found.text, found, confidence, trust, sure and trust == "free")
    aside = _aside(talk, said, sure)
    if aside is not None:
        return aside
    if state.expects == "phone" and not state.misses and collect.may_lack_digits(found):
        return _missed(talk)
    if state.task is not None:
        result = state.task.hear(talk, said)
        if result is not None:
            return _settle(talk, result)
        if state.task.asks_once:
            return _heard(talk.having(task=None, stage="more", expects=None, choices=()), found, confidence)
    if found.intent == "merci_aurevoir" and sure:
        return person.goodbye(talk)
    if state.stage == "more" and collect.says_no(talk, said):  # « non merci c'est bon »
        return person.goodbye(talk)
    if state.stage == "more" and found.intent == "oui" and sure:
        return _ask_openly(_got(talk))
    return _request(talk, completed(talk, found, confidence), trust != "free")


def _aside(talk: Talk, said: Said, sure: bool) -> Turn | None:
    """What may be said at any time, whatever was asked: a person, again, wait, whence, keep nothing."""
    found, words = said.found, talk.town.sentences
    limits = talk.town.thresholds
    if said.heard >= limits.confirm and (told := _beside(talk, found)) is not None:
        return told
    if found.intent == "humain" and found.confidence >= limits.confirm and found.service != "autre_commune":
        return _settle(talk, Person(understood(talk.state), found.service))
    if talk.state.waiting and (found.intent in _BACK or not sure):
        return _repeat(talk.having(waiting=False))  # « voilà, j'ai un stylo »
    if not sure:
        return None
    if found.entities:
        return None  # « attendez, non, plutôt jeudi » is a correction, not a pause
    if found.intent == "repeter":
        return _repeat(talk)
    if found.intent == "attendre":
        waiting = Say(talk.phrase(words.take_your_time))
        state = replace(talk.state, waiting=True)
        return Turn(state, (waiting, Listen(state.expects, LONG_PATIENCE_S, state.choices)))
    return None


def _beside(talk: Talk, found: Understanding) -> Turn | None:
    """What is heard by its very words, beside any request."""
    requests = talk.town.requests
    if "no_storage" in found.signals:
        state, actions = _again(_got(talk), (talk.phrase(requests.words_not_kept),))
        return Turn(state, (Ask(KeepNoWords()), *actions))
    if "source" in found.signals:
        return _again(_got(talk), (facts.origin(talk),))
    if "robot" in found.signals:
        return _again(_got(talk), (talk.phrase(requests.robot),), "")
    if "deaf" in found.signals:
        return _again(_got(talk), (talk.phrase(requests.text_channel),))
    if "slower" in found.signals:
        return _repeat(talk.having(slowly=True))
    return None


def _request(talk: Talk, found: Understanding, doubted: bool) -> Turn:
    """A request: served, asked back when it is not sure, or missed."""
    limits, task = talk.town.thresholds, talk.state.task
    if found.faq is None:
        if task is None and (meant := two_senses(talk, found, _misheard)) is not None:
            return meant.ask(_got(talk))
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
        talk = talk.having(about=found.text)  # whoever calls back is told what for
    if task is not None and not asking and begin.interlude:
        talk = talk.having(paused=task)
    return _settle(talk, begin.result(talk.having(task=None), found))


def _misheard(talk: Talk) -> Result:
    """« Non », to what we thought was asked."""
    talk = talk.having(misses=talk.state.misses + 1)
    if talk.state.misses >= _MISSES_BEFORE_PERSON:
        return _stuck(talk)
    talk, line = talk.varied("confirmer_non", talk.town.sentences.misheard)
    paused = talk.state.paused
    if paused is not None:
        return paused.ask(talk.having(paused=None), (line,))
    return _ask_openly(talk, (line,))


def _missed(talk: Talk) -> Turn:
    """Not understood: ask again with examples; the second time, a person."""
    state, words = talk.state, talk.town.sentences
    if state.stage == "closing":
        return Turn(state, (*(Say(line) for line in state.said), Listen(None, person.EMERGENCY_STAYS_S)))
    talk = talk.having(misses=state.misses + 1)
    if talk.state.misses >= _MISSES_BEFORE_PERSON:
        return _settle(talk, _stuck(talk))
    if state.task is not None:
        talk, line = talk.varied("incompris_choix", words.missed_choice)
        return state.task.ask(talk, (line,))
    if state.ears.open != "free":
        return _in_other_words(talk, "incompris_choix", words.missed_choice, talk.phrase(words.menu))
    return _in_other_words(talk, "incompris", words.missed, "")


def _in_other_words(talk: Talk, name: Varied, first: str, question: str) -> Turn:
    talk, line = talk.varied(name, first)
    return _again(talk, (line,), question)


def _stuck(talk: Talk) -> Result:
    """We do not get on: a person; and once that has failed too, how to reach the town otherwise."""
    if talk.state.handovers >= _HANDOVERS:
        return person.goodbye(talk, (person.reach_us(talk),))
    lines = (talk.phrase(talk.town.sentences.handing_over),)
    return Person(understood(talk.state), "aucun", lines, "low_confidence")


def _repeat(talk: Talk) -> Turn:
    state = talk.state
    if state.stage != "task" and state.said:
        return _again(talk, state.said)
    if state.question:
        return _again(talk, ())
    return _again(talk, (talk.phrase(talk.town.sentences.nothing_to_repeat),))


# -------------------------------------------------------------- silence and keys


def _silence(talk: Talk) -> Turn:
    """Re-prompt, re-prompt with the keys, then a person."""
    talk = talk.having(silences=talk.state.silences + 1)
    state, words = talk.state, talk.town.sentences
    if state.stage == "closing":
        return Turn(replace(state, stage="ended"), (EndCall(),))
    if state.silences >= _SILENCES_BEFORE_PERSON:
        if state.handovers:
            return person.goodbye(talk, (person.reach_us(talk),))
        return _settle(talk, _stuck(talk))
    if state.waiting and state.silences == 1:
        return _again(talk, (talk.phrase(talk.town.requests.still_there),), "")
    if state.silences == 1:
        if state.expects is None:
            return _in_other_words(talk, "silence_1", words.silence_rephrase, "")
        return _again(talk, ())
    asked = state.question if state.expects is not None else talk.phrase(words.menu)
    return _in_other_words(talk, "silence_2", words.silence_keys, asked)


def _keys(talk: Talk, keys: str) -> Turn:
    """Each key in turn, what the last one leads to is what is said; a number typed together is one answer."""
    turn = _unknown_key(talk)
    for index, key in enumerate(keys[:_MAX_KEYS]):
        here = replace(talk, state=turn.state if index else talk.state)
        typed, task = keys[index:].rstrip("#"), here.state.task
        if task is not None and typed.isdigit() and typed != "0" and number_begins(here.state, typed):
            result = task.typed(here, typed)
            return _settle(here, result) if result is not None else _unknown_key(here)
        following = _key(here, key)
        if len(keys.rstrip("#")) > 1 and _commits(following):
            return turn if index else _unknown_key(talk)
        turn = following
        if turn.state.stage in ("transfer", "ended"):
            break
        if turn.state.stage == "records":
            return Turn(replace(turn.state, keys_left=keys[index + 1 : _MAX_KEYS]), turn.actions)
    return turn


def _key(talk: Talk, key: str) -> Turn:
    state = talk.state
    if key == "0":
        return _settle(talk, Person(understood(state), "aucun"))
    if key == "*":
        return _repeat(talk)
    if state.task is not None:
        result = state.task.press(talk, key)
        return _settle(talk, result) if result is not None else _unknown_key(talk)
    result = begin_by_key(_got(talk), key)
    return _settle(talk, result) if result is not None else _unknown_key(talk)


def _unknown_key(talk: Talk) -> Turn:
    talk = talk.having(misses=talk.state.misses + 1)
    state, words = talk.state, talk.town.sentences
    if state.misses > _MISSES_BEFORE_PERSON:
        return _settle(talk, _stuck(talk))
    asked = state.question if state.expects else talk.phrase(words.menu)
    return _in_other_words(talk, "touche_inconnue", words.unknown_key, asked)


# ------------------------------------------------------------- what comes of it


def _answered(talk: Talk, event: Answered) -> Turn:
    task, keys = talk.state.task, talk.state.keys_left
    assert task is not None
    turn = _settle(talk, task.answered(talk.having(keys_left=""), event.request, event.reply))
    if keys and turn.state.stage not in ("transfer", "ended"):
        if turn.state.stage == "records":
            return Turn(replace(turn.state, keys_left=keys), turn.actions)
        following = _keys(replace(talk, state=turn.state), keys)
        return turn if _commits(following) else following
    return turn


def _commits(turn: Turn) -> bool:
    """Whether something is committed: a key typed among others, before the question was heard, is no yes."""
    return any(isinstance(one, Ask) and isinstance(one.request, COMMITMENTS) for one in turn.actions)


def _settle(talk: Talk, result: Result) -> Turn:
    """From what a task came to, to the turn that is taken."""
    match result:
        case Turn():
            return result
        case Person():
            return _settle(talk, person.hand_over(talk, result))
        case Done(state, lines, source):
            return _next(replace(talk, state=replace(state, task=None)), lines, source)


def _next(talk: Talk, lines: tuple[str, ...], source: Source | None) -> Turn:
    """What was interrupted is taken up again, then the second of two requests, then « autre chose ? »."""
    state = replace(talk.state, source=source if source is not None else talk.state.source)
    talk = replace(talk, state=state)
    if state.paused is not None:
        return state.paused.ask(talk.having(paused=None), lines)
    if state.queue:
        found, rest = state.queue[0], state.queue[1:]
        after = talk.having(queue=rest, said=lines)
        turn = _settle(after, BEGIN[found.intent].result(after, found))
        return Turn(turn.state, (*(Say(line, source=source) for line in lines), *turn.actions))
    if state.ears.crowd == "call_back":
        return person.goodbye(talk, lines)  # others wait for the line
    talk, more = talk.varied("autre_chose", talk.town.sentences.anything_else)
    return ask(talk, None, lines, more, stage="more", source=source)


def _ask_openly(talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
    return ask(talk, None, lines, talk.phrase(talk.town.sentences.open_question), stage="open")


def _again(talk: Talk, lines: tuple[str, ...], question: str | None = None) -> Turn:
    """Stay where we are: say these lines, then the question that still stands."""
    state = talk.state
    asked = state.question if question is None else question
    actions: list[Action] = [Say(line, slowly=state.slowly) for line in (*lines, asked) if line]
    return Turn(state, (*actions, Listen(state.expects, PATIENCE_S, state.choices)))


def _got(talk: Talk) -> Talk:
    """The talk once something was understood."""
    return replace(talk, state=understood(talk.state))
