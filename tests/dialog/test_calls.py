"""Whole calls in text, from their scripts in cases/."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from prompts.content import Town
from prompts.load import load_town
from standardiste.written_call import WrittenCall

CASES = Path(__file__).parent / "cases"
SCRIPTS: list[dict[str, Any]] = [
    script for file in ("calls.yaml", "unseen.yaml") for script in YAML(typ="safe").load(CASES / file)
]


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script["name"] for script in SCRIPTS])
def test_the_call_goes_as_its_script_says(script: dict[str, Any], town: Town) -> None:
    now = datetime.fromisoformat(str(script["now"])).replace(tzinfo=town.tz)
    call = WrittenCall(town, now, "+596696203040")
    lines = list(call.begin())
    assert "pas une personne" in lines[0]["agent"]
    for turn in script["turns"]:
        given = {key: turn[key] for key in ("say", "dtmf", "silence", "confidence") if key in turn}
        lines = list(call.turn(given))
        heard = " ".join(line["agent"] for line in lines if "agent" in line)
        for expected in turn.get("says", ()):
            assert expected in heard
        for unwanted in turn.get("never", ()):
            assert unwanted not in heard
    if not call.ended:
        lines = list(call.hang_up())
    assert lines[-1]["outcome"] == script["outcome"]
