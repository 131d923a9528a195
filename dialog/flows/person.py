"""Somebody must take over: rung when they are there, else the caller is called back; and emergencies."""

from dataclasses import replace

from dialog import town_hours, wording
from dialog.actions import EndCall, Listen, Say, Transfer
from dialog.flows.callback import CallbackTask
from dialog.office import CallbackReason
from dialog.talk import Person, Result, Talk, Turn

ON_CALL = "astreinte"
"""Where the town's on-call people are rung, for a technical danger out of hours."""
SOME_DANGER = "autre"
"""Of the town's dangers, the one that is meant when it was not understood which."""
EMERGENCY_STAYS_S = 5.0
"""How long the line stays open once the number was said twice."""


def hand_over(talk: Talk, person: Person) -> Result:
    """Ring these people, or say honestly that they are closed and offer to call back."""
    talk = replace(talk, state=person.state)
    extension = person.extension or talk.town.entry(person.service).extension
    if extension == ON_CALL:
        return _ring_on_call(talk, person)
    talk = talk.having(extension=extension, reason=person.reason, expects=None)
    name = talk.town.commune.extensions[extension].name
    words = talk.town.sentences
    if town_hours.extension_open(talk.town, extension, talk.now):
        ringing = talk.phrase(words.transferring, service=name)
        state = replace(talk.state, stage="transfer", task=None, said=(ringing,))
        return Turn(state, (*(Say(line) for line in (*person.lines, ringing)), Transfer(extension)))
    place = talk.town.commune.places[talk.town.commune.extensions[extension].place]
    closed = talk.phrase(words.transfer_closed, service=name)
    opening = town_hours.next_opening(talk.town, place, talk.now)
    task = talk.state.task
    if isinstance(task, CallbackTask) and task.extension == extension and not person.lines:
        # Asked once more: how else they are reached, and the call-back that is still offered.
        return task.ask(talk, (closed, reach_us(talk)))
    return call_back(talk, (*person.lines, closed, opening), person.reason or "closed")


def _ring_on_call(talk: Talk, person: Person) -> Turn:
    """The town's on-call people, who are there when nobody else is."""
    ringing = talk.phrase(talk.town.requests.ringing_on_call)
    state = replace(
        person.state, stage="transfer", task=None, extension=ON_CALL, expects=None, said=(ringing,)
    )
    return Turn(state, (*(Say(line) for line in (*person.lines, ringing)), Transfer(ON_CALL)))


def after_ringing(talk: Talk, reached: bool) -> Result:
    """Somebody took the call: nothing more is ours to do. Nobody did: called back."""
    if reached:
        return Turn(replace(talk.state, stage="ended", expects=None), ())
    if talk.state.extension == ON_CALL:  # nobody but the number said first can help now
        line = talk.phrase(talk.town.requests.on_call_no_answer)
        if talk.state.emergency:
            state = replace(talk.state, stage="closing")
            said = (Say(line), *(Say(order) for order in talk.state.said))
            return Turn(state, (*said, Listen(None, EMERGENCY_STAYS_S)))
        return call_back(talk.having(extension="accueil"), (line,), "no_answer", urgent=True)
    name = talk.town.commune.extensions[talk.state.extension].name
    line = talk.phrase(talk.town.sentences.transfer_no_answer, service=name)
    return call_back(talk, (line,), talk.state.reason or "no_answer")


def call_back(talk: Talk, lines: tuple[str, ...], reason: CallbackReason, *, urgent: bool = False) -> Result:
    """Offer to call back, for these people."""
    state = talk.state
    task = CallbackTask(
        state.extension, reason, phone=state.phone, about=state.about, language=state.language,
        urgent=urgent or reason == "sensitive",
    )  # fmt: skip
    return task.ask(talk.having(handovers=talk.state.handovers + 1), lines)


def emergency(talk: Talk, danger: str) -> Turn:
    """The number first, once more, and no more: every second counts.

    The line stays open a few seconds: who was misheard can say so, who is in danger hangs up and dials.
    Where the town's own people are needed and its offices are closed, those on call are rung next.
    """
    told = talk.town.comprehension.dangers[danger]
    order = talk.phrase(told.sentence)
    state = replace(
        talk.state, stage="closing", task=None, paused=None, queue=(), expects=None, choices=(),
        said=(order,), question="", misses=0, silences=0, emergency=True,
    )  # fmt: skip
    said = (Say(order, interruptible=False), Say(order))
    if told.technical and on_call_needed(talk, "accueil"):
        ringing = _ring_on_call(talk, Person(state, "aucun"))
        return Turn(replace(ringing.state, said=(order,)), (*said, *ringing.actions))
    return Turn(state, (*said, Listen(None, EMERGENCY_STAYS_S)))


def on_call_needed(talk: Talk, extension: str) -> bool:
    """Whether the town has people on call, and these people are not there now."""
    return talk.town.commune.on_call is not None and not town_hours.extension_open(
        talk.town, extension, talk.now
    )


def goodbye(talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
    """Say these lines and end the call."""
    said = tuple(Say(line) for line in (*lines, talk.phrase(talk.town.sentences.goodbye)))
    return Turn(replace(talk.state, stage="ended", task=None, expects=None), (*said, EndCall()))


def reach_us(talk: Talk) -> str:
    """How to reach the town otherwise."""
    contact = talk.town.commune.contact
    return talk.phrase(
        talk.town.sentences.reach_us,
        telephone=wording.spoken_phone(contact.phone),
        courriel=contact.email,
    )
