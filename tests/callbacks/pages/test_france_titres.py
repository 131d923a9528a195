"""The France Titres hub: what it asks of a town (domain notes, §3), and the booking of a time it showed."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import appointments, pre_applications
from callbacks.models import Appointment
from callbacks.models_agenda import PreApplication
from callbacks.pre_applications import Coordination, CoordinationAway, Declared, Telling, numbers_in, refusal
from callbacks.time_slots import Moment
from tests.support.desk import Office, field_of, visitor
from tests.support.outside_services import TOKEN, Services, outside_services
from tests.support.outside_town import HUB_TOKEN, POINT, office_with

HUB = {"x-hub-rdv-auth-token": HUB_TOKEN}
OTHER = {**POINT, "id": "203", "agenda": "elu", "nom": "Annexe"}
DECEMBER = {"start_date": "2026-12-01", "end_date": "2026-12-31", "reason": "CNI", "documents_number": "1"}
NUMBER = "A2B3C4D5E6"


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office_with(france_titres={"points": (POINT, OTHER)}) as one:
        yield one


@pytest.fixture
async def hub(place: Office) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(place) as web:
        web.headers.update(HUB)
        yield web


async def offered(hub: httpx.AsyncClient, **more: str) -> list[dict[str, str]]:
    asked = {"meeting_point_ids": "201", **DECEMBER, **more}
    found: list[dict[str, str]] = (await hub.get("/availableTimeSlots", params=asked)).json()["201"]
    return found


async def test_meeting_points_are_told_as_the_hub_wants_them(hub: httpx.AsyncClient) -> None:
    first, second = (await hub.get("/getManagedMeetingPoints")).json()
    assert first == {
        "id": "201", "name": "Mairie", "longitude": -61.0, "latitude": 14.6,
        "public_entry_address": "1 PLACE DE LA MAIRIE", "zip_code": "97299", "city_name": "SAINTE-AURORE",
        "website": "https://sainte-aurore.example",
    }  # fmt: skip
    assert second["id"] == "203"


async def test_hours_are_local_whatever_the_z_behind_them_says(hub: httpx.AsyncClient) -> None:
    asked = {"meeting_point_ids": ["201", "203"], **DECEMBER}
    answer = (await hub.get("/availableTimeSlots", params=asked)).json()
    assert set(answer) == {"201", "203"}
    times = [each["datetime"] for each in answer["201"]]
    assert "2026-12-01T14:40Z" in times, "14 h 40 in Sainte-Aurore, not in Greenwich"
    assert min(times) >= "2026-12-01"
    assert all(each["callback_url"].startswith("http") for each in answer["201"])


async def test_a_time_for_several_documents_is_long_enough(hub: httpx.AsyncClient) -> None:
    one, two = await offered(hub), await offered(hub, documents_number="2")
    assert "2026-12-01T14:40Z" in [each["datetime"] for each in two]
    assert len(two) < len(one)
    assert await offered(hub, end_date="2026-12-01", documents_number="8") == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"meeting_point_ids": "999"}, 404),
        ({"reason": "PERMIS"}, 422),
        ({"start_date": "01/12/2026"}, 422),
        ({"end_date": "2026-11-01"}, 422),
        ({"end_date": "2036-12-01"}, 422),
        ({"documents_number": "0"}, 422),
        ({"documents_number": "99"}, 422),
    ],
)
async def test_what_the_hub_cannot_mean_is_refused(
    hub: httpx.AsyncClient, more: dict[str, str], status: int
) -> None:
    asked = {"meeting_point_ids": "201", **DECEMBER, **more}
    assert (await hub.get("/availableTimeSlots", params=asked)).status_code == status


async def test_only_the_hub_is_answered(place: Office) -> None:
    async with visitor(place) as web:
        for path in ("/getManagedMeetingPoints", "/availableTimeSlots", "/searchApplicationIds"):
            assert (await web.get(path)).status_code == 401
            assert (await web.get(path, headers={"x-hub-rdv-auth-token": "faux"})).status_code == 401


async def book(web: httpx.AsyncClient, **more: str) -> httpx.Response:
    """What somebody does whom the hub sent."""
    query = {"point": "201", "quand": "2026-12-01T14:40", "motif": "CNI", "nombre": "1"}
    page = (await web.get("/titres", params=query)).text
    typed = {"nom": "Cadet", "telephone": "0696 20 30 40", "predemandes": NUMBER.lower()}
    return await web.post("/titres", data={"jeton": field_of(page), **query, **typed, **more})


async def test_a_time_of_the_hub_is_booked_found_by_its_number_and_cancelled(
    hub: httpx.AsyncClient,
) -> None:
    (shown,) = [each for each in await offered(hub) if each["datetime"] == "2026-12-01T14:40Z"]
    address = urlsplit(shown["callback_url"])
    assert dict(parse_qsl(address.query))["quand"] == "2026-12-01T14:40"
    page = (await hub.get(f"{address.path}?{address.query}")).text
    assert "Mardi 1er décembre 2026" in page
    assert "C'est réservé" in (await book(hub)).text
    assert "2026-12-01T14:40Z" not in [each["datetime"] for each in await offered(hub)]
    asked = {"application_ids": f"{NUMBER},B2B3C4D5E6"}
    found = (await hub.get("/searchApplicationIds", params=asked)).json()
    assert found["B2B3C4D5E6"] == []
    (one,) = found[NUMBER]
    assert (one["meeting_point"], one["datetime"]) == ("Mairie", "2026-12-01T14:40Z")
    manage = urlsplit(one["management_url"]).path
    answer = await hub.get(manage)
    assert answer.status_code == 303
    own = await hub.get(answer.headers["location"])
    gone = await hub.post(answer.headers["location"], data={"jeton": field_of(own.text), "geste": "annuler"})
    assert "annulé" in gone.text
    assert (await hub.get("/searchApplicationIds", params={"application_ids": NUMBER})).json() == {NUMBER: []}
    assert (await hub.get(manage)).status_code == 404
    assert (await hub.get(manage[:-1] + "z")).status_code == 404


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"nom": " "}, "un nom"),
        ({"telephone": "12"}, "un nom"),
        ({"predemandes": "A2B3C4D5E"}, "dix lettres"),
        ({"predemandes": f"{NUMBER} B2B3C4D5E6 C2B3C4D5E6"}, "plus de pré-demandes"),
    ],
)
async def test_what_is_wrong_with_the_form_is_said_and_what_was_typed_stays(
    hub: httpx.AsyncClient, more: dict[str, str], told: str
) -> None:
    answer = await book(hub, **more)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="2026-12-01T14:40"' in answer.text


async def test_one_telephone_cannot_fill_the_agenda(hub: httpx.AsyncClient) -> None:
    for when in ("2026-12-01T14:40", "2026-12-01T15:00"):
        assert (await book(hub, quand=when, predemandes="")).status_code == 200
    assert (await book(hub, quand="2026-12-02T10:00", predemandes="")).status_code == 409
    assert (await book(hub, quand="2026-12-01T15:00", telephone="0696112233")).status_code == 409
    assert (await hub.get("/titres", params={"point": "999", "quand": "x"})).status_code == 404


def test_numbers_are_read_as_they_are_typed() -> None:
    assert numbers_in("a2b3c4d5e6, B2B3C4D5E6;c2 / d2:e2-f2.g2 A2B3C4D5E6") == (
        NUMBER, "B2B3C4D5E6", "C2", "D2", "E2", "F2", "G2",
    )  # fmt: skip
    assert numbers_in(" ,; ") == ()


@pytest.mark.parametrize("status", ["consumed", "declared", "unknown", "expired"])
def test_only_a_validated_number_may_be_booked_for(status: str) -> None:
    assert refusal({NUMBER: Declared(status, False)}, [NUMBER]) is not None  # type: ignore[arg-type]
    assert refusal({}, [NUMBER]) is not None
    assert refusal({NUMBER: Declared("validated", True)}, [NUMBER]) is not None
    assert refusal({NUMBER: Declared("validated", False)}, [NUMBER]) is None


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    async with outside_services() as one:
        one.statuses = {NUMBER: "validated", "B2B3C4D5E6": "expired"}
        yield one


async def test_a_number_is_checked_declared_moved_and_taken_back(
    database_url: str, services: Services
) -> None:
    hub_content = {"points": (POINT,), "coordination": services.address}
    service = Coordination(services.address, TOKEN)
    telling = Telling({"201": "Mairie"}, lambda ref: f"https://mairie/{ref}")
    async with office_with(database_url, coordination_token=TOKEN, france_titres=hub_content) as place:
        async with visitor(place) as web:
            assert "n&#39;est plus valable" in (await book(web, predemandes="B2B3C4D5E6")).text
            assert (await book(web)).status_code == 200
            assert await pre_applications.declare_all(place.database, service, telling) == 1
            assert await pre_applications.declare_all(place.database, service, telling) == 0
            assert services.declared == [(NUMBER, "201", "2026-12-01 14:40:00")]
            again = await book(web, quand="2026-12-01T15:00")
            assert "déjà pris" in again.text
        kept = await of(place)
        moment = Moment(place.now, datetime(2026, 11, 24, 10), "x")

        async def move(session: AsyncSession) -> None:
            await appointments.move(
                session, moment, ref=kept.ref, name="Cadet", at=kept.starts_at + timedelta(minutes=20)
            )

        await place.database.write(move)
        services.down = True
        with pytest.raises(CoordinationAway, match="503"):
            await pre_applications.declare_all(place.database, service, telling)
        services.down = False
        assert await pre_applications.declare_all(place.database, service, telling) == 2
        assert services.declared == [(NUMBER, "201", "2026-12-01 15:00:00")]

        async def cancel(session: AsyncSession) -> None:
            await appointments.cancel(session, moment, ref=kept.ref, name="Cadet")

        await place.database.write(cancel)
        assert await pre_applications.declare_all(place.database, service, telling) == 1
        assert services.declared == []
        async with place.database.reading() as session:
            assert list(await session.scalars(select(PreApplication.state))) == ["retiree"]


@pytest.mark.parametrize(("choice", "status"), [("reserver", 200), ("refuser", 422)])
async def test_when_nobody_can_tell_the_town_has_chosen(services: Services, choice: str, status: int) -> None:
    services.down = True
    hub_content = {"points": (POINT,), "coordination": services.address, "si_injoignable": choice}
    opened = office_with(coordination_token=TOKEN, france_titres=hub_content)
    async with opened as place, visitor(place) as web:
        assert (await book(web)).status_code == status


async def of(place: Office) -> Appointment:
    async with place.database.reading() as session:
        found = await session.scalar(select(Appointment).where(Appointment.name == "Cadet"))
    assert found is not None
    return found
