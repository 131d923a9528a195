"""The hours that people say beside a day: « à 14 h 30 », « à deux heures et demie », « vers midi »."""

import re
from dataclasses import dataclass
from datetime import time

from dialog.number_words import NUMBER, number

TIME = (
    rf"(?:a|vers|pour|des)(?: les)? (?:(?P<noon>midi|minuit)|(?P<hour>{NUMBER}) ?(?:h|heures?)\b)"
    rf"(?: ?(?P<minute>et demie?|et quart|moins le quart|{NUMBER})(?! (?:jours|semaines|personnes)))?\b"
    r"(?P<half> du matin| de l apres midi| du soir)?"
)
"""For a pattern over plain words; read with `clock_time`."""
_QUARTERS = {"et demi": 30, "et demie": 30, "et quart": 15, "moins le quart": -15}
_EARLIEST = 7
"""« Deux heures » is in the afternoon: no town hall receives before seven."""


@dataclass(frozen=True)
class ClockTime:
    time: time
    ambiguous: bool
    """Morning or afternoon was guessed."""


def clock_time(match: re.Match[str]) -> ClockTime | None:
    """The hour in a match of TIME; None when none was said. ValueError for « 27 heures »."""
    if match["noon"] is None and match["hour"] is None:
        return None
    said, half = match["minute"], match["half"] or ""
    minutes = 0 if said is None else _QUARTERS[said] if said in _QUARTERS else number(said)
    if match["noon"] is not None:
        hour, guessed = (12 if match["noon"] == "midi" else 0), False
    else:
        hour = number(match["hour"])
        guessed = not half and 0 < hour < _EARLIEST
        if hour < 12 and (guessed or half in (" de l apres midi", " du soir")):
            hour += 12
    total = (hour * 60 + minutes) % (24 * 60) if hour < 24 else 24 * 60
    return ClockTime(time(total // 60, total % 60), guessed)
