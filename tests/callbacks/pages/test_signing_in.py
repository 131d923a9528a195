"""Who gets in, who does not, and what is left in the audit log."""

from datetime import timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.accounts import NewAccount, add_account
from callbacks.errors import UnusableAccount
from callbacks.models import AuditEntry, Clerk, ClerkSession
from callbacks.pages.forms import after
from callbacks.sessions import LASTS
from callbacks.sign_in_tries import CODE_TRIES, TRIES_PER_ACCOUNT
from tests.support.desk import NOW, PASSWORD, Office, field_of, office, press, sign_in, signed_in, visitor


async def audit_of(place: Office) -> list[tuple[str, str]]:
    async def work(session: AsyncSession) -> list[tuple[str, str]]:
        rows = await session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id))
        return [(row[0], row[1]) for row in rows]

    return await place.database.read(work)


async def test_the_first_page_of_a_town_without_accounts_says_how_to_make_one() -> None:
    async with office() as place, visitor(place) as web:
        assert "standardiste user add" in (await web.get("/connexion")).text
        await place.clerk("elodie")
        assert "standardiste user add" not in (await web.get("/connexion")).text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        form = (await web.get("/connexion")).text
        fields = {"jeton": field_of(form), "nom": "Elodie ", "secret": PASSWORD}
        answer = await web.post("/connexion", data=fields)
        (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "standardiste=" in each]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
        assert answer.headers["location"] == "/connexion/code?suite=/"


async def test_behind_https_the_cookie_never_leaves_it() -> None:
    async with office() as place:
        await place.clerk("elodie")
        place.address = "https://mairie"
        async with visitor(place) as web:
            await sign_in(web, "elodie")
            assert "__Host-standardiste" in web.cookies
            assert all(cookie.secure for cookie in web.cookies.jar)


async def test_the_database_holds_neither_password_nor_token() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        await sign_in(web, "elodie")
        async with place.database.reading() as session:
            digest = await session.scalar(select(Clerk.password_hash))
            kept = await session.scalar(select(ClerkSession.digest))
        assert digest is not None
        assert digest.startswith("$argon2id$")
        assert web.cookies["standardiste"] != kept


