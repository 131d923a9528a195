"""Announcements by telephone: a line, its keys, the voice, and the store."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from dialog import announcing
from dialog.announcing import Announce, CheckCode, Choice, End, HangUp, Offer, State, StopAnnouncing, Turn
from prompts.agreeing import with_town
from prompts.content import Town
from prompts.pages.announcements_page import end_of, ends
from prompts.versions import VersionStore
from prompts.versions_announcements import announce, read_announcements, stop
from prompts.versions_code import is_code
from prompts.versions_errors import VersionsError
from speech.engine import Synthesiser
from speech.errors import SpeechError
from standardiste.admin_live import LiveTown
from telephony.line import Digit, Line

log = logging.getLogger("standardiste.admin")

PATIENCE_S = 10.0
"""Without a key, after the voice has finished."""
WHO = "par téléphone"


class AnnouncementLine:
    """`take` serves one call of who announces something, to its end."""

    def __init__(
        self, live: LiveTown, voice: Callable[[Town], Synthesiser], now: Callable[[], datetime]
    ) -> None:
        self._live, self._voice, self._now = live, voice, now

    @property
    def _store(self) -> VersionStore:
        return self._live.store

    async def take(self, line: Line) -> None:
        keys: asyncio.Queue[str | None] = asyncio.Queue()
        reading = asyncio.create_task(_read_keys(line, keys))
        offer = offer_of(self._live.town, self._now())
        try:
            await self._talk(line, offer, keys)
        except SpeechError as error:
            log.error("call %s: the voice is away: %s", line.call_id, error)
        finally:
            reading.cancel()
            await asyncio.wait({reading})
            await line.hang_up()

    async def _talk(self, line: Line, offer: Offer, keys: "asyncio.Queue[str | None]") -> None:
        turn = announcing.greet(offer)
        while True:
            said_s = await self._say(line, turn.said)
            if isinstance(turn.deed, HangUp):
                await asyncio.sleep(said_s)
                return
            if turn.deed is not None:
                turn = await self._do(offer, turn.state, turn.deed)
                continue
            try:
                key = await asyncio.wait_for(keys.get(), said_s + PATIENCE_S)
            except TimeoutError:
                turn = announcing.silence(offer, turn.state)
                continue
            if key is None:
                return
            turn = announcing.press(offer, turn.state, key)

    async def _do(self, offer: Offer, state: State, deed: CheckCode | Announce | StopAnnouncing) -> Turn:
        root, now = self._store.root, self._now()
        match deed:
            case CheckCode(code):
                right = await asyncio.to_thread(is_code, root, code, now)
                return announcing.checked(offer, state, right)
            case Announce(text, until):
                return announcing.done(offer, await self._written(announce, root, text, now, until, WHO, now))
            case StopAnnouncing():
                for each in read_announcements(root):
                    if each.end > now:
                        await self._written(stop, root, each.key, now)
                return Turn(state, (offer.words.goodbye,), HangUp())

    async def _written(self, work: Callable[..., object], *arguments: object) -> str:
        """Why it could not be done, else nothing; heard by the next call when this returns."""
        try:
            await asyncio.to_thread(work, *arguments)
        except VersionsError as error:
            return str(error)
        await self._live.refresh()
        log.info("announcements were changed by telephone")
        return self._live.problem

    async def _say(self, line: Line, texts: tuple[str, ...]) -> float:
        """Says these in place of what is still being said; how long they last, in seconds."""
        if not texts:
            return 0.0
        sound = await self._voice(self._live.town).synthesise(" ".join(texts))
        await line.flush()
        await line.send_audio(sound.samples)
        return sound.duration_ms / 1000.0


def offer_of(town: Town, now: datetime) -> Offer:
    """What this town's callers may be told, and until when."""
    ready = town.ready_announcements
    choices = tuple(Choice(each.name, with_town(each.text, town.name)) for each in ready.ready.values())
    local = now.astimezone(town.tz)
    until = tuple(End(words, end_of(value, local)) for value, words in ends(local))
    return Offer(ready.phone, choices, until)


async def _read_keys(line: Line, keys: "asyncio.Queue[str | None]") -> None:
    async for event in line.received():
        if isinstance(event, Digit):
            keys.put_nowait(event.key)
    keys.put_nowait(None)
