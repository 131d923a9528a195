"""The town hall's records in a replay: they answer as they did in the call, else as on a good day."""

from datetime import datetime, time, timedelta

from dialog import office
from dialog.office import Appointment, Reply, Request
from dialog.replay.kept import Json
from prompts.content import Town

_REF, _TICKET, _CALLBACK = "R0001", "S0001", "C0001"
_HOURS = (time(9), time(10, 30), time(14), time(15, 30))
_DAYS_AHEAD = 60


class SimulatedRecords:
    """Those of one call; nothing is read and nothing is written."""

    def __init__(self, town: Town, answers: tuple[Json, ...]) -> None:
        self._town = town
        self._left = list(answers)

    def reply(self, request: Request, now: datetime) -> Reply:
        """What the records answer; `now` is aware."""
        kept = self._next(type(request).__name__)
        if kept.get("unavailable"):
            return office.Unavailable()
        ok, local = bool(kept.get("ok", True)), now.astimezone(self._town.tz).replace(tzinfo=None)
        match request:
            case office.FindTimeSlots():
                starts = kept.get("starts")
                if starts is None:
                    return office.TimeSlotsFound(_free(request, local))
                return office.TimeSlotsFound(tuple(datetime.fromisoformat(start) for start in starts))
            case office.HoldTimeSlot():
                return office.Held(ok)
            case office.Book(motif, at, name, phone, subject, persons):
                wait = bool(kept.get("may_wait", False))
                booked = Appointment(_REF, motif, at, name, phone, subject, persons, wait)
                return office.Booked(booked if ok else None)
            case office.FindAppointment(name):
                found = self._appointment(name, _next_morning(local), kept)
                return office.AppointmentFound(found if ok else None)
            case office.MoveAppointment(_, name, at):
                return office.Changed(self._appointment(name, at, kept) if ok else None)
            case office.CancelAppointment(_, name):
                return office.Changed(self._appointment(name, _next_morning(local), kept) if ok else None)
            case office.WaitForEarlier():
                return office.EarlierNoted(ok)
            case office.FindFile():
                return self._file(kept)
            case office.OpenTicket():
                return office.TicketOpened(_TICKET)
            case office.AskCallback():
                return office.CallbackPromised(_CALLBACK, _next_morning(local))
            case office.KeepNoWords():
                return office.WordsNotKept()

    def reached(self) -> bool:
        """Whether somebody takes the call that is put through."""
        return bool(self._next("Transfer").get("ok", True))

    def _next(self, asked: str) -> Json:
        for place, kept in enumerate(self._left):
            if kept.get("asked") == asked:
                return self._left.pop(place)
        return {}

    def _appointment(self, name: str, at: datetime, kept: Json) -> Appointment:
        services = self._town.commune.services.items()
        bookable = [(entry.agenda, service) for service, entry in services if entry.agenda]
        motif, subject = bookable[0] if bookable else ("aucun", "aucun")
        return Appointment(
            _REF, motif or "aucun", at, name, None, subject, may_wait=bool(kept.get("may_wait"))
        )

    @staticmethod
    def _file(kept: Json) -> Reply:
        if not kept.get("ok"):  # no file is made up
            return office.FileFound(False, needs_name=bool(kept.get("needs_name")))
        return office.FileFound(True, status=kept.get("status"))


def _free(request: office.FindTimeSlots, local: datetime) -> tuple[datetime, ...]:
    """Working hours of the days to come that suit."""
    found: list[datetime] = []
    for shift in range(1, _DAYS_AHEAD):
        day = local.date() + timedelta(days=shift)
        if day.weekday() < 5:
            times = (datetime.combine(day, hour) for hour in _HOURS)
            found += [at for at in times if at not in request.avoided and _suits(request, at)]
        if len(found) >= request.limit:
            break
    return tuple(found[: request.limit])


def _suits(request: office.FindTimeSlots, at: datetime) -> bool:
    return not request.windows or any(
        (window.start is None or at >= window.start) and (window.end is None or at < window.end)
        for window in request.windows
    )


def _next_morning(local: datetime) -> datetime:
    day = local.date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, _HOURS[0])
