"""How the town is reached, who is on call, and the people to whom calls are handed over."""

import re
import unicodedata
from typing import Any

import phonenumbers

from prompts.answering import MOST_RINGS, OUT_OF_HOURS, WHEN_BUSY
from prompts.labels import SERVICES
from prompts.pages.fields import Fields, Unreadable, needed_text, said_text
from prompts.pages.forms import PartForm

_REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL", "978": "MF",
    "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""By département: whose numbers « 0596… » are (ISO 3166-1; Metropolitan France: FR)."""
AFTER_RINGS = "sonneries"
"""The choice that takes a number of rings."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
ZONES = (
    "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion",
    "Indian/Mayotte", "America/Miquelon", "America/St_Barthelemy", "America/Marigot", "Pacific/Noumea",
    "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier", "Pacific/Wallis",
)  # fmt: skip
"""Where France has town halls (IANA time zone database)."""
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


def read_departement(fields: Fields, _before: Any, _key: str) -> str:
    """Raises Unreadable."""
    code = fields.get("departement", "").strip().upper()
    if not re.fullmatch(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[678])", code):
        raise Unreadable("Département : son code, comme 35, 2A ou 972.")
    return code


def read_zone(fields: Fields, _before: Any, _key: str) -> str:
    """Raises Unreadable."""
    zone = fields.get("fuseau", "")
    if zone not in ZONES:
        raise Unreadable("Heure : choisissez-la dans la liste.")
    return zone


def read_callback_hours(fields: Fields, _before: Any, _key: str) -> float | int:
    """Raises Unreadable."""
    return _number(fields, "heures", "Rappeler sous", 80)


def read_callback_minutes(fields: Fields, _before: Any, _key: str) -> float | int:
    """Raises Unreadable."""
    return _number(fields, "minutes", "Minutes par rappel", 240)


def _number(fields: Fields, name: str, label: str, most: int) -> float | int:
    text = fields.get(name, "").strip().replace(",", ".")
    number = float(text) if re.fullmatch(r"\d{1,3}(?:\.\d{1,2})?", text) else 0.0
    if not 0 < number <= most:
        raise Unreadable(f"{label} : un nombre de 0,5 à {most}.")
    return int(number) if number.is_integer() else number


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


def read_answers(fields: Fields, _before: Any, _key: str) -> str | int | None:
    """When the agent answers; None: always. Raises Unreadable."""
    chosen = fields.get("decroche", "")
    if chosen in (OUT_OF_HOURS, WHEN_BUSY):
        return chosen
    if chosen != AFTER_RINGS:
        return None
    rings = fields.get("sonneries", "").strip()
    if not re.fullmatch(r"[0-9]{1,2}", rings) or not 1 <= int(rings) <= MOST_RINGS:
        raise Unreadable(f"Sonneries : un nombre de 1 à {MOST_RINGS}.")
    return int(rings)


def read_extension(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """One of the people calls are handed to. Raises Unreadable."""
    extension = {
        **(before or {}),
        "nom": needed_text(fields, "nom", "Nom"),
        "horaires": needed_text(fields, "horaires", "Horaires"),
    }
    if "telephone" not in fields:
        return extension
    return with_text(extension, "telephone", own_phone(fields))


def own_phone(fields: Fields) -> str | None:
    """The number of somebody or some place that has its own. Raises Unreadable."""
    phone = said_text(fields, "telephone", "Téléphone")
    return None if phone is None else e164(phone, _departement(fields), "Téléphone")


def with_text(part: dict[str, Any], name: str, text: str | None) -> dict[str, Any]:
    """The same with this text under the name, or without that name."""
    rest = {key: value for key, value in part.items() if key != name}
    return rest if text is None else {**rest, name: text}


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


def articleless(name: str) -> str:
    """« médiathèque » for « la médiathèque »."""
    return re.sub(r"^(?:(?:le|la|les)\s+|l['’]\s*)", "", name.strip(), flags=re.IGNORECASE)


def new_key(name: str, taken: tuple[str, ...]) -> str:
    """A key from a name: « le service voirie » → `service_voirie`. Raises Unreadable."""
    key = re.sub(r"[^a-z0-9]+", "_", _without_accents(articleless(name).lower())).strip("_")[:40]
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


EXTENSION = PartForm(
    "transfert", lambda _key: "commune.yaml", lambda key: ("transferts", key), read_extension, _page,
    lambda key: f"le transfert « {key} »",
)  # fmt: skip


def _of_commune(kind: str, name: str, read: Any, label: str) -> PartForm:
    return PartForm(kind, lambda _key: "commune.yaml", lambda _key: (name,), read, _page, lambda _key: label)


NAME = _of_commune("nom", "nom", read_name, "le nom de la commune")
CONTACT = _of_commune("contact", "accueil", read_contact, "l'adresse et le téléphone")
ON_CALL = _of_commune("astreinte", "astreinte", read_on_call, "l'astreinte")
SUBJECTS = _of_commune("sujets", "services", read_subjects, "où chaque sujet est traité")
ANSWERS = _of_commune("decroche", "decroche", read_answers, "quand l'agent décroche")
DEPARTEMENT = _of_commune("departement", "departement", read_departement, "le département")
ZONE = _of_commune("fuseau", "fuseau", read_zone, "l'heure de la commune")
CALLBACK_HOURS = _of_commune(
    "rappel_heures", "rappel_sous_heures_ouvertes", read_callback_hours, "le délai de rappel"
)
CALLBACK_MINUTES = _of_commune(
    "rappel_minutes", "minutes_par_rappel", read_callback_minutes, "les minutes par rappel"
)
