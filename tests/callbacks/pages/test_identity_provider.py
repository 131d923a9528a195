"""Signing in through a real OpenID Connect provider, and what happens when something about it is odd."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from callbacks.oidc import OidcLogin
from callbacks.oidc_settings import OidcSettings
from tests.support.desk import Office, field_of, office, visitor
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, identity_provider

EMAIL = "elodie@mairie.example"


@asynccontextmanager
async def behind(issuer: str, secret: str = CLIENT_SECRET) -> AsyncIterator[tuple[Office, httpx.AsyncClient]]:
    """A town hall that signs in through this provider; elodie has an account there."""
    oidc = OidcLogin(OidcSettings(issuer, CLIENT_ID, secret, "ProConnect"))
    async with office(oidc=oidc) as place, visitor(place) as web:
        await place.clerk("elodie", password=None, email=EMAIL)
        yield place, web


async def to_provider(web: httpx.AsyncClient) -> httpx.Response:
    """Presses the button; the answer that sends the browser away."""
    page = (await web.get("/connexion")).text
    assert "Se connecter avec ProConnect" in page
    return await web.post("/connexion/fournisseur", data={"jeton": field_of(page)})


async def through(web: httpx.AsyncClient) -> httpx.Response:
    """To the provider and back, as a browser goes; the page that comes after."""
    away = await to_provider(web)
    async with httpx.AsyncClient() as outside:
        back = await outside.get(away.headers["location"])
    return await web.get(back.headers["location"])


@pytest.mark.parametrize("kind", ["json", "jwt"])
async def test_a_clerk_signs_in_through_the_towns_provider(kind: str) -> None:
    async with identity_provider(EMAIL.upper(), kind) as issuer, behind(issuer) as (_, web):
        answer = await through(web)
        assert answer.status_code == 303
        assert (await web.get("/")).status_code == 200


async def test_somebody_the_town_does_not_know_stays_out() -> None:
    async with identity_provider("inconnu@ailleurs.example") as issuer, behind(issuer) as (_, web):
        answer = await through(web)
        assert answer.status_code == 403
        assert "Aucun compte n&#39;a cette adresse" in answer.text


async def test_an_address_that_the_provider_has_not_verified_opens_nothing() -> None:
    async with identity_provider(EMAIL, "unverified") as issuer, behind(issuer) as (_, web):
        assert (await through(web)).status_code == 403


async def test_an_answer_meant_for_another_browser_or_used_before_opens_nothing() -> None:
    async with identity_provider(EMAIL) as issuer, behind(issuer) as (place, web):
        away = await to_provider(web)
        async with httpx.AsyncClient() as outside:
            back = (await outside.get(away.headers["location"])).headers["location"]
        async with visitor(place) as other:
            await other.get("/connexion")
            stolen = await other.get(back)
            assert stolen.status_code == 403
            assert "ne vient pas de cette page" in stolen.text
        visit = web.cookies["standardiste-visite"]
        assert (await web.get(back)).status_code == 303
        web.cookies.clear()
        web.cookies.set("standardiste-visite", visit)
        again = await web.get(back)
        assert again.status_code == 403
        assert "réponse inattendue" in again.text


async def test_a_wrong_secret_and_a_refusal_are_said_in_french() -> None:
    async with identity_provider(EMAIL) as issuer, behind(issuer, "faux") as (_, web):
        assert (await through(web)).status_code == 403
        away = httpx.URL((await to_provider(web)).headers["location"])
        refused = await web.get(f"/connexion/retour?error=access_denied&state={away.params['state']}")
        assert "pas donné son accord" in refused.text


async def test_a_provider_that_is_away_leaves_the_password() -> None:
    async with behind("http://127.0.0.1:9") as (_, web):
        answer = await to_provider(web)
        assert answer.status_code == 503
        assert "ne répond pas" in answer.text
        assert "Mot de passe" in answer.text
