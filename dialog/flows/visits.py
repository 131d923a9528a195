"""An appointment already taken: found by its reference and name, then recalled, cancelled or moved.

Who does not have the reference says which day it is, and must ring from the number it was taken with: that
number can be forged, and a name is known to many. Nothing is told of an appointment before it is found, and
a wrong name is not told from a wrong reference: who does not know both learns nothing, not even that there
is one.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dialog.answers import is_unsure
from dialog.flows.booking_offers import moment
from dialog.flows.booking_times import wish_of
from dialog.flows.booking_topics import topic
from dialog.flows.booking_wishes import ANY_TIME, Wish
from dialog.flows.booking_words import lacks_reference
from dialog.flows.collect import name_in, name_told, values_in
from dialog.flows.visits_cancel import CancelTask
from dialog.flows.visits_move import MoveTask
from dialog.flows.visits_offered import OfferedTask
from dialog.meaning import Understanding
from dialog.office import Appointment, AppointmentFound, FindAppointment, Reply, Request
from dialog.talk import Done, Person, Result, Said, Talk, Task, Turn, ask, ask_records, understood
from prompts.labels import Intent, Service

MAX_TRIES = 3
"""Of one call, whatever was looked for: after that a person, who can check who is calling."""
_PREFIX = "R"
"""Of every appointment's reference; its digits alone are enough to say or type."""

Purpose = Literal["recall", "cancel", "move"]
_PURPOSES: dict[Intent, Purpose] = {
    "rdv_consulter": "recall", "rdv_annuler": "cancel", "rdv_deplacer": "move",
}  # fmt: skip


