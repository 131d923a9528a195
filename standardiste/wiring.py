"""Where the rooms are joined: from the settings to what a call needs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from string import Formatter
from time import monotonic

from dialog.office import Reply, Request
from dialog.talk import phrase
from prompts.content import Town
from speech.listening import Listener
from speech.pool import SpeechPool
from standardiste.demo_office import DemoOffice
from standardiste.log import bridge_loguru
from standardiste.settings import Settings
from standardiste.speech_choice import ears_of, speech_settings
from standardiste.town import read_town
from telephony.call import CallServices

N_GREETING = 2
"""How many sentences a call begins with: they stand first in `Sentences`, and no call waits for them."""


def town_clock(town: Town, start: datetime | None) -> Callable[[], datetime]:
    """The town's clock: the real one, or one that goes on from `start` (local time without an offset)."""
    zone = town.tz
    if start is None:
        return lambda: datetime.now(zone)
    begun = monotonic()
    origin = start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
    return lambda: origin + timedelta(seconds=monotonic() - begun)


def fixed_sentences(town: Town) -> list[str]:
    """The sentences that are the same in every call, as they are said; a call's first ones come first."""
    parse = Formatter().parse
    texts: dict[str, str] = town.sentences.model_dump()
    return [
        phrase(town, text)
        for text in texts.values()
        if all(name in (None, "commune") for _, name, _, _ in parse(text))
    ]


@dataclass(frozen=True)
class OpenSwitchboard:
    """What calls need, with the engines behind it loaded."""

    pool: SpeechPool
    services: CallServices


@asynccontextmanager
async def call_services(settings: Settings, start: datetime | None = None) -> AsyncIterator[OpenSwitchboard]:
    """Loads the town and the engines, and has spoken what every call begins with; the rest follows meanwhile.

    Raises ContentError and UnusableModel.
    """
    bridge_loguru()
    town = read_town(settings.commune_dir)
    now = town_clock(town, start)
    office = DemoOffice(town, Random())

    async def answer(_call_id: str, request: Request) -> Reply:
        return office.answer(request, now())

    speech = speech_settings(settings, town)
    async with SpeechPool(speech) as pool:
        texts = fixed_sentences(town)
        await pool.warm(texts[:N_GREETING])
        warming = asyncio.create_task(pool.warm(texts[N_GREETING:]), name="warming")
        try:
            yield OpenSwitchboard(
                pool,
                CallServices(
                    town=town,
                    synthesiser=pool.synthesiser,
                    transcriber=pool.transcriber,
                    new_listener=Listener,
                    now=now,
                    answer=answer,
                    ears=ears_of(speech),
                ),
            )
        finally:
            warming.cancel()
            await asyncio.wait({warming})
