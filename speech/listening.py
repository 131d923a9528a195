"""One call's ear before the recogniser: frames in, what the caller does with their voice out.

No asyncio and no clock: time is the call's own sound, 1 ms per 16 samples fed.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from speech.audio import FRAME_MS, FRAME_SAMPLES, Samples
from speech.dtmf import is_dtmf
from speech.endpointing import QUIET, START_MS, Profile, Progress, Signal, profile_for, step
from speech.telephone_band import level_dbfs
from speech.vad import SpeechDetector

PRE_ROLL_MS = 300
"""Sound kept from before the first detected speech: soft first consonants are judged late."""
BARGE_IN_MS = 100
"""So much detected speech over the agent is a barge-in. With the detector's delay, after the voice began:
120 ms in the median and 170 ms in nine of ten at -24 dBFS; at -35 dBFS 180 and 280 ms, and one of the 37
sentences was missed (32 by espeak, 5 neural, the ones this value was chosen on, 2026-11)."""

SPEECH_BEGINS = 0.5
SPEECH_BEGINS_VOICED = 0.35
"""Probability that opens an utterance, alone and where webrtcvad hears a voice too."""
SPEECH_GOES_ON = 0.35
"""Less is asked for staying in speech, so that soft endings are kept."""
OVER_AGENT_DBFS = -44.0
"""While the agent speaks, its echo comes back: only what is louder than that opens an utterance."""
INTERIM_EVERY_MS = 320
"""How often an utterance that goes on is offered for a first reading."""
KEY_RINGS_ON_MS = 300
"""The detector takes so long to forget a key's tones, which sound like a voice to it."""


@dataclass(frozen=True)
class SpeechStarted:
    """The caller began to speak; exactly one UtteranceEnded with the same id follows."""

    utterance_id: int
    at_ms: int


@dataclass(frozen=True)
class BargeIn:
    """The caller speaks over the agent: stop its sound now."""

    utterance_id: int
    at_ms: int


@dataclass(frozen=True, eq=False)
class Interim:
    """The caller still speaks; this is what was said so far. May be ignored."""

    utterance_id: int
    at_ms: int
    samples: Samples


@dataclass(frozen=True, eq=False)
class Speculate:
    """The caller pauses: begin to decode. If nothing resumes, UtteranceEnded brings these very samples."""

    utterance_id: int
    at_ms: int
    samples: Samples


@dataclass(frozen=True)
class Resumed:
    """The caller went on: throw the speculative decode away."""

    utterance_id: int
    at_ms: int


@dataclass(frozen=True, eq=False)
class UtteranceEnded:
    """The caller finished. `samples` is empty where it was too short to be speech."""

    utterance_id: int
    at_ms: int
    samples: Samples
    speech_end_ms: int
    """When the last speech was heard."""


ListenerEvent: TypeAlias = SpeechStarted | BargeIn | Interim | Speculate | Resumed | UtteranceEnded

NO_SAMPLES: Samples = np.zeros(0, np.int16)


