"""What the clerks' pages need, as values and ports wired where the product starts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from callbacks.database import Database
from callbacks.messages.appointment_answers import ServiceDue
from callbacks.notices import Notice
from callbacks.oidc import OidcLogin
from callbacks.pages.live import LiveFeed
from callbacks.photos import PhotoStore
from callbacks.recordings import RecordingStore
from callbacks.voicemail import Voicemail
from prompts.content import Town


@dataclass(frozen=True)
class Keeping:
    """Why a kind of record is kept, and for how long once it has served."""

    purpose: str
    lasts: timedelta


@dataclass(frozen=True)
class TownWords:
    """What the town's content says of itself, for people to read."""

    name: str
    tz: ZoneInfo
    services: Mapping[str, str]
    """Extensions by key: « le service état civil »."""
    subjects: Mapping[str, str]
    """By service label: « une carte d'identité »."""
    kept: Mapping[str, Keeping]
    """Of a `callback`, of a `call`'s words, and of its `sound`."""


def town_words(town: Town) -> TownWords:
    """What the pages say of this town."""
    keep = town.commune.retention
    return TownWords(
        town.name,
        town.tz,
        {key: extension.name for key, extension in town.commune.extensions.items()},
        {str(key): name for key, name in town.comprehension.names.items()},
        {
            "callback": Keeping("rappeler qui l'a demandé", timedelta(days=keep.callbacks_days)),
            "sound": Keeping(
                town.commune.recording.purpose or "l'enregistrement des appels est arrêté",
                timedelta(days=keep.sound_days),
            ),
            "call": Keeping(
                "comprendre ce qui a été demandé et corriger l'agent", timedelta(days=keep.words_days)
            ),
        },
    )


@dataclass(frozen=True)
class Ring:
    """Ring this clerk's telephone, then the citizen's."""

    clerk_phone: str
    """As the clerk's account says: an endpoint or a number."""
    citizen_phone: str
    """E.164."""
    ref: str
    """Of the call-back."""
    callback_id: int
    clerk_id: int


class RingFailed(Exception):
    """The telephone did not ring; the message says why, in French."""


RingPort = Callable[[Ring], Awaitable[None]]
"""Gives back control once the clerk's telephone rings. Raises RingFailed."""


@dataclass(frozen=True)
class OutsideAccess:
    """What other services and we prove ourselves with to each other; None: there is no such service."""

    hub_token: str | None = field(default=None, repr=False)
    """The France Titres hub's, when it asks us."""
    coordination_token: str | None = field(default=None, repr=False)
    """Ours, when we ask its de-duplication service."""
    rdvsp_secret: str | None = field(default=None, repr=False)
    """What RDV-Service-Public signs its news with."""


@dataclass(frozen=True)
class ForPeople:
    """What the people's own pages and their answers need."""

    town: Town
    due: ServiceDue
    photos: PhotoStore
    sms_secret: str | None = field(default=None, repr=False)
    """What the provider of SMS proves itself with; None: no answers come in."""
    outside: OutsideAccess = OutsideAccess()


@dataclass(frozen=True)
class Desk:
    """The town hall's desk, as its pages see it."""

    database: Database
    town: TownWords
    now: Callable[[], datetime]
    """The town's clock, with its zone."""
    live: LiveFeed
    random: Random
    ring: RingPort | None = None
    """None where no Asterisk is configured."""
    oidc: OidcLogin | None = None
    public_url: str | None = None
    """Where browsers reach these pages, for the town's provider to come back to; None: as they were asked."""
    people: ForPeople | None = None
    """None where only clerks come: the addresses of the people's pages are then unknown."""
    voicemail: Voicemail | None = None
    """None where no Asterisk is configured."""
    recordings: RecordingStore | None = None
    """The sound of recorded calls; None where these pages cannot reach it."""
    notices: Callable[[], tuple[Notice, ...]] = field(default=tuple)
    """What clerks should know of the service now: a crowd, an agent that fails; usually nothing."""
    minutes_per_call: float = 4.0
    """What a clerk spends on a call, for the hours saved."""


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]
