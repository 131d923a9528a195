"""One call in text: the dialogue and records of a real call, its people played by the town's demo records."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from callbacks.calls import CallStart
from callbacks.journal import Journal
from dialog.actions import Ask, EndCall, Listen, Say, Transfer
from dialog.events import Answered, CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.manager import State, step
from dialog.office import Request
from prompts.content import Town
from standardiste.people import people_answer
from standardiste.records_opening import IN_MEMORY, WrittenRecords
from standardiste.tally import Tally

Json = dict[str, Any]
_MAX_SILENCE_S = 7 * 24 * 3600


class WrittenCall:
    """Feed it turns; it yields the lines of `converse`."""

    def __init__(
        self,
        town: Town,
        now: datetime,
        caller: str | None,
        database_url: str = IN_MEMORY,
        journal: Journal | None = None,
    ) -> None:
        """Raises UnusableDatabase and DatabaseUnavailable."""
        self._town, self._now, self._caller = town, now, caller
        self._state = State()
        self._turn = 0
        self._tally = Tally()
        self._call_id = f"ecrit-{uuid.uuid4().hex}"
        self._records = WrittenRecords(town, lambda: self._now, database_url, journal)
        self._records.begin(CallStart(self._call_id, now, caller))
        self.ended = False

    def begin(self) -> Iterator[Json]:
        """The greeting."""
        yield from self._feed(CallStarted(self._caller))

    def turn(self, given: Json) -> Iterator[Json]:
        """What one line of input leads to. Raises ValueError, in French, for an unusable line."""
        event = self._event(given)
        self._turn += 1
        if isinstance(event, Silence):
            passed = timedelta(seconds=event.seconds)
            self._now = (self._now.astimezone(UTC) + passed).astimezone(self._town.tz)
        if isinstance(event, HungUp):
            yield from self.hang_up()
        else:
            yield from self._feed(event)

    def hang_up(self) -> Iterator[Json]:
        """The caller leaves."""
        self._state, _ = step(self._town, self._state, HungUp(), self._now)
        yield self._end()

    def _event(self, given: Json) -> Event:
        kinds = [key for key in ("say", "dtmf", "silence", "hangup") if key in given]
        if len(kinds) != 1:
            raise ValueError("une ligne porte une seule chose : « say », « dtmf », « silence » ou « hangup »")
        value = given[kinds[0]]
        match kinds[0]:
            case "say":
                return self._heard(value, given)
            case "dtmf":
                if not isinstance(value, str) or not value or set(value) - set("0123456789*#"):
                    raise ValueError("« dtmf » attend des touches entre guillemets, parmi 0-9, * et #")
                return Keys(value)
            case "silence":
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise ValueError("« silence » attend un nombre de secondes")
                if not 0 <= value <= _MAX_SILENCE_S:
                    raise ValueError("« silence » attend un nombre de secondes entre 0 et une semaine")
                return Silence(float(value))
        if value is not True:
            raise ValueError("« hangup » attend true")
        return HungUp()

    @staticmethod
    def _heard(text: object, given: Json) -> Heard:
        confidence, barge_in = given.get("confidence", 1.0), given.get("barge_in", False)
        if not isinstance(text, str):
            raise ValueError("« say » attend du texte")
        number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
        if not number or not 0 <= confidence <= 1:
            raise ValueError("« confidence » attend un nombre entre 0 et 1")
        if not isinstance(barge_in, bool):
            raise ValueError("« barge_in » attend true ou false")
        return Heard(text, float(confidence), barge_in)

    def _feed(self, event: Event) -> Iterator[Json]:
        self._state, actions = step(self._town, self._state, event, self._now)
        self._tally.follow(self._state)
        for action in actions:
            match action:
                case Say(text):
                    yield {"agent": text, "turn": self._turn}
                case Listen(expects):
                    yield {"listening": True, "expects": expects}
                case Transfer(service):
                    yield from self._transfer(service)
                case Ask(request):
                    yield from self._ask(request)
                case EndCall():
                    yield self._end()

    def _ask(self, request: Request) -> Iterator[Json]:
        reply = self._records.answer(self._call_id, request)
        self._tally.answered(request, reply)
        yield from self._feed(Answered(request, reply))

    def _transfer(self, service: str) -> Iterator[Json]:
        reached = people_answer(self._town, service, self._now)
        self._tally.transferred(service, reached)
        yield from self._feed(TransferFinished(service, reached))
        if reached:
            yield self._end()

    def _end(self) -> Json:
        self.ended = True
        self._records.close()
        return self._tally.end_line()
