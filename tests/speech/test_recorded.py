"""What people record is cut, levelled and heard like the voice; what cannot be is refused in plain words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.engines.levelling import TARGET_LUFS, loudness_lufs, true_peak_dbtp
from speech.recorded import MOST_S, UnusableRecording, at_voice_loudness, ready, trimmed
from tests.support.examples import tries
from tests.support.recordings import a_video, a_voice, encoded, in_a_room


@pytest.fixture(scope="module")
def read_out() -> Samples:
    return a_voice("Bonjour, vous êtes bien à la mairie de Vauclair.")


@pytest.mark.parametrize(("kind", "rate_hz"), [("wav", 48_000), ("wav", 8_000), ("mp3", 44_100),
                                               ("ogg", 48_000), ("m4a", 44_100)])  # fmt: skip
def test_a_recording_of_any_usual_kind_is_cut_and_as_loud_as_the_voice(
    read_out: Samples, kind: str, rate_hz: int
) -> None:
    heard = ready(encoded(in_a_room(read_out), kind, rate_hz))
    assert abs(loudness_lufs(heard) - TARGET_LUFS) < 1.0
    assert true_peak_dbtp(heard) <= -0.9
    assert abs(len(heard) - len(read_out)) < 0.3 * RATE_HZ, "the silence of the room is gone, no word is"
    assert max(abs(int(heard[0])), abs(int(heard[-1]))) < 40, "no click where it is joined to another"


def test_a_voice_with_high_peaks_is_as_loud_all_the_same(read_out: Samples) -> None:
    peaky = (read_out * 0.25).astype(np.int16)
    peaky[4000:4016] = 16_000
    assert abs(loudness_lufs(at_voice_loudness(peaky)) - TARGET_LUFS) < 1.5


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Ce fichier est vide"),
        (b"%PDF-1.7 une facture", "n'est pas un enregistrement sonore"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "n'est pas un enregistrement sonore"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "n'est pas un enregistrement sonore"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "n'est pas un enregistrement sonore"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "C'est une vidéo"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(data: bytes, told: str) -> None:
    with pytest.raises(UnusableRecording, match=told):
        ready(data)


def test_a_video_is_refused() -> None:
    with pytest.raises(UnusableRecording, match="C'est une vidéo"):
        ready(a_video())


def test_silence_and_the_noise_of_a_room_are_refused() -> None:
    with pytest.raises(UnusableRecording, match="On n'entend rien"):
        ready(encoded(np.zeros(2 * RATE_HZ, np.int16), "wav"))
    hum = np.random.default_rng(2).normal(0, 900, 2 * RATE_HZ).astype(np.int16)
    with pytest.raises(UnusableRecording, match="On n'entend personne"):
        ready(encoded(hum, "wav"))


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_a_voice_that_was_recorded_too_loud_is_refused(read_out: Samples, kind: str) -> None:
    with pytest.raises(UnusableRecording, match="saturé"):
        ready(encoded(np.clip(read_out * 12.0, -32768, 32767).astype(np.int16), kind))


def test_ten_minutes_are_refused_with_how_long_they_are() -> None:
    with pytest.raises(UnusableRecording, match=f"dure 10 minutes : {MOST_S} secondes au plus"):
        ready(encoded(np.zeros(600 * RATE_HZ, np.int16), "wav", RATE_HZ))


@settings(max_examples=tries(60), deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"ID3", b"OggS", b"fLaC", b"RIFF\0\0\0\0WAVE", b"\xff\xfb"]),
)
def test_whatever_bytes_are_sent_are_refused_in_words(data: bytes, first: bytes) -> None:
    with pytest.raises(UnusableRecording, match=r"[.!]$"):
        ready(first + data)


@given(st.lists(st.integers(-32768, 32767), max_size=2000))
def test_trimming_never_adds_sound(values: list[int]) -> None:
    samples = np.array(values, np.int16)
    assert len(trimmed(samples)) <= len(samples)
