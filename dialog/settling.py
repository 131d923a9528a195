"""From what a task came to, to the turn that is taken: what comes next in the call."""

from dataclasses import replace

from dialog.actions import Say, Source
from dialog.flows import person
from dialog.requests import BEGIN
from dialog.talk import Done, Person, Result, Talk, Turn, ask, understood

MISSES_BEFORE_PERSON = 2
_HANDOVERS = 2
"""Who was offered a call-back this often and still does not get on with us is told how to reach the town."""


def settle(talk: Talk, result: Result) -> Turn:
    """From what a task came to, to the turn that is taken."""
    match result:
        case Turn():
            return result
        case Person():
            return settle(talk, person.hand_over(talk, result))
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
        turn = settle(after, BEGIN[found.intent].result(after, found))
        return Turn(turn.state, (*(Say(line, source=source) for line in lines), *turn.actions))
    if state.ears.crowd == "call_back":
        return person.goodbye(talk, lines)  # others wait for the line
    talk, more = talk.varied("autre_chose", talk.town.sentences.anything_else)
    return ask(talk, None, lines, more, stage="more", source=source)


def stuck(talk: Talk) -> Result:
    """We do not get on: a person; and once that has failed too, how to reach the town otherwise."""
    if talk.state.handovers >= _HANDOVERS:
        return person.goodbye(talk, (person.reach_us(talk),))
    lines = (talk.phrase(talk.town.sentences.handing_over),)
    return Person(understood(talk.state), "aucun", lines, "low_confidence")
