"""How the pages write times, numbers and telephone numbers."""

from datetime import datetime

import pytest

from callbacks.pages import french
from callbacks.pages.numbers import e164

NOW = datetime(2026, 11, 24, 10, 0)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-24T10:00:30", "maintenant"),
        ("2026-11-24T10:40", "dans 40 min"),
        ("2026-11-24T11:05", "dans 1 h 05"),
        ("2026-11-24T16:30", "dans 6 h"),
        ("2026-11-24T23:30", "aujourd'hui à 23 h 30"),
        ("2026-11-25T08:00", "demain à 8 h"),
        ("2026-11-30T08:15", "lundi 30 novembre à 8 h 15"),
        ("2027-01-01T09:00", "vendredi 1er janvier 2027 à 9 h"),
        ("2026-11-24T09:58", "en retard de 2 min"),
        ("2026-11-24T07:50", "en retard de 2 h 10"),
        ("2026-11-24T05:50", "en retard de 4 h"),
        ("2026-11-23T09:00", "en retard de 1 jour"),
        ("2026-11-20T09:00", "en retard de 4 jours"),
    ],
)
def test_due_times_are_said_in_words(at: str, words: str) -> None:
    assert french.due(datetime.fromisoformat(at), NOW).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+596696112233", "0696 11 22 33"),
        ("+33612345678", "06 12 34 56 78"),
        ("+5511987654321", "+55 11 98765-4321"),
        ("pas un numéro", "pas un numéro"),
        (None, ""),
    ],
)
def test_telephone_numbers_are_shown_as_people_read_them(number: str | None, shown: str) -> None:
    assert french.phone(number).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0696 11 22 33", "+596696112233"),
        ("06.12.34.56.78", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("+55 11 98765-4321", "+5511987654321"),
        ("12", None),
        ("", None),
        ("bonjour", None),
    ],
)
def test_telephone_numbers_are_read_as_people_type_them(typed: str, number: str | None) -> None:
    assert e164(typed) == number


def test_large_and_broken_numbers_are_written_in_french() -> None:
    assert french.number(12480).replace("\u00a0", " ") == "12 480"
    assert french.number(2.5) == "2,5"
    assert french.percent(None) == "–"
