"""A record of the national directory of public services (DILA, « base de données locales », JSON) as content.

What the record leaves open (a comment beside the hours, two numbers) is flagged for a person, never guessed.
Format: data.gouv.fr, « Service-public.fr, annuaire de l'administration », specification 1.4.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from prompts.annuaire_hours import expression_of
from prompts.errors import PromptsError
from prompts.imported_text import one_line
from prompts.os_words import why

MAX_BYTES = 10_000_000
"""One town hall's record has a few kilobytes; the whole country's file has hundreds of megabytes."""
_AREAS = {
    "262": ("262", "263", "269", "639", "692", "693"),
    "508": ("508",),
    "590": ("590", "690", "691"),
    "594": ("594", "694"),
    "596": ("596", "696", "697"),
}
"""Overseas codes by the first digits after the zero (ARCEP, plan national de numérotation)."""

Json = dict[str, Any]


class UnusableImport(PromptsError):
    """This file cannot be imported; the message says why, in French."""


@dataclass(frozen=True)
class Directory:
    """What the record says without doubt; None where it says nothing, or not clearly."""

    id: str
    name: str
    commune: str | None
    departement: str | None
    changed: date | None
    """When the record was last changed."""
    expression: str | None
    """The opening hours (OpenStreetMap « opening_hours »)."""
    address: str | None
    phone: str | None
    """E.164."""
    email: str | None
    url: str | None
    flags: tuple[str, ...]
    """French: what a person has to read."""


def read_directory(file: Path, insee: str | None = None) -> Directory:
    """The town hall's record in this file, that of the INSEE code where there are several.

    Raises UnusableImport.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableImport(f"« {file} » ne se lit pas ({why(error)}).") from error
    return directory_of(record_in(data, file.name, insee))


def record_in(data: bytes, name: str, insee: str | None = None) -> Json:
    """The town hall's record in a file of this name. Raises UnusableImport."""
    if len(data) > MAX_BYTES:
        raise UnusableImport(
            f"« {name} » dépasse {MAX_BYTES // 1_000_000} Mo : donnez la fiche de votre mairie seule, "
            "pas l'annuaire de tout le pays."
        )
    try:
        records = tuple(_records(json.loads(data.decode("utf-8-sig"))))
    except (ValueError, RecursionError) as error:
        raise UnusableImport(f"« {name} » n'est pas du JSON de l'annuaire.") from error
    return _town_hall(records, insee, name)


def directory_of(record: Json) -> Directory:
    """One record, read. Raises UnusableImport where it has no name."""
    name = _text(record.get("nom"))
    if not name:
        raise UnusableImport("la fiche n'a pas de nom : ce n'est pas une fiche de l'annuaire.")
    flags: list[str] = []
    code = _text(record.get("code_insee_commune"))
    address, commune = _address(record, flags)
    return Directory(
        id=_text(record.get("id")) or name,
        name=name,
        commune=commune,
        departement=_departement(code),
        changed=_day(_text(record.get("date_modification"))),
        expression=_hours(record, flags),
        address=address,
        phone=_phone(record, flags),
        email=_one(_values(record, "adresse_courriel"), "courriels", flags),
        url=_one(_values(record, "site_internet"), "sites", flags),
        flags=(*flags, *_notes(record)),
    )


def _records(value: Any) -> Iterator[Json]:
    """Each record, in whatever the directory wraps them."""
    if isinstance(value, list):
        for one in value:
            yield from _records(one)
    elif isinstance(value, dict):
        inside = next((value[key] for key in ("service", "results", "records") if key in value), None)
        if isinstance(inside, list):
            yield from _records(inside)
        elif isinstance(value.get("fields"), dict):
            yield value["fields"]
        else:
            yield value


def _town_hall(records: tuple[Json, ...], insee: str | None, file: str) -> Json:
    halls = [one for one in records if _is_town_hall(one)] if len(records) > 1 else list(records)
    if insee is not None:
        halls = [one for one in halls if _text(one.get("code_insee_commune")) == insee]
    if not halls:
        raise UnusableImport(f"« {file} » ne contient aucune fiche de mairie{_of(insee)}.")
    if len(halls) > 1:
        names = ", ".join(
            f"{_text(one.get('nom'))} ({_text(one.get('code_insee_commune'))})" for one in halls[:5]
        )
        raise UnusableImport(f"« {file} » contient plusieurs mairies : {names}… ; précisez --insee CODE.")
    return halls[0]


