"""The list as every page that chose the same sees it: drawn once per change, not once per clerk."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from callbacks.lists import list_callbacks
from callbacks.notices import Notice
from callbacks.pages.choice import PER_PAGE, Choice
from callbacks.pages.counts import open_counts
from callbacks.pages.desk import Desk
from callbacks.pages.rendering import Clock, part
from callbacks.sessions import SignedIn

AGES_S = 30
"""« dans 40 min » does not stay true: what is older is drawn anew."""
MAX_KEPT = 200
_Stamp = tuple[tuple[int, int], int, tuple[Notice, ...]]


@dataclass
class _Drawn:
    stamp: _Stamp | None = None
    shown: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class DrawnLists:
    """By what was chosen."""

    def __init__(self) -> None:
        self._kept: dict[object, _Drawn] = {}

    async def get(self, desk: Desk, choice: Choice, person: SignedIn) -> str:
        """The list as it is now. Raises DatabaseUnavailable."""
        stamp = (desk.live.state, int(desk.now().timestamp()) // AGES_S, desk.notices())
        drawn = self._kept.setdefault(choice.seen_by(person, desk.town), _Drawn())
        async with drawn.lock:
            if drawn.stamp != stamp:
                drawn.shown = await draw(desk, choice, person)
                drawn.stamp = stamp
        if len(self._kept) > MAX_KEPT:
            self._kept = {key: each for key, each in self._kept.items() if each.stamp == stamp}
        return drawn.shown


async def draw(desk: Desk, choice: Choice, person: SignedIn) -> str:
    """The list, as HTML. Raises DatabaseUnavailable."""
    clock = Clock(desk)
    filters = choice.filters(person, desk.town, clock)
    found, counts = await asyncio.gather(
        list_callbacks(desk.database, filters, limit=PER_PAGE, offset=PER_PAGE * (choice.page - 1)),
        open_counts(desk.database, filters.services, clock.now),
    )
    return part(
        "rows.html",
        desk,
        choice=choice,
        found=found,
        counts=counts,
        per_page=PER_PAGE,
        notices=desk.notices(),
    )


def drawn_of(request: Request) -> DrawnLists:
    lists: DrawnLists = request.app.state.drawn
    return lists


TheLists = Annotated[DrawnLists, Depends(drawn_of)]
