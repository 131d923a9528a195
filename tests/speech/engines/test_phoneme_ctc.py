import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from speech.engines.builtin import MODEL_FOLDER, BuiltinRecogniser
from speech.engines.phoneme_ctc import CARD_FILE, MODEL_FILE, PhonemeCtc
from speech.errors import UnusableModel
from speech.grammar.kinds import NoGrammar
from speech.grammar.phonemes import PHONEMES, phonemes
from speech.training.material import trimmed
from speech.training.score import edit_distance, greedy
from speech.training.voices import Manner, data_folder, speak

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def network() -> PhonemeCtc:
    return PhonemeCtc(MODEL_FOLDER)


@pytest.fixture(scope="module")
def recogniser() -> BuiltinRecogniser:
    return BuiltinRecogniser()


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("voices"))


def said(text: str, voices: Path, variant: str = "f2") -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """The text by a voice that was never trained on."""
    samples, _ = speak(text, Manner("fr", variant, 150, 50, 50, 0), voices)
    return np.pad(trimmed(samples), 3200)


@pytest.mark.parametrize("count", [0, 100, 319, 320, 4000, 127_999, 128_000, 129_000, 400_000, 960_000])
def test_sound_of_any_length_has_a_score_every_20_ms(network: PhonemeCtc, count: int) -> None:
    samples = (1000 * np.random.default_rng(1).standard_normal(count)).astype(np.int16)
    scores = network.scores(samples)
    assert scores.shape == (
        (count // 160 + 1) // 2 if count >= 400 else min(count // 320, 1),
        len(PHONEMES) + 1,
    )
    assert np.allclose(np.exp(scores).sum(axis=1), 1, atol=1e-3)


def test_a_held_voice_is_heard(network: PhonemeCtc, voices: Path) -> None:
    text = "bonjour je voudrais un rendez-vous pour un passeport"
    heard = greedy(network.scores(said(text, voices)))
    assert edit_distance(heard, phonemes(text)) / len(phonemes(text)) < 0.25


def test_a_long_turn_is_heard_across_its_windows(network: PhonemeCtc, voices: Path) -> None:
    text = "je voudrais savoir quels papiers il faut pour la carte d'identité de ma fille, "
    sound = np.concatenate([said(text, voices)] * 4)
    assert len(sound) > 8 * RATE_HZ
    heard = greedy(network.scores(sound))
    assert edit_distance(heard, phonemes(text) * 4) / (4 * len(phonemes(text))) < 0.25


@pytest.mark.parametrize(
    ("expects", "text"),
    [("yes_no", "oui tout à fait"), ("date", "mercredi matin"), ("command", "vous pouvez répéter")],
)
def test_an_answer_is_heard_and_accepted(
    recogniser: BuiltinRecogniser, voices: Path, expects: str, text: str
) -> None:
    result = recogniser.transcribe(said(text, voices), expects=expects)
    assert (result.text, result.rejected) == (text, False)
    assert result.confidence > 0.5
    assert result.words[-1].end_ms <= result.audio_ms


@pytest.mark.parametrize("digit", ["un", "deux", "six"])
@pytest.mark.parametrize("variant", ["f2", "m7"])
def test_the_shortest_answers_are_no_silence(
    recogniser: BuiltinRecogniser, voices: Path, digit: str, variant: str
) -> None:
    assert recogniser.transcribe(said(digit, voices, variant), expects="digit").text


def test_speech_outside_the_question_is_rejected(recogniser: BuiltinRecogniser, voices: Path) -> None:
    outside = said("le petit chat de ma voisine dort souvent sur le toit", voices)
    result = recogniser.transcribe(outside, expects="yes_no")
    assert result.rejected
    assert result.confidence < 0.5


def test_what_else_it_may_have_been_is_told(recogniser: BuiltinRecogniser, voices: Path) -> None:
    answer = recogniser.transcribe(
        said("mercredi", voices), expects="choice", choices=("mardi", "mercredi", "vendredi")
    )
    assert answer.text == "mercredi"
    assert answer.alternatives
    assert "mercredi" not in {other.text for other in answer.alternatives}
    told = [answer.confidence, *(other.confidence for other in answer.alternatives)]
    assert told == sorted(told, reverse=True)
    assert sum(told) <= 1


@pytest.mark.parametrize("expects", ["yes_no", "date", "phone", None])
def test_silence_has_no_text_and_is_not_called_rejected(
    recogniser: BuiltinRecogniser, expects: str | None
) -> None:
    result = recogniser.transcribe(np.zeros(RATE_HZ, np.int16), expects=expects)
    assert (result.text, result.rejected, result.confidence) == ("", False, 0.0)


def test_noise_alone_is_not_an_answer(recogniser: BuiltinRecogniser) -> None:
    for seed in range(10):
        noise = (800 * np.random.default_rng(seed).standard_normal(2 * RATE_HZ)).astype(np.int16)
        result = recogniser.transcribe(noise, expects="yes_no")
        assert result.rejected or not result.text


def test_an_open_question_is_heard_by_phrase_or_by_what_it_is_about(
    recogniser: BuiltinRecogniser, voices: Path
) -> None:
    phrases = ["je voudrais un rendez-vous", "quels sont les horaires"]
    exact = recogniser.transcribe(said("bonjour je voudrais un rendez-vous", voices), phrases=phrases)
    assert exact.text == "bonjour je voudrais un rendez-vous"
    about = recogniser.transcribe(
        said("alors voilà mon mari m'a dit de vous demander pour le passeport de notre petite", voices),
        phrases=phrases, keywords=["passeport", "cimetière", "cantine"],
    )  # fmt: skip
    assert about.text == "passeport"


def test_a_kind_only_a_full_recogniser_hears_is_refused(recogniser: BuiltinRecogniser) -> None:
    with pytest.raises(NoGrammar):
        recogniser.transcribe(np.zeros(RATE_HZ, np.int16), expects="email")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (MODEL_FILE, CARD_FILE):
        shutil.copy(MODEL_FOLDER / name, tmp_path / name)
    return tmp_path


def test_a_missing_folder_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=CARD_FILE):
        PhonemeCtc(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "change", [{"phonemes": ["a"]}, {"features": {}}, {"max_frames": "many"}, {"trained": None}]
)
def test_a_card_of_another_kind_is_unusable(copied: Path, change: dict[str, object]) -> None:
    card = json.loads((copied / CARD_FILE).read_text(encoding="utf-8")) | change
    (copied / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(UnusableModel):
        PhonemeCtc(copied)


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_broken_model_file_is_unusable(copied: Path, content: bytes) -> None:
    (copied / MODEL_FILE).write_bytes(content)
    with pytest.raises(UnusableModel):
        PhonemeCtc(copied)


def test_a_model_other_than_its_card_says_is_unusable(copied: Path) -> None:
    card = json.loads((copied / CARD_FILE).read_text(encoding="utf-8")) | {"version": "000000000000"}
    (copied / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(UnusableModel, match="card"):
        PhonemeCtc(copied)


def test_a_model_that_was_never_measured_is_not_trusted_with_answers(copied: Path) -> None:
    card = json.loads((copied / CARD_FILE).read_text(encoding="utf-8"))
    card.pop("judgement")
    (copied / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(UnusableModel, match="not measured"):
        BuiltinRecogniser(copied)