@dataclass(frozen=True)
class VisitTask(Task):
    purpose: Purpose
    service: Service
    """As far as the caller said: whose people are rung when we cannot help."""
    ref: str | None = None
    lost: bool = False
    """The caller does not have the reference: its day stands for it, from the number it was taken with."""
    day: date | None = None
    """Of the appointment, as the caller says."""
    name: str | None = None
    wish: Wish = ANY_TIME
    """When they would rather come, as said at the beginning."""
    spelled: bool = False

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words, ears = talk.town.booking, talk.state.ears
        if self.ref is None and not self.lost:
            question = words.ref_typed if ears.of("reference") == "keys" else words.ref_asked
            return ask(talk, self, lines, talk.phrase(question), expects="reference")
        if self.name is None or not self.lost:
            spelled = self.spelled or ears.of("name") == "keys"
            question = words.name_spelled if spelled else words.visit_name_asked
            return ask(talk, self, lines, talk.phrase(question), expects="name")
        return ask(talk, self, lines, talk.phrase(words.visit_day_asked), expects="date")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        talk = replace(talk, state=understood(talk.state))
        purpose = _PURPOSES.get(said.found.intent)
        if purpose is not None and purpose != self.purpose and said.sure:
            return replace(self, purpose=purpose).ask(talk)
        ref = ref_in(said.found)
        if ref is not None and ref != self.ref:
            return replace(self, ref=ref, name=_introduced(talk, said) or self.name)._go_on(talk)
        if self.ref is None and not self.lost:
            if said.yes_or_no == "no" or lacks_reference(said.text):
                return replace(self, day=day_in(said.found) or self.day)._without(talk)
            name = name_told(talk, said)
            if name is None or name == self.name:
                return None
            line = talk.phrase(talk.town.requests.name_noted, nom=name)
            return replace(self, name=name).ask(talk, (line,))
        if self.lost and self.name is not None:
            return self._hear_day(talk, said)
        name = name_in(said.found, said.heard)
        if name is not None:
            return replace(self, name=name)._go_on(talk)
        if not self.spelled and said.heard < talk.town.thresholds.answer:
            return replace(self, spelled=True).ask(talk)
        return None

    def _hear_day(self, talk: Talk, said: Said) -> Result | None:
        """The one day said; who does not know it is put through to somebody who can look."""
        day = day_in(said.found)
        if day is not None:
            return replace(self, day=day)._go_on(talk)
        unsure = is_unsure(said.text, talk.town.procedure_words.answers, talk.town.name)
        if unsure or said.yes_or_no == "no" or lacks_reference(said.text):
            return self._unknown(talk)
        return None

    def typed(self, talk: Talk, digits: str) -> Result | None:
        if self.ref is not None or self.lost:
            return None
        return replace(self, ref=_PREFIX + digits)._go_on(replace(talk, state=understood(talk.state)))

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._without(talk) if key == "#" and self.ref is None and not self.lost else None

    def _without(self, talk: Talk) -> Result:
        """Without the reference; who asks which day it is cannot tell the day."""
        if talk.state.caller is None or (self.purpose == "recall" and self.day is None):
            return self._unknown(talk)
        return replace(self, lost=True)._go_on(talk)

    def _go_on(self, talk: Talk) -> Turn:
        """Look it up once all is known; else ask for what is missing."""
        if self.name is None or (self.ref is None and (not self.lost or self.day is None)):
            return self.ask(talk)
        if self.ref is not None:
            return ask_records(talk, self, FindAppointment(self.name, self.ref))
        return ask_records(talk, self, FindAppointment(self.name, None, talk.state.caller, self.day))

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        words = talk.town.booking
        if not isinstance(reply, AppointmentFound):
            line = talk.phrase(words.unavailable)
            return Person(talk.having(task=None).state, self.service, (line,), "unavailable")
        if reply.appointment is not None:
            return self._serve(talk, reply.appointment)
        talk = talk.having(tries=talk.state.tries + 1)
        if talk.state.tries >= MAX_TRIES or self.ref is None:
            return self._for_a_person(talk)
        again = replace(self, ref=None, name=None, lost=False)
        return again.ask(talk, (talk.phrase(words.not_found),))

    def _unknown(self, talk: Talk) -> Person:
        line = talk.phrase(talk.town.booking.ref_needed)
        return Person(talk.having(task=None).state, self.service, (line,), "low_confidence")

    def _for_a_person(self, talk: Talk) -> Person:
        line = talk.phrase(talk.town.booking.not_found_person)
        return Person(talk.having(task=None).state, self.service, (line,), "low_confidence")

    def _serve(self, talk: Talk, found: Appointment) -> Result:
        words = talk.town.booking
        talk = talk.having(name=found.name)
        values = {"objet": topic(talk, found.subject), "quand": moment(found.at)}
        if found.at <= talk.local:
            talk = talk.having(task=None, statuses=talk.state.statuses + 1)
            return Done(understood(talk.state), (talk.phrase(words.past, **values),))
        if self.purpose == "cancel":
            return CancelTask(found).ask(talk)
        if found.offered is not None and found.offered > talk.local:
            talk = talk.having(statuses=talk.state.statuses + 1)
            wish = self.wish if self.purpose == "move" else None
            return OfferedTask.tell(talk, found, wish, talk.phrase(words.told, **values))
        if self.purpose == "move":
            line = talk.phrase(words.to_move, **values)
            return MoveTask.begin(talk, found, self.wish, (line,))
        talk = talk.having(task=None, statuses=talk.state.statuses + 1)
        return Done(understood(talk.state), (talk.phrase(words.told, **values),))


def begin(talk: Talk, found: Understanding) -> Result:
    """« Je veux déplacer mon rendez-vous R4821 à mardi », whatever of it was said."""
    talk = replace(talk, state=understood(talk.state))
    name = name_in(found, 1.0) or talk.state.name
    purpose, wish = _PURPOSES[found.intent], wish_of(talk, found)
    # « Mon rendez-vous de jeudi »; who moves it may name the day that they would rather have.
    day = day_in(found) if purpose != "move" else None
    task = VisitTask(purpose, found.service, ref_in(found), day=day, name=name, wish=wish)
    if task.ref is None and lacks_reference(found.text):
        return task._without(talk)
    return task._go_on(talk)


def ref_in(found: Understanding) -> str | None:
    """The reference given, its letter supplied where only the digits were said."""
    given = next((one.value for one in found.entities if one.type == "reference"), None)
    return _PREFIX + given if given is not None and given.isdigit() else given


def day_in(found: Understanding) -> date | None:
    """The one day said; None where none is, or several."""
    days = {entity.day for entity in found.entities if entity.type == "date" and entity.day is not None}
    return days.pop() if len(days) == 1 else None


def _introduced(talk: Talk, said: Said) -> str | None:
    """« R 48 21, au nom de Bellemare »."""
    return next((one.value for one in values_in(talk, said.text, None) if one.type == "name"), None)
