"""Whisper models: what is decoded, what is taken for silence, where long speech is cut."""

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench
from bench.random_whisper import VOCABULARY, random_whisper
from speech.audio import RATE_HZ, Samples
from speech.audio_files import read_sound
from speech.engines.ct2_file import whisper_shape
from speech.engines.cutting import windows
from speech.engines.inventions import goes_in_circles, is_invented, is_invention
from speech.engines.together import Utterance
from speech.engines.whisper import ShortWhisper, Whisper, load_whisper
from speech.engines.whisper_conversion import WhisperSizes
from speech.errors import UnusableModel
from speech.telephone_band import over_telephone, with_gain


@pytest.fixture(scope="module")
def ears(recogniser_dir: Path) -> Whisper:
    return load_whisper(recogniser_dir)


def test_words_that_were_said_are_heard(ears: Whisper, say: Callable[..., Samples]) -> None:
    voices = ("fr+Andrea", "fr+Michael", "fr-be+f2")
    heard = [ears.transcribe(over_telephone(say("Oui, oui.", voice)), None) for voice in voices]
    assert sum("oui" in transcript.text for transcript in heard) >= 2
    for transcript in heard:
        assert " ".join(word.text for word in transcript.words) == transcript.text
        assert all(0 <= word.confidence <= 1 for word in transcript.words)
        assert all(
            a.end_ms <= b.start_ms for a, b in zip(transcript.words, transcript.words[1:], strict=False)
        )
        assert transcript.decode_ms >= 0


@pytest.mark.parametrize("seconds", [0.02, 0.5, 3])
def test_silence_and_noise_are_empty(ears: Whisper, seconds: float) -> None:
    noise = np.random.default_rng(0).normal(0, 400, int(seconds * RATE_HZ)).astype(np.int16)
    for samples in (noise, with_gain(noise, -60), np.zeros(0, np.int16)):
        transcript = ears.transcribe(samples, None)
        assert (transcript.text, transcript.words, transcript.confidence) == ("", (), 0.0)


def test_any_length_up_to_many_windows_is_decoded(ears: Whisper, say: Callable[..., Samples]) -> None:
    voice = over_telephone(say("Bonjour, je vous appelle pour un rendez-vous."))
    for seconds in (0.1, 7.99, 8.0, 8.01, 17.0):
        ears.transcribe(np.resize(voice, int(seconds * RATE_HZ)), None)


@pytest.mark.parametrize("voice", ["fr+Andrea", "fr+Michael"])
def test_no_length_is_heard_otherwise_than_those_around_it(
    ears: Whisper, say: Callable[..., Samples], voice: str
) -> None:
    """What lasts 1.6 s has as many positions when encoded as features have mel bands."""
    said = over_telephone(say("Oui, oui.", voice))
    lengths_s = (1.58, 1.6, 1.61, 1.62)
    sounds = [np.pad(said, (0, RATE_HZ))[: int(seconds * RATE_HZ)] for seconds in lengths_s]
    [text] = {ears.transcribe(sound, None).text for sound in sounds}
    assert "oui" in text


def test_what_is_heard_together_is_what_each_is_alone(ears: Whisper, say: Callable[..., Samples]) -> None:
    calls = sorted((Path(bench.__file__).parents[1] / "standardiste" / "demo_calls").glob("*.wav"))
    voices = [read_sound(path).samples for path in calls]
    voices += [
        over_telephone(say("Oui, bonjour, un rendez-vous.", voice)) for voice in ("fr+Michael", "fr-be+f2")
    ]
    lengths = (1.6, 2.0, 1.6, 1.0, 2.0, 1.6)
    sounds = [voice[: int(s * RATE_HZ)] for voice, s in zip(voices, lengths, strict=True)]
    sounds[3] = np.zeros_like(sounds[3])
    together = list(ears.decode_many([(sound, "") for sound in sounds]))
    assert together == [ears.decode(sound) for sound in sounds]
    heard = ears.hear_many([Utterance(sound, None) for sound in sounds])
    alone = [ears.transcribe(sound, None) for sound in sounds]
    assert [replace(one, decode_ms=0) for one in heard] == [replace(one, decode_ms=0) for one in alone]


@given(
    n_samples=st.integers(0, 60 * RATE_HZ),
    window_s=st.sampled_from([3, 8, 30]),
    seed=st.integers(0, 100),
)
@settings(max_examples=30, deadline=None)
def test_cuts_cover_everything_once_and_fit_the_window(n_samples: int, window_s: int, seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-3000, 3000, n_samples).astype(np.int16)
    cuts = windows(samples, window_s * RATE_HZ)
    assert cuts[0][0] == 0
    assert cuts[-1][1] == n_samples
    assert all(before[1] == after[0] for before, after in itertools.pairwise(cuts))
    assert all(0 < end - start <= window_s * RATE_HZ for start, end in cuts if n_samples)


