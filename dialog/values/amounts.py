"""Amounts of money: « quarante-cinq euros cinquante », « 86 € », « cinquante centimes »."""

import re

from dialog.entities import Entity
from dialog.values.when import Placed
from dialog.values.words import Line

_AMOUNT = re.compile(
    r"\b(?P<euros>\d{1,3}(?: \d{3})+|\d+|un|une?)(?: (?:,|\.|virgule) (?P<decimals>\d{1,2}))? ?(?:d "
    r"|de )?euros"
    r"(?:(?: et)? (?P<cents>\d{1,2})\b(?: centimes?)?(?! (?:heures|ans|personnes|jours|fois|euros|pour|mois))"
    r"|(?P<half> et demie?))?"
    r"|\b(?P<only_cents>\d{1,2}) centimes?\b"
)
_ALONE = re.compile(r"\b(?P<euros>\d+)(?: (?:,|\.|virgule|et) (?P<decimals>\d{1,2}))?\b")


def amounts_in(line: Line, awaited: bool) -> list[Placed]:
    """The amounts told, in euros; cents after a point."""
    found = [_placed(line, match) for match in _AMOUNT.finditer(line.text)]
    if awaited and not found and (alone := _ALONE.search(line.text)):
        found = [_placed(line, alone)]
    return found


def _placed(line: Line, match: re.Match[str]) -> Placed:
    groups = match.groupdict()
    written = (groups["euros"] or "0").replace(" ", "")
    euros = 1 if written.startswith("un") else int(written)
    if groups.get("only_cents"):
        cents = int(groups["only_cents"] or 0)
    elif groups["decimals"]:
        cents = int(groups["decimals"].ljust(2, "0"))
    else:
        cents = 50 if groups.get("half") else int(groups.get("cents") or 0)
    value = f"{euros}.{cents:02d}" if cents else str(euros)
    return Placed(*line.place(*match.span()), Entity("amount", line.said(*match.span()), value))
