"""Who reported a fault adds a photo and the exact place by a link; clerks see them, nobody else does."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from callbacks.models import AuditEntry, Ticket
from callbacks.models_links import TicketPhoto
from callbacks.photos import MAX_BYTES, MAX_PHOTOS
from callbacks.tickets import Fault, open_ticket
from standardiste.records import TownRecords
from standardiste.records_upkeep import Upkeep
from tests.callbacks.test_photos import picture
from tests.support.desk import Office, demo_town, field_of, office, signed_in, visitor
from tests.support.letters import MOBILE, SMS, delivery_from, link_in
from tests.support.post_office import post_office

Files = list[tuple[str, tuple[str, bytes, str]]]


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office() as one:
        yield one


async def fault(place: Office, ref: str = "S2001") -> str:
    """The path of the link that its reporter gets."""
    about = Fault("voirie", "rue du Port", "un trou", phone=MOBILE)
    async with place.database.transaction() as session:
        await open_ticket(session, about, ref, place.now)
    with post_office() as post:
        await delivery_from(place, post).once()
        return link_in(post.texts_to(SMS)[-1])


def photos(*contents: bytes) -> Files:
    return [
        ("photos", (f"../../{n}.php", content, "application/x-php")) for n, content in enumerate(contents)
    ]


async def send(web: httpx.AsyncClient, path: str, *contents: bytes, place: str = "") -> httpx.Response:
    token = field_of((await web.get(path)).text)
    return await web.post(path, data={"jeton": token, "lieu": place}, files=photos(*contents))


async def test_a_photo_and_a_place_reach_the_clerks_and_the_link_serves_once(place: Office) -> None:
    path = await fault(place)
    async with visitor(place) as web:
        said = await send(web, path, picture(), picture("PNG"), place="devant le 12 <b>bis</b>")
        assert said.status_code == 200
        assert (await web.get(path)).status_code == 404
        assert (await web.get("/signalements/S2001/photos/1")).status_code == 303
    async with signed_in(place, "elodie") as clerk:
        page = (await clerk.get("/signalements/S2001")).text
        assert "devant le 12 &lt;b&gt;bis" in page
        assert page.count('<img src="/signalements/S2001/photos/') == 2
        shown = await clerk.get("/signalements/S2001/photos/1")
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.content.startswith(b"\xff\xd8\xff")
        assert (await clerk.get("/signalements/S2001/photos/9")).status_code == 404
        assert (await clerk.get("/signalements/S9/photos/1")).status_code == 404
    async with place.database.reading() as session:
        noted = list(await session.scalars(select(AuditEntry.action)))
        files = list(await session.scalars(select(TicketPhoto.file)))
    assert "voir une photo" in noted
    assert all(name.endswith(".jpg") and "php" not in name for name in files)


async def test_what_cannot_be_kept_is_said_and_the_link_still_serves(place: Office) -> None:
    path = await fault(place)
    async with visitor(place) as web:
        for contents in (
            (b"<script>alert(1)</script>",),
            (picture(), b"MZ not a photo"),
            (picture(),) * (MAX_PHOTOS + 1),
            (b"\xff\xd8\xff" + b"\0" * MAX_BYTES,),
            (b"",),
            (),
        ):
            assert (await send(web, path, *contents)).status_code in (403, 422)
        assert (await send(web, path, picture())).status_code == 200
    async with place.database.reading() as session:
        assert len(list(await session.scalars(select(TicketPhoto)))) == 1


async def test_a_form_that_is_far_too_long_or_comes_from_elsewhere_is_not_read(place: Office) -> None:
    path = await fault(place)
    async with visitor(place) as web:
        long = {"content-length": str(200 * 2**20), "content-type": "multipart/form-data; boundary=x"}
        assert (await web.post(path, content=b"x", headers=long)).status_code == 413
        assert (await web.post(path, files=photos(picture()))).status_code == 403
        assert (await web.post("/l/inconnu", files=photos(picture()))).status_code == 404
        broken = {"content-type": "multipart/form-data; boundary=x"}
        assert (await web.post(path, content=b"--x\r\nnonsense", headers=broken)).status_code in (400, 403)


async def test_photos_go_with_their_report(place: Office) -> None:
    path = await fault(place)
    async with visitor(place) as web:
        await send(web, path, picture())
    async with place.database.transaction() as session:
        await session.delete(await session.scalar(select(Ticket)))
    async with place.database.reading() as session:
        assert await session.scalar(select(TicketPhoto)) is None


async def test_a_clerk_asks_for_a_photo_again(place: Office) -> None:
    await fault(place)
    async with signed_in(place, "elodie") as clerk:
        token = field_of((await clerk.get("/")).text)
        asked = await clerk.post("/signalements/S2001/lien", data={"jeton": token})
        assert asked.headers["location"].endswith("fait=lien")
        assert (await clerk.post("/signalements/S9/lien", data={"jeton": token})).status_code == 404
    with post_office() as post:
        assert await delivery_from(place, post).once() == 1


async def test_at_night_photos_that_have_served_their_time_are_gone_from_the_disk(place: Office) -> None:
    path = await fault(place)
    async with visitor(place) as web:
        await send(web, path, picture())
    assert place.desk.people is not None
    store = place.desk.people.photos
    records = TownRecords(demo_town(), place.database, lambda: place.now, place.desk.random)
    place.now = datetime.now(place.now.tzinfo) + timedelta(hours=2)
    async with place.database.transaction() as session:
        await session.execute(update(TicketPhoto).values(added_at=place.now))
    upkeep = Upkeep(records, store)
    await upkeep.erase_records()
    await upkeep.sweep_files()
    assert len(list(store.folder.iterdir())) == 1
    place.now += timedelta(days=demo_town().commune.retention.photos_days + 1)
    await upkeep.erase_records()
    await upkeep.sweep_files()
    assert list(store.folder.iterdir()) == []
