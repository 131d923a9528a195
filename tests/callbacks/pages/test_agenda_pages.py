"""Appointments at the clerks' desk and on people's own page: several persons, exceptions, the list."""

import re
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import links, place_offers
from callbacks.models import Appointment, Message
from callbacks.models_agenda import PlaceOffer
from callbacks.place_offers import Offering
from tests.support.desk import SMS_SECRET, Office, demo_town, field_of, office, press, signed_in, visitor

DAY = "2026-11-25"
FIRST, SECOND = f"{DAY}T08:00:00", f"{DAY}T08:20:00"
PHONE = "0696 20 30 40"


async def book(web: httpx.AsyncClient, start: str, name: str, **more: str) -> httpx.Response:
    fields = {"creneau": f"titre_identite|{start}", "nom": name, "telephone": PHONE, "jour": DAY, **more}
    return await press(web, "/rendez-vous", **fields)


async def of(place: Office, name: str) -> Appointment:
    async with place.database.reading() as session:
        found = await session.scalar(select(Appointment).where(Appointment.name == name))
    assert found is not None
    return found


async def offer(place: Office) -> int:
    town = demo_town()
    how = Offering(town.tz, town.commune.waiting_list, town.messages.rules)

    async def work(session: AsyncSession) -> int:
        return await place_offers.offer_places(session, how, place.now)

    return await place.database.write(work)


async def test_several_persons_are_booked_in_a_row_and_only_where_there_is_room() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        shown = (await web.get(f"/rendez-vous?jour={DAY}&personnes=2")).text
        assert f"titre_identite|{FIRST}" in shown
        assert f"titre_identite|{DAY}T11:40:00" not in shown
        assert (await book(web, FIRST, "Famille Cadet", personnes="2")).status_code == 303
        assert (await of(place, "Famille Cadet")).persons == 2
        assert "2 personnes" in (await web.get(f"/rendez-vous?jour={DAY}")).text
        assert (await book(web, SECOND, "Trop Tard")).status_code == 409
        shown = (await web.get(f"/rendez-vous?jour={DAY}")).text
        assert f"titre_identite|{SECOND}" not in shown


async def test_a_stretch_that_is_closed_takes_nobody_until_it_is_open_again() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        await book(web, SECOND, "Cadet")
        ref = (await of(place, "Cadet")).ref
        closing = {"quoi": "titre_identite|*", "jour": DAY, "de": "08:00", "a": "09:00", "motif": "Réunion"}
        told = (await press(web, "/rendez-vous/fermer", **closing)).text
        assert "Réunion" in told
        assert ref in told
        assert (await book(web, FIRST, "Refusé")).status_code == 409
        for wrong in ({"a": "07:00"}, {"quoi": "inconnu|*"}, {"jour": "hier"}, {"jour": "2020-01-01"}):
            assert (await press(web, "/rendez-vous/fermer", **{**closing, **wrong})).status_code == 422
        (name,) = re.findall(r"/fermer/(fermeture-\w+)/rouvrir", told)
        assert (await press(web, f"/rendez-vous/fermer/{name}/rouvrir")).status_code == 303
        assert (await book(web, FIRST, "Accepté")).status_code == 303


