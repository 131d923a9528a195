"""What a clerk does with an appointment: moved to a time that is free, came or did not, and two at once."""

from datetime import datetime, timedelta

import httpx

from callbacks import calls
from callbacks.calls import CallStart, TurnHeard
from tests.callbacks.pages.test_agenda_pages import DAY, FIRST, SECOND, book, of
from tests.support.desk import Office, office, press, signed_in


async def test_an_appointment_is_moved_to_a_free_time_of_its_own_agenda() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        await book(web, FIRST, "Cadet", personnes="2")
        one = await of(place, "Cadet")
        shown = (await web.get(f"/rendez-vous?jour=2026-11-26&deplacer={one.ref}")).text
        assert "Déplacer le rendez-vous de Cadet" in shown
        assert "mariage_pacs|" not in shown
        assert f"jour=2026-11-27&deplacer={one.ref}" in shown.replace("&amp;", "&")
        to = {"creneau": "titre_identite|2026-11-26T10:00:00", "jour": "2026-11-26"}
        moved = await press(web, f"/rendez-vous/{one.ref}/deplacer", **to)
        assert moved.headers["location"] == f"/rendez-vous?jour=2026-11-26&fait=deplace#{one.ref}"
        after = await of(place, "Cadet")
        assert (after.ref, after.starts_at, after.sequence) == (one.ref, datetime(2026, 11, 26, 10), 1)
        assert f"titre_identite|{FIRST}" in (await web.get(f"/rendez-vous?jour={DAY}&personnes=2")).text


async def test_of_two_clerks_the_second_is_told_and_nothing_is_lost() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web, signed_in(place, "marc") as two:
        await book(web, FIRST, "Cadet")
        one = await of(place, "Cadet")
        await book(two, SECOND, "Plus Vite")
        taken = {"creneau": f"titre_identite|{SECOND}", "jour": DAY}
        refused = await press(web, f"/rendez-vous/{one.ref}/deplacer", **taken)
        assert refused.status_code == 409
        assert "rien n&#39;a été déplacé" in refused.text
        assert (await of(place, "Cadet")).starts_at.isoformat() == FIRST
        assert (await press(web, f"/rendez-vous/{one.ref}/deplacer", creneau="x")).status_code == 422
        assert (await press(two, f"/rendez-vous/{one.ref}/annuler")).status_code == 303
        assert (await press(web, f"/rendez-vous/{one.ref}/annuler")).status_code == 409
        free = {"creneau": "titre_identite|2026-11-26T10:00:00"}
        assert (await press(web, f"/rendez-vous/{one.ref}/deplacer", **free)).status_code == 409
        assert (await press(web, f"/rendez-vous/{one.ref}/venue", etat="honore")).status_code == 409


async def test_who_came_is_noted_on_the_day_and_can_be_put_right() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        await book(web, FIRST, "Cadet")
        ref = (await of(place, "Cadet")).ref
        assert (await press(web, f"/rendez-vous/{ref}/venue", etat="honore")).status_code == 409
        place.now += timedelta(days=1)
        async with signed_in(place, "marc") as next_day:
            for state, tag in (("honore", "Venu"), ("absent", "Absent"), ("pris", "")):
                noted = await press(next_day, f"/rendez-vous/{ref}/venue", etat=state)
                assert noted.headers["location"].endswith(f"#{ref}")
                assert (await of(place, "Cadet")).status == state
                shown = (await next_day.get(noted.headers["location"])).text
                assert f">{tag}</span>" in shown or not tag
            wrong = await press(next_day, f"/rendez-vous/{ref}/venue", etat="annule")
            assert wrong.status_code == 422


async def call_of(place: Office, web: httpx.AsyncClient) -> str:
    """The reference of an appointment that was taken in a call."""
    await book(web, FIRST, "Cadet")
    found = await of(place, "Cadet")
    found.call_id = "1700000000.12"
    async with place.database.transaction() as session:
        await calls.begin(session, CallStart("1700000000.12", place.now, "+596696112233"))
        turn = TurnHeard("1700000000.12", 1, place.now, "voice", "un rendez-vous", 0.9, said="À quel nom ?")
        await calls.write_turns(session, [turn])
        await calls.end(session, "1700000000.12", place.now, "booked")
        await session.merge(found)
    return found.ref


async def test_any_call_is_marked_wrong_from_what_came_of_it() -> None:
    async with office(demo=True) as place, signed_in(place, "elodie") as web:
        ref = await call_of(place, web)
        assert 'href="/appels/1700000000.12"' in (await web.get(f"/rendez-vous?jour={DAY}")).text
        shown = (await web.get("/appels/1700000000.12")).text
        assert "À quel nom ?" in shown
        assert f"#{ref}" in shown
        assert (await press(web, "/appels/1700000000.12/erreur", faux="1")).status_code == 303
        assert "Signalé" in (await web.get("/appels/1700000000.12")).text
        assert (await web.get("/appels")).status_code == 403
        assert (await web.get("/appels/inconnu")).status_code == 404
        async with signed_in(place, "chef", "supervisor") as chief:
            assert "1700000000.12" in (await chief.get("/appels?faux=1")).text
            assert "1700000000.12" not in (await chief.get("/appels?avant=2026-11-20T10:00:00%2B00:00")).text
