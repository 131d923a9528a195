"""The clerks' pages, wired to the rest of the product."""

from random import SystemRandom

from callbacks.oidc import OidcLogin
from callbacks.pages.desk import Desk, RingPort, town_words
from callbacks.pages.live import LiveFeed
from standardiste.records import TownRecords
from standardiste.settings import Settings


def desk_of(settings: Settings, records: TownRecords, ring: RingPort | None = None) -> Desk:
    """What the clerks' pages need. `ring`: None where no Asterisk is there to ring anybody."""
    return Desk(
        database=records.database,
        town=town_words(records.town),
        now=records.now,
        live=LiveFeed(records.database),
        random=SystemRandom(),
        ring=ring,
        oidc=OidcLogin(settings.oidc) if settings.oidc else None,
        public_url=settings.public_url,
    )
