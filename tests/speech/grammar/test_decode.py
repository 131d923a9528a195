"""Decoding of scores drawn by hand: what a perfect, a hesitant or a foreign voice would give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.grammar.decode import Scores, decode
from speech.grammar.expression import Again, Anything, Expression, Maybe, Phrase, in_order, one_of
from speech.grammar.graph import EmptyGrammar, compiled
from speech.grammar.phonemes import PHONEMES, phonemes

CLEARLY_OUTSIDE = -1.0


def voice(text: str, *, hold: int = 2, noise: float = 0.02, seed: int = 0) -> Scores:
    """The scores of a text spoken evenly: `hold` frames a phoneme, a blank between."""
    rng = np.random.default_rng(seed)
    outputs = [output for phoneme in phonemes(text) for output in (0, *[phoneme] * hold)] + [0, 0, 0]
    chances = np.full((len(outputs), len(PHONEMES) + 1), 0.001)
    chances[np.arange(len(outputs)), outputs] = 0.9
    chances += noise * rng.random(chances.shape)
    return np.asarray(np.log(chances / chances.sum(axis=1, keepdims=True)), np.float32)


def heard(expression: Expression, scores: Scores) -> str:
    return decode(compiled(expression), scores).text


@pytest.mark.parametrize("text", ["lundi", "mardi", "mercredi"])
def test_one_of_several_is_heard(text: str) -> None:
    assert heard(one_of(["lundi", "mardi", "mercredi"]), voice(text)) == text


def test_words_follow_each_other_in_time() -> None:
    result = decode(
        compiled(in_order(one_of(["lundi", "mardi"]), one_of(["matin", "soir"]))), voice("mardi soir")
    )
    assert [word.text for word in result.words] == ["mardi", "soir"]
    assert result.words[0].end_ms <= result.words[1].start_ms < result.words[1].end_ms


def test_what_may_be_left_out_is_left_out() -> None:
    expression = in_order(Maybe(Phrase("le")), Phrase("lundi"), Maybe(Phrase("matin")))
    assert [heard(expression, voice(text)) for text in ("lundi", "le lundi", "lundi matin")] == [
        "lundi",
        "le lundi",
        "lundi matin",
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "sept", "neuf"]), min_size=1, max_size=8))
def test_any_row_of_digits_is_heard_in_order(digits: list[str]) -> None:
    expression = Again(one_of(["zéro", "un", "deux", "trois", "quatre", "sept", "neuf"]))
    assert heard(expression, voice(", ".join(digits))) == " ".join(digits)


def test_liaison_and_final_e_are_the_same_word() -> None:
    expression = in_order(one_of(["deux", "trois"]), one_of(["heures", "jours"]))
    assert heard(expression, voice("deux heures")) == "deux heures"
    assert heard(one_of(["quatre", "quarante"]), voice("quatreu")) == "quatre"


def test_speech_outside_the_grammar_scores_far_below_speech_inside_it() -> None:
    graph = compiled(one_of(["oui", "non", "d'accord"]))
    inside = decode(graph, voice("d'accord")).score
    outside = decode(graph, voice("je voudrais un passeport pour mon fils")).score
    assert inside > -0.3
    assert outside < CLEARLY_OUTSIDE < inside


def test_anything_may_be_said_around_an_answer_where_the_grammar_lets_it() -> None:
    free = in_order(Anything(), one_of(["lundi", "mardi"]), Anything())
    result = decode(compiled(free), voice("je pensais à mardi si possible"))
    assert result.text == "mardi"


def test_silence_has_no_speech_and_no_good_score() -> None:
    silence = np.full((50, len(PHONEMES) + 1), -9.0, np.float32)
    silence[:, 0] = -0.01
    result = decode(compiled(one_of(["oui", "non"])), silence)
    assert result.speech_ms == 0
    assert result.score < CLEARLY_OUTSIDE


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_too_little_sound_for_any_word_gives_no_text(frames: int) -> None:
    result = decode(compiled(one_of(["mercredi"])), np.zeros((frames, len(PHONEMES) + 1), np.float32))
    assert (result.text, result.words) == ("", ())


def test_a_repeated_phoneme_needs_a_pause_within_a_word() -> None:
    graph = compiled(one_of(["coopère", "copère"]))
    assert decode(graph, voice("coopère")).text == "coopère"


def test_a_grammar_of_nothing_is_refused() -> None:
    with pytest.raises(EmptyGrammar):
        compiled(one_of(["", "…"]))


def test_a_letter_is_written_otherwise_than_it_is_said() -> None:
    assert heard(Again(Phrase("K", said="ka")), voice("ka ka")) == "K K"
