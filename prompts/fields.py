"""Kinds of value in a town's content, each refused with a sentence that says what was expected."""

import re
import string
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from prompts.phones import NotDialable, dialled

_TAG = re.compile(r"<[/!a-zA-Z][^>]*>")
"""What would be read out as signs, and is never what a town wants said."""


class Content(BaseModel):
    """Written in YAML with the French name of each field; refused when a key is unknown."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=False
    )


def _day(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("une date est attendue, comme 2026-12-24")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"« {value} » n'est pas une date ; attendu : 2026-12-24") from error


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("une date et une heure sont attendues, comme 2026-12-24T12:00")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"« {value} » n'est pas une date avec heure ; attendu : 2026-12-24T12:00") from error
    if moment.tzinfo is not None:
        raise ValueError(f"« {value} » : écrivez l'heure de la commune, sans décalage")
    return moment


def _zone(value: object) -> object:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"« {value} » n'est pas un fuseau ; attendu : Europe/Paris") from error


def _phone(value: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", value):
        raise ValueError(f"« {value} » n'est pas un numéro ; attendu : +596596000000")
    return value


def _dialled_phone(value: str) -> str:
    try:
        dialled(_phone(value))
    except NotDialable as error:
        raise ValueError(f"« {value} » ne peut pas être appelé : {error}") from error
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("le texte est vide")
    if found := _TAG.search(value):
        raise ValueError(f"du texte seul, sans balise : retirez « {found[0][:40]} »")
    return " ".join(value.split())


Day = Annotated[date, BeforeValidator(_day)]
LocalMoment = Annotated[datetime, BeforeValidator(_moment)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Phone = Annotated[str, AfterValidator(_phone)]
DialledPhone = Annotated[str, AfterValidator(_dialled_phone)]
"""One that the town's own line dials."""
Text = Annotated[str, Field(max_length=600), AfterValidator(_text)]
Probability = Annotated[float, Field(ge=0, le=1)]


def check_variables(text: str, allowed: frozenset[str], required: frozenset[str]) -> None:
    """Raises ValueError where a sentence's `{variables}` are not those that can be filled in."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValueError("accolade sans sa pareille ; une variable s'écrit {jour}") from error
    used = {name for _, name, _, _ in parts if name is not None}
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise ValueError("une variable s'écrit simplement {jour}")
    shown = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "aucune"
    if unknown := used - allowed:
        raise ValueError(f"variable inconnue {{{sorted(unknown)[0]}}} ; possibles ici : {shown}")
    if missing := required - used:
        raise ValueError(f"il manque la variable {{{sorted(missing)[0]}}}")
