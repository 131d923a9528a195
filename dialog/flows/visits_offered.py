"""Who waits for an earlier time and calls while a place is kept for them: it is told, and theirs on a yes."""

from dataclasses import dataclass, replace

from dialog.flows.booking_offers import moment
from dialog.flows.booking_times import wish_of
from dialog.flows.booking_wishes import Wish
from dialog.flows.visits_move import MoveTask
from dialog.office import Appointment
from dialog.talk import Result, Said, Talk, Turn, understood


@dataclass(frozen=True)
class OfferedTask(MoveTask):
    otherwise_to: Wish | None = None
    """When they wanted to come instead, where they called to move their appointment."""

    @classmethod
    def tell(cls, talk: Talk, found: Appointment, wish: Wish | None, line: str) -> Turn:
        """`wish`: None for who only asked when it is."""
        assert found.offered is not None
        task = cls(
            found.motif, found.subject, persons=found.persons, at=found.offered, before=found,
            otherwise_to=wish,
        )  # fmt: skip
        offered = talk.phrase(talk.town.booking.place_offered, quand=moment(found.offered))
        return task.proceed(talk, (line, offered))

    def answer(self, talk: Talk, said: Said) -> Result | None:
        no = said.found.intent in ("non", "correction") and wish_of(talk, said.found).is_empty
        return self._leave(talk) if no and self._is_the_place else super().answer(talk, said)

    def press(self, talk: Talk, key: str) -> Result | None:
        return self._leave(talk) if key == "2" and self._is_the_place else super().press(talk, key)

    @property
    def _is_the_place(self) -> bool:
        return self.at is not None and self.at == self.before.offered

    def _leave(self, talk: Talk) -> Result:
        """The place stays kept for them as long as the message said."""
        talk = replace(talk, state=understood(talk.state))
        if self.otherwise_to is None:
            return self.give_up(talk)
        return MoveTask.begin(talk, self.before, self.otherwise_to)
