"""The DialogProcessor: events of the call go into the pure dialogue, its actions come out as frames."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipecat.frames.frames import Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from dialog.actions import Action, Ask, EndCall, Listen, Say, Transfer
from dialog.aside import outweighs_keys
from dialog.events import (
    Answered,
    CallStarted,
    Event,
    Heard,
    HungUp,
    Keys,
    NobodyThere,
    Silence,
    TransferFinished,
)
from dialog.heard import as_heard
from dialog.manager import State, step
from dialog.office import Reply, Request
from dialog.personal import is_personal, tells_whom
from dialog.protected import protected
from dialog.talk import PATIENCE_S, number_begins
from prompts.content import Town
from speech.engine import Transcript
from speech.pace import Pace, after_reaction
from telephony.frames import (
    CallerSpeaksFrame,
    CallersTurnFrame,
    DigitFrame,
    ExpectFrame,
    HangUpFrame,
    HeardFrame,
    LineAliveFrame,
    LineGoneFrame,
    ListenFrame,
    ResumeFrame,
    SayFrame,
    TransferDoneFrame,
    TransferFrame,
    UtteranceOverFrame,
)
from telephony.meaning import is_machine, means_nothing
from telephony.playback import Playback
from telephony.timings import TurnTimings

Step = Callable[[Town, State, Event, datetime], tuple[State, tuple[Action, ...]]]
"""The dialogue's next state and what it wants done; the shape of `dialog.manager.step`."""

BREATH_MS = 300
"""Silence between two sentences of an answer."""
TYPING_S = 2.0
"""Keys pressed within this of each other are one number (usual inter-digit time of voice menus)."""
_PHONE_DIGITS = 10
_MOST_TYPED = 32
LEAST_FILL_S = 0.25
"""Whatever is ready so soon after the caller has finished needs nothing said before it."""
FILL_AGAIN_S = 2.5
"""From one filler to the next; it takes most of a second to say."""
_MACHINES = 2
"""So many stretches of music or tones without a word between them, and nobody is there."""
_DEAD_SILENCES = 3


@dataclass(frozen=True)
class Exchange:
    """One event of the call and what the agent answered."""

    event: Event
    state: State
    """After the event."""
    answer: tuple[Say, ...]
    transcript: Transcript | None
    timings: TurnTimings | None
    """Completed as the answer goes out."""


@dataclass
class _Answer:
    """What is being said to the caller."""

    before: State
    """The state before it."""
    first: int = 0
    """The number of its first saying."""
    n: int = 0

    def add(self, number: int) -> None:
        self.first = self.first if self.n else number
        self.n = number - self.first + 1


@dataclass
class _Speaking:
    """The caller's present utterance, or the last one."""

    to_question: bool = True
    """It began in answer to what was asked, at least to the last words of it."""
    keyed: bool = False
    """A key was pressed since it began."""


@dataclass
class DialogPorts:
    """What the dialogue needs from its call."""

    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    answer: Callable[[Request], Awaitable[Reply]]
    """The town hall's records: answers within seconds, `Unavailable` when it cannot."""
    on_exchange: Callable[[Exchange], None]
    on_callers_turn: Callable[[], None] = field(default=lambda: None)
    on_personal: Callable[[bool], None] = field(default=lambda _: None)
    """Whether what is asked now, or read back, is somebody's number, name or the like."""
    on_left: Callable[[], None] = field(default=lambda: None)
    """The caller is gone, hung up or handed over; told once."""
    clock: Callable[[], float] = field(default=lambda: asyncio.get_running_loop().time())
    playback: Playback = field(default_factory=Playback)
    """What the caller has heard of what was said."""
    hears: bool = True
    """Whether an Ear listens to the line."""
    step: Step = step


