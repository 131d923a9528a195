"""Turns that stay where the call is: said again, asked again, asked openly."""

import re

from dialog.actions import Action, Listen, Say
from dialog.matching import plain
from dialog.talk import PATIENCE_S, Talk, Turn, ask
from prompts.variants import Varied

_FROM_THE_START = re.compile(r"\b(?:tout(?:e)?|debut|recommence[rz]?)\b")
"""« Reprenez depuis le début »."""


def again(talk: Talk, lines: tuple[str, ...], question: str | None = None) -> Turn:
    """Stay where we are: say these lines, then the question that still stands."""
    state = talk.state
    asked = state.question if question is None else question
    actions: list[Action] = [Say(line, slowly=state.slowly) for line in (*lines, asked) if line]
    return Turn(state, (*actions, Listen(state.expects, PATIENCE_S, state.choices)))


def ask_openly(talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
    """« Que puis-je faire pour vous ? »"""
    return ask(talk, None, lines, talk.phrase(talk.town.sentences.open_question), stage="open")


def in_other_words(talk: Talk, name: Varied, first: str, question: str) -> Turn:
    """Stay where we are with a sentence that may come again, in a form not heard yet."""
    talk, line = talk.varied(name, first)
    return again(talk, (line,), question)


def repeat(talk: Talk, asked: str = "") -> Turn:
    """The last answer, or only its question; where it was cut short, from the sentence that was being said.

    `asked`: the words that ask for it; « depuis le début » wants all of it.
    """
    state = talk.state
    talk = talk.having(unheard=())  # once more after that, all of it
    if state.unheard and not _FROM_THE_START.search(plain(asked)):
        return again(talk, state.unheard)
    if state.said and (state.stage != "task" or state.unheard):
        return again(talk, state.said)
    if state.question:
        return again(talk, ())
    return again(talk, (talk.phrase(talk.town.sentences.nothing_to_repeat),))


def got(talk: Talk) -> Talk:
    """The talk once something was understood."""
    return talk.having(misses=0, silences=0)