class Listener:
    """Follows one caller's voice. One per call, fed everything the line brings."""

    def __init__(self, detector: SpeechDetector | None = None) -> None:
        self._detector = detector or SpeechDetector()
        self._profile: Profile = profile_for(None)
        self._progress: Progress = QUIET
        self._utterance_id = 0
        self._interrupted = False
        self._rest = NO_SAMPLES
        self._frames: list[Samples] = []
        """Before an utterance the pre-roll; during one, all its sound."""
        self._speech_frames = 0
        """How many of `_frames` there were at the last speech."""
        self._now_ms = 0
        self._speech_end_ms = 0
        self._interim_due_ms = 0
        self._key_rings_until_ms = -1

    @property
    def now_ms(self) -> int:
        """The call's audio clock."""
        return self._now_ms

    @property
    def in_utterance(self) -> bool:
        """Whether the caller has started and not yet finished."""
        return self._progress.speaking

    def expect(self, kind: str | None) -> None:
        """Sets what kind of answer is awaited (see `speech.endpointing.PROFILES`), from now on."""
        self._profile = profile_for(kind)

    def feed(self, samples: Samples, agent_speaking: bool) -> list[ListenerEvent]:
        """What this sound announces, in order. Any number of samples; what is no whole frame waits."""
        pending = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        whole = len(pending) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = pending[whole:].copy()
        events: list[ListenerEvent] = []
        for start in range(0, whole, FRAME_SAMPLES):
            events += self._frame(pending[start : start + FRAME_SAMPLES].copy(), agent_speaking)
        return events

    def finish(self) -> list[ListenerEvent]:
        """Ends an utterance that is still open, when the line closes."""
        if not self._progress.speaking:
            return []
        return [self._ended()]

    def _frame(self, frame: Samples, agent_speaking: bool) -> list[ListenerEvent]:
        speech = self._is_speech(frame, agent_speaking)
        self._now_ms += FRAME_MS
        self._frames.append(frame)
        if not self._progress.speaking:
            del self._frames[: -(PRE_ROLL_MS + START_MS) // FRAME_MS]
        was_speaking = self._progress
        self._progress, signals = step(was_speaking, self._profile, speech=speech, frame_ms=FRAME_MS)
        if speech:
            self._speech_frames = len(self._frames)
            self._speech_end_ms = self._now_ms
        events: list[ListenerEvent] = []
        for signal in signals:
            events.append(self._announced(signal, was_speaking))
        if agent_speaking and speech and not self._interrupted and self._progress.speech_ms >= BARGE_IN_MS:
            self._interrupted = True
            events.append(BargeIn(self._utterance_id, self._now_ms))
        if speech and self._progress.speaking and self._now_ms >= self._interim_due_ms:
            self._interim_due_ms = self._now_ms + INTERIM_EVERY_MS
            events.append(Interim(self._utterance_id, self._now_ms, self._utterance()))
        return events

    def _is_speech(self, frame: Samples, agent_speaking: bool) -> bool:
        probability = self._detector.feed(frame)
        if is_dtmf(frame):
            self._key_rings_until_ms = self._now_ms + KEY_RINGS_ON_MS
        if self._now_ms <= self._key_rings_until_ms:
            return False
        if self._progress.speaking:
            return probability >= SPEECH_GOES_ON
        if agent_speaking and level_dbfs(frame) < OVER_AGENT_DBFS:
            return False
        return probability >= (SPEECH_BEGINS_VOICED if self._detector.voiced else SPEECH_BEGINS)

    def _announced(self, signal: Signal, before: Progress) -> ListenerEvent:
        if signal is Signal.STARTED:
            self._utterance_id += 1
            self._interrupted = False
            self._interim_due_ms = self._now_ms + INTERIM_EVERY_MS
            return SpeechStarted(self._utterance_id, self._now_ms - START_MS)
        if signal is Signal.SPECULATE:
            return Speculate(self._utterance_id, self._now_ms, self._utterance())
        if signal is Signal.RESUMED:
            return Resumed(self._utterance_id, self._now_ms)
        return self._ended(before.speech_ms)

    def _ended(self, speech_ms: int | None = None) -> UtteranceEnded:
        heard = self._progress.speech_ms if speech_ms is None else speech_ms
        samples = self._utterance() if heard >= self._profile.min_speech_ms else NO_SAMPLES
        event = UtteranceEnded(self._utterance_id, self._now_ms, samples, self._speech_end_ms)
        # What was handed over is not heard again as the next utterance's pre-roll, but silence after it is.
        self._frames = self._frames[self._kept_frames() :]
        self._progress = QUIET
        return event

    def _kept_frames(self) -> int:
        tail = self._profile.speculate_after_ms // FRAME_MS
        return min(len(self._frames), self._speech_frames + tail)

    def _utterance(self) -> Samples:
        """Pre-roll, speech and as much of the silence after it as a speculative decode sees."""
        return np.concatenate(self._frames[: self._kept_frames()])
