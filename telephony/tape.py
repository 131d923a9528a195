"""A call's sound for who records it: both sides from the announcement on, without keys, numbers and names.

Nothing here waits for a disk: what is recorded is handed on in blocks, and whoever writes it does so
elsewhere. Nothing is handed on before `begin`, and nothing after `end` or `refuse`.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np

from speech.audio import RATE_HZ, Samples
from telephony.playback import Playback

TICK_S = 0.25
KEY_TONE_S = 1.0
"""How far back the tone of a key that was released now may be heard in what the caller says."""
AFTER_KEY_S = 0.3
AFTER_PERSONAL_S = 1.0
"""« Cadet… avec un t »: a little more of a name or a number comes once it was taken for whole."""
HELD_UP_S = 5.0
"""A process that was held up so long by others still knows what the agent said meanwhile."""
LATE_S = 0.2
"""How late the line may bring what the caller says without a hole in the recording."""
MOST_BEHIND_S = 0.5
"""Of the caller's sound, late in one go; what is older is left out, so that both sides stay together."""


class Recording(Protocol):
    """One call's recording, written somewhere else."""

    def add(self, caller: Samples, agent: Samples) -> None:
        """A stretch of both sides, 16 kHz, of one length. Returns at once."""
        ...

    def finish(self) -> None:
        """There is no more. Returns at once."""
        ...

    async def erase(self) -> None:
        """There shall be none: returns once it is gone."""
        ...


Recorder = Callable[[], Recording]
"""Begins the recording of one call."""


class Tape:
    """What is recorded of one call."""

    def __init__(self, record: Recorder | None, playback: Playback, on_clock: Callable[[], float]) -> None:
        """`record`: None where the call is not recorded, whatever is announced. `on_clock`: seconds."""
        self._record = record
        self._playback, self._on_clock = playback, on_clock
        self._recording: Recording | None = None
        self._taking: asyncio.Task[None] | None = None
        self._until = 0.0
        """The instant up to which both sides were put together."""
        self._arrived: Samples = np.zeros(0, np.int16)
        self._held: tuple[Samples, Samples] = (self._arrived, self._arrived)
        """The last second, of the caller and of the agent: a key may yet take its tone back."""
        self._private = False
        self._deaf_until = 0.0

    @property
    def runs(self) -> bool:
        return self._taking is not None

    def begin(self) -> None:
        """The caller has heard that they are recorded. Does nothing once they refused, or it was ended."""
        record, self._record = self._record, None
        if record is None:
            return
        self._recording = record()
        self._playback.remembered_s = HELD_UP_S
        self._until = self._on_clock()
        self._taking = asyncio.create_task(self._take())

    def hear(self, samples: Samples) -> None:
        """What the caller says."""
        if not self.runs:
            return
        now = self._on_clock()
        if not len(self._arrived):  # the line brought nothing for a while: this was said just now
            missing = round((now - self._until) * RATE_HZ) - len(samples)
            self._arrived = np.zeros(max(0, missing), np.int16)
        hidden = self._private or now < self._deaf_until
        self._arrived = np.concatenate([self._arrived, np.zeros_like(samples) if hidden else samples])

    def hide(self, private: bool) -> None:
        """Whether a number, a name or the like is what the caller is asked for, or hears read back."""
        if self._private and not private:
            self._deaf_until = max(self._deaf_until, self._on_clock() + AFTER_PERSONAL_S)
        self._private = private

    def key_pressed(self) -> None:
        """Its tone, where the line carries it as sound, is taken out."""
        if not self.runs:
            return
        self._arrived = np.zeros_like(self._arrived)
        self._held = (np.zeros_like(self._held[0]), self._held[1])
        self._deaf_until = max(self._deaf_until, self._on_clock() + AFTER_KEY_S)

    def end(self) -> None:
        """Nothing more is recorded; what was stays."""
        self._record = None
        if self._taking is None or self._recording is None:
            return
        self._stop()
        self._put_together(self._on_clock())
        self._hand_on(0)
        self._recording.finish()

    async def refuse(self) -> None:
        """Nothing more is recorded, and what was is gone once this returns."""
        self._record = None
        self._stop()
        recording, self._recording = self._recording, None
        if recording is not None:
            await recording.erase()

    def _stop(self) -> None:
        taking, self._taking = self._taking, None
        if taking is not None:
            taking.cancel()

    async def _take(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._put_together(self._on_clock() - LATE_S)
            self._hand_on(int(KEY_TONE_S * RATE_HZ))

    def _put_together(self, until: float) -> None:
        """What the caller said up to this instant, beside what they heard at the same time."""
        n_samples = max(0, round((until - self._until) * RATE_HZ))
        self._until += n_samples / RATE_HZ
        agent = self._playback.recordable(self._until, n_samples)
        late = len(self._arrived) - n_samples - int(MOST_BEHIND_S * RATE_HZ)
        caller, self._arrived = np.split(self._arrived[max(0, late) :], [n_samples])
        caller = np.concatenate([caller, np.zeros(n_samples - len(caller), np.int16)])
        self._held = (np.concatenate([self._held[0], caller]), np.concatenate([self._held[1], agent]))

    def _hand_on(self, n_kept: int) -> None:
        ready = len(self._held[0]) - n_kept
        if ready > 0 and self._recording is not None:
            caller, agent = self._held
            self._recording.add(caller[:ready], agent[:ready])
            self._held = (caller[ready:], agent[ready:])
