"""What was typed into a form: read as text, refused in words when it cannot be said or written down."""

import re
from collections.abc import Mapping
from datetime import date

from starlette.datastructures import FormData, UploadFile

from prompts.errors import PromptsError

Fields = Mapping[str, str]
_MARKUP = re.compile(r"<[^>]*>|</?[a-zA-Z]|&[a-zA-Z]+;|&#\d+;")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]")


class Unreadable(PromptsError):
    """A form that cannot be kept as it is; the message says which field and why."""


def fields_of(form: FormData) -> dict[str, str]:
    """The text fields, the last of each name."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


async def sent_file(form: FormData, name: str = "son") -> bytes | None:
    """The file that was chosen; None where none was."""
    sent = form.get(name)
    return await sent.read() if isinstance(sent, UploadFile) and sent.filename else None


def said_text(fields: Fields, name: str, label: str) -> str | None:
    """A text that is said or read out; None for nothing. Raises Unreadable for markup."""
    text = " ".join(_CONTROL.sub("", fields.get(name, "")).split())
    if _MARKUP.search(text):
        raise Unreadable(f"{label} : du texte seul, sans balise (« {_MARKUP.findall(text)[0]} »).")
    return text or None


def needed_text(fields: Fields, name: str, label: str) -> str:
    """Raises Unreadable where nothing is typed."""
    text = said_text(fields, name, label)
    if text is None:
        raise Unreadable(f"{label} : il manque le texte.")
    return text


def needed_day(fields: Fields, name: str, label: str) -> str:
    """A day, as it is kept. Raises Unreadable."""
    try:
        return date.fromisoformat(fields.get(name, "")).isoformat()
    except ValueError as error:
        raise Unreadable(f"{label} : choisissez une date.") from error


def lines_of(fields: Fields, name: str, label: str) -> tuple[str, ...]:
    """One text a line. Raises Unreadable for markup."""
    lines = fields.get(name, "").splitlines()
    found = (said_text({"ligne": line}, "ligne", label) for line in lines)
    return tuple(line for line in found if line is not None)


def rows_of(fields: Fields, prefix: str, most: int = 200) -> list[int]:
    """The numbers of the rows that were sent, « prefix-3-… »; those crossed out are left out."""
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-")
    numbers = {int(found[1]) for name in fields if (found := pattern.match(name))}
    return [number for number in sorted(numbers)[:most] if not fields.get(f"{prefix}-{number}-oter")]
