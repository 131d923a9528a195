"""The words a decoder is taught and the pieces they are cut into."""

from pathlib import Path

import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.training.words import (
    END,
    NO_TIMES,
    SPECIAL,
    START,
    learnt_pieces,
    pieces_file,
    pieces_of,
    written,
)

TEXTS = ("je voudrais un rendez-vous pour un passeport", "c'est pour l'école de mon fils", "oui", "Noël")


@pytest.fixture(scope="module")
def learnt() -> tokenizers.Tokenizer:
    return learnt_pieces(TEXTS)


@pytest.mark.parametrize(
    ("text", "taught"),
    [
        ("Bonjour, c’est pour le PACS !", "bonjour c'est pour le pacs"),
        ("Appuyez sur 1, sinon sur 23.", "appuyez sur un sinon sur vingt-trois"),
        ("rendez-vous… (demain)", "rendez-vous demain"),
        ("?!…", ""),
    ],
)
def test_text_is_taught_in_lower_case_without_punctuation_and_with_numbers_in_full(
    text: str, taught: str
) -> None:
    assert written(text) == taught


@given(text=st.text("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôœùûü'- ", max_size=60))
@settings(max_examples=100, deadline=None)
def test_pieces_spell_any_french_back(learnt: tokenizers.Tokenizer, text: str) -> None:
    assert learnt.decode(pieces_of(learnt, text)).strip() == written(text)


def test_no_piece_of_text_is_a_special_one(learnt: tokenizers.Tokenizer) -> None:
    numbers = learnt.get_vocab()
    end = numbers[END]
    assert [numbers[name] for name in SPECIAL] == list(range(end, end + len(SPECIAL)))
    assert numbers[START] < numbers[NO_TIMES]
    assert max(pieces_of(learnt, " ".join(TEXTS))) < end
    assert pieces_of(learnt, "") == []


def test_pieces_are_learnt_once_and_kept(tmp_path: Path) -> None:
    first = pieces_file(tmp_path / "pieces.json", TEXTS)
    again = pieces_file(tmp_path / "pieces.json", ("tout autre chose",))
    assert first.get_vocab() == again.get_vocab()
