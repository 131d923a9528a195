"""What a Listener announces, brought to a Transcriber: one final transcript for each utterance.

Decoding starts speculatively in the first silence and is thrown away when the caller goes on. While the
caller speaks, first readings are asked for where somebody wants them, one at a time and never before work
that a caller waits for.
"""

import asyncio
from collections.abc import Callable

from speech.audio import Samples
from speech.engine import Priority, Transcriber, Transcript
from speech.errors import EngineBusy, EngineFailed
from speech.listening import Interim, ListenerEvent, Resumed, Speculate, SpeechStarted, UtteranceEnded
from speech.streaming import StableWords, heard_again

OnPartial = Callable[[str, int], None]
"""Told the stable words of the open utterance, and the call's audio clock (ms) they were heard by."""
OnGuess = Callable[[int, Transcript], None]
"""Told the id of an utterance that may be over, and what was said in it so far: all, if it is over."""


class Hearing:
    """One caller's decoding, driven by the Listener's events. Lives in an event loop."""

    def __init__(
        self, transcriber: Transcriber, on_partial: OnPartial | None = None, on_guess: OnGuess | None = None
    ) -> None:
        """Without `on_partial` nothing is decoded before the caller pauses."""
        self._transcriber = transcriber
        self._on_partial = on_partial
        self._on_guess = on_guess
        self.expects: str | None = None
        """The kind of answer awaited from now on."""
        self.choices: tuple[str, ...] = ()
        """The answers themselves, in words, where `expects` is a choice."""
        self._guess: asyncio.Task[Transcript] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._stable = StableWords()

    def follow(self, event: ListenerEvent) -> asyncio.Task[Transcript] | None:
        """Begins and drops decodes; for an UtteranceEnded with sound, the task of its final transcript.

        The task raises EngineBusy and EngineFailed as a Transcriber does. Whoever takes it owns it.
        """
        match event:
            case SpeechStarted():
                self._stable = StableWords()
            case Interim() if self._on_partial and not self._reading:
                self._reading = asyncio.ensure_future(self._read(event, self._on_partial))
            case Speculate():
                self._drop(self._guess)
                self._guess = self._decode(event.samples, Priority.SPECULATIVE)
                self._guess.add_done_callback(lambda done: self._guessed(event.utterance_id, done))
            case Resumed():
                self._drop(self._guess)
                self._guess = None
            case UtteranceEnded():
                return self._end(event)
        return None

    def close(self) -> None:
        """Drops all that is being decoded, but for the finals that were taken."""
        self._drop(self._guess)
        self._drop(self._reading)
        self._guess = self._reading = None

    def _guessed(self, utterance_id: int, guess: asyncio.Task[Transcript]) -> None:
        """News only while the caller still pauses: what was taken back or handed over is none."""
        if self._on_guess and guess is self._guess and not guess.cancelled() and guess.exception() is None:
            self._on_guess(utterance_id, guess.result())

    def _end(self, event: UtteranceEnded) -> asyncio.Task[Transcript] | None:
        self._drop(self._reading)
        self._reading = None
        guess, self._guess = self._guess, None
        if not len(event.samples):
            self._drop(guess)
            return None
        if guess is None:
            return self._decode(event.samples, Priority.FINAL)
        final = asyncio.ensure_future(self._settled(guess, event.samples))
        final.add_done_callback(lambda _: guess.cancel())
        return final

    async def _settled(self, guess: asyncio.Task[Transcript], samples: Samples) -> Transcript:
        """The speculative transcript, which is of these very samples.

        Where it had to give way to more urgent work it is asked for again, now as urgent as any. What two
        engines died of, or one timed out on, is not asked for again: the caller has waited, and is asked.
        """
        try:
            return await guess
        except EngineBusy:
            return await self._transcribe(samples, Priority.FINAL)

    async def _read(self, event: Interim, on_partial: OnPartial) -> None:
        try:
            transcript = await self._transcribe(event.samples, Priority.INTERIM)
        except (EngineBusy, EngineFailed):
            transcript = None
        self._reading = None
        # A doubted reading of free words is doubted as a whole: those of its words that the next reading
        # keeps are worth showing. Where an answer is awaited it is but the nearest answer, and says nothing.
        if transcript is None or (transcript.rejected and self.expects is not None):
            return
        before = self._stable
        self._stable = heard_again(before, transcript.text)
        if len(self._stable.stable) > len(before.stable):
            on_partial(self._stable.text, event.at_ms)

    def _decode(self, samples: Samples, priority: Priority) -> asyncio.Task[Transcript]:
        return asyncio.ensure_future(self._transcribe(samples, priority))

    async def _transcribe(self, samples: Samples, priority: Priority) -> Transcript:
        return await self._transcriber.transcribe(
            samples, expects=self.expects, choices=self.choices, priority=priority
        )

    @staticmethod
    def _drop(task: "asyncio.Task[Transcript] | asyncio.Task[None] | None") -> None:
        if task is None:
            return
        task.cancel()
        # A failure that nobody asks for any more is no news.
        if task.done() and not task.cancelled():
            task.exception()
