"""The opening-hours engine against a minute-by-minute reading of the same rules."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.errors import UnusableHours
from dialog.hours import HoursAnswer, HoursQuery, evaluate, schedule

MARTINIQUE = ZoneInfo("America/Martinique")
PARIS = ZoneInfo("Europe/Paris")


def ask(
    expression: str,
    at: str,
    *,
    tz: ZoneInfo = MARTINIQUE,
    subdivision: str | None = "972",
    closures: tuple[tuple[str, str], ...] = (),
) -> tuple[bool, str | None]:
    cut = tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in closures)
    answer: HoursAnswer = evaluate(
        HoursQuery(expression, tz, datetime.fromisoformat(at), "FR", subdivision, cut)
    )
    return answer.open, answer.next_change.isoformat() if answer.next_change else None


def test_the_example_of_the_interface_is_answered() -> None:
    assert ask(
        "Mo-Fr 08:30-12:00,13:30-17:00; PH off",
        "2026-11-24T10:00:00-04:00",
        closures=(("2026-12-24T12:00", "2026-12-25T00:00"),),
    ) == (True, "2026-11-24T12:00:00-04:00")


def test_the_opening_instant_is_open_and_the_closing_instant_closed() -> None:
    assert ask("Mo-Fr 08:00-12:00", "2026-11-24T08:00") == (True, "2026-11-24T12:00:00-04:00")
    assert ask("Mo-Fr 08:00-12:00", "2026-11-24T12:00") == (False, "2026-11-25T08:00:00-04:00")


@pytest.mark.parametrize(
    ("subdivision", "holiday"),
    [
        ("971", "2027-05-27"),
        ("972", "2026-05-22"),
        ("973", "2027-06-10"),
        ("974", "2027-12-20"),
        ("976", "2027-04-27"),
        ("977", "2028-10-09"),
        ("978", "2027-05-28"),
        ("67", "2027-03-26"),
        ("57", "2028-12-26"),
    ],
)
def test_a_departement_keeps_its_own_holidays_by_law(subdivision: str, holiday: str) -> None:
    at = f"{holiday}T10:00"
    assert ask("Mo-Fr 08:00-12:00; PH off", at, subdivision=subdivision)[0] is False
    assert ask("Mo-Fr 08:00-12:00; PH off", at, subdivision="75")[0] is True
    assert ask("Mo-Fr 08:00-12:00", at, subdivision=subdivision)[0] is True
    assert ask("Mo-Fr 08:00-12:00; PH 09:00-11:00", at, subdivision=subdivision)[0] is True
    assert ask("Mo-Fr 08:00-12:00; PH 09:00-10:00", at, subdivision=subdivision)[0] is False
    assert ask("PH,Su 09:00-11:00", at, subdivision=subdivision)[0] is True
    assert ask("Mo-Fr 08:00-09:00, PH 09:30-11:00", at, subdivision=subdivision)[0] is True


def test_the_eve_of_a_departement_holiday_follows_its_rule() -> None:
    assert ask("Mo-Fr 08:00-17:00; PH -1 day 08:00-09:00", "2026-05-21T10:00")[0] is False


def test_a_closure_cuts_at_both_ends() -> None:
    closures = (("2026-11-24T09:00", "2026-11-24T10:00"),)
    assert ask("Mo-Fr 08:00-12:00", "2026-11-24T08:30", closures=closures)[1] == "2026-11-24T09:00:00-04:00"
    assert ask("Mo-Fr 08:00-12:00", "2026-11-24T09:00", closures=closures) == (
        False,
        "2026-11-24T10:00:00-04:00",
    )
    assert ask("Mo-Fr 08:00-12:00", "2026-11-24T10:00", closures=closures)[0] is True
    assert ask("24/7", "2026-11-24T08:30", closures=closures)[1] == "2026-11-24T09:00:00-04:00"


def test_what_never_changes_has_no_next_change() -> None:
    assert ask("24/7", "2026-11-24T08:30") == (True, None)
    assert ask("off", "2026-11-24T08:30") == (False, None)
    assert ask("Mo-Su 00:00-24:00", "2026-11-24T08:30") == (True, None)


def test_midnight_is_not_a_change_when_both_sides_are_open() -> None:
    assert ask("Tu 20:00-24:00; We 00:00-02:00", "2026-11-24T21:00")[1] == "2026-11-25T02:00:00-04:00"


def test_hours_follow_the_clock_of_the_town_when_it_changes() -> None:
    assert ask("Mo-Su 08:00-12:00", "2027-03-27T13:00", tz=PARIS)[1] == "2027-03-28T08:00:00+02:00"
    assert ask("Mo-Su 02:30-05:00", "2027-03-28T01:00", tz=PARIS)[1] == "2027-03-28T03:00:00+02:00"
    assert ask("Mo-Su 02:30-05:00", "2026-10-25T02:45+02:00", tz=PARIS)[1] == "2026-10-25T02:00:00+01:00"


@pytest.mark.parametrize(
    "expression",
    [
        "Mo-Fr 08:00-12:00; SH off",
        "SH Mo-Fr 08:00-12:00",
        "Mo-Fr 9h-12h",
        "Mon-Fri 08:00-12:00",
        "",
        "sunrise-sunset",
        "Mo-Fr 08:00+",
        "Mo-Fr 08:00-12:00 unknown",
        'Mo-Fr 08:00-12:00 "premier samedi du mois"',
        "PH Mo 10:00-11:00",
        "2026 Feb 30 off",
        "Jul-Aug PH off; Mo-Fr 08:00-12:00",
        "tous les jours",
    ],
)
def test_an_expression_that_cannot_be_evaluated_honestly_is_refused(expression: str) -> None:
    with pytest.raises(UnusableHours):
        ask(expression, "2026-11-24T08:30")


@pytest.mark.parametrize("code", ["99", "0", "martinique", "20"])
def test_an_unknown_departement_is_refused(code: str) -> None:
    with pytest.raises(UnusableHours):
        ask("24/7", "2026-11-24T08:30", subdivision=code)


def test_a_closure_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(UnusableHours):
        ask("24/7", "2026-11-24T08:30", closures=(("2026-11-25T00:00", "2026-11-24T00:00"),))


def test_a_day_is_told_as_its_ranges() -> None:
    plan = schedule("Tu 07:30-13:00,14:00-16:30", MARTINIQUE)
    assert [(a.hour, b.hour) for a, b in plan.ranges(date(2026, 11, 24))] == [(7, 13), (14, 16)]
    assert plan.ranges(date(2026, 11, 25)) == ()


EXPRESSIONS = st.sampled_from(
    [
        "Mo-Fr 08:00-12:00,13:30-17:00; PH off",
        "Mo-Su 22:00-03:00",
        "Sa,Su 01:00-02:30,02:45-04:00",
        "Mo-Su 00:00-24:00; PH off",
        "PH 10:00-12:00",
        "Mo-Fr 08:00-12:00, Tu 11:00-15:00; Dec 24 off",
        "24/7; Su 02:00-02:30 off",
    ]
)
INSTANTS = st.one_of(
    st.datetimes(datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 6)),
    st.datetimes(datetime(2027, 3, 27, 20), datetime(2027, 3, 28, 6)),
    st.datetimes(datetime(2026, 5, 20), datetime(2027, 1, 3)),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))


@settings(deadline=None, max_examples=150)
@given(
    EXPRESSIONS,
    INSTANTS,
    st.lists(st.tuples(st.integers(-600, 900), st.integers(1, 900)), max_size=3),
    st.sampled_from([(PARIS, "67"), (MARTINIQUE, "972")]),
)
def test_the_next_change_is_the_first_minute_that_differs(
    expression: str, at: datetime, cuts: list[tuple[int, int]], place: tuple[ZoneInfo, str]
) -> None:
    closures = tuple(
        (at + timedelta(minutes=start), at + timedelta(minutes=start + length)) for start, length in cuts
    )
    plan = schedule(expression, place[0], subdivision=place[1], closures=closures)
    state, minute = plan.is_open(at), at
    for _ in range(24 * 60):
        minute += timedelta(minutes=1)
        if plan.is_open(minute) is not state:
            break
    change = plan.next_change(at)
    if plan.is_open(minute) is not state:
        assert change is not None
        assert change.astimezone(UTC) == minute
    else:
        assert change is None or change > minute


def test_a_closure_of_forty_years_is_no_never() -> None:
    answer = evaluate(
        HoursQuery(
            expression="Mo 10:00-12:00",
            tz=ZoneInfo("Europe/Paris"),
            at=datetime(2026, 6, 1, 7, tzinfo=UTC),
            country="FR",
            subdivision=None,
            closures=((datetime(2026, 1, 1, tzinfo=UTC), datetime(2070, 1, 1, tzinfo=UTC)),),
        )
    )
    assert answer == HoursAnswer(
        False, datetime(2070, 1, 6, 9, tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris"))
    )