@pytest.mark.parametrize(("login", "password"), [("elodie", "une autre phrase"), ("personne", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(login: str, password: str) -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        answer = await sign_in(web, login, password)
        assert answer.status_code == 403
        assert "ne vont pas ensemble" in answer.text
        assert (await web.get("/")).status_code == 303


async def test_guessing_ends_after_a_few_tries_even_with_the_right_password() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        for _ in range(TRIES_PER_ACCOUNT):
            await sign_in(web, "elodie", "une autre phrase")
        refused = await sign_in(web, "elodie")
        assert refused.status_code == 403
        assert "attendez un quart d" in refused.text
        place.now += timedelta(minutes=16)
        assert (await sign_in(web, "elodie")).status_code == 200


async def test_a_session_that_has_run_out_says_so_and_leads_back() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        page = (await web.get(f"/rappels/{wish.ref}")).text
        place.now += LASTS
        answer = await web.get(f"/rappels/{wish.ref}")
        assert answer.headers["location"] == f"/connexion?suite=/rappels/{wish.ref}&expire=1"
        assert "Votre session a expiré" in (await web.get(answer.headers["location"])).text

        lost = await web.post(
            f"/rappels/{wish.ref}/issue",
            data={"jeton": field_of(page), "issue": "rappele", "note": "Il faut <rappeler> lundi."},
        )
        assert lost.status_code == 401
        assert "Il faut &lt;rappeler&gt; lundi." in lost.text
        assert "Rien n'a été enregistré" in lost.text
        by_script = await web.get("/", headers={"hx-request": "true"})
        assert by_script.headers["hx-redirect"].startswith("/connexion")
        stream = await web.get("/direct", headers={"accept": "text/event-stream"})
        assert stream.status_code == 401


async def test_who_signs_out_is_out_everywhere_with_that_token() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        token = web.cookies["standardiste"]
        gone = await press(web, "/deconnexion")
        assert gone.headers["location"] == "/connexion"
        web.cookies.set("standardiste", token)
        assert (await web.get("/")).status_code == 303


async def test_an_account_that_is_closed_has_no_session_any_more() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        async with place.database.transaction() as session:
            clerk = (await session.scalars(select(Clerk))).one()
            clerk.active = False
        assert (await web.get("/")).status_code == 303


async def admin_with_code(place: Office, web: httpx.AsyncClient) -> str:
    """An administrator who has just set up the second factor; its secret."""
    page = (await sign_in(web, "chef")).text
    secret = field_of(page, "cle")
    code = pyotp.TOTP(secret).at(place.now)
    answer = await web.post(
        "/compte/second-facteur", data={"jeton": field_of(page), "cle": secret, "code": code}
    )
    assert answer.status_code == 303
    return secret


async def test_an_administrator_sees_nothing_before_a_second_factor_is_set_up() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("chef", "admin")
        page = await sign_in(web, "chef")
        assert "Second facteur" in page.text
        assert "otpauth://totp/" in page.text
        assert (await web.get("/")).headers["location"].startswith("/connexion/code")
        assert (await web.get("/pilotage")).status_code == 303
        await admin_with_code(place, web)
        assert (await web.get("/pilotage")).status_code == 200


async def test_the_second_factor_is_asked_each_time_and_a_code_serves_once() -> None:
    async with office() as place:
        await place.clerk("chef", "admin")
        async with visitor(place) as web:
            secret = await admin_with_code(place, web)
        async with visitor(place) as web:
            page = (await sign_in(web, "chef")).text
            used = {"jeton": field_of(page), "code": pyotp.TOTP(secret).at(place.now)}
            again = await web.post("/connexion/code", data=used)
            assert again.status_code == 403
            assert (await web.get("/")).status_code == 303
            place.now += timedelta(seconds=60)
            fresh = {**used, "code": pyotp.TOTP(secret).at(place.now)}
            assert (await web.post("/connexion/code", data=fresh)).status_code == 303
            assert (await web.get("/")).status_code == 200


async def test_codes_cannot_be_guessed() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("chef", "admin")
        secret = await admin_with_code(place, web)
        await press(web, "/deconnexion")
        place.now += timedelta(minutes=5)
        page = (await sign_in(web, "chef")).text
        for number in range(CODE_TRIES):
            await web.post("/connexion/code", data={"jeton": field_of(page), "code": f"{number:06}"})
        right = {"jeton": field_of(page), "code": pyotp.TOTP(secret).at(place.now)}
        refused = await web.post("/connexion/code", data=right)
        assert refused.status_code == 403
        assert "attendez un quart d" in refused.text


async def test_clerks_do_not_see_the_dashboard_and_supervisors_do() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        refused = await web.get("/pilotage")
        assert refused.status_code == 403
        assert "réservée aux responsables" in refused.text
        assert "/pilotage" not in (await web.get("/")).text
        async with signed_in(place, "marc", "supervisor") as other:
            assert (await other.get("/pilotage")).status_code == 200


async def test_every_look_at_personal_data_leaves_a_line() -> None:
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        await sign_in(web, "elodie")
        wish = await place.wants_callback()
        for path in ("/", f"/rappels/{wish.ref}", "/rappels.csv", "/signalements", "/rendez-vous"):
            assert (await web.get(path)).status_code == 200
        seen = await audit_of(place)
    for line in (
        ("connexion", "session"),
        ("lister", "callbacks"),
        ("lire", f"callback {wish.ref}"),
        ("exporter", "callbacks"),
        ("lister", "tickets"),
        ("lister", f"appointments {NOW.date()}"),
    ):
        assert line in seen


@pytest.mark.parametrize(
    ("login", "role", "password"),
    [
        ("", "clerk", PASSWORD),
        ("élodie", "clerk", PASSWORD),
        ("elodie", "roi", PASSWORD),
        ("elodie", "clerk", "trop court"),
        ("elodie", "clerk", "elodieelodie!"),
        ("elodie", "clerk", "a" * 20),
        ("elodie", "clerk", "ab" * 150),
    ],
)
async def test_accounts_that_would_be_weak_or_odd_are_not_made(login: str, role: str, password: str) -> None:
    async with office() as place:
        with pytest.raises(UnusableAccount):
            await add_account(place.database, NewAccount(login, role, password), NOW)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/rappels/C1", "/rappels/C1"),
        ("https://ailleurs.example/", "/"),
        ("//ailleurs.example/", "/"),
        ("/\\ailleurs.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_these_pages(asked: str, given: str) -> None:
    assert after(asked) == given
