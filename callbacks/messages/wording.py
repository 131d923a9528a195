"""A queued message as it is read: the town's sentence, filled in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prompts.content import Town

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True)
class Written:
    subject: str
    text: str


def write(town: Town, template: str, values: dict[str, Any], page: str | None) -> Written | None:
    """The message; None for a template of which nothing is known. `page`: where the clerks' pages are.

    Raises KeyError and ValueError where what was queued does not fit its template.
    """
    wording = town.messages.wording(template)
    if wording is None:
        return None
    filled = {
        "commune": town.name,
        "telephone": national(town.commune.contact.phone),
        "reference": str(values.get("ref", "")),
        "objet": _topic(town, values["subject"]) if "subject" in values else "",
        "quand": told(datetime.fromisoformat(values["debut"])) if "debut" in values else "",
        "service": _people(town, values.get("service")),
        "avant": _before(town, values.get("avant")),
        "motif": str(values.get("motif", "")),
        "lien": _link(page, template, values.get("ref")),
    }
    return Written(_tidy(wording.subject.format_map(filled)), _tidy(wording.text.format_map(filled)))


def told(local: datetime) -> str:
    """« mardi 01/12 à 14 h 40 »: short, and in the letters that one SMS holds 160 of."""
    return f"{_DAYS[local.weekday()]} {local:%d/%m} à {local.hour} h {local:%M}"


def national(phone: str) -> str:
    """A number as it is dialled in France; a foreign one as it is."""
    if not phone.startswith("+33") and not phone.startswith(("+596", "+590", "+594", "+262")):
        return phone
    digits = "0" + (phone[3:] if phone.startswith("+33") else phone[4:])
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _topic(town: Town, subject: str) -> str:
    for service, topic in town.booking.topics.items():
        if service == subject:
            return topic
    name = next((name for service, name in town.comprehension.names.items() if service == subject), None)
    return town.booking.topic.format(objet=name) if name and subject != "aucun" else ""


def _people(town: Town, key: object) -> str:
    extension = town.commune.extensions.get(str(key))
    return extension.name if extension else ""


def _before(town: Town, instant: object) -> str:
    return told(datetime.fromisoformat(str(instant)).astimezone(town.tz)) if instant else ""


def _link(page: str | None, template: str, ref: object) -> str:
    if page is None:
        return ""
    if template in ("rappel_urgent", "rappel_en_retard"):
        return f"{page.rstrip('/')}/rappels/{ref}"
    kind, _, _ = template.partition("_")
    place = {"signalement": "/signalements", "rendez": "/rendez-vous"}
    return page.rstrip("/") + place.get(kind, "/")


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace(" .", ".").replace("()", "").strip()
