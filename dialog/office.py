"""What the dialogue asks the town hall's records, and what it is told back. Data only: ports, not databases.

A request leaves as an `Ask` action; its reply comes back as an `Answered` event. Times are local to the
town, naive; phones are E.164. `Unavailable` answers any request whose records cannot be had: nothing was
done then, and the dialogue promises nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from prompts.labels import Service

CallbackReason = Literal[
    "no_answer", "closed", "low_confidence", "requested", "sensitive", "language", "unavailable"
]


@dataclass(frozen=True)
class Window:
    """When an appointment would suit: from `start` to `end`, exclusive; None is an open side."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Appointment:
    ref: str
    motif: str
    """A key of the town's agendas."""
    at: datetime
    name: str
    phone: str | None = None
    subject: Service = "aucun"
    persons: int = 1
    """As many consecutive time slots."""
    may_wait: bool = False
    """Whether its person can be told when an earlier one frees itself, and is not waiting for it yet."""
    offered: datetime | None = None
    """An earlier place that is kept for its person at this moment, because they wait for one."""


@dataclass(frozen=True)
class FindTimeSlots:
    """Free time slots of one agenda, the earliest first."""

    motif: str
    windows: tuple[Window, ...] = ()
    """Any of these suits; none given: any time."""
    persons: int = 1
    """As many consecutive time slots are wanted."""
    avoided: tuple[datetime, ...] = ()
    """Already offered and not wanted."""
    limit: int = 3


@dataclass(frozen=True)
class TimeSlotsFound:
    starts: tuple[datetime, ...]


@dataclass(frozen=True)
class HoldTimeSlot:
    """Keep a time slot for this caller while they speak; it frees itself."""

    motif: str
    at: datetime
    persons: int = 1


@dataclass(frozen=True)
class Held:
    """Whether it is kept; somebody else may have been quicker."""

    held: bool


@dataclass(frozen=True)
class Book:
    motif: str
    at: datetime
    name: str
    phone: str | None
    subject: Service
    persons: int = 1


@dataclass(frozen=True)
class Booked:
    """The appointment as it was committed; None when the time slot was gone."""

    appointment: Appointment | None


@dataclass(frozen=True)
class FindAppointment:
    """By reference and name; or by name, the phone it was taken with, and the day it is on.

    The number that calls can be forged, and a name is known to many: together they open nothing, without
    the day, which whoever has the appointment knows.
    """

    name: str
    ref: str | None = None
    phone: str | None = None
    day: date | None = None
    """With the phone only."""


@dataclass(frozen=True)
class AppointmentFound:
    appointment: Appointment | None


@dataclass(frozen=True)
class MoveAppointment:
    ref: str
    name: str
    at: datetime


@dataclass(frozen=True)
class CancelAppointment:
    ref: str
    name: str


@dataclass(frozen=True)
class Changed:
    """The appointment as it now stands (or stood, cancelled); None when it could not be changed."""

    appointment: Appointment | None


@dataclass(frozen=True)
class WaitForEarlier:
    """Tell this person when an earlier appointment frees itself."""

    ref: str
    name: str
    since: datetime | None = None
    """None of before."""
    hours: tuple[tuple[int, int], ...] = ()
    """Minutes from midnight, end exclusive; any of these, () is any."""
    never_hours: tuple[tuple[int, int], ...] = ()
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; any of these, none is any."""
    never_days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class EarlierNoted:
    noted: bool


@dataclass(frozen=True)
class FindFile:
    number: str
    name: str | None = None


@dataclass(frozen=True)
class FileFound:
    """What may be told of a file. Without the matching name, only that a name is needed."""

    found: bool
    needs_name: bool = False
    """There may be such a file: it is told on its number with the matching name only."""
    service: Service = "aucun"
    status: str | None = None
    label: str | None = None
    missing_document: str | None = None


@dataclass(frozen=True)
class OpenTicket:
    category: Service
    place: str
    nature: str
    """In the caller's words."""
    dangerous: bool = False
    since: str | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class TicketOpened:
    ref: str


@dataclass(frozen=True)
class AskCallback:
    service: str
    """A key of the town's extensions."""
    phone: str
    reason: CallbackReason
    name: str | None = None
    moment: str | None = None
    """When the caller would rather be called, in their words."""
    window: Window | None = None
    """The same, as far as it was understood."""
    about: str | None = None
    """What for, in a few of the caller's words."""
    language: str | None = None
    urgent: bool = False


@dataclass(frozen=True)
class CallbackPromised:
    ref: str
    due: datetime
    """Before this instant, as the clerks' hours and the present queue allow."""


@dataclass(frozen=True)
class KeepNoWords:
    """The caller objects to their words being kept: nothing of what they said is."""


@dataclass(frozen=True)
class WordsNotKept:
    pass


@dataclass(frozen=True)
class Unavailable:
    """The records cannot be had: nothing was read, nothing was written."""


Request = (
    FindTimeSlots | HoldTimeSlot | Book | FindAppointment | MoveAppointment | CancelAppointment
    | WaitForEarlier | FindFile | OpenTicket | AskCallback | KeepNoWords
)  # fmt: skip
Reply = (
    TimeSlotsFound | Held | Booked | AppointmentFound | Changed | EarlierNoted | FileFound | TicketOpened
    | CallbackPromised | WordsNotKept | Unavailable
)  # fmt: skip
COMMITMENTS = (Book, MoveAppointment, CancelAppointment, OpenTicket, AskCallback)
"""Requests that bind somebody: each needs a yes to all of it read back."""
