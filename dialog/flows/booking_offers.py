"""The times offered, as a caller hears them, and what the caller answers to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dialog import wording
from dialog.flows.booking_wishes import Wish
from dialog.flows.booking_words import ordinal, says_any


def moment(at: datetime) -> str:
    """« mardi 1er décembre à 14 h 40 », « le » apart."""
    return f"{wording.full_date(at.date())} à {wording.clock(at)}"


def offered(starts: Sequence[datetime]) -> str:
    """« mercredi 25 novembre à 8 h, à 8 h 20 ou jeudi 26 novembre à 7 h 40 »."""
    parts: list[str] = []
    for before, at in zip((None, *starts), starts, strict=False):
        same_day = before is not None and before.date() == at.date()
        parts.append(f"à {wording.clock(at)}" if same_day else moment(at))
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} ou {parts[-1]}"


def nearest(starts: Sequence[datetime], anchor: datetime, limit: int) -> tuple[datetime, ...]:
    """The times closest to the one wished, in order of time."""
    return tuple(sorted(sorted(starts, key=lambda at: abs(at - anchor))[:limit]))


def picked(offers: Sequence[datetime], wish: Wish, text: str) -> tuple[datetime, ...]:
    """Which of the offers are meant: one, several (« mardi »), none of them."""
    if not offers:
        return ()
    if wish.is_empty:
        place = ordinal(text, len(offers))
        if place is not None:
            return (offers[place],)
        return (offers[0],) if says_any(text) else ()
    meant = tuple(at for at in offers if wish.suits(at))
    if not meant and wish.is_exact:
        meant = _about(offers, wish)
    if not meant and not wish.hours and (place := ordinal(text, len(offers))) is not None:
        return (offers[place],)  # « le 2 » is the second, where no offer is on the second of a month
    if len(meant) > 1 and (place := ordinal(text, len(meant))) is not None:
        return (meant[place],)
    return meant


def _about(offers: Sequence[datetime], wish: Wish) -> tuple[datetime, ...]:
    """« Quatorze heures » for the only offer between 14 h and 15 h: it is read back with its minutes."""
    start = wish.hours[0][0]
    if start % 60:
        return ()
    whole = Wish(wish.days, wish.weekdays, ((start, start + 60),), wish.never_days)
    meant = tuple(at for at in offers if whole.suits(at))
    return meant if len(meant) == 1 else ()


def after(offers: Sequence[datetime]) -> datetime:
    """The first instant later than all of them."""
    return max(offers) + timedelta(minutes=1)
