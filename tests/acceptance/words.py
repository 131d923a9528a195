"""What counts as "the agent said that", whatever the wording: words, hours, dates, numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from text_to_num import alpha2digit  # type: ignore[import-untyped, unused-ignore]

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
COMMON = {
    "closed": ("ferm", "n'ouvr", "pas ouver", "n'accueill", "pas le public", "ne recev", "n'est pas ouver",
               "ne sera pas", "rouvr", "prochaine ouverture", "pas de permanence"),
    "person": ("agent", "quelqu'un", "une personne", "collègue", "standard", "transf", "mets en relation",
               "passe le service", "passe l'accueil", "passe un", "passe une"),
    "callback": ("rappel",),
    "unknown": ("pas cette information", "pas l'information", "ne connais pas", "ne sais pas", "n'ai pas",
                "pas d'information", "ne peux pas", "ne dispose pas", "pas en mesure", "rappel", "agent"),
    "free": ("gratuit", "rien à payer", "ne coûte rien", "sans frais", "aucun frais"),
    "not_done": ("pas compris", "pas saisi", "répéter", "reformul", "autrement", "voulez", "souhait",
                 "plutôt", "bien compris", "c'est bien", "pas sûr", "pas bien", "parlez", "demand"),
}  # fmt: skip
"""Ways of saying that many calls look for: `{any: closed}`."""
_FRACTIONS = {"et demi": 30, "et quart": 15, "et 1 quart": 15}
_HOUR = re.compile(r"(?<!\d)(\d{1,2}) ?(?:h(?!\w)|heures?|h(?=\d)|:(?=\d)) ?(\d{2})?(?!\d)")


@dataclass(frozen=True)
class Word:
    """One thing to be said: a pattern looked for in the folded text, and how a report calls it."""

    pattern: re.Pattern[str]
    shown: str


Group = tuple[Word, ...]
"""Any one of these will do."""


class BadWord(ValueError):
    """A script asks for words in a form that nobody can look for."""


def folded(text: str) -> str:
    """Lower case, no accents, plain spaces; an apostrophe or a hyphen is a space."""
    text = text.replace("œ", "oe").replace("Œ", "Oe")
    letters = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(c for c in letters if unicodedata.category(c) != "Mn")
    return " ".join(re.sub(r"[’'\-‐‑–—\s]+", " ", bare).split())


def readings(text: str) -> tuple[str, str]:
    """The folded text as it stands, and with its numbers as digits and its hours as 07h30."""
    digits = folded(alpha2digit(text, "fr"))
    digits = re.sub(r"(?<!apres )\bmidi\b", "12 heures", digits)
    digits = digits.replace("minuit", "0 heures")
    for words, minutes in _FRACTIONS.items():
        digits = re.sub(rf"(\d{{1,2}}) ?(?:h|heures?) {words}e?\b", rf"\1 h {minutes}", digits)
    digits = re.sub(r"(\d{1,2}) ?(?:h|heures?) moins le quart", lambda m: f"{int(m[1]) - 1} h 45", digits)
    return folded(text), _HOUR.sub(lambda m: f"{int(m[1]):02}h{m[2] or '00'}", digits)


def says(text: str, group: Group) -> bool:
    """Whether one of these words is in the text."""
    seen = readings(text)
    bare = re.sub(r"(?<=\d)[ .](?=\d)", "", seen[1])
    return any(word.pattern.search(view) for word in group for view in (*seen, bare))


def shown(group: Group) -> str:
    """The group, for a report."""
    return " / ".join(word.shown for word in group)


def sentences(text: str) -> list[str]:
    """The sentences of one thing said."""
    return [part for part in re.split(r"(?<=[.!?…])\s+", text.strip()) if re.search(r"\w", part)]


def read_groups(given: object) -> tuple[Group, ...]:
    """A script's `must`: a list whose members are a word or a list of which one will do. Raises BadWord."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadWord(f"a list of words was expected: {given!r}")
    return tuple(
        tuple(_word(w) for w in (member if isinstance(member, list) else [member])) for member in given
    )


def _word(given: object) -> Word:
    if isinstance(given, dict) and len(given) == 1:
        ((kind, value),) = given.items()
        return Word(re.compile(_special(str(kind), str(value))), f"{kind} {value}")
    if isinstance(given, str | int) and str(given).strip():
        text = folded(str(given))
        return Word(re.compile(r"(?<!\w)" + re.escape(text)), f"« {given} »")
    raise BadWord(f"not a word, nor hour, date, day, phone, euros, number or re: {given!r}")


def _special(kind: str, value: str) -> str:
    match kind:
        case "hour":
            return f"{time.fromisoformat(value):%Hh%M}"
        case "date":
            return _day(date.fromisoformat(value), weekday=True)
        case "day":
            return _day(date.fromisoformat(value), weekday=False)
        case "phone":
            return "".join(_phone(value))
        case "euros":
            return rf"(?<!\d){value} ?(?:€|euros?)"
        case "number":
            digits = r"[ .]?".join(value.replace(" ", ""))
            return rf"(?<!\d)(?<!\d[ .]){digits}(?![ .]?\d)(?! ?(?:h\b|h\d|heure|euro|€|{'|'.join(_MONTHS)}))"
        case "any":
            if value not in COMMON:
                raise BadWord(f"no such ways of saying: {value}")
            return r"(?<!\w)(?:" + "|".join(re.escape(folded(way)) for way in COMMON[value]) + ")"
        case "re":
            return value
    raise BadWord(f"unknown kind of word: {kind}")


def _day(day: date, weekday: bool) -> str:
    number = r"(?:1er|1|premier)" if day.day == 1 else rf"0?{day.day}"
    name = rf"{_DAYS[day.weekday()]},? (?:le )?" if weekday else ""
    return rf"(?<!\w){name}{number} {_MONTHS[day.month - 1]}"


def _phone(value: str) -> Iterator[str]:
    """Any grouping of the ten digits."""
    yield r"(?<!\d)(?:0|\+?(?:33|590|594|596|262) ?)"
    yield r"[ .,]*".join(value[1:])
    yield r"(?!\d)"
