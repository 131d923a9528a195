"""The verbs without sound, line by line."""

import json
from datetime import datetime
from typing import Any

import pytest

from prompts.load import load_town
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
