"""Days and hours as people say them, as the interface writes them, on Tuesday 24 November 2026 at 10:00."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from prompts.labels import Expects
from tests.dialog.values.ask import ask, values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("aujourd'hui", "2026-11-24"),
        ("pour demain s'il vous plaît", "2026-11-25"),
        ("demain mercredi", "2026-11-25"),
        ("mardi", "2026-12-01"),
        ("surtout pas avant vendredi", "2026-11-27/.."),
        ("je ne peux pas avant le jeudi", "2026-11-26/.."),
        ("mais pas après vendredi", "../2026-11-28"),
        ("ce matin", "2026-11-24T00:00/2026-11-24T12:00"),
        ("cet aprèm", "2026-11-24T12:00/2026-11-24T18:00"),
        ("ce soir", "2026-11-24T18:00/2026-11-25T00:00"),
        ("ce soir avant 19 heures", "2026-11-24T18:00/2026-11-24T19:00"),
        ("demain en fin de matinée", "2026-11-25T10:00/2026-11-25T12:00"),
        ("jeudi en début d'après-midi", "2026-11-26T12:00/2026-11-26T15:00"),
        ("jeudi entre midi et deux", "2026-11-26T12:00/2026-11-26T14:00"),
        ("le trois décembre", "2026-12-03"),
        ("le 1er janvier", "2027-01-01"),
        ("le 22/05/2027", "2027-05-22"),
        ("le 3 au matin", "2026-12-03T00:00/2026-12-03T12:00"),
        ("le matin du 3 décembre", "2026-12-03T00:00/2026-12-03T12:00"),
        ("mardi 1er", "2026-12-01"),
        ("lundi en huit", "2026-12-07"),
        ("lundi dans huit jours", "2026-12-07"),
        ("d'aujourd'hui en quinze", "2026-12-08"),
        ("dans quinze jours", "2026-12-08"),
        ("dans un mois", "2026-12-24"),
        ("la semaine prochaine", "2026-11-30/2026-12-07"),
        ("pas cette semaine la suivante", "2026-11-30/2026-12-07"),
        ("mercredi de la semaine prochaine", "2026-12-02"),
        ("la semaine du 7 décembre", "2026-12-07/2026-12-14"),
        ("le mois prochain", "2026-12-01/2027-01-01"),
        ("en mars", "2027-03-01/2027-04-01"),
        ("l'année prochaine en mars", "2027-03-01/2027-04-01"),
        ("la première quinzaine de janvier", "2027-01-01/2027-01-16"),
        ("le premier lundi de décembre", "2026-12-07"),
        ("tous les samedis", "weekly:Sa"),
        ("est-ce que vous ouvrez le samedi", "weekly:Sa"),
        ("n'importe quand sauf mercredi", "not:We"),
        ("mercredi je ne peux pas", "not:We"),
        ("le 3 à 14:30", "2026-12-03T14:30"),
        ("jeudi à neuf heures moins le quart", "2026-11-26T08:45"),
        ("à quatorze heures jeudi", "2026-11-26T14:00"),
        ("demain après-midi à trois heures", "2026-11-25T15:00"),
        ("mardi de neuf heures à onze heures", "2026-12-01T09:00/2026-12-01T11:00"),
        ("mardi après 16 h", "2026-12-01T16:00/2026-12-02T00:00"),
        ("dans une heure", "2026-11-24T11:00"),
        ("le 29 février", "2028-02-29"),
        ("à partir du 3", "2026-12-03/.."),
        ("avant le 10", "../2026-12-10"),
        ("d'ici vendredi", "../2026-11-28"),
        ("vendredi au plus tard", "../2026-11-28"),
        ("après le 10", "2026-12-11/.."),
        ("du 3 au 10 décembre", "2026-12-03/2026-12-11"),
        ("du lundi au vendredi", "2026-11-30/2026-12-05"),
        ("depuis lundi", "2026-11-23/.."),
        ("à Noël", "2026-12-25"),
        ("le lundi de Pâques", "2027-03-29"),
        ("pour le pont de l'Ascension", "2027-05-06/2027-05-10"),
        ("le jour de l'abolition", "2027-05-22"),
        ("dèmen maten à 9 h", "2026-11-25T09:00"),
    ],
)  # fmt: skip
def test_a_day_is_written_as_the_interface_says(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "expects", "value"),
    [
        ("après 16 h", None, "16:00/.."),
        ("avant dix heures", None, "../10:00"),
        ("plutôt le matin", None, "00:00/12:00"),
        ("entre midi et deux", None, "12:00/14:00"),
        ("entre 9 et 11 heures", None, "09:00/11:00"),
        ("sept heures du soir", None, "19:00"),
        ("midi et demi", None, "12:30"),
        ("treize", "time", "13:00"),
        ("mais pas après dix-sept heures", "choice", "../17:00"),
        ("dix trente", "time", "10:30"),
        ("une heure et demie", "time", "13:30"),
        ("treize", "date", "2026-12-13"),
    ],
)
def test_an_hour_without_a_day(text: str, expects: Expects | None, value: str) -> None:
    assert values(text, expects=expects) == [value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jeudi ou vendredi", ["2026-11-26", "2026-11-27"]),
        ("jeudi ou vendredi à dix heures", ["2026-11-26T10:00", "2026-11-27T10:00"]),
        ("mardi à 10 h ou 11 h", ["2026-12-01T10:00", "2026-12-01T11:00"]),
        ("le 3 ou le 4 décembre", ["2026-12-03", "2026-12-04"]),
        ("les mardis et jeudis", ["weekly:Tu", "weekly:Th"]),
    ],
)
def test_alternatives_are_one_each(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mardi non mercredi", "2026-11-25"),
        ("pas mardi mercredi", "2026-11-25"),
        ("mardi à dix heures euh non pardon mercredi", "2026-11-25T10:00"),
        ("mardi à dix heures non onze", "2026-12-01T11:00"),
        ("le 3 enfin le 4 décembre", "2026-12-04"),
        ("mardi je me suis trompé jeudi", "2026-11-26"),
    ],
)
def test_what_is_meant_last_is_kept(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "lundi prochain", "demain à deux heures", "lundi 25 décembre", "mi-décembre", "après les fêtes",
        "à la rentrée", "fin de semaine", "le week-end prochain", "dans une quinzaine de jours",
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_to_be_read_back(text: str) -> None:
    assert [found.ambiguous for found in ask(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "le 31 juin", "c'est le premier", "la mairie", "", "le trente février", "le marché de Noël",
        "pendant deux heures", "bonne soirée", "depuis que j'habite ici", "ça dure dix ans",
    ],
)  # fmt: skip
def test_what_is_no_day_is_left_out(text: str) -> None:
    assert [found for found in ask(text) if found.type in ("date", "time")] == []


def test_the_window_meant_is_given_in_local_time() -> None:
    (found,) = ask("jeudi matin")
    assert (found.day, found.grain) == (date(2026, 11, 26), "day_part")
    assert (found.start, found.end) == (datetime(2026, 11, 26), datetime(2026, 11, 26, 12))
    (since,) = ask("à partir du 3")
    assert (since.start, since.end) == (datetime(2026, 12, 3), None)


def test_the_words_are_given_as_they_were_written() -> None:
    assert ask("Alors, Jeudi matin… oui")[0].text == "Jeudi matin"
    assert ask("c'est pour l'Après-Demain !")[0].text == "Après-Demain"


def test_the_night_when_the_clock_changes() -> None:
    paris = ZoneInfo("Europe/Paris")
    eve = datetime(2027, 3, 27, 22, 30, tzinfo=paris)
    assert values("dans quatre heures", now=eve) == ["2027-03-28T03:30"]
    (missing,) = ask("le 28 mars à deux heures trente du matin", now=eve)
    assert (missing.value, missing.ambiguous) == ("2027-03-28T02:30", True)
    (twice,) = ask("le 31 octobre à 2 h 30 du matin", now=eve)
    assert (twice.value, twice.ambiguous) == ("2027-10-31T02:30", True)


def test_today_is_the_day_of_the_town_not_of_the_machine() -> None:
    late = datetime(2026, 11, 25, 1, 0, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/Martinique"))
    assert values("aujourd'hui", now=late) == ["2026-11-25"]  # asked for in Paris's zone


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_trap(year: int) -> None:
    now = datetime(year, 6, 15, 12, tzinfo=ZoneInfo("UTC"))
    ask("hier demain lundi en quinze la semaine prochaine le mois prochain dans 59 ans à Pâques", now=now)
    edge = datetime(year, 1 if year == 1 else 12, 2 if year == 1 else 30, 12, tzinfo=ZoneInfo("UTC"))
    ask("mardi en quinze ce week-end le mois dernier la semaine dernière avant-hier le 31", now=edge)
