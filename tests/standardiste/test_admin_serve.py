"""A real `serve`: the draft is rung before it is published; a call keeps what it began with; no restart."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callbacks.accounts import NewAccount, add_account
from callbacks.database import open_database
from callbacks.sessions import open_session
from prompts.errors import Problem
from prompts.versions import VersionStore
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from standardiste.admin import check_of
from standardiste.admin_check import Proofs
from standardiste.admin_live import store_of
from tests.support.admin_office import settings_in
from tests.support.browser import ring
from tests.support.desk_browser import chromium
from tests.support.serve_process import serve_process
from tests.support.short_town import NOW, write_short_town

AGAIN = Part("phrases.yaml", ("autre_chose",))
OLD, NEW = "Autre chose ?", "Et avec cela ?"
HEARD_WITHIN_S = 3.0


def changed(store: VersionStore) -> None:
    """A draft with another sentence, by some other program."""
    now = datetime.now(UTC)
    seen = digest_of_part(store.open_draft(now).value(AGAIN))
    store.edit(AGAIN, NEW, seen, "Léa", now)


@asynccontextmanager
async def call_of(page: Page) -> AsyncIterator[None]:
    """A call that has been greeted; hung up at the end."""
    await ring(page)
    await expect(page.get_by_role("log")).to_contain_text("Parlez, ou tapez 1 ou 2.", timeout=20_000)
    yield
    await page.get_by_role("button", name="Raccrocher").click()


async def hears(page: Page, sentence: str) -> None:
    """What follows the hours, asked for by their key."""
    await page.get_by_role("button", name="Touche 1 : horaires").click()
    await expect(page.get_by_role("log")).to_contain_text(sentence, timeout=20_000)


@pytest.mark.browser
async def test_the_draft_is_rung_first_and_a_call_keeps_the_version_that_it_began_with(
    tmp_path: Path,
) -> None:
    (tmp_path / "commune").mkdir()
    settings = settings_in(tmp_path, write_short_town(tmp_path / "commune"))
    environment = {
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_EARS": "none",
        "STANDARDISTE_DATA": str(settings.data_dir),
        "STANDARDISTE_DATABASE": settings.database_url,
    }
    arguments = ("--now", NOW, "--commune", str(settings.commune_dir))
    async with serve_process(*arguments, environment=environment) as agent:
        await agent.until_ready()
        token = await admin_token(settings.database_url)
        store = store_of(settings)
        changed(store)
        async with chromium() as browser:
            window = await browser.new_context(base_url=agent.address, permissions=["microphone"])
            await window.add_cookies([{"name": "standardiste", "value": token, "url": agent.address}])
            caller, draft, later = [await window.new_page() for _ in range(3)]
            await caller.goto("/telephone")
            async with call_of(caller):
                await draft.goto("/admin/essai/telephone")
                await expect(draft.get_by_role("heading", name="Appeler le brouillon")).to_be_visible()
                async with call_of(draft):
                    await hears(draft, NEW)
                store.publish("Léa", "plus court", datetime.now(UTC))
                await asyncio.sleep(HEARD_WITHIN_S)
                await later.goto("/telephone")
                async with call_of(later):
                    await hears(later, NEW)
                await hears(caller, OLD)
        assert await agent.stop() == 0
    assert not re.search("Traceback", "\n".join(agent.other_lines))


async def admin_token(url: str) -> str:
    """The session of a new admin, as `serve` finds it in its database."""
    database, now = open_database(url), datetime.fromisoformat(NOW).replace(tzinfo=UTC)
    try:
        new = NewAccount("lea", "admin", None, "Léa", email="lea@mairie.example")
        clerk_id = await add_account(database, new, now)
        async with database.transaction() as session:
            return await open_session(session, clerk_id, now, code_given=True)
    finally:
        await database.close()


async def test_the_proof_of_a_draft_tells_what_check_tells(tmp_path: Path) -> None:
    (tmp_path / "commune").mkdir()
    town = write_short_town(tmp_path / "commune")
    (town / "phrases.yaml").write_text('menu: "Tapez {touche}."\n', encoding="utf-8")
    proofs = Proofs(settings_in(tmp_path, town), lambda: datetime.fromisoformat(NOW))
    first, again = await asyncio.gather(proofs.of(town), proofs.of(town))
    (problem,) = first
    assert first is again, "asked twice, it is made once"
    assert isinstance(problem, Problem)
    assert (problem.file, problem.line) == ("phrases.yaml", 1)
    assert "variable inconnue {touche}" in problem.message
    told = await check_of(proofs)(town)
    assert told.startswith("Avec ce qui a été publié entre-temps, il y a un point à corriger. Phrases")
    assert "variable inconnue {touche}" in told
    await proofs.aclose()
