"""The Mouth: sentences go in, sound comes out, in order.

An interruption cancels the synthesis under way and drops what waits (pipecat does both), except for
protected sentences. A sentence that cannot be synthesised is an error of the call, never a silence.
"""

from collections.abc import Callable

from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from speech.engine import Synthesiser
from speech.speaking import SENTENCE_PAUSE_MS
from telephony.frames import SayFrame, SentenceFrame

SLOWER = 0.78
"""Speed of « plus lentement »: clearly slower, and still natural with both voices (listened to)."""


class Mouth(FrameProcessor):
    def __init__(self, synthesiser: Synthesiser, on_clock: Callable[[], float]) -> None:
        super().__init__()
        self._synthesiser = synthesiser
        self._on_clock = on_clock

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, SayFrame):
            await self.push_frame(frame, direction)
            return
        # Piece by piece: the first is heard while the next is being spoken, and each is kept by itself.
        pieces = self._synthesiser.pieces(frame.text)
        for place, piece in enumerate(pieces):
            await self._say(piece, frame, opens=place == 0, last=place == len(pieces) - 1)

    async def _say(self, piece: str, frame: SayFrame, *, opens: bool, last: bool) -> None:
        pause_ms, timings = (frame.pause_ms, frame.timings) if opens else (SENTENCE_PAUSE_MS, None)
        if timings:
            timings.synthesis_started = self._on_clock()
        sound = await self._synthesiser.synthesise(piece, speed=SLOWER if frame.slowly else 1.0)
        if timings:
            timings.synthesised = self._on_clock()
        await self.push_frame(
            SentenceFrame(
                audio=bytes(2 * (pause_ms * sound.rate_hz // 1000)) + sound.samples.tobytes(),
                sample_rate=sound.rate_hz,
                num_channels=1,
                protected=frame.protected,
                timings=timings,
                say=frame.number,
                opens=opens,
                question=frame.question and last,
                announces_recording=frame.announces_recording and last,
                personal=frame.personal,
            )
        )
