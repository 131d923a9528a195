"""The built-in recogniser whole: the grammar for closed answers, and where it is asked for, a decoder that
writes what is said freely."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcript
from speech.engines.builtin import BuiltinRecogniser
from speech.engines.whisper import Whisper
from speech.grammar.kinds import NoGrammar
from speech.nonspeech import what_is
from speech.vad import holds_speech


class BuiltinEars:
    """What a worker of the built-in recogniser does with an utterance; not to be shared between threads."""

    def __init__(
        self,
        folder: Path,
        phrases: Sequence[str],
        keywords: Sequence[str],
        writer: Whisper | None = None,
    ) -> None:
        """`writer` hears open questions and answers of kinds without a grammar. Raises UnusableModel."""
        self._listener = BuiltinRecogniser(folder)
        self._phrases, self._keywords = tuple(phrases), tuple(keywords)
        self._writer = writer
        self.name = f"intégré {self._listener.version}" + (f" + {writer.name}" if writer else "")
        # Compiles the open question's grammar before the first caller speaks.
        self._by_grammar(np.zeros(RATE_HZ, np.int16), None, ())

    def transcribe(self, samples: Samples, expects: str | None, choices: Sequence[str]) -> Transcript:
        """The transcript of 16 kHz samples. Raises NoGrammar without a writer, for kinds that need one."""
        began = time.perf_counter()
        sound = what_is(samples, voice=holds_speech(samples))
        if sound != "speech":
            transcript = Transcript("", 0.0, sound=sound)
        elif self._writer is None:
            transcript = self._by_grammar(samples, expects, choices)
        else:
            transcript = self._with_writer(samples, expects, choices, self._writer)
        decode_ms = round((time.perf_counter() - began) * 1000)
        return replace(transcript, audio_ms=len(samples) * 1000 // RATE_HZ, decode_ms=decode_ms)

    def _with_writer(
        self, samples: Samples, expects: str | None, choices: Sequence[str], writer: Whisper
    ) -> Transcript:
        if expects is not None:
            try:
                return self._by_grammar(samples, expects, choices)
            except NoGrammar:
                return writer.transcribe(samples, expects)
        wrote = writer.transcribe(samples, None)
        if wrote.text and not wrote.rejected:
            return wrote
        known = self._by_grammar(samples, None, ())
        return known if known.text and not known.rejected else wrote

    def _by_grammar(self, samples: Samples, expects: str | None, choices: Sequence[str]) -> Transcript:
        return self._listener.transcribe(
            samples, expects=expects, choices=choices, phrases=self._phrases, keywords=self._keywords
        )
