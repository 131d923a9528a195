"""One version of the content on the telephone with a kept call: what it says, and how each turn went."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from dialog.actions import Action, Ask, EndCall, Say, Transfer
from dialog.events import Answered, CallStarted, Event, Heard, Keys, Silence, TransferFinished
from dialog.flows.callback import CallbackTask
from dialog.flows.confirm import ChooseTask, ConfirmTask
from dialog.manager import State, step
from dialog.office import Book, CancelAppointment, MoveAppointment, OpenTicket
from dialog.replay.kept import KeptCall
from dialog.replay.records import SimulatedRecords
from prompts.content import Town
from prompts.labels import Expects

Fate = Literal["emergency", "served", "went_on", "doubted", "handed", "refused", "missed"]
"""What became of one turn: a danger's number was told; it was answered, or something was done for the
caller; the conversation goes on (a question of ours, a goodbye); it was asked whether it was understood well;
somebody must take over; it is not the town's business; it was not understood."""
_DONE = (Book, MoveAppointment, CancelAppointment, OpenTicket)
MASK = "[numéro]"
"""What stands in kept words for a number that people can be reached by (`callbacks.masking`)."""
_MADE_UP_PHONE = "06 39 98 00 01"
"""Of the numbers that belong to nobody (ARCEP, decision 2018-0881: for films and books)."""
_MADE_UP: dict[Expects | None, str] = {
    "phone": _MADE_UP_PHONE,
    "birth_date": "12 03 1985",
    "dossier": "123456789",
    "reference": "123456",
}


@dataclass(frozen=True)
class Answer:
    """What one version makes of one turn."""

    said: tuple[str, ...]
    fate: Fate
    expects: Expects | None
    """What it waits for now."""
    ended: bool


class ReplayLine:
    """Feed it the call's turns in order."""

    def __init__(self, town: Town, call: KeptCall) -> None:
        self._town, self._call = town, call
        self._state = State()
        self._records = SimulatedRecords(town, call.answers)

    @property
    def expects(self) -> Expects | None:
        """What it waits for."""
        return self._state.expects

    def begin(self) -> Answer:
        """The greeting."""
        return self.feed(CallStarted(self._call.caller, self._call.ears), self._call.at)

    def feed(self, event: Event, now: datetime) -> Answer:
        """What this event leads to, until it is the caller's turn again or the call is over."""
        before = self._state
        actions = self._run(_unmasked(event, before.expects), now)
        said = tuple(action.text for action in actions if isinstance(action, Say))
        over = self._state.stage == "ended" or any(isinstance(action, EndCall) for action in actions)
        return Answer(said, _fate(event, before, self._state, actions), self._state.expects, over)

    def _run(self, event: Event, now: datetime) -> tuple[Action, ...]:
        self._state, actions = step(self._town, self._state, event, now)
        done: list[Action] = []
        for action in actions:
            done.append(action)
            match action:
                case Ask(request):
                    done += self._run(Answered(request, self._records.reply(request, now)), now)
                case Transfer(service):
                    done += self._run(TransferFinished(service, self._records.reached()), now)
        return tuple(done)


def _fate(event: Event, before: State, after: State, actions: tuple[Action, ...]) -> Fate:
    asked = [action.request for action in actions if isinstance(action, Ask)]
    if after.emergency and not before.emergency:
        return "emergency"
    if after.told > before.told or after.statuses > before.statuses:
        return "served"
    if any(isinstance(request, _DONE) for request in asked):
        return "served"
    called_back = isinstance(after.task, CallbackTask) and not isinstance(before.task, CallbackTask)
    if called_back or any(isinstance(action, Transfer) for action in actions):
        return "handed"
    if after.refused > before.refused:
        return "refused"
    if after.misses > before.misses and not isinstance(event, Silence):
        return "missed"
    doubts = ConfirmTask | ChooseTask
    if isinstance(after.task, doubts) and not isinstance(before.task, doubts):
        return "doubted"
    return "went_on"


def _unmasked(event: Event, expects: Expects | None) -> Event:
    """With a number that belongs to nobody where the caller's own was masked."""
    made_up = _MADE_UP.get(expects, _MADE_UP_PHONE)
    match event:
        case Heard(text) if MASK in text:
            return replace(event, text=text.replace(MASK, made_up))
        case Keys(keys) if MASK in keys:
            return Keys(keys.replace(MASK, made_up.replace(" ", "")))
    return event
