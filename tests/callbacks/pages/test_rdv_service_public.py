"""RDV-Service-Public: what it says it booked keeps our time slots busy, told by it or read from it, once."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from callbacks import rdvsp
from callbacks.rdvsp import Account, News, RdvspAway, UnusableNews
from callbacks.time_slots import Moment, find_free
from standardiste.outside_jobs import OutsideJobs
from standardiste.outside_settings import OutsideSecrets
from standardiste.records import TownRecords
from tests.support.desk import NOW, Office, visitor
from tests.support.outside_services import PASSWORD, Services, outside_services
from tests.support.outside_town import RDVSP_SECRET, office_with, town_with

ADDRESS = "/webhooks/rdv-service-public"
BUSY = datetime(2026, 12, 1, 14, 40)
CONTENT: dict[str, Any] = {
    "adresse": "https://rdv.example",
    "utilisateur": "agent@sainte-aurore.example",
    "organisation": 2,
    "motifs": {"1": {"agenda": "titre_identite"}},
}


def rdv(**more: object) -> dict[str, Any]:
    """As the domain notes show one (§3)."""
    example = {
        "id": 8, "uuid": "x", "status": "unknown", "starts_at": "2026-12-01 14:40:00 -0400",
        "ends_at": "2026-12-01 15:00:00 -0400", "duration_in_min": 20, "collectif": False,
        "cancelled_at": None,
        "context": None, "motif": {"id": 1, "name": "Passeport", "location_type": "public_office"},
        "lieu": {"id": 4, "name": "Mairie", "address": "…", "phone_number": None},
        "organisation": {"id": 2, "name": "…"},
        "users": [{"id": 9, "first_name": "Nadia", "last_name": "Cadet"}],
    }  # fmt: skip
    return example | more


def told(data: dict[str, Any], event: str = "created", minute: int = 0, model: str = "Rdv") -> bytes:
    at = f"2026-11-24 09:{minute:02}:00 -0400"
    return json.dumps({"data": data, "meta": {"model": model, "event": event, "timestamp": at}}).encode()


def signed(body: bytes, secret: str = RDVSP_SECRET) -> dict[str, str]:
    return {"X-Lapin-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office_with(rdv_service_public=CONTENT) as one:
        yield one


async def tell(web: httpx.AsyncClient, body: bytes) -> int:
    answer = await web.post(ADDRESS, content=body, headers=signed(body))
    assert answer.status_code == 200, answer.text
    noted: int = answer.json()["noted"]
    return noted


async def is_free(place: Office, at: datetime = BUSY) -> bool:
    moment = Moment(place.now, NOW.replace(tzinfo=None), "x")
    async with place.database.reading() as session:
        return at in await find_free(session, moment, "titre_identite", limit=60)


async def test_what_is_booked_there_cannot_be_booked_here_until_it_is_cancelled(database_url: str) -> None:
    opened = office_with(database_url, rdv_service_public=CONTENT)
    async with opened as place, visitor(place) as web:
        assert await is_free(place)
        assert await tell(web, told(rdv())) == 1
        assert not await is_free(place)
        assert await tell(web, told(rdv())) == 0, "handed over twice"
        later = {"starts_at": "2026-12-01 15:00:00 -0400"}
        assert await tell(web, told(rdv(**later), "updated", 10)) == 1
        assert await is_free(place)
        assert not await is_free(place, datetime(2026, 12, 1, 15))
        assert await tell(web, told(rdv(), "updated", 5)) == 0, "old news that came late"
        assert await tell(web, told(rdv(**later, status="excused"), "updated", 20)) == 1
        assert await is_free(place, datetime(2026, 12, 1, 15))
        assert await tell(web, told(rdv(id=9), "created", 1)) == 1
        assert await tell(web, told(rdv(id=9), "destroyed", 2)) == 1
        assert await is_free(place)


async def test_only_signed_news_that_can_be_read_is_heard(place: Office) -> None:
    body = told(rdv())
    async with visitor(place) as web:
        for headers in ({}, signed(body, "un autre"), signed(body + b" "), {"X-Lapin-Signature": "é"}):
            encoded = {name.encode(): value.encode() for name, value in headers.items()}
            assert (await web.post(ADDRESS, content=body, headers=encoded)).status_code == 403
        for wrong in (b"[", b"{}", b"[]", told(rdv(starts_at="demain")), told(rdv(duration_in_min=0)),
                      told(rdv(starts_at="2026-12-01 14:40:00")), told({})):  # fmt: skip
            assert (await web.post(ADDRESS, content=wrong, headers=signed(wrong))).status_code == 422
        future = body.replace(b"2026-11-24 09", b"2027-11-24 09")
        assert (await web.post(ADDRESS, content=future, headers=signed(future))).status_code == 422
        assert await tell(web, told({}, model="Absence")) == 0
        assert await tell(web, told(rdv(motif={"id": 77}))) == 0
    assert await is_free(place)


async def test_a_town_without_it_has_no_such_address() -> None:
    async with office_with() as place, visitor(place) as web:
        assert (await web.post(ADDRESS, content=b"{}", headers=signed(b"{}"))).status_code == 404


def test_an_appointment_is_read_without_who_comes() -> None:
    news = rdvsp.news_of(told(rdv()))
    assert isinstance(news, News)
    assert "Cadet" not in repr(news)
    assert news.rdv.ends_at - news.rdv.starts_at == timedelta(minutes=20)
    for status in ("excused", "revoked"):
        cancelled = rdvsp.news_of(told(rdv(status=status)))
        assert cancelled is not None
        assert not cancelled.rdv.standing
    with pytest.raises(UnusableNews):
        rdvsp.news_of(b'{"meta": {"model": "Rdv"}}')


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    async with outside_services() as one:
        yield one


async def test_all_of_it_is_read_page_by_page_and_what_is_gone_there_is_free_here(
    place: Office, services: Services
) -> None:
    town = town_with(rdv_service_public=CONTENT | {"adresse": services.address})
    records = TownRecords(town, place.database, lambda: place.now, place.desk.random)
    jobs = OutsideJobs(records, OutsideSecrets(rdvsp_password=PASSWORD), None)
    ((_, read),) = jobs.all()
    starts = ("14:40", "15:00", "09:20")
    services.rdvs = [
        rdv(id=number, starts_at=f"2026-12-01 {at}:00 -0400") for number, at in enumerate(starts, 1)
    ]
    assert await read() == 3
    assert not any([await is_free(place, datetime.fromisoformat(f"2026-12-01T{at}")) for at in starts])
    place.now += timedelta(minutes=10)
    del services.rdvs[0]
    await read()
    assert await is_free(place)
    assert not await is_free(place, datetime(2026, 12, 1, 15))
    services.down = True
    place.now += timedelta(minutes=10)
    assert await read() == 0
    assert not await is_free(place, datetime(2026, 12, 1, 15))
    account = Account(services.address, "agent@x.fr", "faux", 2)
    services.down = False
    with pytest.raises(RdvspAway, match="401"):
        await rdvsp.read(account, place.now, 30)
    with pytest.raises(RdvspAway, match="ne répond pas"):
        await rdvsp.read(Account("http://127.0.0.1:1", "x", "y", 2), place.now, 30)
