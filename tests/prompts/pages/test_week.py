"""A week grid says exactly what the opening-hours expression says."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.hours import schedule
from prompts.pages.fields import Unreadable
from prompts.pages.hours_form import read_hours
from prompts.pages.week import DAYS, Span, Week, week_of

UTC = ZoneInfo("UTC")
MONDAY = date(2026, 12, 21)
"""Of a week with Christmas in it."""


def open_hours(expression: str) -> list[list[tuple[str, str]]]:
    plan = schedule(expression, UTC)
    return [
        [
            (f"{start:%H:%M}", "24:00" if end.date() != day else f"{end:%H:%M}")
            for start, end in plan.ranges(day)
        ]
        for day in (MONDAY + timedelta(days=shift) for shift in range(14))
    ]


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    quarters = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=6)))
    edges = [f"{each // 4:02}:{each % 4 * 15:02}" for each in quarters]
    return tuple(zip(edges[::2], edges[1::2], strict=False))


WEEKS = st.builds(Week, st.tuples(*[days()] * 7), st.booleans())


@given(WEEKS)
@settings(max_examples=60, deadline=None)
def test_a_grid_is_written_and_read_back_the_same(week: Week) -> None:
    assert week_of(week.expression()) == week


@given(WEEKS)
@settings(max_examples=15, deadline=None)
def test_the_agent_understands_the_grid_as_it_was_filled_in(week: Week) -> None:
    hours = open_hours(week.expression())
    for shift in range(7):
        on_christmas = shift == 4 and week.holidays_off
        assert hours[shift] == ([] if on_christmas else list(week.days[shift]))


@pytest.mark.parametrize(
    "expression",
    [
        "Mo,Tu,Th 07:30-13:00,14:00-16:30; We,Fr 07:30-13:00; PH off", "Mo-Su 06:00-18:00",
        "08:00-12:00", "Mo-Fr 08:00-12:00; We off", "Fr-Mo 10:00-12:00", "Sa 09:00-12:00; PH,Su off",
    ],
)  # fmt: skip
def test_what_is_shown_as_a_grid_means_the_same_once_saved(expression: str) -> None:
    week = week_of(expression)
    assert week is not None
    assert open_hours(week.expression()) == open_hours(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "Jan-Mar Mo-Fr 08:00-12:00", "week 1-53/2 Mo 08:00-12:00", "Mo-Fr 08:00-12:00, Sa 09:00-10:00",
        "PH off; Mo-Fr 08:00-12:00", "Mo 22:00-02:00", "Dec 24 off", "", "n'importe quoi", "PH 10:00-12:00",
    ],
)  # fmt: skip
def test_what_a_grid_cannot_say_stays_an_expression(expression: str) -> None:
    assert week_of(expression) is None or expression == ""


def fields(**hours: str) -> dict[str, str]:
    return {
        "nom": "la mairie",
        "forme": "grille",
        **{name.replace("_", "-"): text for name, text in hours.items()},
    }


def test_hours_are_typed_as_people_write_them() -> None:
    typed = fields(Mo_1_de="8h30", Mo_1_a="12", Tu_1_de="8:05", Tu_1_a="12 h", We_1_de="18h", We_1_a="00:00")
    assert read_hours(typed, None, "mairie") == {
        "nom": "la mairie",
        "horaire": "Mo 08:30-12:00; Tu 08:05-12:00; We 18:00-24:00",
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (fields(Mo_1_de="8:00"), "Lundi : il manque l'heure de fermeture"),
        (fields(Tu_2_a="8:00"), "Mardi : il manque l'heure d’ouverture"),
        (fields(We_1_de="12:00", We_1_a="8:00"), "Mercredi : ferme à 8:00, avant d'ouvrir à 12:00"),
        (
            fields(Th_1_de="8:00", Th_1_a="12:00", Th_2_de="11:00", Th_2_a="15:00"),
            "Jeudi : 11:00 vient avant",
        ),
        (fields(Fr_1_de="25:00", Fr_1_a="26:00"), "Vendredi : « 25:00 » n'est pas une heure"),
        (fields(Sa_1_de="midi", Sa_1_a="14:00"), "Samedi : « midi » n'est pas une heure"),
        ({"nom": "<b>la mairie</b>", "forme": "grille"}, "Nom : du texte seul"),
        ({"nom": "  ", "forme": "grille"}, "Nom : il manque le texte"),
    ],
)
def test_what_cannot_be_is_refused_with_its_day(typed: dict[str, str], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_hours(typed, None, "mairie")


def test_saving_a_grid_that_nobody_changed_keeps_the_expression_as_it_was_written() -> None:
    before = {"nom": "la mairie", "horaire": "Th 08:00-12:30;Mo 08:00-12:30 ;  PH off"}
    week = week_of(before["horaire"])
    assert week is not None
    typed = {"nom": "la mairie", "forme": "grille", "feries": "1"}
    for day, found in zip(DAYS, week.days, strict=True):
        for number, (start, end) in enumerate(found, 1):
            typed |= {f"{day}-{number}-de": start, f"{day}-{number}-a": end}
    assert read_hours(typed, before, "mairie") == before
