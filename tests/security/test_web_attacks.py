"""What an attacker tries on the pages, beside what the pages' own tests try."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from zxcvbn import zxcvbn

from callbacks.database import Database
from callbacks.errors import UnusableAccount
from callbacks.models import AuditEntry, Try
from callbacks.oidc import OidcLogin
from callbacks.oidc_settings import OidcSettings
from callbacks.pages.forms import FormRoute, after
from callbacks.pages.noting import write_note
from callbacks.pages.subscribers import network_of
from callbacks.passwords import hashed
from callbacks.sign_in_tries import TRIES_PER_ADDRESS, key_of
from prompts.versions_draft import checked_path
from prompts.versions_errors import VersionsError
from standardiste.web.app import create_app
from standardiste.web.doorbell import MOST_KNOWN, RINGS, WINDOW_S, Doorbell
from tests.support.admin_office import admin_office
from tests.support.desk import (
    NOW,
    PASSWORD,
    empty_desk,
    field_of,
    office,
    services_of,
    session_of,
    signed_in,
    visitor,
)

SIGNED = {"/sms/entrant", "/webhooks/rdv-service-public"}
"""Programs send these, proved by a secret (test_parsers_survive_anything)."""
JSON_ONLY = {"/telephone/offer"}
"""No other site can send its content type unasked."""


def routes_in(app: object) -> list[APIRoute]:
    """All of them: FastAPI keeps what it was given to include as a router within."""
    found: list[APIRoute] = []
    for route in getattr(app, "routes", ()):
        found += (
            [route] if isinstance(route, APIRoute) else routes_in(getattr(route, "original_router", None))
        )
    return found


def posts_of(app: object) -> set[str]:
    return {route.path for route in routes_in(app) if "POST" in (route.methods or ())}


async def test_no_form_anywhere_is_taken_without_the_token_of_its_page(tmp_path: Path) -> None:
    """Whatever pages are added, whoever is signed in."""
    async with admin_office(tmp_path) as place:
        assert place.app is not None
        token = await session_of(place, "chef", "admin")
        paths = posts_of(place.app) - SIGNED - JSON_ONLY - {"/admin/essai/telephone/appel"}
        assert len(paths) > 40
        transport = httpx.ASGITransport(place.app)
        async with httpx.AsyncClient(transport=transport, base_url=place.address) as web:
            web.cookies.set("standardiste", token)
            for path in sorted(paths):
                answer = await web.post(
                    path.replace("{ref}", "C1001").replace("{number}", "1"), data={"jeton": "faux"}
                )
                refused = answer.status_code in (403, 404, 413)  # 404: a link that opens nothing
                assert refused, f"{path}: {answer.status_code}"


def test_every_form_of_the_clerks_is_of_a_bounded_length() -> None:
    app = create_app(services_of(empty_desk()))
    unbounded = {
        route.path
        for route in routes_in(app)
        if "POST" in (route.methods or ()) and not isinstance(route, FormRoute)
    }
    assert unbounded <= SIGNED | JSON_ONLY  # these count what they read themselves


async def test_an_answer_of_a_provider_with_an_odd_letter_is_refused_like_any_other() -> None:
    oidc = OidcLogin(OidcSettings("http://127.0.0.1:9", "mairie", "secret"))
    async with office(oidc=oidc) as place, visitor(place) as web:
        assert (await web.get("/connexion/retour?state=%C3%A9&code=x")).status_code == 403


async def test_a_token_of_half_a_character_is_a_wrong_token() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="jeton"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = "multipart/form-data; charset=raw_unicode_escape; boundary=x"
    async with office() as place, visitor(place) as web:
        answer = await web.post("/connexion", content=body, headers={"content-type": kind})
        assert answer.status_code == 403


async def test_a_webhook_of_half_a_character_is_a_wrong_one() -> None:
    async with office() as place, visitor(place) as web:
        answer = await web.post(
            "/sms/entrant",
            content=b'{"from": "\\ud800", "text": "OK"}',
            headers={"content-type": "application/json", "x-twilio-signature": "x"},
        )
        assert answer.status_code == 403


# ------------------------------------------------------------------------------------------------- transport


@pytest.mark.parametrize("address", ["http://mairie", "https://mairie"])
@pytest.mark.parametrize("public_url", [None, "https://accueil.mairie.example"])
async def test_over_https_the_cookie_is_secure_and_the_browser_comes_back_by_no_other_way(
    address: str, public_url: str | None
) -> None:
    """Also where the proxy in between does not say that the browser came over HTTPS."""
    secure = address.startswith("https") or public_url is not None
    async with office() as place:
        place.desk, place.address = replace(place.desk, public_url=public_url), address
        async with visitor(place) as web:
            answer = await web.get("/connexion")
    assert ("strict-transport-security" in answer.headers) is secure
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all(("Secure" in cookie and cookie.startswith("__Host-")) is secure for cookie in cookies)


async def test_a_session_that_somebody_planted_is_not_the_one_that_is_opened() -> None:
    planted = {"cookie": "standardiste=choisi par un autre"}
    async with office() as place, visitor(place) as web:
        await place.clerk("elodie")
        form = field_of((await web.get("/connexion", headers=planted)).text)
        fields = {"jeton": form, "nom": "elodie", "secret": PASSWORD}
        answer = await web.post("/connexion", data=fields, headers=planted)
        assert "choisi par un autre" not in " ".join(answer.headers.get_list("set-cookie"))
        async with visitor(place) as attacker:
            assert (await attacker.get("/", headers=planted)).status_code == 303


async def test_the_identity_of_a_session_stands_in_no_address_and_no_page() -> None:
    async with office() as place, signed_in(place, "elodie", "admin") as web:
        token = web.cookies["standardiste"]
        for path in ("/", "/compte", "/comptes", "/rendez-vous", "/pilotage"):
            answer = await web.get(path)
            assert token not in answer.text + str(answer.url) + answer.headers.get("location", "")


# -------------------------------------------------------------------------------------------------- guessing


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("?", "?"),
    ],
)
def test_a_subscriber_has_one_count_however_many_addresses(host: str, network: str) -> None:
    assert network_of(host) == network


async def test_one_subscriber_tries_many_accounts_only_so_often() -> None:
    async with office() as place:
        async with place.database.transaction() as session:
            tried = key_of("address", "2001:db8::/64")
            session.add_all(Try(who=tried, at=place.now) for _ in range(TRIES_PER_ADDRESS))
        app = create_app(services_of(place.desk))
        for client, refused in (("2001:db8::2", True), ("2001:db8:0:1::2", False)):
            transport = httpx.ASGITransport(app, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=place.address) as web:
                form = field_of((await web.get("/connexion")).text)
                answer = await web.post("/connexion", data={"jeton": form, "nom": "elodie", "secret": ""})
            assert ("attendez un quart d" in answer.text) is refused


def test_nobody_rings_from_a_browser_without_end() -> None:
    now = [0.0]
    bell = Doorbell(lambda: now[0])
    assert [bell.may_ring("a") for _ in range(RINGS + 2)] == [True] * RINGS + [False] * 2
    assert bell.may_ring("b")
    now[0] = WINDOW_S
    assert bell.may_ring("a")


def test_a_crowd_of_addresses_takes_no_more_than_so_much_memory() -> None:
    bell = Doorbell(lambda: 0.0)
    for number in range(MOST_KNOWN + 10):
        assert bell.may_ring(str(number))
    assert len(bell._rung) == MOST_KNOWN


async def test_who_rings_too_often_from_the_page_is_told_so() -> None:
    async def ringing(_sdp: str) -> str:
        return "v=0"

    services = replace(services_of(empty_desk()), start_browser_call=ringing)
    transport = httpx.ASGITransport(create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://mairie") as web:
        answers = [await web.post("/telephone/offer", json={"sdp": "v=0"}) for _ in range(RINGS + 1)]
    assert [each.status_code for each in answers] == [200] * RINGS + [429]
    assert "dix minutes" in answers[-1].json()["error"]


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123",
        "Mot de Passe 2026!",
        "azertyuiop1234",
        "Mairie-2026-admin",
        "123456789012",
        "Accueil.Mairie.1",
        "passwordpassword",
        "1q2w3e4r5t6y",
        "liverpool1892",
        "zaq12wsxcde3",
        "elodieelodie1",
    ],
)
def test_a_password_that_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(UnusableAccount):
        hashed(password, "elodie")


@pytest.mark.parametrize(("n_signs", "taken"), [(11, False), (64, True), (128, True), (129, False)])
def test_a_password_may_be_long_but_not_without_end(n_signs: int, taken: bool) -> None:
    password = ("le chat dort sous l'orme " * 6)[:n_signs]
    if taken:
        assert hashed(password, "elodie")
        return
    with pytest.raises(UnusableAccount):
        hashed(password, "elodie")


def test_weighing_a_password_never_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[int] = []

    def noted(password: str, user_inputs: list[object]) -> Mapping[str, Any]:
        weighed.append(len(password))
        return zxcvbn(password, user_inputs)

    monkeypatch.setattr("callbacks.passwords.zxcvbn", noted)
    assert hashed(("4@8({[<369!1|/0$5+7%2" * 7)[:128], "elodie")
    assert weighed == [32], "of 72 it is half a minute's work"


async def test_who_is_refused_a_page_or_a_form_is_in_the_audit_log() -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        await web.get("/pilotage")
        await web.post("/rappels/C1001/prendre", data={"jeton": "faux"})
        async with place.database.reading() as session:
            found = await session.scalars(
                select(AuditEntry.subject).where(AuditEntry.action == "accès refusé").order_by(AuditEntry.id)
            )
            assert list(found) == ["/pilotage", "/rappels/{ref}/prendre"]


async def test_nothing_fails_because_its_name_is_too_long_for_the_audit_log(database: Database) -> None:
    await write_note(database, NOW, None, "modifier", "content " + "x" * 300)


# ------------------------------------------------------------------------------------- addresses and files


@given(st.text(max_size=30) | st.text("/\\.:@htps%09\t\n ", max_size=12))
def test_after_a_form_nobody_is_sent_to_another_site(path: str) -> None:
    where = after(path)
    assert where.startswith("/")
    assert httpx.URL("https://mairie/connexion").join(where).host == "mairie"


@given(st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "", "a", "a.yaml", "/"])).map("/".join))
def test_no_name_of_a_file_of_the_content_leads_out_of_its_folder(name: str) -> None:
    folder = Path("/donnees/commune")
    try:
        path = checked_path(folder, name)
    except VersionsError:
        return
    assert folder in path.parents
    assert ".." not in path.parts


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fapp.py",
        "/guichet/..%2fguards.py",
        "/guichet/%2e%2e/guards.py",
        "/admin/static/..%2finstall.py",
        "/messagerie/..%2f..%2fetc%2fpasswd",
        "/signalements/C1/photos/..%2fx",
        "/agenda/x/..%2f..%2fetc%2fpasswd.ics",
    ],
)
async def test_no_address_reads_a_file_that_is_not_served(path: str) -> None:
    async with office() as place, signed_in(place, "elodie") as web:
        answer = await web.get(path)
        assert answer.status_code in (404, 422)
        assert "import" not in answer.text
        assert "root:" not in answer.text


async def test_words_that_mean_something_to_sql_are_only_words() -> None:
    words = ("' OR '1'='1", "'; DROP TABLE callbacks; --", "%", "_", "\\", '"', "1) UNION SELECT 1--")
    async with office() as place, signed_in(place, "elodie") as web:
        wish = await place.wants_callback()
        for word in words:
            answer = await web.get("/", params={"q": word})
            assert answer.status_code == 200
            assert "Bellemare" not in answer.text, word
            assert (await web.get("/", params={"service": word})).status_code in (200, 422)
        assert (await web.get(f"/rappels/{wish.ref}")).status_code == 200
