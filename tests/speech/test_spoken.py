"""Written French said as a clerk would."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.french_numbers import number, ordinal
from speech.spoken import MONTHS, spoken

CASES = {
    "de 7 h 30 à 13 h": "de sept heures trente à treize heures",
    "à 9h05, à 1 h, à 21 h 21": "à neuf heures cinq, à une heure, à vingt et une heures vingt et une",
    "à 12 h, à 12 h 30, à 0 h": "à midi, à midi trente, à minuit",
    "le mardi 1er décembre": "le mardi premier décembre",
    "le 21 mars 2027": "le vingt et un mars deux mille vingt-sept",
    "le 24/12/2026": "le vingt-quatre décembre deux mille vingt-six",
    "86 €": "quatre-vingt-six euros",
    "8,50 €": "huit euros cinquante",
    "30 000 €": "trente mille euros",
    "05 96 00 12 71": "zéro cinq, quatre-vingt-seize, zéro zéro, douze, soixante et onze",
    "+596 696 20 30 40": "zéro six, quatre-vingt-seize, vingt, trente, quarante",
    "le 3939": "le trente-neuf, trente-neuf",
    "R4821": "erre, quatre, huit, deux, un",
    "n° 12": "numéro douze",
    "une CNI ou un PACS": "une cé enne i ou un pacs",
    "l'ANTS et le CCAS": "l'a enne té esse et le cé cé a esse",
    "la 1re fois, le 2e étage": "la première fois, le deuxième étage",
    "1 place de la Mairie": "un place de la Mairie",
    "21 personnes": "vingt et une personnes",
    "M. Cadet et Mme Dupont": "monsieur Cadet et madame Dupont",
    "de 2-4 témoins": "de deux à quatre témoins",
    "97299 Sainte-Aurore": "quatre-vingt-dix-sept deux cent quatre-vingt-dix-neuf Sainte-Aurore",
    "12,5 %": "douze virgule cinq pour cent",
    "20 m²": "vingt mètres carrés",
    "« Bonjour »": "Bonjour",
    "Rien à changer ici.": "Rien à changer ici.",
}


@pytest.mark.parametrize(("written", "said"), CASES.items(), ids=list(CASES))
def test_it_is_said_as_a_clerk_would(written: str, said: str) -> None:
    assert spoken(written) == said


NUMBERS = {
    17: "dix-sept",
    70: "soixante-dix",
    71: "soixante et onze",
    80: "quatre-vingts",
    81: "quatre-vingt-un",
    91: "quatre-vingt-onze",
    99: "quatre-vingt-dix-neuf",
    200: "deux cents",
    201: "deux cent un",
    1000: "mille",
    80_000: "quatre-vingt mille",
    200_300: "deux cent mille trois cents",
    2_000_001: "deux millions un",
}


@pytest.mark.parametrize(("value", "words"), NUMBERS.items())
def test_numbers_agree_as_grammar_says(value: int, words: str) -> None:
    assert number(value) == words


def test_ordinals_change_their_stems() -> None:
    said = [ordinal(value) for value in (1, 2, 4, 5, 9, 11, 21, 80, 100)]
    assert said == [
        "premier", "deuxième", "quatrième", "cinquième", "neuvième", "onzième", "vingt et unième",
        "quatre-vingtième", "centième",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 999_999_999), min_size=2, max_size=2, unique=True))
def test_different_numbers_are_said_differently(values: list[int]) -> None:
    assert number(values[0]) != number(values[1])


pieces = st.one_of(
    st.sampled_from(list(CASES)),
    st.integers(0, 10**7).map(str),
    st.times().map(lambda time: f"{time.hour} h {time.minute:02d}"),
    st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)).map(lambda day: f"{day.day} {MONTHS[day.month - 1]}"),
    st.text(alphabet="0123456789 ,.€%hABRer°n/-+'\u00a0", max_size=12),
)


@given(st.lists(pieces, max_size=5).map(" ".join))
def test_no_digit_is_left_and_saying_it_again_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert not re.search(r"[0-9]", said)
    assert spoken(said) == said


@given(st.text(max_size=80))
def test_any_text_at_all_is_answered(text: str) -> None:
    spoken(text)


@given(st.from_regex(r"0[1-9]([ .]?[0-9]{2}){4}", fullmatch=True))
def test_a_phone_number_is_always_five_pairs(phone: str) -> None:
    said = spoken(f"Appelez le {phone}.").removeprefix("Appelez le ").removesuffix(".")
    assert said.count(",") == 4
    assert said.startswith("zéro ")
