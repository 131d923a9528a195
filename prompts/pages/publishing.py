"""A publication as it is made: all that callers may hear of it is spoken first, then it is in service.

What is under way belongs to no page: whoever comes back finds it where it is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from prompts.errors import PromptsError
from prompts.os_words import why
from prompts.pages.desk import AdminDesk
from prompts.versions_errors import VersionsError

AT_ONCE_S = 1.0
"""How long the page that publishes waits itself: one changed sentence is spoken by then."""


class Interrupted(VersionsError):
    """Something that nobody expected stopped it."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"La publication s'est arrêtée ({reason}). L'historique dit quelle version est en service ; "
            "réessayez."
        )


class HalfSpoken(VersionsError):
    """The voice could not say all of it: nothing was published."""

    def __init__(self, n_missing: int) -> None:
        what = "une phrase" if n_missing == 1 else f"{n_missing} phrases"
        super().__init__(
            f"La voix n'a pas pu préparer {what} : rien n'a été publié, les appelants entendent toujours la "
            "version d'avant. Réessayez dans un instant."
        )


@dataclass
class Publishing:
    who: str
    done: int = 0
    of: int = 0
    """Sentences; 0 before they are counted."""
    over: bool = False
    error: PromptsError | None = None
    """Why it was not made."""

    def progress(self, done: int, of: int) -> None:
        self.done, self.of = done, of


class Publications:
    """One publication at a time; the last one that failed is remembered until another is begun."""

    def __init__(self) -> None:
        self.last: Publishing | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> Publishing | None:
        return self.last if self.last is not None and not self.last.over else None

    async def make(
        self, desk: AdminDesk, content: Path, who: str, publish: Callable[[], Awaitable[None]]
    ) -> Publishing:
        """Has this content spoken, then publishes it; given back as soon as it is over, or takes long.

        One that is under way is given back as it is, and nothing else is begun.
        """
        if self.under_way is None or self._task is None:
            self.last = Publishing(who)
            self._task = asyncio.create_task(_made(self.last, desk, content, publish), name="publishing")
        assert self.last is not None
        await asyncio.wait({self._task}, timeout=AT_ONCE_S)
        return self.last


async def _made(
    it: Publishing, desk: AdminDesk, content: Path, publish: Callable[[], Awaitable[None]]
) -> None:
    it.error = Interrupted("erreur imprévue")  # unless it ends otherwise
    try:
        if desk.speak_ahead is not None and (missing := await desk.speak_ahead(content, it.progress)):
            raise HalfSpoken(missing)
        await publish()
        it.error = None
    except PromptsError as error:
        it.error = error
    except OSError as error:
        it.error = Interrupted(why(error))
    finally:
        it.over = True


def publications_of(request: Request) -> Publications:
    found: Publications = request.app.state.publications
    return found
