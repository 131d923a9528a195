"""Repetitions that no person makes, taken out of a calendar before it is read.

Whoever can send an invitation to a clerk writes into the calendar that we read. A repetition each second, or
one that never goes forward, would keep the program from its calls for hours (dateutil lays them out one by
one, those of a time zone included, and icalendar reads time zones as it parses).
"""

import re

MOST_A_DAY = 12
"""How often an event of one rule may come in a day: more is no appointment."""
# RFC 5545 §3.1 and §3.3.10; lines are unfolded and cut as icalendar does it (its parser/content_line.py), so
# that nothing is a line for it which is none for us.
_FOLD = re.compile(r"(?:(?<!\n)\r\n|(?<![\r\n])\n)(?:\r?\n)*[ \t]")
_LINE = re.compile(r"\r?\n")
_RULE = re.compile(r"\s*(?:RRULE|EXRULE)\s*[;:]", re.IGNORECASE)
_TOO_OFTEN = re.compile(r"SECONDLY|MINUTELY|HOURLY", re.IGNORECASE)
_SELDOM = re.compile(r"FREQ\s*=\s*(?:DAILY|WEEKLY)\b", re.IGNORECASE)
_NEVER = re.compile(r"BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|BYEASTER", re.IGNORECASE)
"""With the former, days may be asked for that never come: all of them to the year 9999 would be looked at."""
_TIMES = re.compile(r"BY(?:HOUR|MINUTE|SECOND)\s*=([^;]*)", re.IGNORECASE)
_INTERVAL = re.compile(r"INTERVAL\s*=\s*([^;]*)", re.IGNORECASE)


def bounded(data: bytes) -> str:
    """The calendar without the rules by which something repeats every hour or oftener, never, or without
    end at one instant; what they were of comes once."""
    lines = _LINE.split(_FOLD.sub("", data.decode("utf-8-sig", "replace")))
    return "\r\n".join(line for line in lines if not _RULE.match(line) or _is_human(line))


def _is_human(rule: str) -> bool:
    if _TOO_OFTEN.search(rule) or (_SELDOM.search(rule) and _NEVER.search(rule)):
        return False
    a_day = 1
    for times in _TIMES.findall(rule):
        a_day *= times.count(",") + 1
    return a_day <= MOST_A_DAY and all(_goes_forward(step.strip()) for step in _INTERVAL.findall(rule))


def _goes_forward(step: str) -> bool:
    return step.isascii() and step.isdecimal() and int(step[:9]) > 0
