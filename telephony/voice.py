"""The agent's voice on a line: a little ahead of the ear, softer or silent once somebody speaks over it.

What was taken back from the line is not lost: it goes on softly, or is said again from the beginning of the
sentence that was being heard.
"""

import asyncio
from collections.abc import Callable

import numpy as np

from speech.audio import RATE_HZ, Samples
from telephony.line import Line
from telephony.playback import Playback, Spoken

CHUNK_SAMPLES = RATE_HZ // 10
AHEAD_S = 0.2
"""How much sound is kept queued on the line: enough that a hiccup of ours is not heard, little enough that
a flush takes back nearly everything (a chan_websocket queue that never empties adds delay, asterisk#2115)."""
RAMP_SAMPLES = RATE_HZ * 5 // 1000
"""A change of loudness takes this long, so that it does not click."""
TURN_TO_SEND_S = 0.02


class Voice:
    """Sends sentences to one line, in order. Several tasks may use it at once."""

    def __init__(self, line: Line, on_clock: Callable[[], float], playback: Playback) -> None:
        """`on_clock` gives the event loop's time in seconds."""
        self._line = line
        self._on_clock = on_clock
        self._playback = playback
        self._going = asyncio.Event()
        self._going.set()
        self._to_line = asyncio.Lock()
        """A flush and what is sent again after it come before anything else is sent."""
        self._being_sent: set[int] = set()
        self._gain = self._last_gain = 1.0
        self._n_marks = 0

    @property
    def is_held(self) -> bool:
        """Whether it is silent in the middle of a sentence."""
        return not self._going.is_set()

    async def say(self, spoken: Spoken, on_first_sent: Callable[[], None] = lambda: None) -> None:
        """Give a sentence to the line; returns when all of it is there, or it was dropped meanwhile."""
        self._n_marks += 1
        spoken.mark_id = f"s{self._n_marks}"
        self._playback.begin(spoken)
        await self._send(spoken, on_first_sent)

    async def soften(self, gain: float) -> None:
        """Go on so much softer (1: as usual), what waits on the line first, unless it may not be."""
        current = self._playback.current
        self._gain = 1.0 if current is not None and current.protected else gain
        if self._gain < 1.0:
            async with self._to_line:
                await self._line.flush()
                for spoken, samples, last in self._playback.taken_back(self._on_clock()):
                    await self._give(spoken, samples, last=last)

    async def hold(self) -> None:
        """Be silent now, and wait; nothing is forgotten, and what is protected goes on."""
        current = self._playback.current
        if current is not None and current.protected:
            return
        self._going.clear()
        async with self._to_line:
            await self._line.flush()
            self._playback.taken_back(self._on_clock())

    async def go_on(self) -> None:
        """Say again, as loud as usual, the sentence in which it was held, and what follows it."""
        left = [spoken for spoken in self._playback.again() if id(spoken) not in self._being_sent]
        self._gain = 1.0
        self._going.set()
        for spoken in left:
            await self._send(spoken, lambda: None)

    async def drop(self) -> None:
        """Nothing that waits is said any more, but for what is protected."""
        current = self._playback.current
        self._playback.drop_unheard()
        if current is None or not current.protected:
            async with self._to_line:
                await self._line.flush()
                self._playback.taken_back(self._on_clock())
        self._gain = 1.0
        self._going.set()

    async def _send(self, spoken: Spoken, on_first_sent: Callable[[], None]) -> None:
        self._being_sent.add(id(spoken))
        try:
            while spoken in self._playback.unheard:
                await self._going.wait()
                ahead_s = self._playback.ahead_s(self._on_clock()) - AHEAD_S
                if ahead_s > 0 or not self._is_next(spoken):
                    await asyncio.sleep(max(ahead_s, TURN_TO_SEND_S))
                    continue
                async with self._to_line:
                    if self.is_held or spoken not in self._playback.unheard:
                        continue
                    chunk = spoken.samples[spoken.n_sent : spoken.n_sent + CHUNK_SAMPLES]
                    last = spoken.n_sent + len(chunk) >= len(spoken.samples)
                    await self._give(spoken, chunk, last=last)
                on_first_sent()
                if last:
                    return
        finally:
            self._being_sent.discard(id(spoken))

    def _is_next(self, spoken: Spoken) -> bool:
        """Whether all that comes before it was sent."""
        for before in self._playback.unheard:
            if before is spoken:
                return True
            if before.n_sent < len(before.samples):
                return False
        return False

    async def _give(self, spoken: Spoken, samples: Samples, *, last: bool) -> None:
        sound = self._at_gain(samples)
        self._playback.sent(spoken, sound, self._on_clock(), last=last)
        if len(sound):
            await self._line.send_audio(sound)
        if last:
            await self._line.mark(spoken.mark_id)

    def _at_gain(self, samples: Samples) -> Samples:
        before, self._last_gain = self._last_gain, self._gain
        if before == self._gain == 1.0 or not len(samples):
            return samples
        gains = np.full(len(samples), self._gain)
        ramp = min(RAMP_SAMPLES, len(samples))
        gains[:ramp] = np.linspace(before, self._gain, ramp)
        louder: Samples = (samples * gains).astype(np.int16)
        return louder
