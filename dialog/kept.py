"""What is worked out of a content once, and kept for the contents that were used last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ONE_TOWN = 16
"""Contents that a town may have in use at once: published, of calls that began before, drafts."""


class _Room:
    contents = ONE_TOWN


def keep_towns(towns: int) -> None:
    """For a program that serves so many: what one needs would else push out what the next one needs, at every
    turn of every call."""
    _Room.contents = ONE_TOWN + towns


def kept_by_content(work: Callable[P, R]) -> Callable[P, R]:
    """`functools.lru_cache` for as many contents as `keep_towns` said; positional arguments alone."""
    kept: OrderedDict[tuple[Hashable, ...], R] = OrderedDict()

    @wraps(work)
    def of(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            kept.move_to_end(args)
            return kept[args]
        except KeyError:  # never worked out, or let go by another thread this very moment
            made = kept[args] = work(*args, **kwargs)
        while len(kept) > _Room.contents:
            kept.popitem(last=False)
        return made

    return of
