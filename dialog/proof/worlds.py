"""Under what circumstances the dialogue is explored: when, who calls, how well they are heard."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialog import town_hours
from dialog.ears import GOOD_EARS, Ears
from prompts.content import Town
from prompts.labels import EXPECTS

_SEARCHED_DAYS = 30
_STEP = timedelta(minutes=30)
_MOBILE = "+33639981234"
"""Of the block that ARCEP keeps for fiction."""
_WEAK = Ears("keys", tuple((kind, "keys") for kind in EXPECTS))
_KEYS = replace(_WEAK, crowd="keys")
_CALL_BACK = replace(_WEAK, crowd="call_back")
_DOUBTED = Ears("confirm", tuple((kind, "confirm") for kind in EXPECTS))


@dataclass(frozen=True)
class World:
    name: str
    now: datetime
    caller: str | None
    ears: Ears


def worlds(town: Town, now: datetime) -> Iterator[World]:
    """Open and closed, with and without the caller's number, well and badly heard."""
    times = [now + _STEP * index for index in range(_SEARCHED_DAYS * 48)]
    opened = next((at for at in times if _reception(town, at)), None)
    closed = next((at for at in times if not _anybody(town, at)), None)
    closed = closed or next((at for at in times if not _reception(town, at)), None)
    if opened is not None:
        yield World("mairie ouverte", opened, _MOBILE, GOOD_EARS)
        yield World("mairie ouverte, numéro masqué, écoute à confirmer", opened, None, _DOUBTED)
        yield World("mairie ouverte, trop d'appels : par les touches", opened, _MOBILE, _KEYS)
        yield World("mairie ouverte, trop d'appels : un rappel", opened, None, _CALL_BACK)
    if closed is not None:
        yield World("mairie fermée, numéro masqué, écoute au clavier", closed, None, _WEAK)


def _reception(town: Town, at: datetime) -> bool:
    return town_hours.extension_open(town, "accueil", at)


def _anybody(town: Town, at: datetime) -> bool:
    return any(town_hours.extension_open(town, one, at) for one in town.commune.extensions)
