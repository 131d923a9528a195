"""What the town hall's records may answer, whatever they hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from dialog import office, wording
from dialog.office import Appointment, Reply, Request
from prompts.content import Town

_REF = "R7310"
_DAYS = 400


def longest_days(today: date, count: int) -> tuple[date, ...]:
    """Days of the next 400 whose date is longest to say, in order, never two on end."""
    ahead = [today + timedelta(days=shift) for shift in range(2, _DAYS)]
    longest = sorted(ahead, key=lambda day: len(wording.relative_day(day, today)), reverse=True)
    return tuple(sorted(longest[:count]))


class Records:
    """Replies for one town at one time; dates are those that take longest to say."""

    def __init__(self, town: Town, now: datetime) -> None:
        self._town = town
        self._local = now.astimezone(town.tz).replace(tzinfo=None)
        days = longest_days(self._local.date(), 3)
        self._starts = tuple(datetime.combine(day, time(16, 40)) for day in days)
        self._past = self._local - timedelta(days=30)

    def replies(self, request: Request) -> Iterator[Reply]:
        """Every kind of answer to this request."""
        yield office.Unavailable()
        match request:
            case office.FindTimeSlots():
                for count in range(4):
                    yield office.TimeSlotsFound(self._starts[:count])
            case office.HoldTimeSlot():
                yield office.Held(True)
                yield office.Held(False)
            case office.Book():
                booked = Appointment(
                    _REF, request.motif, request.at, request.name, request.phone, request.subject
                )
                yield office.Booked(booked)
                yield office.Booked(replace(booked, may_wait=True))
                yield office.Booked(None)
            case office.FindAppointment(name):
                yield office.AppointmentFound(self._appointment(name, self._starts[0]))
                kept = self._appointment(name, self._starts[1])
                yield office.AppointmentFound(replace(kept, offered=self._starts[0]))
                yield office.AppointmentFound(self._appointment(name, self._past))
                yield office.AppointmentFound(None)
            case office.MoveAppointment(_, name, at):
                yield office.Changed(self._appointment(name, at))
                yield office.Changed(None)
            case office.CancelAppointment(_, name):
                yield office.Changed(self._appointment(name, self._starts[0]))
                yield office.Changed(None)
            case office.WaitForEarlier():
                yield office.EarlierNoted(True)
                yield office.EarlierNoted(False)
            case office.FindFile():
                yield from self._files()
            case office.OpenTicket():
                yield office.TicketOpened("S7310")
            case office.AskCallback():
                yield office.CallbackPromised("C7310", self._starts[0])
                yield office.CallbackPromised("C7310", self._local + timedelta(hours=1))
            case office.KeepNoWords():
                yield office.WordsNotKept()

    def _appointment(self, name: str, at: datetime) -> Appointment:
        motif, subject = next(
            (
                (entry.agenda, service)
                for service, entry in self._town.commune.services.items()
                if entry.agenda
            ),
            ("aucun", "aucun"),
        )
        return Appointment(_REF, motif, at, name, None, subject, may_wait=True)

    def _files(self) -> Iterator[Reply]:
        yield office.FileFound(False)
        yield office.FileFound(False, needs_name=True)
        for status in (*self._town.requests.file_statuses, "statut inconnu"):
            yield office.FileFound(
                True, status=status, label="dossier reçu", missing_document="le plan de masse"
            )
