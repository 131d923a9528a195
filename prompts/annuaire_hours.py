"""The opening hours of a directory record (« plage_ouverture ») as an OpenStreetMap expression. Pure."""

import re
from itertools import pairwise
from typing import Any

from prompts.imported_text import one_line
from prompts.pages.week import Span, Week

_DAYS = {
    name: index
    for index, names in enumerate(
        (
            ("lundi", "monday"),
            ("mardi", "tuesday"),
            ("mercredi", "wednesday"),
            ("jeudi", "thursday"),
            ("vendredi", "friday"),
            ("samedi", "saturday"),
            ("dimanche", "sunday"),
        )
    )
    for name in names
}
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?")


def expression_of(ranges: list[dict[str, Any]]) -> tuple[str | None, tuple[str, ...]]:
    """The week's hours, and what a person must read before they are believed.

    Public holidays are taken for closed, as those of every town hall are by law unless it says otherwise.
    """
    week: list[list[Span]] = [[] for _ in range(7)]
    doubts: list[str] = []
    for one in ranges:
        shown = _shown(one)
        if comment := _text(one, "commentaire"):
            doubts.append(f"horaires du {shown} : « {comment} »")
        days, spans = _days(one), _spans(one)
        if days is None:
            doubts.append(f"jours non reconnus : « {shown} »")
        elif spans is None or not spans:
            doubts.append(f"heures non reconnues : « {shown} »")
        else:
            for day in days:
                week[day] += spans
    for index, found in enumerate(week):
        found.sort()
        if any(before[1] > after[0] for before, after in pairwise(found)):
            doubts.append(f"des plages se recouvrent le {list(_DAYS)[2 * index]}")
    if not ranges:
        return None, ()
    return (None if doubts else Week(tuple(tuple(day) for day in week), True).expression()), tuple(doubts)


def _days(one: dict[str, Any]) -> range | list[int] | None:
    first = _DAYS.get(_text(one, "nom_jour_debut").lower())
    last_name = _text(one, "nom_jour_fin").lower()
    last = _DAYS.get(last_name) if last_name else first
    if first is None or last is None:
        return None
    return range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]


def _spans(one: dict[str, Any]) -> list[Span] | None:
    """In order, each with its end after its beginning; None where one of them cannot be read."""
    spans = []
    for number in ("1", "2"):
        start, end = (_text(one, f"valeur_heure_{side}_{number}") for side in ("debut", "fin"))
        if not start and not end:
            continue
        begins, ends = _time(start), _time(end)
        if begins is None or ends is None:
            return None
        ends = "24:00" if ends == "00:00" else ends
        if begins >= ends:
            return None
        spans.append((begins, ends))
    return spans


def _time(text: str) -> str | None:
    match = _TIME.fullmatch(text)
    if match is None or (match[1] == "24" and match[2] != "00"):
        return None
    return f"{int(match[1]):02}:{match[2]}"


def _shown(one: dict[str, Any]) -> str:
    days = "-".join(filter(None, (_text(one, "nom_jour_debut"), _text(one, "nom_jour_fin"))))
    times = " ".join(
        filter(
            None,
            (
                _text(one, f"valeur_heure_{side}_{number}")
                for number in ("1", "2")
                for side in ("debut", "fin")
            ),
        )
    )
    return f"{days} {times}".strip()


def _text(one: dict[str, Any], key: str) -> str:
    value = one.get(key)
    return one_line(value) if isinstance(value, str) else ""
