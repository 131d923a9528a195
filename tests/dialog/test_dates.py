"""Days as people say them, as the outside interface writes them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dates import SpokenDate, spoken_dates

TUESDAY = date(2026, 11, 24)


def read(text: str, today: date = TUESDAY) -> list[tuple[str, str]]:
    return [(found.value, found.grain) for found in spoken_dates(text, today)]


@pytest.mark.parametrize(
    ("text", "value", "grain"),
    [
        ("aujourd'hui", "2026-11-24", "day"),
        ("pour demain s'il vous plaît", "2026-11-25", "day"),
        ("après-demain", "2026-11-26", "day"),
        ("mardi", "2026-11-24", "day"),
        ("ce matin", "2026-11-24T00:00/2026-11-24T12:00", "day_part"),
        ("cet aprèm", "2026-11-24T12:00/2026-11-24T18:00", "day_part"),
        ("ce soir", "2026-11-24T18:00/2026-11-25T00:00", "day_part"),
        ("demain en fin de matinée", "2026-11-25T10:00/2026-11-25T12:00", "day_part"),
        ("samedi dans la matinée", "2026-11-28T00:00/2026-11-28T12:00", "day_part"),
        ("le trois décembre", "2026-12-03", "day"),
        ("le 1er janvier", "2027-01-01", "day"),
        ("le 22/05/2027", "2027-05-22", "day"),
        ("le 3 au matin", "2026-12-03T00:00/2026-12-03T12:00", "day_part"),
        ("mardi 1er", "2026-12-01", "day"),
        ("lundi en huit", "2026-12-07", "day"),
        ("d'aujourd'hui en quinze", "2026-12-08", "day"),
        ("dans quinze jours", "2026-12-08", "day"),
        ("dans huit jours", "2026-12-01", "day"),
        ("dans deux semaines", "2026-12-08", "day"),
        ("dans trois jours", "2026-11-27", "day"),
        ("la semaine prochaine", "2026-11-30/2026-12-07", "week"),
        ("mercredi de la semaine prochaine", "2026-12-02", "day"),
        ("le mois prochain", "2026-12-01/2027-01-01", "month"),
        ("en mars", "2027-03-01/2027-04-01", "month"),
        ("tous les samedis", "weekly:Sa", "day"),
        ("chaque lundi", "weekly:Mo", "day"),
        ("pas le mercredi", "not:We", "day"),
        ("le 3 à 14 h 30", "2026-12-03T14:30", "minute"),
        ("le 3 à 14h30", "2026-12-03T14:30", "minute"),
        ("le 3 à 14:30", "2026-12-03T14:30", "minute"),
        ("jeudi à quatorze heures trente", "2026-11-26T14:30", "minute"),
        ("jeudi à neuf heures moins le quart", "2026-11-26T08:45", "minute"),
        ("jeudi vers midi", "2026-11-26T12:00", "hour"),
        ("demain matin à 9 h", "2026-11-25T09:00", "hour"),
        ("le 29 février", "2028-02-29", "day"),
    ],
)
def test_a_day_is_written_as_the_interface_says(text: str, value: str, grain: str) -> None:
    assert read(text) == [(value, grain)]


def test_alternatives_are_one_day_each() -> None:
    assert read("jeudi ou vendredi") == [("2026-11-26", "day"), ("2026-11-27", "day")]


@pytest.mark.parametrize(
    "text", ["lundi prochain", "demain à deux heures", "lundi 25 décembre", "mardi prochain au matin"]
)
def test_what_may_mean_two_things_is_to_be_read_back(text: str) -> None:
    assert [found.ambiguous for found in spoken_dates(text, TUESDAY)] == [True]


@pytest.mark.parametrize("text", ["le 31 juin", "c'est le premier", "la mairie", "", "le 3 rue Lamartine"])
def test_what_is_no_day_is_left_out(text: str) -> None:
    assert read(text) == []


def test_the_words_are_given_as_they_were_written() -> None:
    assert spoken_dates("Alors, Samedi matin… oui", TUESDAY)[0].text == "Samedi matin"
    assert spoken_dates("c'est pour l'Après-Demain !", TUESDAY)[0].text == "Après-Demain"


@pytest.mark.parametrize("today", [date.min, date.max, date(2028, 2, 29), date(2026, 12, 31)])
def test_the_ends_of_the_calendar_are_no_trap(today: date) -> None:
    text = (
        "hier demain lundi en quinze la semaine prochaine le mois prochain ce week-end en mai dans 59 jours"
    )
    assert all(isinstance(found, SpokenDate) for found in spoken_dates(text, today))


WORDS = st.sampled_from(
    [
        "le",
        "la",
        "3",
        "31",
        "lundi",
        "mardi",
        "prochain",
        "en",
        "huit",
        "décembre",
        "à",
        "14h30",
        "heures",
        "et",
        "demie",
        "dans",
        "quinze",
        "jours",
        "semaine",
        "prochaine",
        "matin",
        "soir",
        "pas",
        "tous",
        "les",
        "samedis",
        "ou",
        "22/05",
        "99",
        "minuit",
        "25",
        "h",
        "mois",
        "de",
    ]
)


@given(st.lists(WORDS, max_size=14), st.dates())
def test_any_words_give_days_or_nothing(words: list[str], today: date) -> None:
    text = " ".join(words)
    for found in spoken_dates(text, today):
        assert found.value
        assert found.text