async def test_a_clerk_puts_somebody_on_the_list_and_moves_them_when_they_call() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        await book(web, "2026-11-26T10:00:00", "Premier")
        await book(web, "2026-11-26T10:20:00", "Attend", plus_tot="oui")
        first, later = await of(place, "Premier"), await of(place, "Attend")
        assert "Attend" in (await web.get("/rendez-vous/attente")).text
        assert (await press(web, f"/rendez-vous/{later.ref}/avancer")).status_code == 409
        await press(web, f"/rendez-vous/{first.ref}/annuler")
        assert await offer(place) == 1
        shown = (await web.get("/rendez-vous/attente")).text
        assert "Place proposée" in shown
        assert later.phone is not None
        calls = await place.wants_callback("Attend", later.phone)
        story = (await web.get(f"/rappels/{calls.ref}")).text
        assert "Une place plus tôt lui est proposée : jeudi 26 novembre à 10" in story
        assert (await press(web, f"/rendez-vous/{later.ref}/avancer")).status_code == 303
        assert "plus tôt lui est proposée" not in (await web.get(f"/rappels/{calls.ref}")).text
        moved = await of(place, "Attend")
        assert (moved.ref, moved.starts_at) == (later.ref, first.starts_at)
        assert "Personne n'attend" in (await web.get("/rendez-vous/attente")).text.replace("&#39;", "'")
        assert (await press(web, f"/rendez-vous/{moved.ref}/plus-tot", veut="oui")).status_code == 303
        assert (await of(place, "Attend")).earlier_wanted
        assert (await press(web, f"/rendez-vous/{moved.ref}/plus-tot", veut="non")).status_code == 303
        assert not (await of(place, "Attend")).earlier_wanted


async def offered_link(place: Office, web: httpx.AsyncClient) -> str:
    """The page of the place that somebody is offered."""
    await book(web, "2026-11-26T10:00:00", "Premier")
    await book(web, "2026-11-26T10:20:00", "Attend", plus_tot="oui")
    await press(web, f"/rendez-vous/{(await of(place, 'Premier')).ref}/annuler")
    await offer(place)

    async def work(session: AsyncSession) -> str:
        offer_id = await session.scalar(select(PlaceOffer.id))
        return f"/place/{await links.mint(session, 'place', str(offer_id), place.now)}"

    return await place.database.write(work)


async def test_the_link_of_a_message_takes_the_place_once(database_url: str) -> None:
    async with office(database_url, demo=True) as place, signed_in(place, "elodie") as clerk:
        path = await offered_link(place, clerk)
        async with visitor(place) as web:
            page = (await web.get(path)).text
            assert "jeudi 26 novembre" in page.lower()
            assert (await of(place, "Attend")).starts_at == datetime(2026, 11, 26, 10, 20)
            forged = await web.post(path, data={"geste": "prendre", "jeton": "x"})
            assert forged.status_code == 403
            fields = {"geste": "prendre", "jeton": field_of(page)}
            assert "C&#39;est fait" in (await web.post(path, data=fields)).text
            assert "C&#39;est fait" in (await web.post(path, data=fields)).text
            assert "C&#39;est fait" in (await web.get(path)).text
            assert (await web.get("/place/inconnu")).status_code == 404
        kept = await of(place, "Attend")
        assert (kept.starts_at, kept.sequence) == (datetime(2026, 11, 26, 10, 0), 1)
        async with place.database.reading() as session:
            told = await session.scalars(
                select(Message.template).where(Message.values["ref"].as_string() == kept.ref)
            )
            assert "rendez_vous_deplace" in list(told)


async def test_a_place_may_be_left_and_waits_for_nobody_for_ever() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as clerk:
        path = await offered_link(place, clerk)
        async with visitor(place) as web:
            page = (await web.get(path)).text
            place.now += timedelta(hours=3)
            assert (await web.get(path)).status_code == 410
            late = await web.post(path, data={"geste": "prendre", "jeton": field_of(page)})
            assert late.status_code == 410
            place.now -= timedelta(hours=3)
            left = await web.post(path, data={"geste": "laisser", "jeton": field_of(page)})
            assert "reste à sa date" in left.text
            assert (await web.get(path)).status_code == 410
        assert (await of(place, "Attend")).starts_at == datetime(2026, 11, 26, 10, 20)


async def test_ok_by_sms_takes_the_place_that_is_offered() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as clerk:
        await offered_link(place, clerk)
        answer = {"from": "596696203040", "text": "ok merci", "id": "m1"}
        headers = {"authorization": f"Bearer {SMS_SECRET}"}
        async with visitor(place) as web:
            told = await web.post("/sms/entrant", data=answer, headers=headers)
        assert told.json() == {"outcome": "avance"}
        assert (await of(place, "Attend")).starts_at == datetime(2026, 11, 26, 10, 0)
