"""What was written and never said is noticed by its phonemes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.engine import Transcript, Word
from speech.engines.builtin import MODEL_FOLDER
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.engines.veto import VETO_FILE, VetoRule, Witness, aligned, read_witness
from speech.errors import UnusableModel
from speech.telephone_band import over_telephone

SAID = "quels papiers faut-il pour un passeport"
NEVER_SAID = ("je vous appelle pour le cimetière", "oui", "quels sont les horaires de la piscine demain")
RULE = VetoRule(by_score=3.0, by_logprob=0.5, bias=3.0, accept_from=0.5)


@pytest.fixture(scope="module")
def network() -> PhonemeCtc:
    return PhonemeCtc(MODEL_FOLDER)


@pytest.fixture(scope="module")
def witness(network: PhonemeCtc) -> Witness:
    return Witness(network, RULE)


@pytest.fixture(scope="module")
def voice(say: Callable[..., Samples]) -> Samples:
    return over_telephone(say(SAID, "fr+linda"))


def wrote(text: str, confidence: float = 0.9) -> Transcript:
    words = tuple(Word(word, 0, 0, confidence) for word in text.split())
    return Transcript(text, confidence, words)


def test_what_was_said_fits_its_sound_better_than_anything_else(network: PhonemeCtc, voice: Samples) -> None:
    scores = network.scores(voice)
    found = aligned(SAID, scores)
    assert found is not None
    for text in NEVER_SAID:
        other = aligned(text, scores)
        assert other is None or other.score < found.score - 0.5


def test_what_was_said_passes_and_its_words_get_their_times(witness: Witness, voice: Samples) -> None:
    heard = witness.heard(wrote(SAID), voice)
    assert not heard.rejected
    assert heard.text == SAID
    ends = [word.end_ms for word in heard.words]
    assert ends == sorted(set(ends))
    assert ends[-1] <= len(voice) * 1000 // RATE_HZ


@pytest.mark.parametrize("text", NEVER_SAID)
def test_what_was_invented_is_rejected_however_sure_the_decoder_is(
    witness: Witness, voice: Samples, text: str
) -> None:
    heard = witness.heard(wrote(text, 1.0), voice)
    assert heard.rejected
    assert heard.confidence < 0.5


def test_a_text_over_silence_is_silence(witness: Witness) -> None:
    heard = witness.heard(wrote("oui bonjour"), np.zeros(RATE_HZ, np.int16))
    assert (heard.text, heard.words, heard.rejected) == ("", (), False)


def test_a_text_that_cannot_be_said_is_rejected(witness: Witness, voice: Samples) -> None:
    assert witness.heard(wrote("... -"), voice).rejected


@given(
    score=st.floats(-50, 0), better=st.floats(0, 5), logprob=st.floats(-9, 0), surer=st.floats(0, 2)
)  # fmt: skip
def test_better_fit_and_more_certainty_never_lower_the_confidence(
    score: float, better: float, logprob: float, surer: float
) -> None:
    before = RULE.confidence(score, logprob)
    assert 0 <= before <= RULE.confidence(score + better, logprob) <= 1
    assert before <= RULE.confidence(score, logprob + surer)


def test_a_model_without_a_rule_has_no_witness_and_a_broken_rule_is_said(tmp_path: Path) -> None:
    assert read_witness(tmp_path) is None
    (tmp_path / VETO_FILE).write_text("{}", "utf-8")
    with pytest.raises(UnusableModel, match="illisible"):
        read_witness(tmp_path)


def test_a_rule_tuned_with_another_network_is_refused(tmp_path: Path) -> None:
    rule = {"by_score": 1, "by_logprob": 1, "bias": 1, "accept_from": 0.5, "phonemes": "another"}
    (tmp_path / VETO_FILE).write_text(json.dumps(rule), "utf-8")
    with pytest.raises(UnusableModel, match="autre réseau"):
        read_witness(tmp_path)
