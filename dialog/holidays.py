"""Public holidays that one département has by law beside the national ones.

Sources: code du travail L3422-2 and decree 83-1003 (commemoration of the abolition of slavery),
L3134-13 (Alsace-Moselle). Days kept by custom only are the town's own content, not here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dialog.errors import UnusableHours

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CALENDAR_YEARS = range(2000, 2077)
"""Years for which opening-hours-py 2.1.4 knows the French public holidays."""


@dataclass(frozen=True)
class FixedDay:
    month: int
    day: int

    def selector(self, shift_days: int = 0) -> str:
        """The OSM date selector of the day that lies `shift_days` after this one."""
        moved = date(2001, self.month, self.day) + timedelta(days=shift_days)
        return f"{MONTHS[moved.month - 1]} {moved.day:02d}"


@dataclass(frozen=True)
class EasterDay:
    after_easter_days: int

    def selector(self, shift_days: int = 0) -> str:
        """The OSM date selector of the day that lies `shift_days` after this one."""
        offset = self.after_easter_days + shift_days
        unit = "day" if abs(offset) == 1 else "days"
        return f"easter {offset:+d} {unit}" if offset else "easter"


Holiday = FixedDay | EasterDay

_ALSACE_MOSELLE: tuple[Holiday, ...] = (EasterDay(-2), FixedDay(12, 26))
_BY_DEPARTEMENT: dict[str, tuple[Holiday, ...]] = {
    "57": _ALSACE_MOSELLE,
    "67": _ALSACE_MOSELLE,
    "68": _ALSACE_MOSELLE,
    "971": (FixedDay(5, 27),),
    "972": (FixedDay(5, 22),),
    "973": (FixedDay(6, 10),),
    "974": (FixedDay(12, 20),),
    "975": (),
    "976": (FixedDay(4, 27),),
    "977": (FixedDay(10, 9),),  # Saint-Barthélemy
    "978": (FixedDay(5, 28),),  # Saint-Martin
}
_WITHOUT_OWN = {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B"}


def departement_holidays(code: str) -> tuple[Holiday, ...]:
    """The days that this département adds. Raises UnusableHours for a code we do not know."""
    wanted = code.strip().upper()
    if wanted in _BY_DEPARTEMENT:
        return _BY_DEPARTEMENT[wanted]
    if wanted in _WITHOUT_OWN:
        return ()
    raise UnusableHours(
        f"le département « {code} » n'est pas connu : on attend un code comme « 75 », « 2A » ou « 972 »"
    )
