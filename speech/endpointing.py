"""When a caller has begun, paused and finished: arithmetic on "so much time, speech or not".

No sound, no model, no clock: one step per frame, values in, values out. All times are in milliseconds.
"""

from dataclasses import dataclass, replace
from enum import Enum

from speech.turn_profiles import Completeness, Profile

START_MS = 60
"""So much speech opens an utterance: one frame is a click, three are a voice."""
START_GAP_MS = 140
"""With gaps this long at most: « stop » and « attendez » begin with a short vowel and a closed mouth."""


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
    """Speech so far, before an utterance opens."""
    speech_ms: int = 0
    silence_ms: int = 0
    """Silence since the last speech of the open utterance."""
    length_ms: int = 0
    """Since the utterance's first speech, open or not yet."""
    longest_pause_ms: int = 0
    """Of the silences that speech ended."""
    speculated: bool = False
    """A decode was announced in the present silence."""
    said: Completeness = Completeness.UNKNOWN
    """What that decode's text is worth as an answer."""


QUIET = Progress()


def judged(progress: Progress, said: Completeness) -> Progress:
    """The progress once it is known what was said before the present silence; unchanged outside one."""
    return replace(progress, said=said) if progress.speculated else progress


def step(
    progress: Progress, profile: Profile, *, speech: bool, frame_ms: int, stretch: float = 1.0
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
            longest_pause_ms=max(progress.longest_pause_ms, progress.silence_ms),
            length_ms=length,
            speculated=False,
            said=Completeness.UNKNOWN,
        )
        if length >= profile.max_utterance_ms:
            return QUIET, (*signals, Signal.ENDED)
        return after, signals
    silence = progress.silence_ms + frame_ms
    return _pause(replace(progress, silence_ms=silence, length_ms=length), profile, stretch)


def _quiet(progress: Progress, speech: bool, frame_ms: int) -> tuple[Progress, tuple[Signal, ...]]:
    if not speech:
        gap = progress.silence_ms + frame_ms
        if not progress.onset_ms or gap > START_GAP_MS:
            return QUIET, ()
        return replace(progress, silence_ms=gap, length_ms=progress.length_ms + frame_ms), ()
    onset, length = progress.onset_ms + frame_ms, progress.length_ms + frame_ms
    if onset < START_MS:
        return Progress(onset_ms=onset, length_ms=length), ()
    return Progress(speaking=True, speech_ms=onset, length_ms=length), (Signal.STARTED,)


def _pause(after: Progress, profile: Profile, stretch: float) -> tuple[Progress, tuple[Signal, ...]]:
    signals: list[Signal] = []
    enough = after.speech_ms >= profile.min_speech_ms
    if enough and not after.speculated and after.silence_ms >= profile.speculate_after_ms:
        after = replace(after, speculated=True)
        signals.append(Signal.SPECULATE)
    # A cough is worth no more patience than what is already said.
    waits_ms = (
        profile.silence_ms(after.said, stretch, after.longest_pause_ms, after.speech_ms)
        if enough
        else profile.begun_ms
    )
    if after.silence_ms >= waits_ms or after.length_ms >= profile.max_utterance_ms:
        return QUIET, (*signals, Signal.ENDED)
    return after, tuple(signals)
