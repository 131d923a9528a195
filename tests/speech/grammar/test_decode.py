"""Decoding of scores drawn by hand: what a perfect, a hesitant or a foreign voice would give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.grammar.decode import WORD_COST, Scores, decode, softened
from speech.grammar.expression import (
    Again,
    Anything,
    Choice,
    Expression,
    Maybe,
    Phrase,
    in_order,
    one_of,
)
from speech.grammar.graph import EmptyGrammar, Graph, compiled
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


def plainly_best(graph: Graph, scores: Scores) -> float:
    """The likelihood of the best path, by the rules of CTC written down one node and one frame at a time."""
    soft = softened(scores)
    sounds: dict[tuple[int, bool], float] = {}
    waits = {graph.start: 0.0}
    for frame in (None, *soft):
        if frame is not None:
            best, before, began = float(frame.max()), sounds, waits
            sounds, waits = {}, {}
            for place, value in began.items():
                waits[place] = value + max(float(frame[0]), best - float(graph.prices[place]))
            for node, phoneme in enumerate(graph.phoneme):
                parent = int(graph.parent[node])
                rest = before.get((node, True), -np.inf)
                stay = before.get((node, False), -np.inf)
                if parent < 0:
                    enter = began.get(int(graph.first_place[node]), -np.inf)
                else:
                    enter = before.get((parent, True), -np.inf)
                    if graph.phoneme[parent] != phoneme:
                        enter = max(enter, before.get((parent, False), -np.inf))
                sounds[node, False] = max(stay, enter) + float(frame[phoneme])
                sounds[node, True] = max(stay, rest) + float(frame[0])
            for node, place, cost in zip(graph.leaf_node, graph.leaf_place, graph.leaf_cost, strict=True):
                ended = max(sounds[int(node), False], sounds[int(node), True]) - float(cost) - WORD_COST
                waits[int(place)] = max(waits.get(int(place), -np.inf), ended)
        for source, target in zip(graph.skip_from, graph.skip_to, strict=True):
            waits[int(target)] = max(waits.get(int(target), -np.inf), waits.get(int(source), -np.inf))
    return waits.get(graph.end, -np.inf)


WORDS = st.sampled_from(["oui", "non", "lundi", "mardi", "deux", "douze", "c'est ça", "le", "papa"])
EXPRESSIONS = st.recursive(
    st.builds(Phrase, WORDS, st.sampled_from([0.0, 0.5, 2.0])),
    lambda inner: st.one_of(
        st.builds(Maybe, inner),
        st.builds(Again, inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Choice(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: in_order(*parts)),
        st.builds(lambda part: in_order(Anything(0.5), part, Anything(0.3)), inner),
    ),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(EXPRESSIONS, st.integers(0, 10_000), st.integers(8, 25))
def test_all_paths_at_once_find_what_one_at_a_time_would(
    expression: Expression, seed: int, n_frames: int
) -> None:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(len(PHONEMES) + 1, 0.1), n_frames) + 1e-6
    scores = np.asarray(np.log(chances / chances.sum(axis=1, keepdims=True)), np.float32)
    scores[:, 0] = np.minimum(scores[:, 0], -0.1)  # no frame of clear silence
    graph = compiled(expression)
    found = decode(graph, scores)
    best = plainly_best(graph, scores)
    if found.text:
        assert found.total == pytest.approx(best, abs=1e-2)
    else:
        assert best < -1e8 or best == pytest.approx(decode_nothing(graph, scores), abs=1e-2)


def decode_nothing(graph: Graph, scores: Scores) -> float:
    """The likelihood of the path without a word, where the grammar has one."""
    soft = softened(scores)
    prices = [float(graph.prices[place]) for place in range(graph.n_places)]
    return max(float(np.maximum(soft[:, 0], soft.max(axis=1) - price).sum()) for price in prices)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["lundi", "mardi", "jeudi", "samedi"]), min_size=1, max_size=4),
    st.lists(st.integers(0, 40), min_size=4, max_size=4),
)
def test_the_length_of_the_silences_changes_nothing(days: list[str], pauses: list[int]) -> None:
    graph = compiled(Again(one_of(["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"])))
    silence = np.full((1, len(PHONEMES) + 1), 0.0005)
    silence[0, 0] = 1 - 0.0005 * len(PHONEMES)
    pieces = [
        np.concatenate((voice(day), np.repeat(np.log(silence), pause, axis=0).astype(np.float32)))
        for day, pause in zip(days, pauses, strict=False)
    ]
    result = decode(graph, np.concatenate(pieces))
    assert result.text == " ".join(days)
    ends_ms = np.cumsum([len(piece) for piece in pieces]) * 20
    for word, end_ms, piece in zip(result.words, ends_ms, pieces, strict=True):
        assert end_ms - len(piece) * 20 <= word.end_ms <= end_ms
