"""The replay of a draft in the admins' pages: made, read side by side, signed off before it is published."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from prompts.trial_calls import read_trial_calls
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send, served_admin
from tests.support.desk_browser import chromium, clerk_page, faults_seen_by_axe
from tests.support.recorded_calls import Turn, record_calls

MARKET = {
    "nom": "la date du marché de Noël",
    "dites": ["c'est quand le marché de Noël", "quel jour il y a les chalets de Noël"],
    "reponse": "Le marché de Noël se tient le 12 décembre.",
    "source": {"titre": "le service culture", "verifie_le": "2026-11-02"},
    "valable_jusquau": "2026-12-31",
}
ASKED = ["c'est quand le marché de Noël", "non merci"]
SHREDDER = [("broyeur", ["vous prêtez un broyeur de végétaux"])]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


async def with_calls(place: AdminOffice, folder: Path, calls: Sequence[tuple[str, Sequence[Turn]]]) -> None:
    """Yesterday's calls, in the database of this town hall."""
    assert place.live is not None
    yesterday = place.desk.now() - timedelta(days=1)
    database = await record_calls(f"sqlite:///{folder / 'mairie.db'}", place.live.town, yesterday, calls)
    await database.close()


def edit(place: AdminOffice, part: Part, value: object) -> None:
    """A change of the draft, whatever stood there."""
    now = place.desk.now()
    seen = place.store.open_draft(now).value(part)
    place.store.edit(part, value, digest_of_part(seen), "Léa", now)


def forget_the_market(place: AdminOffice) -> None:
    """A draft in which the market's question is gone."""
    edit(place, Part("faq.yaml", ("questions", "marche")), None)


async def market_published(place: AdminOffice) -> None:
    edit(place, Part("faq.yaml", ("questions", "marche")), MARKET)
    place.store.publish("Léa", "le marché", place.desk.now())
    assert place.live is not None
    await place.live.refresh()


async def test_a_draft_without_calls_of_before_is_published_at_once(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        edit(place, Part("faq.yaml", ("questions", "marche")), MARKET)
        answer = await send(web, "/admin/publier", "/admin/publier", quand="maintenant")
        # Where the voice takes more than a second, there is a bar first.
        assert answer.headers["location"] in ("/admin?fait=publie", "/admin/publier/voix")
        assert "rien à rejouer" in (await web.get("/admin/rejeu")).text


async def test_a_regression_is_seen_signed_off_and_stays_in_the_history(
    browser: Browser, tmp_path: Path
) -> None:
    async with admin_office(tmp_path) as place, served_admin(place):
        await market_published(place)
        await with_calls(place, tmp_path, [(f"appel-{n}", ASKED) for n in range(3)] + SHREDDER)
        forget_the_market(place)
        page = await clerk_page(browser, place, "lea", "admin")
        await page.goto("/admin/publier")
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_text("3 appels changent")).to_be_visible(timeout=60_000)
        await expect(page.get_by_role("heading", name=re.compile("Moins bien"))).to_be_visible()
        await expect(
            page.get_by_role("cell", name="Le marché de Noël se tient le 12 décembre")
        ).to_be_visible()
        assert await faults_seen_by_axe(page) == []
        await page.set_viewport_size({"width": 390, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.goto("/admin/publier")
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_text("quelqu'un doit l'accepter d'abord")).to_be_visible()
        await page.get_by_role("link", name="Lire les appels côte à côte").click()
        await page.get_by_label("Pourquoi c'est acceptable").fill("le marché est annulé")
        await page.get_by_role("button", name="Accepter, à mon nom").click()
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_text("C'est publié")).to_be_visible()
        number = place.store.in_service()
        assert number is not None
        replay = place.store.version(number).replay
        assert replay is not None
        assert (replay.calls, replay.worse) == (4, 3)
        assert replay.signed is not None
        assert replay.signed.why == "le marché est annulé"
        await page.goto(f"/admin/historique/{number}")
        await expect(page.get_by_text("le marché est annulé")).to_be_visible()
        await page.locator("summary", has_text="les autres réglages").click()
        await page.get_by_role("link", name="Sans réponse").click()
        await page.get_by_role("link", name="broyeur").click()
        await expect(page.get_by_label("La réponse, telle qu'elle sera dite")).to_be_visible()
        assert await faults_seen_by_axe(page) == []


async def test_a_draft_that_changed_after_its_replay_is_replayed_anew(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        await with_calls(place, tmp_path, [("appel", ASKED)])
        edit(place, Part("faq.yaml", ("questions", "marche")), MARKET)
        replays = place.admin.replays if place.admin else None
        draft = place.store.draft()
        assert replays is not None
        assert draft is not None
        answer = await send(web, "/admin/publier", "/admin/publier", quand="maintenant")
        assert answer.headers["location"] == "/admin/rejeu"
        await replays.aclose()  # type: ignore[attr-defined]
        edit(place, Part("faq.yaml", ("questions", "marche", "nom")), "le marché")
        assert replays.state(draft.content) is None
        assert "Rejouer les appels" in (await web.get("/admin/rejeu")).text


async def test_a_call_tried_in_text_becomes_a_test_call_of_the_town(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        await send(web, "/admin/essai", "/admin/essai")
        empty = await send(web, "/admin/essai", "/admin/essai/garder", nom="vide", attendu="x")
        assert "cet appel est vide" in empty.text
        await send(web, "/admin/essai", "/admin/essai/dire", touche="1")
        await send(web, "/admin/essai", "/admin/essai/dire", texte="et la déchèterie ?")
        assert "Garder cet appel comme essai" in (await web.get("/admin/essai")).text
        fields = {"nom": "les horaires", "attendu": "déchèterie\n18 h"}
        missing = await send(web, "/admin/essai", "/admin/essai/garder", nom="les horaires", attendu=" ")
        assert "il manque quelques mots" in missing.text
        assert (await send(web, "/admin/essai", "/admin/essai/garder", **fields)).status_code == 303
        again = await send(web, "/admin/essai", "/admin/essai/garder", **fields)
        assert "Un essai s&#39;appelle déjà « les horaires »" in again.text
        assert "Essais : ajouté « les horaires »" in (await web.get("/admin/publier")).text
        draft = place.store.draft()
        assert draft is not None
        (call,) = read_trial_calls(draft.content)
        assert [(turn.keys, turn.says) for turn in call.turns] == [("1", None), (None, "et la déchèterie ?")]
        assert call.turns[-1].wanted == ("déchèterie", "18 h")


async def test_a_test_call_that_cannot_be_read_is_told_and_nothing_is_published(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        edit(place, Part("essais/marche.yaml"), "appels:\n- nom: marché\n  le: demain\n  tours: []\n")
        answer = await send(web, "/admin/publier", "/admin/publier", quand="maintenant")
        assert answer.headers["location"] == "/admin/rejeu"
        replays, draft = (place.admin.replays if place.admin else None), place.store.draft()
        assert replays is not None
        assert draft is not None
        while (state := replays.state(draft.content)) is None or state.running:  # noqa: ASYNC110 - as the page does
            await asyncio.sleep(0.05)
        assert "essais/marche.yaml:3" in (await web.get("/admin/rejeu")).text
        assert place.store.in_service() == 1
