"""What was written and never said is noticed by its phonemes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.engines.builtin import MODEL_FOLDER
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.engines.veto import VETO_FILE, Reading, VetoRule, Witness, aligned, read_witness
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


def written(*texts: str) -> list[Reading]:
    """Readings that the decoder finds as likely as each other."""
    return [Reading(text, -0.1) for text in texts]


def test_what_was_said_fits_its_sound_better_than_anything_else(network: PhonemeCtc, voice: Samples) -> None:
    scores = network.scores(voice)
    found = aligned(SAID, scores)
    assert found is not None
    for text in NEVER_SAID:
        other = aligned(text, scores)
        assert other is None or other.score < found.score - 0.5


def test_of_several_readings_the_one_that_was_said_is_found_with_the_times_of_its_words(
    witness: Witness, voice: Samples
) -> None:
    found = witness.best(written(*NEVER_SAID, SAID), voice)
    assert found is not None
    assert found.text == SAID
    assert {other.text for other in found.others} <= set(NEVER_SAID)
    assert RULE.confidence(found.score, found.logprob) >= RULE.accept_from
    assert [word.text for word in found.words] == SAID.split()
    ends = [word.end_ms for word in found.words]
    assert ends == sorted(set(ends))


@pytest.mark.parametrize("text", NEVER_SAID)
def test_what_was_invented_is_rejected_however_sure_the_decoder_is(
    witness: Witness, voice: Samples, text: str
) -> None:
    found = witness.best([Reading(text, 0.0)], voice)
    assert found is None or RULE.confidence(found.score, found.logprob) < RULE.accept_from


def test_over_silence_nothing_was_said(witness: Witness) -> None:
    assert witness.best(written("oui bonjour"), np.zeros(RATE_HZ, np.int16)) is None


def test_a_text_that_cannot_be_said_was_not(witness: Witness, voice: Samples) -> None:
    assert witness.best(written("... -", ""), voice) is None


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
