"""One's own account, those of the others for administrators, and the calendar that an account follows."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import select

from callbacks.models import Clerk, ClerkSession, Message, Try
from callbacks.models_links import CalendarFeed, RecoveryCode
from callbacks.own_account import N_CODES, browser_name, new_recovery_codes
from callbacks.sign_in_tries import TRIES_PER_ACCOUNT, key_of
from callbacks.totp import drawn
from tests.support.desk import PASSWORD, Office, field_of, office, sign_in, signed_in, visitor
from tests.support.letters import visit


@pytest.fixture
async def place() -> AsyncIterator[Office]:
    async with office() as one:
        yield one


async def press_at(web: httpx.AsyncClient, path: str, **fields: str | list[str]) -> httpx.Response:
    token = field_of((await web.get("/compte")).text)
    return await web.post(path, data={"jeton": token, **fields})


async def test_a_new_password_signs_the_other_browsers_out(place: Office) -> None:
    await place.clerk("elodie")
    async with visitor(place) as web, visitor(place) as other:
        await sign_in(web, "elodie")
        await sign_in(other, "elodie")
        new = {"nouveau": "une autre phrase", "encore": "une autre phrase"}
        wrong = await press_at(web, "/compte/mot-de-passe", ancien="autre chose", **new)
        assert (wrong.status_code, "ancien mot de passe" in wrong.text) == (403, True)
        differs = await press_at(
            web, "/compte/mot-de-passe", ancien=PASSWORD, nouveau="a" * 12, encore="b" * 12
        )
        assert differs.status_code == 422
        short = await press_at(web, "/compte/mot-de-passe", ancien=PASSWORD, nouveau="x", encore="x")
        assert short.status_code == 403
        assert (await press_at(web, "/compte/mot-de-passe", ancien=PASSWORD, **new)).status_code == 303
        assert (await web.get("/compte")).status_code == 200
        assert (await other.get("/compte")).status_code == 303
    async with visitor(place) as fresh:
        await sign_in(fresh, "elodie", "une autre phrase")
        assert (await fresh.get("/")).status_code == 200


async def test_who_has_the_account_learns_what_is_changed_on_it(place: Office) -> None:
    elodie = await place.clerk("elodie", email="elodie@mairie.example")
    new = {"nouveau": "une autre phrase", "encore": "une autre phrase"}
    async with visitor(place) as web:
        await sign_in(web, "elodie")
        await press_at(web, "/compte/mot-de-passe", ancien=PASSWORD, **new)
    async with place.database.transaction() as session:
        await new_recovery_codes(session, elodie, place.now)
    async with signed_in(place, "chef", "admin") as web:
        place.now += timedelta(minutes=1)
        await press_at(web, f"/comptes/{elodie}/mot-de-passe")
        place.now += timedelta(minutes=1)
        await press_at(web, f"/comptes/{elodie}/second-facteur")
        place.now += timedelta(minutes=1)
        kept = {"nom": "Elodie", "role": "clerk", "actif": "1", "courriel": "ailleurs@mairie.example"}
        await press_at(web, f"/comptes/{elodie}", **kept)
    async with place.database.reading() as session:
        told = (await session.scalars(select(Message).order_by(Message.id))).all()
    assert {each.recipient for each in told} == {"elodie@mairie.example"}
    assert [str(each.values["motif"]) for each in told] == [
        "le mot de passe a changé",
        "de nouveaux codes de secours ont été faits",
        "un administrateur a refait le mot de passe",
        "un administrateur a retiré le second facteur",
        "l'adresse électronique a changé",
    ]


async def test_the_old_password_cannot_be_guessed_at(place: Office) -> None:
    await place.clerk("elodie")
    async with visitor(place) as web:
        await sign_in(web, "elodie")
        new = {"nouveau": "une autre phrase", "encore": "une autre phrase"}
        async with place.database.transaction() as session:
            session.add_all(
                Try(who=key_of("account", "elodie"), at=place.now) for _ in range(TRIES_PER_ACCOUNT)
            )
        refused = await press_at(web, "/compte/mot-de-passe", ancien=PASSWORD, **new)
    assert "Trop d&#39;essais" in refused.text


async def test_browsers_are_listed_and_signed_out_one_by_one_or_all(place: Office) -> None:
    await place.clerk("elodie")
    async with visitor(place) as web, visitor(place) as phone, visitor(place) as third:
        phone.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU) AppleWebKit Version/17 Safari/604"
        for each in (web, phone, third):
            await sign_in(each, "elodie")
        page = (await web.get("/compte")).text
        assert "Safari, iPhone" in page
        named = re.findall(r'name="laquelle" value="(\w+)"', page)
        assert len(named) == 2
        await press_at(web, "/compte/sessions", laquelle="0" * 16)
        await press_at(web, "/compte/sessions", laquelle=named[0])
        assert len([await each.get("/") for each in (phone, third)]) == 2
        await press_at(web, "/compte/sessions")
        assert [(await each.get("/")).status_code for each in (web, phone, third)] == [200, 303, 303]


async def test_nobody_signs_out_somebody_else(place: Office) -> None:
    async with signed_in(place, "elodie") as web, signed_in(place, "marc") as other:
        async with place.database.reading() as session:
            digests = list(await session.scalars(select(ClerkSession.digest)))
        for digest in digests:
            await press_at(other, "/compte/sessions", laquelle=digest[:16])
        assert (await web.get("/")).status_code == 200


async def test_a_recovery_code_opens_once_in_place_of_the_telephone(place: Office) -> None:
    await place.clerk("chef", "admin")
    async with visitor(place) as web:
        enrolment = await sign_in(web, "chef")
        assert "<svg" in enrolment.text
        secret = field_of(enrolment.text, "cle")
        fields = {"jeton": field_of(enrolment.text), "cle": secret}
        code = pyotp.TOTP(secret).at(place.now)
        answer = await web.post("/compte/second-facteur", data={**fields, "code": code})
        assert answer.status_code == 303
        shown = await press_at(web, "/compte/codes")
        codes = re.findall(r"<code>([a-z0-9-]{19})</code>", shown.text)
        assert len(set(codes)) == N_CODES
    async with place.database.reading() as session:
        kept = list(await session.scalars(select(RecoveryCode.digest)))
    assert not any(code in " ".join(kept) for code in codes)
    for given, lets_in in ((codes[0].upper(), True), (codes[0], False), (codes[1].replace("-", " "), True)):
        async with visitor(place) as web:
            asked = await sign_in(web, "chef")
            await web.post("/connexion/code", data={"jeton": field_of(asked.text), "code": given})
            assert ((await web.get("/")).status_code == 200) is lets_in


async def test_an_administrator_makes_changes_and_disables_accounts(place: Office) -> None:
    async with signed_in(place, "chef", "admin") as web:
        made = await press_at(web, "/comptes", compte="Nadia", nom="Nadia B", role="clerk", services=["ccas"])
        password = re.search(r'class="secret">([^<]+)<', made.text)
        assert password is not None
        again = await press_at(web, "/comptes", compte="nadia", nom="Nadia", role="clerk")
        assert (again.status_code, "existe déjà" in again.text) == (422, True)
        async with place.database.reading() as session:
            found = await session.scalar(select(Clerk).where(Clerk.login == "nadia"))
        assert found is not None
        assert found.services == ["ccas"]
        async with visitor(place) as nadia:
            await sign_in(nadia, "nadia", password[1])
            assert (await nadia.get("/")).status_code == 200
            assert (await nadia.get("/comptes")).status_code == 403
            assert (await press_at(nadia, "/comptes", compte="x", nom="x")).status_code == 403
            renewed = await press_at(web, f"/comptes/{found.id}/mot-de-passe")
            assert (await nadia.get("/")).status_code == 303
            fresh = re.search(r'class="secret">([^<]+)<', renewed.text)
            assert fresh is not None
            await sign_in(nadia, "nadia", fresh[1])
            assert (await nadia.get("/")).status_code == 200
            await press_at(web, f"/comptes/{found.id}", nom="Nadia", role="clerk", actif="")
            assert (await nadia.get("/")).status_code == 303
        assert "désactivé" in (await web.get("/comptes")).text
        assert (await web.get("/comptes/999")).status_code == 404


async def test_there_is_always_an_administrator_left(place: Office) -> None:
    async with signed_in(place, "chef", "admin") as web:
        async with place.database.reading() as session:
            mine = await session.scalar(select(Clerk.id))
        refused = await press_at(web, f"/comptes/{mine}", nom="Chef", role="clerk", actif="oui")
        assert refused.status_code == 409
        other = await place.clerk("bis", "admin", password=None, email="bis@mairie.example")
        done = await press_at(web, f"/comptes/{other}", nom="Bis", role="clerk", actif="oui")
        assert done.status_code == 303
        stolen = await press_at(
            web, f"/comptes/{other}", nom="Bis", role="clerk", actif="oui", courriel="CHEF@mairie.example"
        )
        assert stolen.status_code == 409


async def test_a_lost_telephone_is_an_administrator_s_business(place: Office) -> None:
    clerk = await place.clerk("nadia")
    async with place.database.transaction() as session:
        (await session.get_one(Clerk, clerk)).totp_secret = pyotp.random_base32()
    async with signed_in(place, "chef", "admin") as web:
        assert (await press_at(web, f"/comptes/{clerk}/second-facteur")).status_code == 303
    async with visitor(place) as nadia:
        await sign_in(nadia, "nadia")
        assert (await nadia.get("/")).status_code == 200


async def test_a_calendar_follows_the_appointments_without_names_until_the_address_is_taken_back(
    place: Office,
) -> None:
    kept = await visit(place)
    async with signed_in(place, "elodie") as web, visitor(place) as calendar:
        page = (await press_at(web, "/compte/agenda", geste="faire")).text
        address = re.search(r"http://mairie(/agenda/\S+/titre_identite\.ics)", page)
        assert address is not None
        read = await calendar.get(address[1])
        assert read.headers["content-type"].startswith("text/calendar")
        assert f"rdv-{kept.ref}@mairie" in read.text
        assert "Cadet" not in read.text
        assert (await calendar.get("/agenda/autre/titre_identite.ics")).status_code == 404
        async with place.database.reading() as session:
            assert address[1].split("/")[2] not in list(await session.scalars(select(CalendarFeed.digest)))
        assert address[1] not in (await web.get("/compte")).text
        await press_at(web, "/compte/agenda", geste="retirer")
        assert (await calendar.get(address[1])).status_code == 404


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537", "Chrome, Android"),
        ("<script>", "Navigateur"),
        ("", "Navigateur"),
    ],
)
def test_a_browser_is_known_by_little(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_the_qr_code_has_neither_scripts_nor_styles() -> None:
    svg = drawn("otpauth://totp/Mairie:chef?secret=ABC")
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "script" not in svg
