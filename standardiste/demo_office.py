"""The town hall's records for rehearsals, in memory: the demo town's agendas, appointments and files."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from dialog import office, town_hours
from dialog.matching import plain, sound
from dialog.office import Appointment, Reply, Request
from prompts.content import DemoFile, Town

_MAX_PERSONS = 8


@dataclass
class DemoOffice:
    """Answers the dialogue's requests."""

    town: Town
    random: Random
    """Where references come from."""

    def __post_init__(self) -> None:
        demo = self.town.demo
        self._free: dict[str, set[datetime]] = {}
        self._minutes: dict[str, int] = {}
        self._appointments: dict[str, Appointment] = {}
        self._files: tuple[DemoFile, ...] = demo.files if demo else ()
        for motif, agenda in demo.agendas.items() if demo else ():
            self._free[motif] = set(agenda.time_slots)
            self._minutes[motif] = agenda.duration_min
        for one in demo.appointments if demo else ():
            self._appointments[one.ref] = Appointment(
                one.ref, one.motif, one.start, one.name, one.phone, one.subject
            )
            self._free.get(one.motif, set()).discard(one.start)
        self._refs = set(self._appointments)

    def answer(self, request: Request, now: datetime) -> Reply:
        """What the records say or do; `now` is aware."""
        local = now.astimezone(self.town.tz).replace(tzinfo=None)
        match request:
            case office.FindTimeSlots():
                return office.TimeSlotsFound(self._find(request, local))
            case office.HoldTimeSlot(motif, at, persons):
                return office.Held(at > local and self._all_free(motif, at, persons))
            case office.Book():
                return office.Booked(self._book(request, local))
            case office.FindAppointment(name, ref, phone):
                return office.AppointmentFound(self._appointment(name, ref, phone))
            case office.MoveAppointment(ref, name, at):
                return office.Changed(self._move(ref, name, at, local))
            case office.CancelAppointment(ref, name):
                return office.Changed(self._cancel(ref, name))
            case office.FindFile(number, name):
                return self._file(number, name)
            case office.OpenTicket():
                return office.TicketOpened(self._new_ref("S"))
            case office.AskCallback():
                return self._call_back(request, now)
            case office.KeepNoWords():
                return office.WordsNotKept()

    def _find(self, wanted: office.FindTimeSlots, local: datetime) -> tuple[datetime, ...]:
        starts = sorted(
            at
            for at in self._free.get(wanted.motif, ())
            if at > local
            and at not in wanted.avoided
            and (not wanted.windows or any(_within(at, window) for window in wanted.windows))
            and self._all_free(wanted.motif, at, wanted.persons)
        )
        return tuple(starts[: wanted.limit])

    def _run(self, motif: str, at: datetime, persons: int) -> list[datetime]:
        step = timedelta(minutes=self._minutes.get(motif, 0))
        return [at + step * index for index in range(max(1, min(persons, _MAX_PERSONS)))]

    def _all_free(self, motif: str, at: datetime, persons: int) -> bool:
        return all(start in self._free.get(motif, ()) for start in self._run(motif, at, persons))

    def _book(self, wanted: office.Book, local: datetime) -> Appointment | None:
        if wanted.at <= local or not self._all_free(wanted.motif, wanted.at, wanted.persons):
            return None
        ref = self._new_ref("R")
        booked = Appointment(
            ref, wanted.motif, wanted.at, wanted.name, wanted.phone, wanted.subject, wanted.persons
        )
        self._take(booked)
        return booked

    def _take(self, booked: Appointment) -> None:
        self._appointments[booked.ref] = booked
        self._free[booked.motif] -= set(self._run(booked.motif, booked.at, booked.persons))

    def _appointment(self, name: str, ref: str | None, phone: str | None) -> Appointment | None:
        for one in self._appointments.values():
            known = ref == one.ref if ref else phone is not None and phone == one.phone
            if known and same_name(one.name, name):
                return one
        return None

    def _move(self, ref: str, name: str, at: datetime, local: datetime) -> Appointment | None:
        before = self._appointment(name, ref, None)
        if before is None or at <= local or not self._all_free(before.motif, at, before.persons):
            return None
        self._free[before.motif] |= set(self._run(before.motif, before.at, before.persons))
        after = replace(before, at=at)
        self._take(after)
        return after

    def _cancel(self, ref: str, name: str) -> Appointment | None:
        before = self._appointment(name, ref, None)
        if before is None:
            return None
        del self._appointments[ref]
        self._free.setdefault(before.motif, set()).update(self._run(before.motif, before.at, before.persons))
        return before

    def _file(self, number: str, name: str | None) -> office.FileFound:
        for one in self._files:
            if file_key(one.number) == file_key(number):
                if one.name is not None and not (name and same_name(one.name, name)):
                    return office.FileFound(False, needs_name=True)
                return office.FileFound(True, False, one.service, one.status, one.label, one.missing_document)
        # An unknown number asks for a name just as a known one does: it tells nothing of who has a file.
        return office.FileFound(False, needs_name=name is None)

    def _call_back(self, wanted: office.AskCallback, now: datetime) -> office.CallbackPromised:
        hours = self.town.commune.callback_open_hours / (4 if wanted.urgent else 1)
        due = town_hours.due(self.town, wanted.service, now, hours)
        if wanted.window is not None:
            start = wanted.window.start or due
            end = wanted.window.end or start + timedelta(days=1)
            # A wish that the clerks' hours allow is kept; it never makes a promise that they do not.
            due = max(due, town_hours.last_open(self.town, wanted.service, start, end) or due)
        return office.CallbackPromised(self._new_ref("C"), due)

    def _new_ref(self, letter: str) -> str:
        while (ref := f"{letter}{self.random.randint(1000, 9999)}") in self._refs:
            pass
        self._refs.add(ref)
        return ref


def _within(at: datetime, window: office.Window) -> bool:
    return (window.start is None or at >= window.start) and (window.end is None or at < window.end)


def same_name(kept: str, said: str) -> bool:
    """Whether the name said is the name kept by ear, a first name aside: « Bellemarre » is « Bellemare »."""
    words, given = ([sound(word) for word in plain(name).split()] for name in (kept, said))
    return bool(words) and any(
        given[start : start + len(words)] == words for start in range(len(given) - len(words) + 1)
    )


def file_key(number: str) -> str:
    """A file's number as it is compared: « DP 972 209 26 M0041 » is `DP972209260041`."""
    letters = "".join(char for char in number.upper() if char.isalnum())
    head = letters[:2] if letters[:2].isalpha() else ""
    return head + "".join(char for char in letters[len(head) :] if char.isdigit() or not head)