def _of(insee: str | None) -> str:
    return f" de la commune {insee}" if insee else ""


def _is_town_hall(record: Json) -> bool:
    kinds = [_text(one.get("type_service_local")) for one in _list(record.get("pivot"))]
    return "mairie" in kinds


def _hours(record: Json, flags: list[str]) -> str | None:
    expression, doubts = expression_of(_list(record.get("plage_ouverture")))
    comment = _text(record.get("commentaire_plage_ouverture"))
    if comment:
        doubts = (*doubts, f"horaires : « {comment} »")
    if doubts:
        flags.extend(doubts)
        flags.append("les horaires ne sont pas repris : écrivez-les vous-même, remarques comprises")
        return None
    return expression


def _address(record: Json, flags: list[str]) -> tuple[str | None, str | None]:
    found = _list(record.get("adresse"))
    usual = [one for one in found if _text(one.get("type_adresse")) in ("Adresse", "")] or found
    if not usual:
        return None, None
    if len(usual) > 1:
        flags.append(f"{len(usual)} adresses : la première est reprise")
    one = usual[0]
    street = " ".join(
        filter(None, (_text(one.get(key)) for key in ("complement1", "complement2", "numero_voie")))
    )
    town = _text(one.get("nom_commune"))
    place = " ".join(filter(None, (_text(one.get("code_postal")), town)))
    return (", ".join(filter(None, (street, place))) or None), town or None


def _phone(record: Json, flags: list[str]) -> str | None:
    found = [one for one in _list(record.get("telephone")) if _text(one.get("valeur"))]
    if not found:
        return None
    plain = [one for one in found if not _text(one.get("description"))] or found
    for one in found:
        if one is not plain[0]:
            flags.append(f"autre numéro : {_text(one['valeur'])} {_text(one.get('description'))}".rstrip())
    value = _text(plain[0]["valeur"])
    if _text(plain[0].get("description")):
        flags.append(f"le numéro {value} porte la remarque « {_text(plain[0]['description'])} »")
    number = e164(value)
    if number is None:
        flags.append(f"« {value} » n'est pas un numéro que l'on puisse appeler : il n'est pas repris")
    return number


def e164(national: str) -> str | None:
    """« +596596000000 » for « 05 96 00 00 00 », wherever in France it is; None for what is no such number."""
    digits = re.sub(r"[\s.\-()]", "", national)
    if re.fullmatch(r"(?:\+|00)(?:33|262|508|590|594|596)[1-9]\d{8}", digits):
        return "+" + digits.removeprefix("00").removeprefix("+")
    if not re.fullmatch(r"0[1-79]\d{8}", digits):
        return None
    area = next((area for area, codes in _AREAS.items() if digits[1:4] in codes), "33")
    return f"+{area}{digits[1:]}"


def _notes(record: Json) -> Iterator[str]:
    for key, what in (("information_complementaire", "information"), ("mission", "mission")):
        text = _text(record.get(key))
        if text and key == "information_complementaire":
            yield f"{what} à lire : « {text[:200]} »"
    status = _text(record.get("statut_de_diffusion"))
    if status and status.lower() not in ("true", "1"):
        yield "cette fiche n'est pas diffusée par l'annuaire : elle n'est peut-être plus tenue à jour"


def _values(record: Json, key: str) -> list[str]:
    value = record.get(key)
    found = []
    for one in _items(value):
        text = _text(one.get("valeur") if isinstance(one, dict) else one)
        if text:
            found.append(text)
    return found


def _one(values: list[str], what: str, flags: list[str]) -> str | None:
    if len(values) > 1:
        flags.append(f"{len(values)} {what} : {', '.join(values[:4])} ; le premier est repris")
    return values[0] if values else None


def _items(value: Any) -> list[Any]:
    """A list, though the API may send it as a text of JSON, and one alone without its brackets."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) and value.strip() else []


def _list(value: Any) -> list[Json]:
    return [one for one in _items(value) if isinstance(one, dict)]


def _text(value: Any) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _departement(code: str) -> str | None:
    if not re.fullmatch(r"\d[\dAB]\d{3}", code):
        return None
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:10], "%d/%m/%Y").date()
    except ValueError:
        return None
