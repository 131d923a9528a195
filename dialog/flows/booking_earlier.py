"""Who wanted an earlier appointment than those free is asked once whether to be told of one."""

from dataclasses import dataclass, replace
from datetime import datetime

from dialog.flows.booking_wishes import Wish
from dialog.flows.booking_words import says_goodbye
from dialog.flows.collect import says_no, says_yes
from dialog.office import Appointment, EarlierNoted, Reply, Request, WaitForEarlier
from dialog.talk import Done, Result, Said, Talk, Task, Turn, ask, ask_records, understood


@dataclass(frozen=True)
class EarlierTask(Task):
    appointment: Appointment
    wish: Wish
    """What suits, its days excepted: anything from the first of them on."""
    after: tuple[str, ...] = ()
    """Said once it is settled."""

    @property
    def asks_once(self) -> bool:
        return True

    def ask(self, talk: Talk, lines: tuple[str, ...] = ()) -> Turn:
        words, free = talk.town.booking, talk.state.ears.of("yes_no") == "free"
        question = talk.phrase(words.earlier_offered if free else words.earlier_offered_keys)
        return ask(talk, self, lines, question, expects="yes_no")

    def hear(self, talk: Talk, said: Said) -> Result | None:
        talk = replace(talk, state=understood(talk.state))
        if says_yes(talk, said):
            return self._join(talk)
        thanks = said.found.intent == "merci_aurevoir" and not says_goodbye(said.text)
        return self._leave_it(talk) if thanks or says_no(talk, said) else None

    def press(self, talk: Talk, key: str) -> Result | None:
        talk = replace(talk, state=understood(talk.state))
        return self._join(talk) if key == "1" else self._leave_it(talk) if key == "2" else None

    def answered(self, talk: Talk, request: Request, reply: Reply) -> Result:  # noqa: ARG002
        words = talk.town.booking
        noted = isinstance(reply, EarlierNoted) and reply.noted
        line = talk.phrase(words.earlier_noted if noted else words.earlier_not_noted)
        return Done(talk.having(task=None).state, (line, *self.after))

    def _join(self, talk: Talk) -> Turn:
        wish, one = self.wish, self.appointment
        starts = [window.start for window in wish.days if window.start is not None]
        since = min(starts) if starts and len(starts) == len(wish.days) else None
        request = WaitForEarlier(
            one.ref, one.name, since, wish.hours, wish.never_hours, wish.weekdays, wish.never_days
        )
        return ask_records(talk, self, request)

    def _leave_it(self, talk: Talk) -> Done:
        line = talk.phrase(talk.town.booking.earlier_declined)
        return Done(talk.having(task=None).state, (line, *self.after))


def wanted_sooner(wish: Wish | None, at: datetime) -> bool:
    """Whether this time is later than what was wished when it could not be had."""
    if wish is None:
        return False
    return all(window.end is not None and at >= window.end for window in wish.days)
