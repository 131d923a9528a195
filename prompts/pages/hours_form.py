"""The hours of one place: a week grid, or the expression itself where a grid cannot say it."""

import re
from typing import Any

from prompts.pages.contacts_form import own_phone, with_text
from prompts.pages.fields import Fields, Unreadable, needed_text, said_text
from prompts.pages.forms import PartForm
from prompts.pages.week import DAYS, Span, Week, week_of

N_SPANS = 3
DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?\s*")


def read_hours(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """The place with its new name and hours. Raises Unreadable."""
    place: dict[str, Any] = dict(before or {})
    place["nom"] = needed_text(fields, "nom", "Nom")
    place["horaire"] = read_expression(fields, place.get("horaire"))
    if fields.get("garde_ses_horaires"):
        place["garde_ses_horaires"] = True
    else:
        place.pop("garde_ses_horaires", None)
    if "telephone" in fields:
        place = with_text(place, "telephone", own_phone(fields))
    if "adresse" in fields:
        place = with_text(place, "adresse", said_text(fields, "adresse", "Adresse"))
    return place


def read_expression(fields: Fields, before: Any) -> str:
    """The hours as they are kept; as they were where the grid says the same. Raises Unreadable."""
    if fields.get("forme") == "texte":
        return needed_text(fields, "horaire", "Horaires")
    week = read_week(fields)
    return str(before) if before and week_of(str(before)) == week else week.expression()


def read_week(fields: Fields) -> Week:
    """The grid as it was filled in. Raises Unreadable, naming the day."""
    days = tuple(_spans(fields, index) for index in range(7))
    return Week(days, bool(fields.get("feries")))


def _spans(fields: Fields, index: int) -> tuple[Span, ...]:
    found: list[Span] = []
    day = DAY_NAMES[index].capitalize()
    for number in range(1, N_SPANS + 1):
        opens, closes = (fields.get(f"{DAYS[index]}-{number}-{end}", "").strip() for end in ("de", "a"))
        if not opens and not closes:
            continue
        if not opens or not closes:
            raise Unreadable(f"{day} : il manque l'heure {'d’ouverture' if not opens else 'de fermeture'}.")
        span = (_clock(opens, day), _clock(closes, day, end=True))
        if span[0] >= span[1]:
            raise Unreadable(f"{day} : ferme à {closes}, avant d'ouvrir à {opens}.")
        if found and span[0] < found[-1][1]:
            raise Unreadable(f"{day} : {opens} vient avant la fin de la plage précédente.")
        found.append(span)
    return tuple(found)


def _clock(text: str, day: str, *, end: bool = False) -> str:
    """« 08:30 » for 8h30, 8:30, 08:30; midnight as an end is 24:00."""
    found = _HOUR.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if (hour, minute) == (0, 0) and end:
        hour = 24
    if hour > 24 or minute > 59 or (hour == 24 and (minute or not end)):
        raise Unreadable(f"{day} : « {text} » n'est pas une heure ; attendu : 8:30.")
    return f"{hour:02}:{minute:02}"


def grid_fields(expression: str) -> dict[str, str]:
    """The expression as the grid's fields; `forme` says where no grid can show it."""
    week = week_of(expression)
    if week is None or any(len(day) > N_SPANS for day in week.days):
        return {"forme": "texte", "horaire": expression}
    fields = {"forme": "grille", "horaire": expression, "feries": "1" if week.holidays_off else ""}
    for day, found in zip(DAYS, week.days, strict=True):
        for number, (start, end) in enumerate(found, 1):
            fields[f"{day}-{number}-de"] = start
            fields[f"{day}-{number}-a"] = "00:00" if end == "24:00" else end
    return fields


HOURS = PartForm(
    kind="horaires",
    file=lambda _key: "commune.yaml",
    path=lambda key: ("lieux", key),
    read=read_hours,
    page=lambda key: f"/admin/horaires/{key}",
    label=lambda key: f"les horaires de « {key.replace('_', ' ')} »",
)
