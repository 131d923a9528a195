"""A clerk's day without scripts: sign in, see the list, take a call-back, close it."""

from tests.support.desk import field_of, office, press, sign_in, signed_in, visitor


async def test_nobody_sees_who_called_before_signing_in() -> None:
    async with office() as place, visitor(place) as web:
        await place.wants_callback()
        await place.clerk("elodie")
        answer = await web.get("/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/connexion?suite=/"
        page = await sign_in(web, "elodie")
        assert "Josiane Bellemare" in page.text
        assert "0696 11 22 33".replace(" ", "\u00a0") in page.text


async def test_a_call_back_is_closed_in_two_clicks() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        taken = await press(web, f"/rappels/{wish.ref}/prendre")
        assert taken.headers["location"] == f"/rappels/{wish.ref}?fait=pris"
        page = (await web.get(taken.headers["location"])).text
        assert "Ce rappel est à vous." in page
        closed = await web.post(
            f"/rappels/{wish.ref}/issue",
            data={"jeton": field_of(page), "issue": "rappele", "note": "Tout est dit."},
        )
        page = (await web.get(closed.headers["location"])).text
        assert "Rappel terminé." in page
        assert "Tout est dit." in page
        assert "Tout le monde a été rappelé" in (await web.get("/")).text
