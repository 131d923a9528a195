import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.grammar.decode import decode
from speech.grammar.expression import Maybe, in_order, one_of
from speech.grammar.graph import compiled
from speech.grammar.judge import WIDEST_MARGIN, Judgement, alternatives, margin
from tests.speech.grammar.test_decode import voice

TUNED = Judgement(by_score=3.0, by_margin=0.3, bias=2.0, accept_from=0.6)


def test_the_next_best_answer_is_the_one_that_sounds_most_alike() -> None:
    graph, scores = compiled(one_of(["trois", "froid", "samedi"])), voice("trois", noise=0.1)
    best = decode(graph, scores)
    others = alternatives(graph, scores, best)
    assert (best.text, others[0].text) == ("trois", "froid")
    assert 0 < margin(best, others) < WIDEST_MARGIN


def test_what_sounds_like_nothing_else_has_the_widest_margin() -> None:
    graph, scores = compiled(one_of(["oui"])), voice("oui")
    best = decode(graph, scores)
    assert alternatives(graph, scores, best) == ()
    assert margin(best, ()) == WIDEST_MARGIN


def test_a_hesitation_left_out_is_not_another_answer() -> None:
    graph = compiled(in_order(Maybe(one_of(["euh"])), one_of(["lundi", "samedi"])))
    scores = voice("euh lundi")
    best = decode(graph, scores)
    assert best.text == "euh lundi"
    assert {heard.text for heard in alternatives(graph, scores, best)} <= {"euh samedi", "samedi"}


@given(st.floats(-20, 0.5), st.floats(-5, 30), st.floats(0, 3))
def test_more_likeness_and_more_margin_never_mean_less_confidence(
    score: float, lead: float, more: float
) -> None:
    confidence = TUNED.confidence(score, lead)
    assert 0 <= confidence <= 1
    assert TUNED.confidence(score + more, lead) >= confidence
    assert TUNED.confidence(score, lead + more) >= confidence


def test_a_clear_answer_is_surer_than_a_muddled_one() -> None:
    graph = compiled(one_of(["trois", "froid", "droit", "samedi"]))

    def sure(noise: float) -> float:
        scores = voice("trois", noise=noise, seed=3)
        best = decode(graph, scores)
        return TUNED.confidence(best.score, margin(best, alternatives(graph, scores, best)))

    assert sure(0.02) > sure(0.6)


@pytest.mark.parametrize("barred", [frozenset({"lundi"}), frozenset({"lundi", "mardi"})])
def test_barred_words_are_not_heard(barred: frozenset[str]) -> None:
    assert (
        decode(compiled(one_of(["lundi", "mardi", "samedi"])), voice("lundi"), barred=barred).text
        not in barred
    )
