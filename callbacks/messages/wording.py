"""A queued message as it is read: the town's sentence, filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from callbacks.channels import Channel
from callbacks.messages.documents import documents_for, for_email, for_sms
from prompts.content import Town
from prompts.sentences_messages import Wording

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True)
class Written:
    subject: str
    text: str


class NothingToSay(Exception):
    """What this message would tell cannot be told in its channel, or no longer."""


NO_LIST, TOO_LONG = "rien de valable n'est écrit sur cette démarche", "la liste est trop longue pour un SMS"


@dataclass(frozen=True)
class ForPerson:
    """What a message to one of the people may hold besides its sentence."""

    channel: Channel
    today: date
    link: str | None = None
    """Their own page for what the message is about."""
    refusal: str | None = None
    """Where they say that they want no messages."""
    answerable: bool = False
    """Whether the town receives what is answered to its SMS."""


def write(
    town: Town, template: str, values: dict[str, Any], page: str | None, person: ForPerson | None = None
) -> Written | None:
    """The message; None for a template of which nothing is known. `page`: where the clerks' pages are.

    Raises KeyError and ValueError where what was queued does not fit its template, and NothingToSay.
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
        "statut": _status(town, values.get("statut")),
        "pieces": str(values.get("manque", "")),
    }
    if template == "liste_des_pieces":
        filled["pieces"] = _documents(town, str(values["subject"]), values.get("reponses", {}), person)
    subject, text = wording.subject.format_map(filled), wording.text.format_map(filled)
    return Written(_tidy(subject), "\n".join([_tidy(text), *_besides(town, wording, person)]))


def _besides(town: Town, wording: Wording, person: ForPerson | None) -> list[str]:
    """How to answer it, the person's own page, and how to get no more."""
    if person is None:
        return []
    rules, lines = town.messages.rules, []
    by_sms = person.channel == "sms" and person.answerable
    if by_sms and wording.answers:
        lines.append(wording.answers)
    elif person.link and wording.with_link:
        lines.append(wording.with_link.format(lien=person.link))
    if by_sms and rules.refusal_by_sms:
        lines.append(rules.refusal_by_sms)
    elif person.refusal and rules.refusal_by_link:
        lines.append(rules.refusal_by_link.format(lien=person.refusal))
    return lines


def _documents(town: Town, subject: str, known: Mapping[str, str], person: ForPerson | None) -> str:
    found = documents_for(town, subject, person.today, known) if person else None
    if found is None or person is None:
        raise NothingToSay(NO_LIST)
    if person.channel == "email":
        return for_email(found)
    short = for_sms(found)
    if short is None and person.link is None:
        raise NothingToSay(TOO_LONG)
    return short or "elles dépendent de votre situation."


def _status(town: Town, status: object) -> str:
    """In the words that callers hear."""
    return town.requests.file_statuses.get(str(status), str(status)) if status else ""


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
    lines = (" ".join(line.split()).replace(" .", ".").replace("()", "") for line in text.splitlines())
    return "\n".join(lines).strip()
