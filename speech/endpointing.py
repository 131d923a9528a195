"""When a caller has begun, paused and finished: arithmetic on "so much time, speech or not".

No sound, no model, no clock: one step per frame, values in, values out. All times are in milliseconds.
"""

from dataclasses import dataclass, replace
from enum import Enum

START_MS = 60
"""So much speech without a gap opens an utterance: one frame is a click, three are a voice."""


@dataclass(frozen=True)
class Profile:
    """How patient to be with the answer to one kind of question."""

    end_silence_ms: int
    """Silence after which the caller has finished."""
    min_speech_ms: int = 140
    """Less speech than this is a cough or a knock: the utterance ends empty."""
    max_utterance_ms: int = 20_000
    """Who speaks longer is heard in pieces of this length."""
    speculate_after_ms: int = 100
    """Silence after which a decode may begin, to be thrown away if speech resumes."""


OPEN_QUESTION = Profile(end_silence_ms=600)
PROFILES: dict[str, Profile] = {
    "yes_no": Profile(end_silence_ms=250, min_speech_ms=100),
    "choice": Profile(end_silence_ms=250, min_speech_ms=100),
    "count": Profile(end_silence_ms=400, min_speech_ms=100),
    "age": Profile(end_silence_ms=400, min_speech_ms=100),
    "time": Profile(end_silence_ms=600, min_speech_ms=100),
    "amount": Profile(end_silence_ms=600),
    "date": Profile(end_silence_ms=700),
    "name": Profile(end_silence_ms=700),
    "place": Profile(end_silence_ms=800),
    "postcode": Profile(end_silence_ms=800),
    "birth_date": Profile(end_silence_ms=900),
    # Numbers are said in groups with pauses to remember or read the next one.
    "phone": Profile(end_silence_ms=1100),
    "dossier": Profile(end_silence_ms=1100),
    "reference": Profile(end_silence_ms=1100),
    "email": Profile(end_silence_ms=1200),
}


def profile_for(expects: str | None) -> Profile:
    """The profile of a kind of answer; an open question's for None and for kinds without their own."""
    return PROFILES.get(expects or "", OPEN_QUESTION)


class Signal(Enum):
    """What one step may announce."""

    STARTED = "started"
    SPECULATE = "speculate"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(frozen=True)
class Progress:
    """How far an utterance has come; the initial value is "nobody speaks"."""

    speaking: bool = False
    """An utterance is open."""
    onset_ms: int = 0
    """Speech without a gap so far, before an utterance opens."""
    speech_ms: int = 0
    silence_ms: int = 0
    """Silence since the last speech of the open utterance."""
    length_ms: int = 0
    """Since the open utterance's first speech."""
    speculated: bool = False
    """A decode was announced in the present silence."""


QUIET = Progress()


def step(
    progress: Progress, profile: Profile, *, speech: bool, frame_ms: int
) -> tuple[Progress, tuple[Signal, ...]]:
    """The progress after one more frame, and what it announces, in order."""
    if not progress.speaking:
        return _quiet(progress, speech, frame_ms)
    length = progress.length_ms + frame_ms
    if speech:
        signals = (Signal.RESUMED,) if progress.speculated else ()
        after = replace(
            progress,
            speech_ms=progress.speech_ms + frame_ms,
            silence_ms=0,
            length_ms=length,
            speculated=False,
        )
        if length >= profile.max_utterance_ms:
            return QUIET, (*signals, Signal.ENDED)
        return after, signals
    return _pause(replace(progress, silence_ms=progress.silence_ms + frame_ms, length_ms=length), profile)


def _quiet(progress: Progress, speech: bool, frame_ms: int) -> tuple[Progress, tuple[Signal, ...]]:
    onset = progress.onset_ms + frame_ms if speech else 0
    if onset < START_MS:
        return Progress(onset_ms=onset), ()
    return Progress(speaking=True, speech_ms=onset, length_ms=onset), (Signal.STARTED,)


def _pause(after: Progress, profile: Profile) -> tuple[Progress, tuple[Signal, ...]]:
    signals: list[Signal] = []
    enough = after.speech_ms >= profile.min_speech_ms
    if enough and not after.speculated and after.silence_ms >= profile.speculate_after_ms:
        after = replace(after, speculated=True)
        signals.append(Signal.SPECULATE)
    if after.silence_ms >= profile.end_silence_ms or after.length_ms >= profile.max_utterance_ms:
        return QUIET, (*signals, Signal.ENDED)
    return after, tuple(signals)
