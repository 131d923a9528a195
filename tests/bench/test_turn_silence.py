"""The usual way of waiting, which the product is measured against."""

import numpy as np

from bench.turn_silence import PRE_ROLL_MS, Listening
from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from tests.support.hearing import sound_of

QUIET: Samples = np.zeros(RATE_HZ, np.int16)


def said(text: str) -> Samples:
    """At 16 kHz; what is lost above 4 kHz is lost on a telephone too."""
    return np.repeat(sound_of(text), 2)


def utterances(listening: Listening, sound: Samples) -> list[tuple[float, Samples]]:
    """What was judged to be whole utterances, and when, in seconds of the sound."""
    heard = []
    for start in range(0, len(sound) - FRAME_SAMPLES, FRAME_SAMPLES):
        whole = listening.feed(sound[start : start + FRAME_SAMPLES])
        if whole is not None:
            heard.append((start / RATE_HZ, whole))
    return heard


def test_an_utterance_is_over_after_its_silence_and_holds_its_beginning() -> None:
    voice = said("à quelle heure ouvre la mairie demain")
    ((at_s, heard),) = utterances(Listening(0.8), np.concatenate([QUIET, voice, QUIET, QUIET]))
    assert at_s >= 1 + len(voice) / RATE_HZ + 0.5
    assert len(heard) >= len(voice) + PRE_ROLL_MS * RATE_HZ // 2000


def test_a_pause_longer_than_the_silence_cuts_the_caller_off() -> None:
    pause = QUIET[: RATE_HZ // 2]
    sound = np.concatenate([QUIET, said("mercredi prochain"), pause, said("dans la matinée"), QUIET])
    assert len(utterances(Listening(0.3), sound)) == 2
    assert len(utterances(Listening(0.8), sound)) == 1
