"""How the town is reached, who is on call, and the people to whom calls are handed over."""

import re
import unicodedata
from typing import Any

import phonenumbers

from prompts.labels import SERVICES
from prompts.pages.fields import Fields, Unreadable, needed_text, said_text
from prompts.pages.forms import PartForm

_REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL", "978": "MF",
    "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""By département: whose numbers « 0596… » are (ISO 3166-1; Metropolitan France: FR)."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def e164(text: str, departement: str, label: str) -> str:
    """The number as it is kept. Raises Unreadable."""
    try:
        number = phonenumbers.parse(text, _REGIONS.get(departement, "FR"))
    except phonenumbers.NumberParseException as error:
        raise Unreadable(f"{label} : « {text} » n'est pas un numéro ; attendu : 0596 00 00 00.") from error
    if not phonenumbers.is_possible_number(number):
        raise Unreadable(f"{label} : « {text} » n'a pas le bon nombre de chiffres.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_name(fields: Fields, _before: Any, _key: str) -> str:
    """Raises Unreadable."""
    return needed_text(fields, "commune", "Nom de la commune")


def read_contact(fields: Fields, _before: Any, _key: str) -> dict[str, str]:
    """Raises Unreadable."""
    email = needed_text(fields, "courriel", "Courriel")
    if not _EMAIL.fullmatch(email):
        raise Unreadable(f"Courriel : « {email} » n'est pas une adresse.")
    return {
        "adresse": needed_text(fields, "adresse", "Adresse"),
        "telephone": e164(needed_text(fields, "telephone", "Téléphone"), _departement(fields), "Téléphone"),
        "courriel": email,
    }


def read_on_call(fields: Fields, _before: Any, _key: str) -> dict[str, str] | None:
    """None where both are empty: nobody is on call. Raises Unreadable."""
    phone, purpose = said_text(fields, "telephone", "Téléphone"), said_text(fields, "objet", "Pour quoi")
    if phone is None and purpose is None:
        return None
    if phone is None or purpose is None:
        raise Unreadable("Astreinte : il faut le numéro et ce pour quoi elle est appelée.")
    return {"telephone": e164(phone, _departement(fields), "Téléphone"), "objet": purpose}


def read_answers(fields: Fields, _before: Any, _key: str) -> str | None:
    """When the agent answers; None: always."""
    return "hors_horaires" if fields.get("decroche") == "hors_horaires" else None


def read_extension(fields: Fields, before: Any, _key: str) -> dict[str, Any] | None:
    """One of the people calls are handed to; None where it is taken away. Raises Unreadable."""
    if fields.get("oter"):
        return None
    return {
        **(before or {}),
        "nom": needed_text(fields, "nom", "Nom"),
        "horaires": needed_text(fields, "horaires", "Horaires"),
    }


def read_subjects(fields: Fields, before: Any, _key: str) -> dict[str, dict[str, Any]]:
    """Where each subject is handled; those as usual are not written."""
    found: dict[str, dict[str, Any]] = {}
    known = before if isinstance(before, dict) else {}
    for service in SERVICES:
        kept = dict(known.get(service) or {})
        for name, usual in (("horaires", "mairie"), ("transfert", "accueil"), ("agenda", "")):
            field = f"{service}-{name}"
            if field not in fields:
                continue
            if fields[field] in ("", usual):
                kept.pop(name, None)
            else:
                kept[name] = fields[field]
        if kept or service in known:
            found[service] = kept
    return {service: entry for service, entry in found.items() if entry}


def new_key(name: str, taken: tuple[str, ...]) -> str:
    """A key from a name: « le service voirie » → `service_voirie`. Raises Unreadable."""
    plain = re.sub(r"^(le|la|les|l['’])\s*", "", name.lower().strip())
    key = re.sub(r"[^a-z0-9]+", "_", _without_accents(plain)).strip("_")[:40]
    if not _KEY.fullmatch(key):
        raise Unreadable("Le nom doit commencer par une lettre.")
    if key in taken:
        raise Unreadable(f"« {name} » existe déjà.")
    return key


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _departement(fields: Fields) -> str:
    return fields.get("departement", "")[:3]


def _page(_key: str) -> str:
    return "/admin/contacts"


NAME = PartForm(
    "nom", lambda _key: "commune.yaml", lambda _key: ("nom",), read_name, _page,
    lambda _key: "le nom de la commune",
)  # fmt: skip
CONTACT = PartForm(
    "contact",
    lambda _key: "commune.yaml",
    lambda _key: ("accueil",),
    read_contact,
    _page,
    lambda _key: "l'adresse et le téléphone",
)
ON_CALL = PartForm(
    "astreinte", lambda _key: "commune.yaml", lambda _key: ("astreinte",), read_on_call, _page,
    lambda _key: "l'astreinte",
)  # fmt: skip
EXTENSION = PartForm(
    "transfert", lambda _key: "commune.yaml", lambda key: ("transferts", key), read_extension, _page,
    lambda key: f"le transfert « {key} »",
)  # fmt: skip
SUBJECTS = PartForm(
    "sujets", lambda _key: "commune.yaml", lambda _key: ("services",), read_subjects, _page,
    lambda _key: "où chaque sujet est traité",
)  # fmt: skip
ANSWERS = PartForm(
    "decroche", lambda _key: "commune.yaml", lambda _key: ("decroche",), read_answers, _page,
    lambda _key: "quand l'agent décroche",
)  # fmt: skip
