"""What a caller corrects when an appointment is read back: the name, the number, or which of them."""

import re
from difflib import SequenceMatcher
from typing import Literal

from dialog.flows.collect import phone_in, values_in
from dialog.matching import plain
from dialog.talk import Said, Talk

Part = Literal["time", "name", "phone", "nothing"]
_ALIKE = 0.5
"""How much two names sound alike when one corrects the other."""
_PARTS: tuple[tuple[Part, str], ...] = (
    ("phone", r"telephone|numero|portable|tel"),
    ("name", r"nom|prenom|orthographe|ecrit"),
    ("time", r"jours?|date|heures?|horaire|moment|creneau|quand|rendez vous"),
    ("nothing", r"rien|c est bon|tout est bon"),
)
_LITTLE = frozenset(
    ["plutot", "non", "finalement", "le", "la", "l", "un", "en", "au", "pour", "attendez", "oui", "mais",
     "alors", "bon", "ben", "donc", "ok", "voila", "sinon", "soit", "vers", "dans", "merci"]
)  # fmt: skip
_ABOUT_NAMES = frozenset(
    [
        "nom",
        "prenom",
        "mon",
        "pas",
        "bon",
        "mal",
        "bien",
        "ecrit",
        "faux",
        "mauvais",
        "orthographe",
        "c",
        "est",
    ]
)
_OF_NAME = re.compile(r"\b(?:nom|m appelle|prenom|ecrit|epelle|lettre)\b")
_LETTERS = re.compile(r"\b[a-z] [a-z] [a-z]\b|\b[a-z] comme\b|\bavec (?:un|une|deux) [a-z]\b")
_END_OF_NUMBER = re.compile(r"\b(?:fin|finit|termine|termin\w+|dernier|derniers|derniere)\b")


def topic_to_change(text: str) -> Part | None:
    """« Le nom », « l'heure »: what is to be changed."""
    said = plain(text)
    return next((part for part, words in _PARTS if re.search(rf"\b(?:{words})\b", said)), None)


def corrected_phone(talk: Talk, said: Said, before: str | None) -> str | None:
    """The number given instead; « à la fin c'est soixante-trois » changes the last pair."""
    number = phone_in(said.found) or phone_in_text(talk, said)
    if number is not None or before is None or not _END_OF_NUMBER.search(plain(said.text)):
        return number
    counts = [one for one in values_in(talk, said.text, "count") if one.type == "count"]
    last = counts[-1].value if counts else ""
    return f"{before[:-2]}{last}" if len(last) == 2 else None


def phone_in_text(talk: Talk, said: Said) -> str | None:
    """A number given where none was asked."""
    found = values_in(talk, said.text, "phone") if any(char.isdigit() for char in said.text) else ()
    return next((one.e164 for one in found if one.type == "phone" and one.valid), None)


def corrected_name(talk: Talk, said: Said, before: str | None) -> str | None:
    """The name given instead of this one; None where nothing says that a name is meant."""
    text = said.text
    refused = False
    if before is not None:
        names = "|".join(re.escape(word) for word in before.split())
        text, refused = _without(text, rf"\bpas\s+(?:{names})(?:[\s-]+(?:{names}))*\b")
    given = next((one.value for one in values_in(talk, text, "name") if one.type == "name"), None)
    if given is None or given == before or set(plain(given).split()) <= _LITTLE | _ABOUT_NAMES:
        return None
    meant = refused or bool(_OF_NAME.search(plain(text)) or _LETTERS.search(plain(text)))
    if before is not None and not meant:
        changes = said.found.intent in ("non", "correction", "reponse")
        meant = changes and SequenceMatcher(None, plain(before), plain(given)).ratio() >= _ALIKE
    return given if meant else None


def tells_a_name(text: str) -> bool:
    """« Au nom de ma femme »: whose name it is, not who will come."""
    return bool(_OF_NAME.search(plain(text)))


def same_name(talk: Talk, said: Said, before: str | None) -> bool:
    """Whether this is the name already given, said or spelled again."""
    names = [plain(one.value) for one in values_in(talk, said.text, "name") if one.type == "name"]
    return before is not None and plain(before) in names


def is_when(talk: Talk, text: str, name: str) -> bool:
    """Whether what was taken for a name is a day or an hour: « plutôt jeudi », « le matin »."""
    when = [one.text for one in values_in(talk, text, None) if one.type in ("date", "time")]
    said = set(plain(" ".join(when)).split())
    return set(plain(name).split()) <= said | _LITTLE


def _without(text: str, pattern: str) -> tuple[str, bool]:
    left, count = re.subn(pattern, " ", text, flags=re.IGNORECASE)
    return left, count > 0
