"""A call tried in text kept as one of the town's test calls, replayed with every later draft. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prompts.pages.desk import Said
from prompts.trial_calls import FOLDER
from prompts.versions_draft import Part

KEPT = Part(f"{FOLDER}/page.yaml", ("appels",))
"""The test calls that were made on the page."""
_KEYS = re.compile(r"Touches? ([0-9*#]+)")
_SILENCE_S = 8


def as_test_call(lines: Sequence[Said], name: str, wanted: Sequence[str], at: datetime) -> dict[str, Any]:
    """What the caller did, and what the last answer must say. `at`: on the town's clock."""
    turns = [_turn(line.text) for line in lines if line.who == "appelant"]
    turns[-1]["attendu"] = list(wanted)
    return {"nom": name, "le": at.strftime("%Y-%m-%dT%H:%M"), "tours": turns}


def _turn(text: str) -> dict[str, Any]:
    if text == "(silence)":
        return {"silence": _SILENCE_S}
    keys = _KEYS.fullmatch(text)
    return {"touches": keys[1]} if keys else {"dit": text}
