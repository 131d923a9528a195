"""What the values in a sentence depend on, for one town: its calendar, its numbers, its streets."""

from functools import lru_cache

from dialog.values import ValueContext
from prompts.content import Town


@lru_cache(maxsize=16)
def values_of(town: Town) -> ValueContext:
    """Worked out once for a town."""
    commune = town.commune
    return ValueContext(commune.departement, town.streets.all, commune.closed_days)