class DialogProcessor(FrameProcessor):
    def __init__(self, town: Town, start: CallStarted, ports: DialogPorts) -> None:
        super().__init__()
        self._town = town
        self._start = start
        self._ports = ports
        self._state = State()
        self._turn = asyncio.Lock()
        self._patience_s: float | None = None
        """How long to wait for the caller; None while it is not their turn."""
        self._waiting: asyncio.Task[None] | None = None
        self._left = False
        self._typed = ""
        self._typing: asyncio.Task[None] | None = None
        self._answer = _Answer(self._state)
        self._n_says = 0
        """Sayings since the call began."""
        self._pace = Pace()
        self._turn_since: float | None = None
        """Since when it is the caller's turn and they have said nothing."""
        self._speaks = _Speaking()
        self._filling: asyncio.Task[None] | None = None
        self._n_fillers = 0
        self._filled = False
        """Something was said while an answer was made ready, and it is not there yet."""
        self._alive = not ports.hears
        """Something was ever heard on the line."""
        self._machines = self._dead_silences = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case StartFrame():
                await self.push_frame(frame, direction)
                await self._on_event(self._start)
            case CallerSpeaksFrame():
                await self._stop_waiting()
                await self._stop_filling()
                self._note_start()
            case UtteranceOverFrame(speech_end=speech_end):
                await self._fill_from(speech_end)
            case LineAliveFrame():
                self._alive = True
            case HeardFrame():
                await self._on_heard(frame)
            case DigitFrame(key=key):
                self._speaks.keyed = True
                await self._interrupt()
                await self._on_key(key)
            case CallersTurnFrame():
                self._turn_since = self._ports.clock()
                self._ports.on_callers_turn()
                await self._wait_for_caller()
            case TransferDoneFrame(service=service, reached=reached):
                await self._on_event(TransferFinished(service, reached))
                if reached:
                    self._leave()
            case LineGoneFrame():
                if not self._left:
                    await self._on_event(HungUp())
                self._leave()
            case _:
                await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await self._stop_waiting()
        await self._stop_typing()
        await self._stop_filling()
        await super().cleanup()

    def _note_start(self) -> None:
        now, current = self._ports.clock(), self._ports.playback.current
        if self._turn_since is not None:
            self._pace = after_reaction(self._pace, 1000 * (now - self._turn_since))
            self._turn_since = None
        self._speaks = _Speaking(to_question=current is None or current.question)

    async def _on_heard(self, frame: HeardFrame) -> None:
        heard = frame.transcript
        self._pace = replace(self._pace, stretch=frame.stretch)
        if is_machine(heard):
            self._machines += 1
            if self._machines >= _MACHINES or heard.sound == "fax":
                await self._interrupt()
                await self._on_event(NobodyThere(), heard, frame.timings)
                return
        outweighed = self._speaks.keyed and not outweighs_keys(heard.text, self._town, self._ports.now())
        if outweighed or means_nothing(frame, self._town, to_question=self._speaks.to_question):
            await self._stop_filling()
            if frame.barge_in:
                await self.push_frame(ResumeFrame())
            elif self._filled:
                await self.push_frame(ListenFrame())
            elif self._ports.playback.current is None and not self._typed:
                await self._wait_for_caller()
            return
        self._machines = 0
        if frame.over_agent:
            await self._interrupt()
        # What the recogniser itself rejects is not an answer, however like one its nearest guess looks.
        text = "" if heard.rejected else heard.text
        await self._on_event(Heard(text, heard.confidence, frame.barge_in), heard, frame.timings)

    async def _interrupt(self) -> None:
        """Nothing more is said of the answer under way; what was not heard of it was not told."""
        async with self._turn:
            n_heard = self._ports.playback.n_heard(self._answer.first, self._answer.n, self._ports.clock())
            if n_heard < self._answer.n:
                self._state = as_heard(self._answer.before, self._state, n_heard, self._answer.n)
                self._answer = _Answer(self._state)
        await self.broadcast_interruption()

    async def _on_key(self, key: str) -> None:
        """One key at once; the digits of a number when it is whole, ended by # or left at that.

        A star takes back what was typed of a number; alone it asks to repeat.
        """
        await self._stop_waiting()
        await self._stop_typing()
        await self._fill_from(self._ports.clock())
        self._machines, self._alive = 0, True
        if key == "*" and self._typed:
            self._typed = ""
            await self._stop_filling()
            await self._say(self._town.turn_taking.keys_cleared)
            await self.push_frame(ListenFrame())
            return
        self._typed += key
        whole = self._state.expects == "phone" and len(self._typed) == _PHONE_DIGITS
        full = whole or len(self._typed) >= _MOST_TYPED
        if full or key in "*#" or not number_begins(self._state, self._typed):
            await self._on_typed()
        else:
            await self._stop_filling()
            self._typing = self.create_task(self._count_typing())

    async def _count_typing(self) -> None:
        await asyncio.sleep(TYPING_S)
        self._typing = None
        await self._on_typed()

    async def _on_typed(self) -> None:
        typed, self._typed = self._typed, ""
        await self._on_event(Keys(typed))

    async def _stop_typing(self) -> None:
        typing, self._typing = self._typing, None
        if typing:
            await self.cancel_task(typing)

    async def _on_event(
        self, event: Event, transcript: Transcript | None = None, timings: TurnTimings | None = None
    ) -> None:
        async with self._turn:
            await self._stop_waiting()
            self._patience_s = None
            self._answer = _Answer(self._state)
            events, begun = deque([event]), False
            while events:
                event = events.popleft()
                self._state, actions = self._ports.step(self._town, self._state, event, self._ports.now())
                actions = protected(self._town, actions)
                says = tuple(action for action in actions if isinstance(action, Say))
                self._ports.on_exchange(Exchange(event, self._state, says, transcript, timings))
                transcript = None
                asked = next((a for a in reversed(actions) if isinstance(a, Listen)), Listen())
                await self.push_frame(ExpectFrame(asked.expects, asked.choices), FrameDirection.UPSTREAM)
                self._ports.on_personal(is_personal(self._town, asked.expects, says))
                question = says[-1] if says and asked in actions else None
                for action in actions:
                    if isinstance(action, Ask):
                        # What is being written is written, whether or not the caller still waits for it.
                        reply = await asyncio.shield(
                            asyncio.ensure_future(self._ports.answer(action.request))
                        )
                        events.append(Answered(action.request, reply))
                    elif isinstance(action, Say):
                        await self._stop_filling()
                        self._answer.add(self._n_says)
                        await self._say(action.text, action, begun, timings, question=action is question)
                        timings, begun = None, True
                    else:
                        await self._do(action)
            await self._stop_filling()  # there is no answer to it, as while somebody is being rung

    async def _say(
        self,
        text: str,
        how: Say | None = None,
        begun: bool = False,
        timings: TurnTimings | None = None,
        *,
        question: bool = False,
    ) -> None:
        number, self._n_says = self._n_says, self._n_says + 1
        how = how or Say(text, slowly=self._state.slowly)
        frame = SayFrame(text, not how.interruptible, BREATH_MS if begun else 0, timings, how.slowly)
        frame.number, frame.question = number, question
        frame.announces_recording, frame.personal = how.announces_recording, tells_whom(self._town, text)
        await self.push_frame(frame)

    async def _fill_from(self, since: float) -> None:
        """Unless something is said soon after that moment, something short is: no silence without meaning.

        And again every FILL_AGAIN_S, for as long as it takes.
        """
        await self._stop_filling()
        self._filled = False
        if self._town.turn_taking.fillers and self._ports.playback.current is None:
            self._filling = self.create_task(self._count_to_fill(since))

    async def _count_to_fill(self, since: float) -> None:
        now, fillers = self._ports.clock(), self._town.turn_taking.fillers
        await asyncio.sleep(max(since + self._town.turn_taking.fill_after_ms / 1000 - now, LEAST_FILL_S))
        said: int | None = None
        while True:
            # Where the voice is late, the last one is still to come; and nothing is said behind an answer.
            playback = self._ports.playback
            if playback.current is None and (said is None or playback.n_heard(said, 1, self._ports.clock())):
                self._n_fillers, self._filled, said = self._n_fillers + 1, True, self._n_says
                filler = self._say(fillers[self._n_fillers % len(fillers)])
                # What is begun to be said is said, whether or not the answer comes at that very moment.
                await asyncio.shield(asyncio.ensure_future(filler))
            await asyncio.sleep(FILL_AGAIN_S)

    async def _stop_filling(self) -> None:
        filling, self._filling = self._filling, None
        if filling:
            await self.cancel_task(filling)

    async def _do(self, action: Action) -> None:
        match action:
            case Listen(patience_s=patience_s):
                await self._stop_filling()
                self._patience_s = patience_s
                await self.push_frame(ListenFrame())
            case Transfer(service=service):
                await self.push_frame(TransferFrame(service))
            case EndCall():
                await self.push_frame(HangUpFrame())

    async def _wait_for_caller(self) -> None:
        await self._stop_waiting()
        if self._patience_s is not None and not self._left:
            self._waiting = self.create_task(self._count_silence(self._patience(self._patience_s)))

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and waiting is not asyncio.current_task():
            await self.cancel_task(waiting)

    def _patience(self, asked_s: float) -> float:
        """The town's own, and more of it for who is slow; what the dialogue asks for otherwise is its own."""
        if asked_s != PATIENCE_S:
            return asked_s
        turns = self._town.turn_taking
        return self._pace.patience_s(turns.patience_s, turns.most_patience_s)

    async def _count_silence(self, patience_s: float) -> None:
        await asyncio.sleep(patience_s)
        self._dead_silences = 0 if self._alive else self._dead_silences + 1
        nobody = self._dead_silences >= _DEAD_SILENCES
        await self._on_event(NobodyThere() if nobody else Silence(patience_s))

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            self._ports.on_left()
