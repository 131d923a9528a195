"""A rehearsal: a call from recordings, at real time, through the very pipeline of a real one.

The caller waits for their turn, plays the next recording or presses the next keys, and hangs up when
they have nothing more. Both directions pass through a telephone's band. All is kept, so that what was
heard can be listened to and measured.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from speech.audio import FRAME_MS, FRAME_SAMPLES, RATE_HZ, Samples
from speech.telephone_band import over_telephone
from telephony.line import AudioFrame, Digit, LineEvent, MarkPlayed

REACTION_S = 0.4
"""How long the caller takes to begin, once it is their turn."""
LEAVES_AFTER_S = 1.5
"""How long a caller who has nothing more to say waits for an answer that may still come."""
VOICED_DBFS = -45.0
KEY_GAP_S = 0.25


@dataclass(frozen=True)
class SpokenTurn:
    samples: Samples
    """16 kHz mono."""
    barge_in_after_s: float | None = None
    """Said this long after the agent begins to speak, instead of when it has finished."""


@dataclass(frozen=True)
class KeyedTurn:
    keys: str
    barge_in_after_s: float | None = None


CallerTurn = SpokenTurn | KeyedTurn


@dataclass(frozen=True)
class PlayedTurn:
    """When one of the caller's turns was played, in samples from the call's start."""

    turn: CallerTurn
    start: int
    end: int
    """After the last voiced sample, or after the last key."""

    @property
    def keys(self) -> str | None:
        """The keys that were pressed, None where the turn was spoken."""
        return self.turn.keys if isinstance(self.turn, KeyedTurn) else None


@dataclass(frozen=True)
class _Mark:
    mark_id: str


class RehearsalLine:
    """A line whose caller is a list of recordings and keys."""

    def __init__(
        self,
        turns: Sequence[CallerTurn],
        *,
        call_id: str,
        caller: str | None,
        reach: Callable[[str], bool] = lambda _service: True,
        on_next_turn: Callable[[], None] = lambda: None,
    ) -> None:
        """`reach` plays the people; `on_next_turn` hears that the caller begins another turn, or leaves."""
        self.call_id = call_id
        self.caller = caller
        self.played: list[PlayedTurn] = []
        self._turns = deque(turns)
        self._to_agent: deque[Samples | str] = deque()
        self._to_caller: deque[Samples | _Mark] = deque()
        self._caller_side: list[Samples] = []
        self._agent_side: list[Samples] = []
        self._reach = reach
        self._on_next_turn = on_next_turn
        self._gone = False
        self._agent_heard = False
        """Whether the agent has begun to speak since the caller's last turn was over."""
        self._hang_up_at_s: float | None = None

    # ---- the caller ----------------------------------------------------------------------

    def on_callers_turn(self) -> None:
        """The agent has said all it had to say: the caller plays the next turn, or leaves."""
        if self._to_agent:
            return
        if self._turns:
            self._take_turn(self._turns.popleft(), REACTION_S)
        else:
            self._hang_up_at_s = self._clock_s + LEAVES_AFTER_S

    def _take_turn(self, turn: CallerTurn, after_s: float) -> None:
        self._on_next_turn()
        self._agent_heard = False
        self._to_agent.append(_silence(after_s))
        start = self._n_frames * FRAME_SAMPLES + len(_silence(after_s))
        if isinstance(turn, SpokenTurn):
            voice = over_telephone(turn.samples)
            self._to_agent.append(voice)
            end = start + last_voiced(voice)
        else:
            for key in turn.keys:
                self._to_agent.extend((key, _silence(KEY_GAP_S)))
            end = start
        self.played.append(PlayedTurn(turn, start, end))

    # ---- the Line ------------------------------------------------------------------------

    async def received(self) -> AsyncIterator[LineEvent]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while not self._gone:
            await asyncio.sleep(max(0.0, begun + self._clock_s - loop.time()))
            for key in self._keys_now():
                yield Digit(key)
            frame = self._next_caller_frame()
            for mark in self._play_to_caller():
                yield MarkPlayed(mark.mark_id)
            yield AudioFrame(frame)
            if self._hang_up_at_s is not None and self._clock_s >= self._hang_up_at_s:
                self._gone = True

    async def send_audio(self, samples: Samples) -> None:
        if not self._gone:
            self._to_caller.append(samples)

    async def flush(self) -> None:
        self._to_caller.clear()

    async def mark(self, mark_id: str) -> None:
        self._to_caller.append(_Mark(mark_id))

    async def hang_up(self) -> None:
        self._gone = True

    async def transfer(self, service: str) -> bool:
        """The people are played by `reach`; when somebody takes the call, the rehearsal ends."""
        reached = self._reach(service)
        self._gone = reached
        return reached

    # ---- what was heard ------------------------------------------------------------------

    def recording(self) -> tuple[Samples, Samples]:
        """The caller's side and the agent's, equally long, 16 kHz."""
        empty = np.zeros(0, dtype=np.int16)
        return (
            np.concatenate([empty, *self._caller_side]),
            over_telephone(np.concatenate([empty, *self._agent_side])),
        )

    @property
    def recording_s(self) -> float:
        """How long the call has lasted."""
        return self._clock_s

    def latency_ms(self, turn: PlayedTurn) -> int | None:
        """From the end of this turn to the first audible sample of the answer; None if there is none.

        None too for keys pressed over the agent: where its sentence ends and the answer begins is not heard.
        """
        if isinstance(turn.turn, KeyedTurn) and turn.turn.barge_in_after_s is not None:
            return None
        agent = np.concatenate(self._agent_side)[turn.end :]
        voiced = np.flatnonzero(np.abs(agent.astype(np.int32)) > 32768 * 10 ** (VOICED_DBFS / 20))
        return int(1000 * voiced[0] / RATE_HZ) if len(voiced) else None

    @property
    def _n_frames(self) -> int:
        return len(self._caller_side)

    @property
    def _clock_s(self) -> float:
        return self._n_frames * FRAME_MS / 1000.0

    def _keys_now(self) -> list[str]:
        keys = []
        while self._to_agent and isinstance(self._to_agent[0], str):
            keys.append(str(self._to_agent.popleft()))
        return keys

    def _next_caller_frame(self) -> Samples:
        frame = _take_frame(self._to_agent)
        self._caller_side.append(frame)
        return frame

    def _play_to_caller(self) -> list[_Mark]:
        """Plays 20 ms of what the agent sent and gives the marks that were reached."""
        self._agent_side.append(_take_frame(self._to_caller))
        if self._agent_side[-1].any():
            self._hang_up_at_s = None
            if not self._agent_heard and not self._to_agent:
                self._agent_heard = True
                self._barge_in_if_wanted()
        marks = []
        while self._to_caller and isinstance(self._to_caller[0], _Mark):
            marks.append(self._to_caller.popleft())
        return [mark for mark in marks if isinstance(mark, _Mark)]

    def _barge_in_if_wanted(self) -> None:
        turn = self._turns[0] if self._turns else None
        if turn is not None and turn.barge_in_after_s is not None:
            self._take_turn(self._turns.popleft(), turn.barge_in_after_s)


def _take_frame(queue: deque[Any]) -> Samples:
    """The next 20 ms of a queue, up to whatever is not sound, filled up with silence."""
    frame = np.zeros(FRAME_SAMPLES, dtype=np.int16)
    filled = 0
    while filled < FRAME_SAMPLES and queue and isinstance(queue[0], np.ndarray):
        samples = queue.popleft()
        taken = samples[: FRAME_SAMPLES - filled]
        frame[filled : filled + len(taken)] = taken
        filled += len(taken)
        if len(taken) < len(samples):
            queue.appendleft(samples[len(taken) :])
    return frame


def last_voiced(samples: Samples) -> int:
    """Index after the last sample above the voiced level, measured over 10 ms."""
    step = RATE_HZ // 100
    n = len(samples) // step
    if n == 0:
        return len(samples)
    power = np.square(samples[: n * step].reshape(n, step).astype(np.float64)).mean(axis=1)
    loud = np.flatnonzero(power > (32768 * 10 ** (VOICED_DBFS / 20)) ** 2)
    return int((loud[-1] + 1) * step) if len(loud) else len(samples)


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), dtype=np.int16)
