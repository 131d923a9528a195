"""The verbs without sound, line by line."""

import json
from datetime import datetime
from typing import Any

import pytest

from prompts.load import load_town
from standardiste.cli import main
from standardiste.town import town_now
from standardiste.verbs_text import BadLine, converse_lines, hours_line, understood_line
from standardiste.written_call import WrittenCall

TOWN = load_town()
NOON = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def converse(*turns: dict[str, Any], now: datetime = NOON) -> list[dict[str, Any]]:
    lines = [json.dumps(turn) for turn in turns]
    return list(converse_lines(WrittenCall(TOWN, now, None), lines))


def test_the_greeting_comes_before_any_input() -> None:
    lines = converse()
    assert lines[0]["turn"] == 0
    assert lines[-2] == {"listening": True, "expects": None}
    assert lines[-1] == {"end": True, "outcome": "ended", "records": []}


def test_a_bad_line_is_answered_and_the_call_goes_on() -> None:
    lines = converse(
        {"dire": "x"}, {"say": "a", "confidence": 2}, {"dtmf": "A"}, {"silence": -1}, {"dtmf": "0"}
    )
    assert sum("error" in line for line in lines) == 4
    assert lines[-1]["outcome"] == "transferred"


def test_a_transfer_that_nobody_takes_is_recorded_as_such() -> None:
    lines = converse({"say": "passez-moi un agent pour un acte de mariage"}, {"hangup": True})
    assert lines[-1]["records"] == [{"kind": "transfer", "service": "etat_civil", "reached": False}]


def test_the_clock_moves_only_with_silence() -> None:
    before_closing = datetime(2026, 11, 24, 16, 29, tzinfo=TOWN.tz)
    assert converse({"dtmf": "0"}, now=before_closing)[-1]["outcome"] == "transferred"
    assert converse({"silence": 90}, {"dtmf": "0"}, now=before_closing)[-1]["outcome"] == "ended"


def test_hours_answers_as_the_interface_says() -> None:
    line = '{"oh": "24/7", "tz": "Europe/Paris", "country": "FR", "query": "2026-11-24T10:00"}'
    assert hours_line(line) == {"open": True, "next_change": None}


@pytest.mark.parametrize(
    "line",
    [
        "zut",
        "[]",
        '{"oh": "24/7", "query": "2026-11-24T10:00"}',
        '{"oh": "24/7", "tz": "Paris", "query": "2026-11-24T10:00"}',
        '{"oh": "24/7", "tz": "Europe/Paris", "query": "demain"}',
        '{"oh": "24/7", "tz": "Europe/Paris", "query": "9999-12-31T23:59"}',
        '{"oh": "24/7", "tz": "Europe/Paris", "query": "2026-11-24T10:00", "closures": [1]}',
        '{"oh": "24/7", "tz": "Europe/Paris", "query": "2026-11-24T10:00", "subdivision": 972}',
    ],
)
def test_a_bad_question_about_hours_is_explained(line: str) -> None:
    with pytest.raises(BadLine):
        hours_line(line)


def test_understand_has_the_public_shape() -> None:
    answer = understood_line(TOWN, '{"text": "vous ouvrez samedi matin"}', NOON)
    assert list(answer) == ["intent", "service", "confidence", "decision", "alternatives", "entities"]
    assert answer["decision"] == "answer"
    assert answer["entities"] == [
        {
            "type": "date",
            "text": "samedi matin",
            "value": "2026-11-28T00:00/2026-11-28T12:00",
            "grain": "day_part",
        }
    ]


def test_understand_refuses_an_unknown_expectation() -> None:
    with pytest.raises(BadLine):
        understood_line(TOWN, '{"text": "oui", "expects": "couleur"}', NOON)


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
@pytest.mark.parametrize("verb", ["converse", "understand"])
def test_a_year_without_calendar_is_refused_in_one_sentence(
    verb: str, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--now", f"{year}-12-31T23:59"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "1900 à 2199" in told.err


@pytest.mark.parametrize("now", ["1900-01-01T00:00", "2199-12-31T23:59", "2028-02-29T10:00"])
def test_the_last_days_of_the_calendar_are_answered(now: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=TOWN.tz)
    lines = converse({"say": "vous ouvrez demain"}, {"say": "le cimetière la semaine prochaine"}, now=at)
    assert lines[-1]["outcome"] == "answered"


def test_each_turn_ends_with_what_the_agent_waits_for() -> None:
    lines = converse(
        {"say": "quels papiers pour un passeport", "barge_in": True},
        {"dtmf": "1"},
        {"silence": 8},
        {"dtmf": "2"},
        {"say": "merci au revoir"},
        {"say": "allo"},
    )
    waits = [line["expects"] for line in lines if "listening" in line]
    assert waits == [None, "age", "choice", "choice", None]
    turns = [line["turn"] for line in lines if "agent" in line]
    assert turns == sorted(turns)
    assert set(turns) == {0, 1, 2, 3, 4, 5}
    assert [line for line in lines if "end" in line] == [{"end": True, "outcome": "answered", "records": []}]
    assert "end" in lines[-1]


def test_an_unusable_line_is_no_turn() -> None:
    lines = converse({"say": 3}, {"say": "bonjour"})
    assert [line["turn"] for line in lines if "agent" in line][-1] == 1


def test_without_offset_the_clock_is_the_towns() -> None:
    local = town_now(datetime(2026, 11, 24, 10), TOWN)
    assert local == datetime.fromisoformat("2026-11-24T10:00:00-04:00")
    assert town_now(datetime.fromisoformat("2026-11-24T15:00:00+01:00"), TOWN) == local


def test_a_closed_standard_input_ends_the_call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert main(["converse", "--database", "sqlite://"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["end"] is True
