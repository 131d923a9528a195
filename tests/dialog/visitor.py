"""A caller of the demo town, for tests: says, types, is silent, and hears; the town hall's records behind."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dialog.actions import Ask, Listen, Say
from dialog.ears import GOOD_EARS, Ears
from dialog.events import Answered, CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.manager import State, step
from dialog.office import Book, Reply, Request, Unavailable
from prompts.labels import Expects
from prompts.load import load_town
from standardiste.records_opening import IN_MEMORY, WrittenRecords
from standardiste.tally import record_of

TOWN = load_town()
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
OWN = "+596696203040"


class Visitor:
    """One call; `heard` is what the agent said since the last turn, `records` what was committed."""

    def __init__(
        self,
        *turns: str,
        caller: str | None = OWN,
        ears: Ears = GOOD_EARS,
        now: datetime = TUESDAY,
        before: Callable[["Visitor", Request], None] | None = None,
    ) -> None:
        self._now = now
        self.office = WrittenRecords(TOWN, lambda: self._now, IN_MEMORY, None)
        self.records: list[dict[str, object]] = []
        self.requests: list[Request] = []
        self.heard = ""
        self.expects: Expects | None = None
        self.choices: tuple[str, ...] = ()
        self.down: tuple[type, ...] = ()
        """Requests that the records cannot answer."""
        self._before = before
        self._state = State()
        self._do(CallStarted(caller, ears))
        for place, turn in enumerate(turns):
            self.say(turn)
            if place == 0 and "c'est bien ça" in self.heard:
                # Whether a request is sure enough to be served at once is tested with the understanding.
                self.say("oui")

    @property
    def state(self) -> State:
        return self._state

    def say(self, text: str, confidence: float = 1.0) -> str:
        """Says this, or types it where it begins with a « + »."""
        typed = text.startswith("+")
        return self._turn(Keys(text[1:]) if typed else Heard(text, confidence))

    def silence(self) -> str:
        self._now += timedelta(seconds=8)
        return self._turn(Silence(8))

    def hang_up(self) -> None:
        self._turn(HungUp())

    def nobody_answers(self) -> str:
        """Nobody takes the call that is being transferred."""
        return self._turn(TransferFinished(self._state.extension, False))

    def somebody_books(self, motif: str, at: str) -> None:
        """Another caller is quicker: what was held for this one has freed itself by then."""
        self._now += timedelta(hours=1)
        wanted = Book(motif, datetime.fromisoformat(at), "Quelqu'un", None, "aucun")
        self.office.answer("quelqu'un d'autre", wanted)

    def _turn(self, event: Event) -> str:
        self.heard = ""
        self._do(event)
        return self.heard

    def _do(self, event: Event) -> None:
        self._state, actions = step(TOWN, self._state, event, self._now)
        for action in actions:
            match action:
                case Say(text):
                    self.heard = f"{self.heard} {text}".strip()
                case Listen(expects, _, choices):
                    self.expects, self.choices = expects, choices
                case Ask(request):
                    self._ask(request)

    def _ask(self, request: Request) -> None:
        self.requests.append(request)
        if self._before is not None:
            self._before(self, request)
        reply: Reply = (
            Unavailable() if isinstance(request, self.down) else self.office.answer("visiteur", request)
        )
        if (record := record_of(request, reply)) is not None:
            self.records.append(record)
        self._do(Answered(request, reply))
