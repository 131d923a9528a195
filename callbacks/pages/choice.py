"""What a clerk chose to see, as the address of the page says it."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query

from callbacks.lists import Filters
from callbacks.models import OPEN_STATUSES
from callbacks.pages.desk import TownWords
from callbacks.pages.forms import written
from callbacks.pages.rendering import Clock
from callbacks.sessions import SignedIn
from callbacks.work import Status

PER_PAGE = 50
ALL = "tous"
State = Literal["a_faire", "a_rappeler", "en_cours", "sans_reponse", "termines", "tous"]
STATES: dict[State, str] = {
    "a_faire": "À faire", "a_rappeler": "À rappeler", "en_cours": "En cours",
    "sans_reponse": "Sans réponse", "termines": "Terminés", "tous": "Tous",
}  # fmt: skip
_OPEN: tuple[Status, ...] = ("a_rappeler", "en_cours", "sans_reponse")
_DONE: tuple[Status, ...] = ("rappele", "clos")
assert _OPEN == OPEN_STATUSES


@dataclass(frozen=True)
class Choice:
    state: State = "a_faire"
    service: str = ""
    """A key of the town's extensions, `tous`, or nothing: the clerk's own."""
    words: str = ""
    urgent: bool = False
    mine: bool = False
    late: bool = False
    page: int = 1

    def address(self, base: str = "/", *, page: int | None = None) -> str:
        """The same choice as an address."""
        chosen = {
            "q": self.words,
            "service": self.service,
            "etat": "" if self.state == "a_faire" else self.state,
            "urgents": "1" if self.urgent else "",
            "miens": "1" if self.mine else "",
            "retard": "1" if self.late else "",
            "page": str(page or self.page) if (page or self.page) > 1 else "",
        }
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{base}?{query}" if query else base

    def filters(self, person: SignedIn, town: TownWords, clock: Clock) -> Filters:
        """The same choice for the database."""
        statuses: dict[State, tuple[Status, ...]] = {
            "a_faire": _OPEN, "termines": _DONE, "tous": (*_OPEN, *_DONE),
            "a_rappeler": ("a_rappeler",), "en_cours": ("en_cours",), "sans_reponse": ("sans_reponse",),
        }  # fmt: skip
        services: tuple[str, ...] = ()
        if self.service in town.services:
            services = (self.service,)
        elif self.service != ALL:
            services = person.services
        return Filters(
            statuses=statuses[self.state],
            services=services,
            clerk_id=person.clerk_id if self.mine else None,
            urgent_only=self.urgent,
            words=self.words or None,
            overdue_at=clock.now if self.late else None,
        )

    def seen_by(self, person: SignedIn, town: TownWords) -> object:
        """The same for all who see the same list."""
        own = self.service not in town.services and self.service != ALL
        return self, person.services if own else (), person.clerk_id if self.mine else None


def chosen(
    q: Annotated[str, Query(max_length=200)] = "",
    service: Annotated[str, Query(max_length=40)] = "",
    etat: State = "a_faire",
    urgents: Annotated[str, Query(max_length=1)] = "",
    miens: Annotated[str, Query(max_length=1)] = "",
    retard: Annotated[str, Query(max_length=1)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Choice:
    words = written(q, 200) or ""
    return Choice(etat, service, words, bool(urgents), bool(miens), bool(retard), page)


Chosen = Annotated[Choice, Depends(chosen)]
