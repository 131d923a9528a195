"""The town that callers hear, as it is published: taken up by the running program, call by call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prompts.content import Town
from prompts.errors import ContentError, PromptsError
from prompts.load import DEMO_TOWN
from prompts.versions import VersionStore
from prompts.versions_announcements import read_announcements
from prompts.versions_files import content_digest, path_digest
from standardiste.settings import Settings
from standardiste.town import read_town

log = logging.getLogger("standardiste.admin")
Check = Callable[[Path], Awaitable[str]]
"""What is wrong with a content, in one sentence for people; nothing where it can be published."""

LOOK_S = 0.5
"""How long another program's publication may go unseen."""
SPOKEN_BEFORE = timedelta(minutes=10)
"""How long before its date a publication begins to be spoken."""
SPOKEN_WITHIN = timedelta(minutes=2)
"""How long after its date it waits for the voice: hours that change cannot wait for ever."""
PREPARED_S = 2.0
"""How long a publication waits for its first sentences to be spoken: calls hear it within three seconds."""


def store_of(settings: Settings) -> VersionStore:
    """The versions of this town's content, beside the rest of the program's data."""
    source = (settings.commune_dir or DEMO_TOWN).absolute()
    return VersionStore(settings.data_dir / "communes" / f"{source.name}-{path_digest(source)}", source)


class LiveTown:
    """`town` is what the next call begins with; a call under way keeps the one it was given."""

    def __init__(self, store: VersionStore) -> None:
        """Reads what is published. Raises ContentError and DamagedVersion."""
        self.store = store
        self._stamp = store.stamp()
        self.town = _read(store)
        self.problem = ""
        """Why what is published is not what callers hear; empty while all is well."""
        self.prepare: Callable[[Town], Awaitable[None]] | None = None
        """Has spoken what calls begin with, before they hear it."""
        self.speak_ahead: Callable[[Town], Awaitable[int]] | None = None
        """Has spoken all that is the same in every call."""
        self._spoken = ""
        """The digest of what was last spoken ahead of its date."""
        self._speaking: asyncio.Task[None] | None = None
        self.followers: list[Callable[[Town], Awaitable[None]]] = []
        """Told of each new town, in order."""
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> None:
        """Takes up what was published since; a version that cannot be read leaves the one before."""
        async with self._refreshing:
            stamp = await asyncio.to_thread(self.store.stamp)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            try:
                town = await asyncio.to_thread(_read, self.store)
            except PromptsError as error:
                self.problem = str(error)
                log.error("what is published cannot be read, calls go on with the version before: %s", error)
                return
            if self.prepare is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PREPARED_S):
                        await self.prepare(town)
            self.town, self.problem = town, ""
            log.info("version %s is heard from now on", self.store.in_service())
            for follower in self.followers:
                await follower(town)

    async def run(self, now: Callable[[], datetime], check: Check, every_s: float = LOOK_S) -> None:
        """Until it is cancelled: publications of whichever program, and those whose date has come."""
        checking: asyncio.Task[None] | None = None
        try:
            while True:
                try:
                    joined = await asyncio.to_thread(self.store.joined_due, now())
                    if joined is None:
                        if await self._is_spoken(now()):
                            await asyncio.to_thread(self.store.publish_due, now())
                    elif checking is None or checking.done():  # beside: it may take half a minute
                        checking = asyncio.create_task(self.check_due(joined, check), name="due")
                except (PromptsError, OSError) as error:
                    log.error("a publication that is due failed: %s", error)
                await self.refresh()
                await asyncio.sleep(every_s)
        finally:
            for task in (checking, self._speaking):
                if task is not None:
                    task.cancel()

    async def follow(self) -> None:
        """Until it is cancelled: what other programs publish."""
        while True:
            await self.refresh()
            await asyncio.sleep(LOOK_S)

    async def _is_spoken(self, now: datetime) -> bool:
        """Whether what waits for its date may be published: spoken, or too late to wait for the voice."""
        waiting, content = self.store.scheduled(), self.store.scheduled_content()
        if self.speak_ahead is None or waiting is None or content is None or waiting.problem:
            return True
        if waiting.at > now + SPOKEN_BEFORE:
            return True
        digest = await asyncio.to_thread(content_digest, content)
        if digest != self._spoken:
            self._spoken = digest
            if self._speaking is not None:
                self._speaking.cancel()
            self._speaking = asyncio.create_task(self._speak(content), name="due voice")
        assert self._speaking is not None
        return self._speaking.done() or now > waiting.at + SPOKEN_WITHIN

    async def _speak(self, content: Path) -> None:
        """What cannot be read, or said, is told where it is published."""
        assert self.speak_ahead is not None
        try:
            missing = await self.speak_ahead(await asyncio.to_thread(read_town, content))
        except (PromptsError, OSError) as error:
            log.warning("what waits for its date cannot be spoken ahead: %s", error)
            return
        if missing:
            log.warning("%d sentences of what waits for its date could not be spoken ahead", missing)

    async def check_due(self, content: Path, check: Check) -> None:
        """Checks what waits for its date as any publication is checked, and notes what is wrong with it."""
        try:
            digest = await asyncio.to_thread(content_digest, content)
            problem = await check(content)
            await asyncio.to_thread(self.store.note_check, digest, problem)
        except (PromptsError, OSError) as error:  # it was made a draft again meanwhile
            log.warning("what waits for its date could not be checked: %s", error)


def open_live(settings: Settings) -> LiveTown:
    """The town as it is published; files of the town's folder changed by hand meanwhile are a new version.

    Raises ContentError and DamagedVersion.
    """
    store = store_of(settings)
    if store.in_service() is not None and store.source_changed():
        try:
            read_town(store.source)
        except ContentError as error:
            log.error("the town's own files are not taken up, the published version stays: %s", error)
        else:
            store.take_in_source(datetime.now(UTC))
    return LiveTown(store)


def _read(store: VersionStore) -> Town:
    """What is published, with the announcements that are on. Raises ContentError, DamagedVersion."""
    number = store.in_service()
    folder: Path = store.source if number is None else store.content_of(number)
    return replace(read_town(folder), announcements=read_announcements(store.root))
