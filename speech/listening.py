"""One call's ear before the recogniser: frames in, what the caller does with their voice out.

No asyncio and no clock: time is the call's own sound, 1 ms per 16 samples fed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from speech import pace
from speech.audio import FRAME_MS, FRAME_SAMPLES, Samples
from speech.dtmf import is_dtmf
from speech.endpointing import QUIET, START_MS, Progress, Signal, judged, step
from speech.over_agent import CLEAR_MS, FAINT_DBFS, Mouth, Room
from speech.pace import Pace
from speech.telephone_band import SILENCE_DBFS, level_dbfs
from speech.turn_profiles import DEFAULT_PROFILES, Completeness, Profile, TurnProfiles
from speech.vad import SpeechDetector

PRE_ROLL_MS = 300
"""Sound kept from before the first detected speech: soft first consonants are judged late."""

SPEECH_BEGINS = 0.5
SPEECH_BEGINS_VOICED = 0.35
"""Probability that opens an utterance, alone and where webrtcvad hears a voice too."""
SPEECH_GOES_ON = 0.35
"""Less is asked for staying in speech, so that soft endings are kept."""
QUIET_DBFS = -60.0
"""Nobody is heard in what is fainter, 20 dB under the faintest callers: the line's own noise, mostly."""
FALLEN_DB = 32.0
"""So far below the utterance's loudest frame nobody speaks any more, though the detector takes a tenth of a
second to see it."""
INTERIM_EVERY_MS = 320
"""How often an utterance that goes on is offered for a first reading."""
ECHO_COMES_WITHIN_MS = 400
"""So long after our last sound its echo may still come back."""
KEY_RINGS_ON_MS = 300
"""The detector takes so long to forget a key's tones, which sound like a voice to it."""


@dataclass(frozen=True)
class SpeechStarted:
    """The caller began to speak; exactly one UtteranceEnded with the same id follows."""

    utterance_id: int
    at_ms: int


@dataclass(frozen=True)
class SpeaksOver:
    """Somebody may be speaking over the agent: go on more softly. BargeIn or UtteranceEnded follows."""

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


ListenerEvent: TypeAlias = (
    SpeechStarted | SpeaksOver | BargeIn | Interim | Speculate | Resumed | UtteranceEnded
)

NO_SAMPLES: Samples = np.zeros(0, np.int16)


def nothing_played() -> Samples:
    """Where it is not known what the agent plays, no echo is recognised."""
    return NO_SAMPLES


