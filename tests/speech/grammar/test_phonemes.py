import pytest

from speech.grammar.phonemes import INDEX, PHONEMES, from_ipa, phonemes, shown, spoken


def test_every_phoneme_has_its_own_output_and_the_blank_is_none_of_them() -> None:
    assert sorted(INDEX.values()) == list(range(1, len(PHONEMES) + 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bonjour", "b ɔ̃ ʒ u ʁ"),
        ("les enfants", "l e z ɑ̃ f ɑ̃"),
        ("un lundi", "ɛ̃ l ɛ̃ d i"),
        ("le camping", "l ə k a m p i ŋ"),
    ],
)
def test_text_becomes_the_sounds_a_caller_makes(text: str, said: str) -> None:
    assert shown(phonemes(text)) == said


def test_acronyms_are_said_as_callers_say_them() -> None:
    assert spoken("la CNI, le PACS") == "la cé enne i, le paxe"
    assert shown(phonemes("PACS")) == "p a k s"


@pytest.mark.parametrize("text", ["", " ", "…", "?!"])
def test_nothing_to_say_has_no_phonemes(text: str) -> None:
    assert phonemes(text) == ()


def test_stress_length_and_language_marks_are_dropped() -> None:
    assert from_ipa("(en)_k_ˈɑː_m_(fr) ə-") == tuple(INDEX[phoneme] for phoneme in ("k", "a", "m", "ə"))
