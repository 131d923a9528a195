"""The clerks' pages, wired to the rest of the product."""

from collections.abc import Callable
from datetime import datetime
from random import SystemRandom

from callbacks.calls import CallStart
from callbacks.messages.appointment_answers import ServiceDue
from callbacks.notices import Notice
from callbacks.oidc import OidcLogin
from callbacks.pages.desk import Desk, ForPeople, OutsideAccess, RingPort, town_words
from callbacks.pages.live import LiveFeed
from dialog.office import AskCallback
from standardiste.records import TownRecords
from standardiste.records_opening import photo_store, recording_store, voicemail_of
from standardiste.records_requests import Asked
from standardiste.settings import Settings


def desk_of(
    settings: Settings,
    records: TownRecords,
    ring: RingPort | None = None,
    notices: Callable[[], tuple[Notice, ...]] = tuple,
) -> Desk:
    """What the clerks' pages need. `ring`: None where no Asterisk is there to ring anybody; `notices`: what
    they say of the service."""
    return Desk(
        database=records.database,
        town=town_words(records.town),
        now=records.now,
        live=LiveFeed(records.database),
        random=SystemRandom(),
        ring=ring,
        oidc=OidcLogin(settings.oidc) if settings.oidc else None,
        public_url=settings.public_url,
        voicemail=voicemail_of(settings),
        recordings=recording_store(settings),
        notices=notices,
        people=ForPeople(
            records.town,
            service_due(records),
            photo_store(settings),
            settings.answers_secret,
            OutsideAccess(settings.outside.hub, settings.outside.coordination, settings.outside.rdvsp_secret),
        ),
    )


def service_due(records: TownRecords) -> ServiceDue:
    """As a caller would be promised it, now."""

    def due(service: str, n_before: int) -> datetime:
        now = records.now()
        asked = Asked(records.town, "", CallStart("", now), now, records.random)
        return asked.due(AskCallback(service, "", "requested"), n_before)

    return due
