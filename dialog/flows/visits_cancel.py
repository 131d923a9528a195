"""Cancelling an appointment: read back, and cancelled on a plain yes only."""

from dataclasses import dataclass, replace

from dialog.flows.booking_offers import moment
from dialog.flows.booking_times import wish_of
from dialog.flows.booking_topics import topic
from dialog.flows.collect import commits, has_reserve
from dialog.flows.visits_move import MoveTask
from dialog.office import Appointment, CancelAppointment, Changed, Reply, Request
from dialog.talk import Done, Person, Result, Said, Talk, Task, Turn, ask, ask_records, understood


@dataclass(frozen=True)
class CancelTask(Task):
    appointment: Appointment

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        question = talk.phrase(talk.town.booking.cancel_asked, **self._values(talk))
        return ask(talk, self, lines, question, expects="yes_no")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        talk, intent = replace(talk, state=understood(talk.state)), said.found.intent
        wish = wish_of(talk, said.found)
        if intent == "rdv_deplacer" or (not wish.is_empty and not wish.suits(self.appointment.at)):
            return MoveTask.begin(talk, self.appointment, wish)
        if commits(talk, said, "rdv_annuler"):
            return self._cancel(talk)
        if intent == "non" or (intent in ("correction", "incompris", "reponse") and has_reserve(said.text)):
            return self._keep(talk)
        return None

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._cancel(talk) if key == "1" else self._keep(talk) if key == "2" else None

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        words = talk.town.booking
        state = understood(talk.having(task=None).state)
        if not isinstance(reply, Changed):
            line = talk.phrase(words.unavailable)
            return Person(state, self.appointment.subject, (line,), "unavailable")
        if reply.appointment is None:
            return Person(state, self.appointment.subject, (talk.phrase(words.not_changed),))
        state = replace(state, told_of=("rdv_annuler", self.appointment.subject))
        return Done(state, (talk.phrase(words.cancelled, **self._values(talk)),))

    def _cancel(self, talk: Talk) -> Turn:
        return ask_records(talk, self, CancelAppointment(self.appointment.ref, self.appointment.name))

    def _keep(self, talk: Talk) -> Done:
        line = talk.phrase(talk.town.booking.kept, **self._values(talk))
        return Done(understood(talk.having(task=None).state), (line,))

    def _values(self, talk: Talk) -> dict[str, str]:
        return {"objet": topic(talk, self.appointment.subject), "quand": moment(self.appointment.at)}
