"""Keys: each in turn, or together one number; what the records answer while some wait; and silence."""

from dataclasses import replace

from dialog import begun_numbers
from dialog.actions import Ask, EndCall
from dialog.asides import words_refused
from dialog.events import Answered
from dialog.flows import person
from dialog.office import COMMITMENTS, KeepNoWords
from dialog.requests import begin_by_key
from dialog.settling import MISSES_BEFORE_PERSON, settle, stuck
from dialog.talk import Person, Talk, Task, Turn, number_begins, understood
from dialog.turns import again, got, in_other_words, repeat

_SILENCES_BEFORE_PERSON = 3
_MAX_KEYS = 32
_KEEP_NOTHING = "9"
"""At the main menu, and wherever a recorded call gives it no other meaning: the caller's words are not kept
(`prompts.menu`)."""


def silence(talk: Talk) -> Turn:
    """Re-prompt, re-prompt with the keys, then a person."""
    talk = talk.having(silences=talk.state.silences + 1)
    state, words = talk.state, talk.town.sentences
    if state.stage == "closing":
        return Turn(replace(state, stage="ended"), (EndCall(),))
    if state.silences >= _SILENCES_BEFORE_PERSON:
        if state.handovers:
            return person.goodbye(talk, (person.reach_us(talk),))
        return settle(talk, stuck(talk))
    if state.waiting and state.silences == 1:
        return again(talk, (talk.phrase(talk.town.requests.still_there),), "")
    if state.silences == 1:
        if state.expects is None:
            return in_other_words(talk, "silence_1", words.silence_rephrase, "")
        return again(talk, ())
    asked = state.question if state.expects is not None else talk.phrase(words.menu)
    return in_other_words(talk, "silence_2", words.silence_keys, asked)


def typed_keys(talk: Talk, keys: str) -> Turn:
    """Each key in turn, what the last one leads to is what is said; a number typed together is one answer."""
    turn = _unknown_key(talk)
    for index, key in enumerate(keys[:_MAX_KEYS]):
        here = replace(talk, state=turn.state if index else talk.state)
        typed, task = keys[index:].rstrip("#"), here.state.task
        if task is not None and typed.isdigit() and typed != "0" and number_begins(here.state, typed):
            return _typed(here, task, typed)
        following = _key(here, key)
        if len(keys.rstrip("#")) > 1 and _commits(following):
            return turn if index else _unknown_key(talk)
        turn = following
        # A refusal is obeyed and told: what was typed after it may be typed again.
        if turn.state.stage in ("transfer", "ended") or Ask(KeepNoWords()) in turn.actions:
            break
        if turn.state.stage == "records":
            return Turn(replace(turn.state, keys_left=keys[index + 1 : _MAX_KEYS]), turn.actions)
    return turn


def _typed(talk: Talk, task: Task, keys: str) -> Turn:
    """A number typed, or the rest of one."""
    asks_phone = talk.state.expects == "phone"
    whole = begun_numbers.typed_whole(talk.state.begun, keys) if asks_phone else keys
    result = task.typed(talk.having(begun=""), whole)
    if result is not None:
        return settle(talk, result)
    more = begun_numbers.typed_on(talk, whole) if asks_phone else None
    return more if more is not None else _unknown_key(talk)


def _key(talk: Talk, key: str) -> Turn:
    state = talk.state
    if key == "0":
        return settle(talk, Person(understood(state), "aucun"))
    if key == "*":
        return repeat(talk)
    if state.task is not None:
        result = state.task.press(talk, key)
        if result is not None:
            return settle(talk, result)
    if key == _KEEP_NOTHING and (state.task is None or state.recorded):
        return words_refused(talk)
    if state.task is not None:
        return _unknown_key(talk)
    result = begin_by_key(got(talk), key)
    return settle(talk, result) if result is not None else _unknown_key(talk)


def _unknown_key(talk: Talk) -> Turn:
    talk = talk.having(misses=talk.state.misses + 1)
    state, words = talk.state, talk.town.sentences
    if state.misses > MISSES_BEFORE_PERSON:
        return settle(talk, stuck(talk))
    asked = state.question if state.expects else talk.phrase(words.menu)
    return in_other_words(talk, "touche_inconnue", words.unknown_key, asked)


def answered(talk: Talk, event: Answered) -> Turn:
    task, keys = talk.state.task, talk.state.keys_left
    assert task is not None
    turn = settle(talk, task.answered(talk.having(keys_left=""), event.request, event.reply))
    if keys and turn.state.stage not in ("transfer", "ended"):
        if turn.state.stage == "records":
            return Turn(replace(turn.state, keys_left=keys), turn.actions)
        following = typed_keys(replace(talk, state=turn.state), keys)
        return turn if _commits(following) else following
    return turn


def _commits(turn: Turn) -> bool:
    """Whether something is committed: a key typed among others, before the question was heard, is no yes."""
    return any(isinstance(one, Ask) and isinstance(one.request, COMMITMENTS) for one in turn.actions)
