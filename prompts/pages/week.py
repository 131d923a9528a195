"""Opening hours as a week grid, and back. Pure.

What a grid cannot say (months, weeks, single dates) is edited as the expression it is.
"""

import re
from dataclasses import dataclass

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
Span = tuple[str, str]
"""« 08:30 », « 12:00 »."""

_TIME = r"(?:[01]\d|2[0-4]):[0-5]\d"
_SPANS = re.compile(rf"{_TIME}-{_TIME}(?:\s*,\s*{_TIME}-{_TIME})*")
_DAYS = re.compile(r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?|PH)")


@dataclass(frozen=True)
class Week:
    days: tuple[tuple[Span, ...], ...]
    """From Monday to Sunday."""
    holidays_off: bool

    def expression(self) -> str:
        """As an OpenStreetMap « opening_hours »; days alike stand together."""
        alike: dict[tuple[Span, ...], list[int]] = {}
        for index, spans in enumerate(self.days):
            if spans:
                alike.setdefault(spans, []).append(index)
        rules = [f"{_days(indices)} {_spans(spans)}" for spans, indices in alike.items()]
        if not rules:
            rules = ["Mo-Su off"]
        return "; ".join([*rules, *(["PH off"] if self.holidays_off else [])])


def week_of(expression: str) -> Week | None:
    """The grid that says the same; None where there is none."""
    days: list[tuple[Span, ...]] = [()] * 7
    holidays_off = False
    if expression.strip() == "24/7":
        return Week(((("00:00", "24:00"),),) * 7, False)
    for rule in (piece.strip() for piece in expression.split(";")):
        if not rule:
            continue
        selector, _, times = rule.rpartition(" ") if " off" in rule else _split(rule)
        spans = () if times == "off" else _read_spans(times)
        indices = _read_days(selector.strip())
        if spans is None or indices is None or (holidays_off and spans):
            return None  # what comes after « PH off » would open on holidays again
        for index in indices:
            if index == 7:
                if spans:
                    return None
                holidays_off = True
            else:
                days[index] = spans
    return Week(tuple(days), holidays_off)


def _split(rule: str) -> tuple[str, str, str]:
    found = re.search(rf"\b{_TIME}", rule)
    return (rule[: found.start()], " ", rule[found.start() :]) if found else (rule, "", "")


def _read_spans(text: str) -> tuple[Span, ...] | None:
    if not _SPANS.fullmatch(text):
        return None
    spans = tuple((one.strip()[:5], one.strip()[6:]) for one in text.split(","))
    return spans if all(start < end <= "24:00" for start, end in spans) else None


def _read_days(text: str) -> list[int] | None:
    """The days' places in the week, 7 for public holidays; all seven for none named."""
    if not text:
        return list(range(7))
    found: list[int] = []
    for one in (piece.strip() for piece in text.split(",")):
        if not _DAYS.fullmatch(one):
            return None
        if one == "PH":
            found.append(7)
            continue
        first, _, last = one.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += list(range(start, end + 1)) if start <= end else [*range(start, 7), *range(end + 1)]
    return found


def _days(indices: list[int]) -> str:
    if len(indices) > 2 and indices == list(range(indices[0], indices[-1] + 1)):
        return f"{DAYS[indices[0]]}-{DAYS[indices[-1]]}"
    return ",".join(DAYS[index] for index in indices)


def _spans(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{start}-{end}" for start, end in spans)
