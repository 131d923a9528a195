"""What values depend on beside the sentence: the town and its calendar."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ValueContext:
    departement: str = "75"
    """Its code, « 75 », « 2A », « 972 »: for its public holidays and its telephone numbers."""
    places: tuple[str, ...] = ()
    """Streets and localities of the town, as it writes them."""
    closed_days: tuple[date, ...] = ()
