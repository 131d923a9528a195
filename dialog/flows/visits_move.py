"""Moving an appointment: new times offered, old and new read back, moved on a plain yes only."""

from dataclasses import dataclass, replace
from datetime import datetime

from dialog.flows.booking_earlier import EarlierTask, wanted_sooner
from dialog.flows.booking_offers import moment
from dialog.flows.booking_times import TimeSlotTask, wish_of
from dialog.flows.booking_topics import topic
from dialog.flows.booking_wishes import Wish
from dialog.flows.booking_words import gives_up
from dialog.flows.collect import commits
from dialog.office import Appointment, Changed, MoveAppointment, Reply
from dialog.talk import Done, Result, Said, Talk, Turn, ask, ask_records, understood

_NONE_YET = Appointment("", "", datetime.min, "")


@dataclass(frozen=True)
class MoveTask(TimeSlotTask):
    before: Appointment = _NONE_YET
    """As it stands until the new time is confirmed."""

    @classmethod
    def begin(cls, talk: Talk, before: Appointment, wish: Wish, lines: tuple[str, ...] = ()) -> Turn:
        """Look for another time than the present one."""
        task = cls(before.motif, before.subject, _elsewhen(before, wish), before.persons, before=before)
        return task.ask_day(talk, lines) if task.wish.is_empty else task.look(talk, lines)

    @property
    def is_complete(self) -> bool:
        return True

    def proceed(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        assert self.at is not None
        question = talk.phrase(
            talk.town.booking.move_asked,
            objet=topic(talk, self.subject),
            avant=moment(self.before.at),
            apres=moment(self.at),
        )
        return ask(talk, self, lines, question, expects="yes_no")

    def answer(self, talk: Talk, said: Said) -> Result | None:
        assert self.at is not None
        talk = replace(talk, state=understood(talk.state))
        wish = wish_of(talk, said.found)
        if wish.suits(self.at) and commits(talk, said, "rdv_deplacer"):
            return self._move(talk)
        if not wish.is_empty and not wish.suits(self.at):
            return self.again(talk, self.rewished(wish), avoided=(), rounds=self.rounds + 1)
        if gives_up(said.text):
            return self.give_up(talk)
        if said.found.intent in ("non", "correction"):
            return replace(self, at=None, offers=(self.at,)).others(talk)
        return None

    def press(self, talk: Talk, key: str) -> Result | None:
        if self.at is None:
            return super().press(talk, key)
        talk = replace(talk, state=understood(talk.state))
        if key == "2":
            return replace(self, at=None, offers=(self.at,)).others(talk)
        return self._move(talk) if key == "1" else None

    def _move(self, talk: Talk) -> Turn:
        assert self.at is not None
        return ask_records(talk, self, MoveAppointment(self.before.ref, self.before.name, self.at))

    def committed(self, talk: Talk, reply: Reply) -> Result:
        if not isinstance(reply, Changed):
            return self.cannot(talk)
        assert self.at is not None
        if reply.appointment is None:
            return self.lost(talk, self.at)
        line = talk.phrase(
            talk.town.booking.moved, apres=moment(reply.appointment.at), reference=reply.appointment.ref
        )
        return self._finish(talk, reply.appointment, line)

    def give_up(self, talk: Talk) -> Result:
        line = talk.phrase(
            talk.town.booking.kept, objet=topic(talk, self.subject), quand=moment(self.before.at)
        )
        return self._finish(talk, self.before, line)

    def _finish(self, talk: Talk, now: Appointment, line: str) -> Result:
        """The appointment as it now stands; who would have had it earlier may wait for that."""
        talk = replace(talk, state=understood(talk.having(task=None).state))
        if self.sooner is not None and now.may_wait and wanted_sooner(self.sooner, now.at):
            return EarlierTask(now, self.sooner).ask(talk, (line,))
        return Done(talk.state, (line,))


def _elsewhen(before: Appointment, wish: Wish) -> Wish:
    """« J'ai un rendez-vous jeudi, je voudrais mardi »: the day of the appointment itself is no wish."""
    day = before.at.date()
    others = tuple(
        window
        for window in wish.days
        if not (
            window.start is not None
            and window.end is not None
            and window.start.date() == day
            and (window.end - window.start).days >= 1
        )
    )
    hours = tuple(one for one in wish.hours if one[0] != before.at.hour * 60 + before.at.minute)
    return replace(wish, days=others, hours=hours)
