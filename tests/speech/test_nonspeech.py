"""Music, tones, keys, fax, noise and silence are told from voices, and voices are never taken for them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.nonspeech import what_is
from speech.telephone_band import over_telephone

HELD_OUT = ("fr+f3", "fr+m3", "fr-be+f2", "fr-ch+m7", "fr+Annie")


def line(values: np.ndarray[tuple[int], np.dtype[np.float64]], noise: float = 10.0) -> Samples:
    """The sound as a telephone line brings it."""
    values = values + np.random.default_rng(1).normal(0, noise, len(values))
    return over_telephone(np.clip(values, -32000, 32000).astype(np.int16))


def time(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def tone(seconds: float, *hertz: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    t = time(seconds)
    return np.asarray(4000 * np.sin(2 * np.pi * np.outer(hertz, t)).sum(axis=0))


def music(seed: int, sustained: bool) -> Samples:
    """Five seconds of chords, plucked or held."""
    random = np.random.default_rng(seed)
    beat = 60 / random.uniform(70, 140)
    out = np.zeros(5 * RATE_HZ)
    for start in np.arange(0, 5, beat):
        at = int(start * RATE_HZ)
        t = np.arange(min(int(2 * beat * RATE_HZ), len(out) - at)) / RATE_HZ
        envelope = np.minimum(1, 10 * t) if sustained else np.exp(-2 * t)
        root = random.choice([57, 60, 62, 65])
        for note in (root, root + 4, root + 7, root + 12):
            pitch = 440 * 2 ** ((note - 69) / 12)
            for harmonic in range(1, 6):
                wave = np.sin(2 * np.pi * pitch * harmonic * t + random.uniform(0, 6))
                out[at : at + len(t)] += envelope * wave / harmonic
    return line(8000 * out / np.abs(out).max())


@pytest.mark.parametrize("voice", [True, False])
@pytest.mark.parametrize(("hertz", "kind"), [(1100, "fax"), (2100, "fax"), (440, "tone"), (1000, "tone")])
def test_one_steady_frequency_is_a_tone_or_a_fax(hertz: float, kind: str, voice: bool) -> None:
    assert what_is(line(tone(0.6, hertz)), voice=voice) == kind
    beeping = np.concatenate([np.concatenate((tone(0.5, hertz), np.zeros(RATE_HZ // 2)))] * 4)
    assert what_is(line(beeping), voice=voice) == kind


@given(st.sampled_from([697, 770, 852, 941]), st.sampled_from([1209, 1336, 1477]), st.integers(60, 300))
@settings(max_examples=20, deadline=None)
def test_keys_are_keys(low: float, high: float, duration_ms: int) -> None:
    press = np.concatenate((tone(duration_ms / 1000, low, high), np.zeros(RATE_HZ // 20)))
    assert what_is(line(np.concatenate([press] * 5)), voice=True) == "dtmf"


@pytest.mark.parametrize("level", [60, 300, 2000])
@pytest.mark.parametrize("voice", [True, False])
def test_the_lines_own_noise_is_noise(level: float, voice: bool) -> None:
    assert what_is(line(np.zeros(2 * RATE_HZ), noise=level), voice=voice) == "noise"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sustained", [True, False])
def test_music_is_music_even_where_the_detector_hears_a_voice_in_it(seed: int, sustained: bool) -> None:
    sound = music(seed, sustained)
    assert what_is(sound, voice=False) == "music"
    # Plucked strings may swing like a voice: then they are taken for one.
    assert what_is(sound, voice=True) in (("music",) if sustained else ("music", "speech"))


def test_silence_is_silence() -> None:
    assert what_is(np.zeros(0, np.int16), voice=False) == "silence"
    assert what_is(np.zeros(RATE_HZ, np.int16), voice=True) == "silence"


@pytest.mark.parametrize("voice", HELD_OUT)
@pytest.mark.parametrize(
    "text",
    ["Oui.", "Non merci.", "Euh, alors, zéro six, quatre-vingt-seize.", "Aaah, ooh, mmmh.",
     "Je voudrais prendre un rendez-vous pour mon passeport, s'il vous plaît."],
)  # fmt: skip
def test_a_voice_is_always_a_voice(say: Callable[..., Samples], voice: str, text: str) -> None:
    spoken = say(text, voice)
    assert what_is(over_telephone(spoken), voice=True) == "speech"
    random = np.random.default_rng(2)
    noisy = spoken + random.normal(0, np.sqrt(np.mean(spoken.astype(float) ** 2) / 10), len(spoken))
    assert what_is(over_telephone(np.clip(noisy, -32768, 32767).astype(np.int16)), voice=True) == "speech"


@pytest.mark.parametrize("voice", HELD_OUT)
@pytest.mark.parametrize("word", ["Un.", "Sept.", "Dix.", "Stop."])
def test_a_short_word_over_rumble_is_no_tone(say: Callable[..., Samples], voice: str, word: str) -> None:
    """Noise as lines have it most, deep, with a lead of it before the word."""
    spoken = np.pad(say(word, voice), (RATE_HZ // 4, 0)).astype(np.float64)
    deep = np.cumsum(np.random.default_rng(3).normal(0, 1, len(spoken)))
    deep -= deep.mean()
    noisy = spoken + deep * np.sqrt(np.mean(spoken**2) / 10 / np.mean(deep**2))
    assert what_is(np.clip(noisy, -32768, 32767).astype(np.int16), voice=True) == "speech"


@pytest.mark.parametrize("pitch_hz", [240, 260, 280])
def test_who_hums_is_no_tone(pitch_hz: float) -> None:
    """« Mmh » is little more than its fundamental."""
    t = time(0.6)
    hum = 12000 * np.sin(2 * np.pi * pitch_hz * t) * np.hanning(len(t))
    assert what_is(line(hum), voice=True) == "speech"


def sung(samples: Samples, notes_hz: list[float], note_ms: int) -> Samples:
    """The same words at sung pitches: in each 20 ms the mouth stays and the voice becomes a pulse train."""
    values, n = samples.astype(np.float64), len(samples)
    notes = np.array(notes_hz)[np.arange(n) // (RATE_HZ * note_ms // 1000) % len(notes_hz)]
    pulses = np.diff(np.floor(np.cumsum(notes / RATE_HZ)), prepend=0)
    window, out = np.hanning(640), np.zeros(n)
    for at in range(0, n - 640, 320):
        frame = values[at : at + 640] * window
        cepstrum = np.fft.irfft(np.log(np.abs(np.fft.rfft(frame, 1024)) + 1))
        cepstrum[40:-40] = 0
        mouth = np.exp(np.fft.rfft(cepstrum).real)
        voiced = np.fft.irfft(np.fft.rfft(pulses[at : at + 640], 1024) * mouth)[:640]
        gain = np.sqrt((frame**2).mean() / ((voiced**2).mean() + 1e-9))
        out[at : at + 640] += gain * voiced * window
    return over_telephone((out / np.abs(out).max() * 12000).astype(np.int16))


@pytest.mark.parametrize("voice", HELD_OUT)
@pytest.mark.parametrize("notes", [[220.0], [330.0, 392.0, 440.0]])
def test_who_sings_is_a_caller(say: Callable[..., Samples], voice: str, notes: list[float]) -> None:
    spoken = say("Je voudrais prendre un rendez-vous pour mon passeport, mardi matin si possible.", voice)
    assert what_is(sung(spoken, notes, 400), voice=True) == "speech"


@given(st.integers(0, 4000), st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_any_sound_gets_an_answer_that_the_detector_does_not_contradict(n_samples: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    samples = random.integers(-32768, 32768, n_samples).astype(np.int16)
    assert what_is(samples, voice=False) != "speech"
    assert what_is(samples, voice=True) in ("speech", "noise", "silence")