def test_long_speech_is_cut_in_its_pause() -> None:
    samples = np.random.default_rng(0).normal(0, 3000, 10 * RATE_HZ).astype(np.int16)
    samples[7 * RATE_HZ : 7 * RATE_HZ + RATE_HZ // 5] = 0
    cut = windows(samples, 8 * RATE_HZ)[0][1]
    assert 7 * RATE_HZ < cut < 7.2 * RATE_HZ


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Sous-titrage ST' 501",
        "Sous-titres réalisés para la communauté d’Amara.org",
        "Merci d'avoir regardé cette vidéo !",
        "♪♪♪",
        "...",
        "[Musique]",
        "Abonnez-vous à la chaîne",
        "Sous-titrage Société Radio-Canada",
        "Sous-titrage FR 2021",
        "❤️ par SousTitreur.com",
        "N'hésitez pas à vous abonner",
        "Musique douce",
        "Merci d'avoir regardé, à bientôt pour une nouvelle vidéo.",
        "www.exemple.fr",
        "Thank you for watching!",
    ],
)
def test_what_whisper_invents_over_silence_is_silence(text: str) -> None:
    assert is_invention(text)


@pytest.mark.parametrize(
    "text",
    [
        "merci", "merci au revoir", "oui", "je voudrais parler à quelqu'un", "merci d'avoir répondu",
        "est-ce que les films sont sous-titrés", "musique",
        "à bientôt", "c'est pour l'école de musique", "merci de votre attention", "je voudrais m'abonner",
        "je viens pour la traduction par un notaire",
    ],
)  # fmt: skip
def test_what_people_say_is_not_an_invention(text: str) -> None:
    assert not is_invention(text)


def invented(
    text: str, hint: str = "", logprob: float = -0.2, no_speech: float = 0.1, seconds: float = 2.0
) -> bool:
    return is_invented(text, hint=hint, logprob=logprob, no_speech=no_speech, seconds=seconds)


def test_what_cannot_have_been_said_is_an_invention() -> None:
    said = "je voudrais un rendez-vous mardi"
    assert not invented(said)
    assert not invented("oui", seconds=0.1)
    # The model itself doubts that anybody spoke, and does not know what to write.
    assert invented(said, no_speech=0.9, logprob=-1.4)
    assert not invented(said, no_speech=0.9)
    # So much text in so little sound.
    assert invented(said, seconds=0.3)
    # Its own hint read back, and an answer that happens to stand in the hint.
    hint = "lundi, mardi, mercredi, jeudi, vendredi"
    assert invented("Lundi, mardi, mercredi, jeudi.", hint=hint)
    assert not invented("mardi", hint=hint)
    assert not invented("mardi, jeudi, vendredi, demain", hint=hint)


def test_a_decoder_that_goes_in_circles_is_noticed_and_digits_are_not() -> None:
    assert goes_in_circles("de la de la de la de la de la de la de la de la")
    assert goes_in_circles("non " * 12)
    assert not goes_in_circles("non non non non")
    assert not goes_in_circles("zéro zéro zéro zéro un un")


@pytest.mark.parametrize(
    "content", [b"", b"\6\0\0\0", b"\6\0\0\0\x0c\0WhisperSpec\0\3\0\0\0\5\0\0\0", b"x" * 500]
)
def test_a_broken_model_file_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(UnusableModel) as caught:
        load_whisper(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_truncated_model_and_one_without_tokenizer_are_refused(
    tmp_path: Path, recogniser_dir: Path
) -> None:
    with pytest.raises(UnusableModel, match="n'existe pas"):
        load_whisper(tmp_path / "none")
    for name in ("config.json", "vocabulary.json"):
        shutil.copy(recogniser_dir / name, tmp_path / name)
    data = (recogniser_dir / "model.bin").read_bytes()
    (tmp_path / "model.bin").write_bytes(data)
    with pytest.raises(UnusableModel, match="tokenizer"):
        load_whisper(tmp_path)
    (tmp_path / "model.bin").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnusableModel, match="tronqué"):
        whisper_shape(tmp_path)


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> ShortWhisper:
    """Tuned for what was said, rounded to seconds; random weights never stop by themselves."""
    sizes = WhisperSizes(64, 1, 1, 1, VOCABULARY)
    folder = tmp_path_factory.mktemp("endless")
    ears = load_whisper(random_whisper(sizes, folder, tuned_short=True))
    assert isinstance(ears, ShortWhisper)
    return ears


def test_what_fills_as_many_seconds_is_decoded_together(endless: ShortWhisper) -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 8 * RATE_HZ, np.int16)
    spoken = [
        (noise[: int(s * RATE_HZ)], hint) for s, hint in ((0.7, ""), (1.4, ""), (0.9, ""), (0.9, "oui"))
    ]
    assert endless.together is not None
    assert endless.together.key({"expects": None}, len(spoken[0][0])) == endless.together.key({}, RATE_HZ)
    together = list(endless.decode_many(spoken))
    assert together == [endless.decode(*one) for one in spoken]


def test_a_text_never_outgrows_the_decoder(endless: ShortWhisper) -> None:
    """Without a bound the engine would raise, and its worker die."""
    endless.tokens_per_s = 1000
    heard = endless.transcribe(np.random.default_rng(1).integers(-9000, 9000, 4 * RATE_HZ, np.int16), None)
    assert heard.audio_ms == 4000
