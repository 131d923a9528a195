"""How often a property is tried: a few times in each run, many times in `make prove`."""

import os

from hypothesis import settings

TIMES = "STANDARDISTE_TEST_TIMES"
_USUAL = 100
"""hypothesis's own."""


def tries(n: int) -> int:
    """So many in each run; the whole proof sets TIMES."""
    return n * int(os.environ.get(TIMES, "1"))


def use_them() -> None:
    """For the properties that name no number themselves. On a busy machine any of them may take a second."""
    settings.register_profile("times", max_examples=tries(_USUAL), deadline=None)
    settings.load_profile("times")
