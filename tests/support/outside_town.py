"""The demo town with agendas elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from callbacks.pages.desk import OutsideAccess
from prompts.content import Town
from prompts.outside import OutsideAgendas
from tests.support.desk import Office, demo_town, office

HUB_TOKEN, RDVSP_SECRET = "le-jeton-du-hub", "le secret du webhook"
POINT = {
    "id": "201", "agenda": "titre_identite", "nom": "Mairie", "longitude": -61.0, "latitude": 14.6,
    "adresse": "1 PLACE DE LA MAIRIE", "code_postal": "97299", "ville": "SAINTE-AURORE",
    "site": "https://sainte-aurore.example",
}  # fmt: skip


def town_with(**outside: object) -> Town:
    """`outside`: as the town's content writes it under « agendas_exterieurs »."""
    town = demo_town()
    commune = town.commune.model_copy(update={"outside": OutsideAgendas.model_validate(outside)})
    return replace(town, commune=commune)


@asynccontextmanager
async def office_with(
    url: str = "sqlite://", *, coordination_token: str | None = None, **outside: object
) -> AsyncIterator[Office]:
    async with office(url, demo=True) as place:
        assert place.desk.people is not None
        access = OutsideAccess(HUB_TOKEN, coordination_token, RDVSP_SECRET)
        people = replace(place.desk.people, town=town_with(**outside), outside=access)
        place.desk = replace(place.desk, people=people)
        yield place
