import random
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from prompts.labels import INTENTS, SERVICES
from speech.grammar.phonemes import phonemes
from speech.training.texts import answers, domain, general
from speech.training.texts.mixture import dictionary, sentences
from speech.training.texts.numbers import phone


def test_every_service_and_every_intent_of_the_product_is_spoken_about() -> None:
    assert set(SERVICES) == set(domain.SUBJECTS)
    assert set(INTENTS) == set(domain.INTENTS)


@given(st.integers(0, 10_000))
def test_requests_are_filled_in_and_can_be_said(seed: int) -> None:
    text = domain.request(random.Random(seed))
    assert "{" not in text
    assert phonemes(text)


@given(st.integers(0, 10_000))
def test_short_answers_and_general_sentences_can_be_said(seed: int) -> None:
    rng = random.Random(seed)
    for text in (answers.answer(rng), general.sentence(rng), phone(rng)):
        assert "  " not in text
        assert phonemes(text), text


def test_the_same_seed_says_the_same_and_another_says_something_else() -> None:
    def first(seed: int) -> list[str]:
        return list(islice(sentences(random.Random(seed), ()), 50))

    assert first(1) == first(1) != first(2)


def test_the_mixture_is_not_a_few_sentences_over_and_over() -> None:
    said = list(islice(sentences(random.Random(4), ()), 2000))
    assert len(set(said)) > 1300


def test_without_a_dictionary_words_come_from_the_grammar() -> None:
    assert dictionary(()) == ()
    assert phonemes(general.words(random.Random(2), ()))