class Listener:
    """Follows one caller's voice. One per call, fed everything the line brings."""

    def __init__(
        self, profiles: TurnProfiles = DEFAULT_PROFILES, detector: SpeechDetector | None = None
    ) -> None:
        self._profiles = profiles
        self._detector = detector or SpeechDetector()
        self._profile: Profile = profiles.open
        self._progress: Progress = QUIET
        self.pace: Pace = Pace()
        """How slowly this caller speaks, as far as was heard."""
        self.played: Callable[[], Samples] = nothing_played
        """What the agent played last, half a second and more up to now: its echo is no caller."""
        self._room = Room()
        self._utterance_id = 0
        self._softened = self._interrupted = False
        self._loudest_dbfs = SILENCE_DBFS
        """Of the open utterance's frames."""
        self._sure_ms = 0
        """Of the same, what the detector itself takes for speech."""
        self._mouth = Mouth()
        """Of what was said since the caller last began."""
        self._rest = NO_SAMPLES
        self._frames: list[Samples] = []
        """Before an utterance the pre-roll; during one, all its sound."""
        self._speech_frames = 0
        """How many of `_frames` there were at the last speech."""
        self._now_ms = 0
        self._speech_end_ms = 0
        self._over_since_ms = -pace.CUT_OFF_MS
        """When the last speech of the utterance before ended."""
        self._agent_spoke_ms = -ECHO_COMES_WITHIN_MS
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

    @property
    def _begun_ms(self) -> int:
        """When the open utterance's first speech began."""
        return self._now_ms - self._progress.length_ms

    def expect(self, kind: str | None) -> None:
        """Sets what kind of answer is awaited (see `speech.turn_profiles`), from now on."""
        self._profile = self._profiles.of(kind)

    def judge(self, utterance_id: int, said: Completeness) -> None:
        """Tells what the speculative decode of this utterance is worth as an answer.

        To be called before anything that is fed after a Resumed; late news of another utterance are ignored.
        """
        if utterance_id == self._utterance_id:
            self._progress = judged(self._progress, said)

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
        return [self._ended(self._progress)]

    def _frame(self, frame: Samples, agent_speaking: bool) -> list[ListenerEvent]:
        before = self._progress
        speech = self._is_speech(frame, agent_speaking)
        self._now_ms += FRAME_MS
        self._frames.append(frame)
        if not before.speaking:
            del self._frames[: -(PRE_ROLL_MS + max(START_MS, before.length_ms + FRAME_MS)) // FRAME_MS]
        self._progress, signals = step(
            before, self._profile, speech=speech, frame_ms=FRAME_MS, stretch=self.pace.stretch
        )
        if speech:
            level = level_dbfs(frame)
            self._loudest_dbfs = max(self._loudest_dbfs, level)
            self._mouth.hear(frame, level, self._loudest_dbfs)
            self._learn_from(before, Signal.STARTED in signals)
            self._speech_frames = len(self._frames)
            self._speech_end_ms = self._now_ms
        elif not self._progress.speaking and not self._progress.onset_ms:
            self._mouth, self._sure_ms, self._loudest_dbfs = Mouth(), 0, SILENCE_DBFS
        events = [self._announced(signal, before) for signal in signals]
        if speech and self._progress.speaking:
            events += self._interrupting() if agent_speaking else []
            if self._now_ms >= self._interim_due_ms:
                self._interim_due_ms = self._now_ms + INTERIM_EVERY_MS
                events.append(Interim(self._utterance_id, self._now_ms, self._utterance()))
        return events

    def _is_speech(self, frame: Samples, agent_speaking: bool) -> bool:
        level = self._room.hear(frame)
        heard_from = self._room.opens_from_dbfs if agent_speaking else QUIET_DBFS
        nobody = not self._progress.speaking and not self._progress.onset_ms and level < heard_from
        probability = self._detector.feed(frame, quiet=nobody)
        if is_dtmf(frame):
            self._key_rings_until_ms = self._now_ms + KEY_RINGS_ON_MS
        if self._now_ms <= self._key_rings_until_ms:
            return False
        plain = probability < SPEECH_BEGINS and self._detector.voiced and self._room.is_loud_voice(level)
        self._sure_ms += FRAME_MS * (probability >= SPEECH_GOES_ON)
        if self._progress.speaking:
            self._loudest_dbfs = max(self._loudest_dbfs, level)
            fallen = level <= self._loudest_dbfs - FALLEN_DB or self._room.has_sunk(level, self._loudest_dbfs)
            return plain or (probability >= SPEECH_GOES_ON and not fallen)
        if agent_speaking:
            self._agent_spoke_ms = self._now_ms
            if level < heard_from:
                return False
        if probability < SPEECH_BEGINS_VOICED:
            self._room.hush(level)
        speech = plain or probability >= (SPEECH_BEGINS_VOICED if self._detector.voiced else SPEECH_BEGINS)
        may_be_echo = self._now_ms - self._agent_spoke_ms < ECHO_COMES_WITHIN_MS
        return speech and not (may_be_echo and self._room.is_echo_of(self.played()))

    def _learn_from(self, before: Progress, started: bool) -> None:
        """A pause that was not ours to fill tells how slowly the caller speaks."""
        if before.speaking:
            pause_ms = self._now_ms - FRAME_MS - self._speech_end_ms
        elif started and self._begun_ms - self._over_since_ms < pace.CUT_OFF_MS:
            pause_ms = self._begun_ms - self._over_since_ms
        else:
            return
        self.pace = pace.after_pause(self.pace, pause_ms, self._profile, self._profiles.most_stretch)

    def _interrupting(self) -> list[ListenerEvent]:
        """What speech over the agent comes to: first it is softer, then it is silent."""
        rules, progress = self._profiles.interruption, self._progress
        events: list[ListenerEvent] = []
        if not self._softened and progress.speech_ms >= rules.soften_after_ms:
            self._softened = True
            events.append(SpeaksOver(self._utterance_id, self._now_ms))
        # A voice that only its loudness tells makes the agent softer, no more: « mm-hm » is one. One that is
        # faint may be anybody's in the room: it is understood before it is given way to.
        clear = self._mouth.clear_ms >= CLEAR_MS
        enough_ms = rules.stop_after_ms if clear else rules.hum_stop_after_ms
        # Words have gaps (« stop », « attendez »): half of the time must be speech for certain, not all.
        sure_ms = min((self._sure_ms + progress.length_ms) / 2, 2 * self._sure_ms)
        if not self._interrupted and sure_ms >= enough_ms and self._loudest_dbfs >= FAINT_DBFS:
            self._interrupted = True
            events.append(BargeIn(self._utterance_id, self._now_ms))
        return events

    def _announced(self, signal: Signal, before: Progress) -> ListenerEvent:
        if signal is Signal.STARTED:
            self._utterance_id += 1
            self._softened = self._interrupted = False
            self._interim_due_ms = self._now_ms + INTERIM_EVERY_MS
            return SpeechStarted(self._utterance_id, self._begun_ms)
        if signal is Signal.SPECULATE:
            return Speculate(self._utterance_id, self._now_ms, self._utterance())
        if signal is Signal.RESUMED:
            return Resumed(self._utterance_id, self._now_ms)
        return self._ended(before)

    def _ended(self, before: Progress) -> UtteranceEnded:
        samples = self._utterance() if before.speech_ms >= self._profile.min_speech_ms else NO_SAMPLES
        event = UtteranceEnded(self._utterance_id, self._now_ms, samples, self._speech_end_ms)
        # What was handed over is not heard again as the next utterance's pre-roll, but silence after it is.
        self._frames = self._frames[self._kept_frames() :]
        self._progress = QUIET
        self._over_since_ms = self._speech_end_ms
        return event

    def _kept_frames(self) -> int:
        tail = self._profile.speculate_after_ms // FRAME_MS
        return min(len(self._frames), self._speech_frames + tail)

    def _utterance(self) -> Samples:
        """Pre-roll, speech and as much of the silence after it as a speculative decode sees."""
        return np.concatenate(self._frames[: self._kept_frames()])
