"""The built-in recogniser whole: the grammar for closed answers, and where it is asked for, a decoder that
writes what is said freely."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.awaited import Awaited
from speech.engine import Transcript
from speech.engines.builtin import BuiltinRecogniser
from speech.engines.whisper import Whisper
from speech.grammar.kinds import NoGrammar
from speech.nonspeech import what_is
from speech.vad import holds_speech

KEPT_LISTS = 3
"""What was published, the version before that calls may still go on with, and a draft that is rung."""


class BuiltinEars:
    """What a worker of the built-in recogniser does with an utterance; not to be shared between threads."""

    def __init__(
        self,
        folder: Path,
        awaited: Awaited,
        writer: Whisper | None = None,
    ) -> None:
        """`awaited`: what is listened for from the first utterance on. `writer` hears open questions and
        answers of kinds without a grammar. Raises UnusableModel.
        """
        self._listener = BuiltinRecogniser(folder)
        self._awaited: OrderedDict[str, Awaited] = OrderedDict()
        self._writer = writer
        self.name = f"intégré {self._listener.version}" + (f" + {writer.name}" if writer else "")
        self.learn(awaited)

    def knows(self, digest: str) -> bool:
        """Whether this list (`Awaited.digest`) may be named in `transcribe`."""
        return digest in self._awaited

    def learn(self, awaited: Awaited) -> None:
        """Keeps this list, its grammar compiled before a caller speaks; the oldest one is forgotten."""
        self._awaited[awaited.digest] = awaited
        self._by_grammar(np.zeros(RATE_HZ, np.int16), None, (), awaited)
        while len(self._awaited) > KEPT_LISTS:
            self._awaited.popitem(last=False)

    def transcribe(
        self, samples: Samples, expects: str | None, choices: Sequence[str], awaited: str
    ) -> Transcript:
        """The transcript of 16 kHz samples; `awaited` names a list that it knows.

        Raises NoGrammar without a writer, for kinds that need one.
        """
        listed = self._awaited[awaited]
        began = time.perf_counter()
        sound = what_is(samples, voice=holds_speech(samples))
        if sound != "speech":
            transcript = Transcript("", 0.0, sound=sound)
        elif self._writer is None:
            transcript = self._by_grammar(samples, expects, choices, listed)
        else:
            transcript = self._with_writer(samples, expects, choices, listed, self._writer)
        decode_ms = round((time.perf_counter() - began) * 1000)
        return replace(transcript, audio_ms=len(samples) * 1000 // RATE_HZ, decode_ms=decode_ms)

    def _with_writer(
        self,
        samples: Samples,
        expects: str | None,
        choices: Sequence[str],
        awaited: Awaited,
        writer: Whisper,
    ) -> Transcript:
        if expects is not None:
            try:
                return self._by_grammar(samples, expects, choices, awaited)
            except NoGrammar:
                return writer.transcribe(samples, expects)
        wrote = writer.transcribe(samples, None)
        if wrote.text and not wrote.rejected:
            return wrote
        known = self._by_grammar(samples, None, (), awaited)
        return known if known.text and not known.rejected else wrote

    def _by_grammar(
        self, samples: Samples, expects: str | None, choices: Sequence[str], awaited: Awaited
    ) -> Transcript:
        return self._listener.transcribe(
            samples,
            expects=expects,
            choices=choices,
            phrases=awaited.phrases,
            keywords=awaited.keywords,
        )
