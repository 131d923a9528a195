"""Appointments as calendars, and calendars as busy times (RFC 5545)."""

import contextlib
import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from callbacks.ical import UnusableCalendar, Visit, busy, joined, written

TZ = ZoneInfo("America/Martinique")
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 12, 1, 14, 40)
VISIT = Visit(
    "R4821", 1, START, START + timedelta(minutes=20), "RDV passeport", datetime(2026, 11, 24, 14, tzinfo=UTC)
)
ALL = (datetime(2026, 1, 1), datetime(2028, 1, 1))


def calendar_of(*lines: str, zone: str = "") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//essai//FR", *([zone] if zone else [])]
    events: list[str] = []
    for index, event in enumerate(lines):
        events += ["BEGIN:VEVENT", f"UID:{index}@essai", "DTSTAMP:20261101T000000Z"]
        events += [*event.split("|"), "END:VEVENT"]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""]).encode()


def test_an_appointment_is_written_as_calendars_want_it_and_names_nobody() -> None:
    text = written([VISIT], TZ, "mairie.example", "REQUEST").decode()
    for line in (
        "METHOD:REQUEST", "UID:rdv-R4821@mairie.example", "SEQUENCE:1", "DTSTAMP:20261124T140000Z",
        "DTSTART;TZID=America/Martinique:20261201T144000", "DTEND;TZID=America/Martinique:20261201T150000",
        "SUMMARY:RDV passeport", "STATUS:CONFIRMED", "BEGIN:VTIMEZONE", "TZID:America/Martinique",
    ):  # fmt: skip
        assert f"{line}\r\n" in text, line


def test_a_cancelled_one_keeps_its_name_in_the_calendar_and_frees_its_time() -> None:
    cancelled = Visit("R4821", 2, START, VISIT.ends_at, "RDV", VISIT.changed_at, cancelled=True)
    data = written([cancelled], TZ, "mairie.example", "CANCEL")
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert (str(event["UID"]), str(event["STATUS"])) == ("rdv-R4821@mairie.example", "CANCELLED")
    assert busy(data, TZ, *ALL) == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            "DTSTART;TZID=America/Martinique:20261201T080000|DTEND;TZID=America/Martinique:20261201T090000",
            (8, 9),
        ),
        ("DTSTART:20261201T080000|DTEND:20261201T090000", (8, 9)),
        ("DTSTART:20261201T120000Z|DURATION:PT1H", (8, 9)),
        ("DTSTART;TZID=Europe/Paris:20261201T130000|DTEND;TZID=Europe/Paris:20261201T140000", (8, 9)),
        ("DTSTART;VALUE=DATE:20261201|DTEND;VALUE=DATE:20261202", (0, 24)),
        ("DTSTART;VALUE=DATE:20261201", (0, 24)),
    ],
)
def test_every_way_to_write_a_time_is_the_town_s_wall_clock(event: str, expected: tuple[int, int]) -> None:
    day = datetime(2026, 12, 1)
    wanted = tuple(day + timedelta(hours=hour) for hour in expected)
    assert busy(calendar_of(event), TZ, *ALL) == [wanted]


def test_repetitions_exceptions_and_moved_ones_are_laid_out() -> None:
    weekly = "DTSTART:20261201T090000|DTEND:20261201T100000|RRULE:FREQ=WEEKLY;COUNT=4|EXDATE:20261208T090000"
    moved = "RECURRENCE-ID:20261215T090000|DTSTART:20261216T110000|DTEND:20261216T120000"
    data = calendar_of(weekly, moved).replace(b"UID:1@essai", b"UID:0@essai")
    assert [begin for begin, _ in busy(data, TZ, *ALL)] == [
        datetime(2026, 12, 1, 9),
        datetime(2026, 12, 16, 11),
        datetime(2026, 12, 22, 9),
    ]


def test_a_repetition_keeps_its_hour_through_a_change_of_clocks() -> None:
    daily = "DTSTART;TZID=Europe/Paris:20261023T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=5"
    assert {begin.hour for begin, _ in busy(calendar_of(daily), PARIS, *ALL)} == {9}


def test_what_is_marked_as_free_or_cancelled_keeps_nobody_busy() -> None:
    when = "DTSTART:20261201T080000|DTEND:20261201T090000"
    assert busy(calendar_of(f"{when}|TRANSP:TRANSPARENT", f"{when}|STATUS:CANCELLED"), TZ, *ALL) == []


def test_an_endless_repetition_is_read_only_as_far_as_asked() -> None:
    data = calendar_of("DTSTART:20200101T080000|DTEND:20200101T090000|RRULE:FREQ=DAILY")
    found = busy(data, TZ, datetime(2026, 12, 1, 8, 30), datetime(2026, 12, 4))
    assert found[0] == (datetime(2026, 12, 1, 8, 30), datetime(2026, 12, 1, 9))
    assert len(found) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"", b"bonjour", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n", b"<html></html>", b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b" " * 2_000_001,
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableCalendar):
        busy(data, TZ, *ALL)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for each in (data, calendar_of("DTSTART:20261201T080000").replace(b"20261201T080000", data)):
        with contextlib.suppress(UnusableCalendar):
            busy(each, TZ, *ALL)


moments = st.datetimes(datetime(2026, 1, 2), datetime(2027, 12, 1)).map(lambda at: at.replace(microsecond=0))
stretches = st.lists(
    st.tuples(moments, st.integers(1, 600)).map(lambda one: (one[0], one[0] + timedelta(minutes=one[1]))),
    max_size=8,
)


@given(stretches)
def test_what_is_written_is_read_back(given_stretches: list[tuple[datetime, datetime]]) -> None:
    visits = [
        Visit(f"R{index}", index, begin, end, "RDV", VISIT.changed_at)
        for index, (begin, end) in enumerate(given_stretches)
    ]
    assert busy(written(visits, TZ, "mairie.example"), TZ, *ALL) == joined(given_stretches)


@given(stretches)
def test_joined_stretches_are_apart_and_cover_the_same_time(given: list[tuple[datetime, datetime]]) -> None:
    whole = joined(given)
    assert all(one[1] < after[0] for one, after in itertools.pairwise(whole))
    assert all(any(begin <= one[0] and one[1] <= end for begin, end in whole) for one in given)
    assert {begin for begin, _ in whole} <= {begin for begin, _ in given}
    assert joined(whole) == whole
