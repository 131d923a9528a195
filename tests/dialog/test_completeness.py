"""What an unfinished sentence is worth as an answer, by the question that was asked."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.completeness import completeness
from dialog.values.phones import digits_so_far
from prompts.labels import EXPECTS, Expects
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def of(text: str, expects: str | None, *choices: str) -> str:
    return completeness(text, expects, choices, TOWN, NOW)  # type: ignore[arg-type]


WHOLE: list[tuple[str | None, str]] = [
    ("yes_no", "oui"),
    ("yes_no", "non merci"),
    ("phone", "zéro cinq quatre-vingt-seize vingt-deux trente-trois quarante-quatre"),
    ("phone", "0596 22 33 44"),
    ("phone", "je préfère ne pas le donner"),
    ("phone", "zéro cinq quatre-vingt-seize vingt-deux trente-trois quarante non quarante-cinq"),
    ("date", "vendredi à dix heures trente"),
    ("date", "le vingt-deux décembre"),
    ("birth_date", "le trois juin mille neuf cent quatre-vingt-deux"),
    ("time", "à seize heures trente"),
    ("name", "madame Le Goff"),
    ("place", "quatorze rue du port"),
    ("postcode", "97231"),
    ("reference", "R 7 3 1 0"),
    ("dossier", "PC 972 210 26 M 0017"),
    ("email", "anne.lou@exemple.fr"),
    (None, "je voudrais les horaires de la déchèterie"),
    (None, "il y a le feu dans la cuisine"),
    (None, "je voudrais parler à quelqu'un"),
]
ENOUGH: list[tuple[str | None, str]] = [
    ("date", "jeudi"),
    ("date", "euh vendredi"),
    ("date", "demain"),
    ("date", "vendredi matin"),
    ("time", "à seize heures"),
    ("name", "B E R"),
    ("name", "B E L"),
]
BEGUN: list[tuple[str | None, str]] = [
    ("phone", "zéro cinq"),
    ("phone", "zéro cinq quatre-vingt-seize vingt-deux trente-trois"),
    ("phone", "zéro six quatre-vingts seize onze quatre-vingts treize"),
    ("phone", "zéro sept vingt-six quatre-vingts seize quatre-vingt-cinq"),
    ("phone", "zéro sept quarante dix soixante-quatre trente et un"),
    ("phone", "zéro six vingt seize soixante-deux soixante et un"),
    ("date", "samedi sept"),
    ("birth_date", "le trois juin"),
    ("birth_date", "le trois juin mille neuf cent"),
    ("name", "B E"),
    ("place", "rue"),
    ("postcode", "neuf cent"),
    ("reference", "R 7"),
    ("dossier", "PC 972"),
    ("email", "anne point lou"),
    (None, "bonjour madame"),
    (None, "bonjour je voudrais savoir"),
    ("yes_no", ""),
    (None, ""),
]
HANGING: list[tuple[str | None, str]] = [
    ("yes_no", "oui mais"),
    ("choice", "euh"),
    ("phone", "zéro cinq quatre-vingt-seize euh"),
    ("phone", "alors c'est le"),
    ("phone", "attendez"),
    ("date", "jeudi ou"),
    ("date", "le"),
    ("time", "à seize heures et"),
    ("place", "devant la"),
    (None, "je voudrais un rendez-vous pour"),
    (None, "bonjour je vous appelle parce que"),
    (None, "c'est pour"),
]


@pytest.mark.parametrize(
    ("wanted", "expects", "text"),
    [
        (name, *row)
        for name, rows in (("whole", WHOLE), ("enough", ENOUGH), ("begun", BEGUN), ("hanging", HANGING))
        for row in rows
    ],
)
def test_an_answer_is_whole_enough_begun_or_hanging(wanted: str, expects: str | None, text: str) -> None:
    assert of(text, expects) == wanted


def test_a_house_number_with_a_sign_in_it_is_judged_as_any_other() -> None:
    assert of("²ns'", "place") in ("whole", "begun")


def test_one_of_the_choices_is_whole_whatever_it_ends_on() -> None:
    assert of("une carte pour un", "choice", "une carte pour un", "deux") == "whole"


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=4), st.sampled_from(["", " euh", " et", " attendez"])
)
def test_fewer_than_ten_digits_are_never_a_whole_number(pairs: list[int], ending: str) -> None:
    text = " ".join(["06", *(f"{pair:02d}" for pair in pairs)])[:13] + ending
    assert len(digits_so_far(text)) < 10
    assert of(text, "phone") != "whole"


@given(st.text(max_size=60), st.sampled_from([None, *EXPECTS]))
def test_any_text_is_judged(text: str, expects: Expects | None) -> None:
    assert completeness(text, expects, (), TOWN, NOW) in ("whole", "enough", "begun", "hanging")
