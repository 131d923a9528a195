"""What the dialogue may never do, checked on every move of the exploration."""

import re
from collections.abc import Iterator

from dialog import wording
from dialog.actions import Action, Ask, EndCall, Listen, Say, Transfer
from dialog.events import Event, HungUp, Keys, Silence, TransferFinished, Understood
from dialog.flows.booking_offers import moment
from dialog.flows.callback import CallbackTask
from dialog.flows.person import ON_CALL
from dialog.office import (
    COMMITMENTS,
    AskCallback,
    Book,
    MoveAppointment,
    OpenTicket,
    Request,
)
from dialog.proof.explore import LISTENING, Explorer, Move, Node
from dialog.talk import State

_SILENCES, _MISSES = 3, 2
_KEYS_TOLD = re.compile(r"[Tt]ape[rz] [^.?!]*")
_KEY = re.compile(r"(?<![\d-])\d(?!\d)")


def well_formed(move: Move) -> Iterator[str]:
    """What ends a turn is what the state says; nothing comes after it."""
    after, actions = move.after, move.actions
    if move.node.state.stage == "ended" and actions:
        yield "il se passe encore quelque chose après la fin de l'appel"
    for action in actions[:-1]:
        if isinstance(action, Listen | Transfer | EndCall):
            yield f"après {type(action).__name__}, il vient encore autre chose dans le même tour"
    last = actions[-1] if actions else None
    if after.stage in LISTENING and not (isinstance(last, Listen) and last.expects == after.expects):
        yield f"c'est au tour de l'appelant, mais l'agent n'écoute pas ce qu'il attend ({after.expects})"
    if after.stage == "records" and not isinstance(last, Ask):
        yield "l'agent attend le registre sans lui avoir rien demandé"
    if after.stage == "transfer" and not isinstance(last, Transfer):
        yield "l'agent attend une personne sans l'avoir appelée"
    hung = isinstance(move.event, HungUp | TransferFinished)
    if after.stage == "ended" and not hung and not isinstance(last, EndCall):
        yield "l'appel est fini sans que l'agent raccroche"


def committed(move: Move, sure: float) -> Iterator[str]:
    """Nothing is committed without a plain yes to all of it read back."""
    for action in move.actions:
        if isinstance(action, Ask) and isinstance(action.request, COMMITMENTS):
            what = type(action.request).__name__
            state = move.node.state
            if state.stage != "records" and not is_yes(move.event, state, sure):
                yield f"{what} est enregistré sans un oui clair"
            for value in read_back(action.request):
                if value not in f"{move.node.heard} {state.question}":
                    yield f"{what} est enregistré sans que « {value} » ait été relu"
            if state.stage == "records":
                yield f"{what} est enregistré sans que l'appelant ait pu répondre"


def is_yes(event: Event, state: State, sure: float) -> bool:
    """Key 1, or a yes that is sure, without reserve, of a voice that may be believed."""
    if isinstance(event, Keys):
        return event.keys.rstrip("#") == "1"
    if not isinstance(event, Understood) or state.expects != "yes_no":
        return False
    plain = event.found.text in ("oui", "") and not event.found.entities
    believed = event.found.confidence >= sure and state.ears.of("yes_no") != "keys"
    return event.found.intent == "oui" and plain and believed


def read_back(request: Request) -> Iterator[str]:
    """What of a request must have been heard by the caller."""
    match request:
        case Book(_, at, name, phone):
            yield from (moment(at), name)
            if phone is not None:
                yield wording.spoken_phone(phone)
        case MoveAppointment(_, _, at):
            yield moment(at)
        case OpenTicket(_, place):
            yield place
        case AskCallback(_, phone):
            yield wording.spoken_phone(phone)


def person_in_one_step(explorer: Explorer, state: State) -> Iterator[str]:
    """« Agent » and key 0 ring somebody, or say honestly that nobody is there and offer a call-back."""
    for name, event in (("« agent »", explorer.sentences.person.event), ("la touche 0", Keys("0"))):
        after, actions = explorer.play(state, event)
        if not reaches_person(after, actions):
            yield f"{name} ne mène à personne"


def reaches_person(after: State, actions: tuple[Action, ...]) -> bool:
    """Whether somebody is rung, or a call-back offered in their place."""
    return any(isinstance(action, Transfer) for action in actions) or isinstance(after.task, CallbackTask)


def emergency_first(explorer: Explorer, state: State) -> Iterator[str]:
    """The number in the first sentence, once more, then the line stays open or those on call are rung."""
    for danger in explorer.sentences.dangers:
        after, actions = explorer.play(state, danger.event)
        order = explorer.order(danger)
        said = [action.text for action in actions if isinstance(action, Say)]
        if said[:2] != [order, order]:
            yield f"{danger.name} : la consigne n'est pas dite d'abord, puis une seconde fois"
        elif actions[-1] != Transfer(ON_CALL) and not (
            isinstance(actions[-1], Listen) and after.stage == "closing"
        ):
            yield f"{danger.name} : la ligne ne reste pas ouverte après la consigne"


def leads_on(explorer: Explorer, state: State) -> Iterator[str]:
    """Three silences, or two misses, in a row: a person, a call-back, or the end."""
    walks: tuple[tuple[str, Event, int], ...] = (
        ("silences", Silence(8.0), _SILENCES),
        ("phrases incomprises", explorer.sentences.no_match.event, _MISSES),
        ("touches sans effet", Keys("#"), _SILENCES),
    )
    for name, event, limit in walks:
        here, prompts = state, 0
        while prompts < limit:
            before = here
            here, actions = explorer.play(here, event)
            prompts += 1
            if _went_on(before, here, actions):
                break
            if here.stage in LISTENING:
                for wrong in person_in_one_step(explorer, here):
                    yield f"après {prompts} {name}, {wrong}"
        else:
            yield f"{limit} {name} à la suite ne mènent à rien d'autre"


def _went_on(before: State, after: State, actions: tuple[Action, ...]) -> bool:
    moved = before.task != after.task or before.stage != after.stage or before.paused != after.paused
    return moved or (reaches_person(after, actions) and after.handovers > before.handovers)


def keys_work(explorer: Explorer, state: State) -> Iterator[str]:
    """Every key that the question names does something."""
    for told in _KEYS_TOLD.findall(state.question):
        for key in _KEY.findall(told):
            after, _ = explorer.play(state, Keys(key))
            if after.misses > state.misses and after.task == state.task:
                yield f"« {told} » : la touche {key} ne fait rien"


def lost(explorer: Explorer) -> Iterator[Node]:
    """States from which no way leads to an end."""
    back: dict[object, set[object]] = {}
    for origin, targets in explorer.map.ways.items():
        for target in targets:
            back.setdefault(target, set()).add(origin)
    reached = {shape for shape, node in explorer.map.nodes.items() if node.state.stage == "ended"}
    waiting = list(reached)
    while waiting:
        for origin in back.get(waiting.pop(), ()):
            if origin not in reached:
                reached.add(origin)
                waiting.append(origin)
    yield from (node for shape, node in explorer.map.nodes.items() if shape not in reached)
