"""What the values in a sentence depend on, for one town: its calendar, its numbers, its streets."""

from dialog.kept import kept_by_content
from dialog.values import ValueContext
from prompts.content import Town


@kept_by_content
def values_of(town: Town) -> ValueContext:
    """Worked out once for a town."""
    commune = town.commune
    return ValueContext(commune.departement, town.streets.all, commune.closed_days)
