"""The DialogProcessor: events of the call go into the pure dialogue, its actions come out as frames."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from pipecat.frames.frames import Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from dialog.actions import Action, Ask, EndCall, Listen, Say, Transfer
from dialog.events import Answered, CallStarted, Event, Heard, HungUp, Keys, Silence, TransferFinished
from dialog.manager import State, step
from dialog.office import Reply, Request
from dialog.talk import number_begins
from prompts.content import Town
from speech.engine import Transcript
from telephony.frames import (
    CallerSpeaksFrame,
    CallersTurnFrame,
    DigitFrame,
    ExpectFrame,
    HangUpFrame,
    HeardFrame,
    LineGoneFrame,
    ListenFrame,
    SayFrame,
    TransferDoneFrame,
    TransferFrame,
)
from telephony.timings import TurnTimings

BREATH_MS = 300
"""Silence between two sentences of an answer."""
TYPING_S = 2.0
"""Keys pressed within this of each other are one number (usual inter-digit time of voice menus)."""
_PHONE_DIGITS = 10
NOISE_MS = 500
"""An utterance shorter than this that holds no word is taken for a cough or a door, not for a miss."""


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
class DialogPorts:
    """What the dialogue needs from its call."""

    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    answer: Callable[[Request], Awaitable[Reply]]
    """The town hall's records: answers within seconds, `Unavailable` when it cannot."""
    on_exchange: Callable[[Exchange], None]
    on_callers_turn: Callable[[], None] = field(default=lambda: None)
    on_left: Callable[[], None] = field(default=lambda: None)
    """The caller is gone, hung up or handed over; told once."""


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

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case StartFrame():
                await self.push_frame(frame, direction)
                await self._on_event(self._start)
            case CallerSpeaksFrame():
                await self._stop_waiting()
            case HeardFrame():
                await self._on_heard(frame)
            case DigitFrame(key=key):
                await self.broadcast_interruption()
                await self._on_key(key)
            case CallersTurnFrame():
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
        await super().cleanup()

    async def _on_heard(self, frame: HeardFrame) -> None:
        heard = frame.transcript
        if not heard.text and heard.audio_ms < NOISE_MS:
            await self._wait_for_caller()
            return
        # What the recogniser itself rejects is not an answer, however like one its nearest guess looks.
        text = "" if heard.rejected else heard.text
        await self._on_event(Heard(text, heard.confidence, frame.barge_in), heard, frame.timings)

    async def _on_key(self, key: str) -> None:
        """One key at once; the digits of a number when it is whole, ended by # or left at that."""
        await self._stop_waiting()
        await self._stop_typing()
        self._typed += key
        whole = self._state.expects == "phone" and len(self._typed) == _PHONE_DIGITS
        if whole or key in "*#" or not number_begins(self._state, self._typed):
            await self._on_typed()
        else:
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
            events, begun = deque([event]), False
            while events:
                event = events.popleft()
                self._state, actions = step(self._town, self._state, event, self._ports.now())
                says = tuple(action for action in actions if isinstance(action, Say))
                self._ports.on_exchange(Exchange(event, self._state, says, transcript, timings))
                transcript = None
                asked = next((a for a in reversed(actions) if isinstance(a, Listen)), Listen())
                await self.push_frame(ExpectFrame(asked.expects, asked.choices), FrameDirection.UPSTREAM)
                for action in actions:
                    if isinstance(action, Ask):
                        # What is being written is written, whether or not the caller still waits for it.
                        reply = await asyncio.shield(
                            asyncio.ensure_future(self._ports.answer(action.request))
                        )
                        events.append(Answered(action.request, reply))
                    elif isinstance(action, Say):
                        pause_ms = BREATH_MS if begun else 0
                        await self.push_frame(
                            SayFrame(action.text, not action.interruptible, pause_ms, timings, action.slowly)
                        )
                        timings, begun = None, True
                    else:
                        await self._do(action)

    async def _do(self, action: Action) -> None:
        match action:
            case Listen(patience_s=patience_s):
                self._patience_s = patience_s
                await self.push_frame(ListenFrame())
            case Transfer(service=service):
                await self.push_frame(TransferFrame(service))
            case EndCall():
                await self.push_frame(HangUpFrame())

    async def _wait_for_caller(self) -> None:
        await self._stop_waiting()
        if self._patience_s is not None and not self._left:
            self._waiting = self.create_task(self._count_silence(self._patience_s))

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and waiting is not asyncio.current_task():
            await self.cancel_task(waiting)

    async def _count_silence(self, patience_s: float) -> None:
        await asyncio.sleep(patience_s)
        await self._on_event(Silence(patience_s))

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            self._ports.on_left()
