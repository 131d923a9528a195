"""The clerks' pages in a real headless Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser import CHROMIUM, CHROMIUM_ARGS
from tests.support.desk import Office, session_of

AXE = Path(__file__).parent / "axe" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        try:
            yield browser
        finally:
            await browser.close()


async def clerk_page(
    browser: Browser, place: Office, login: str, role: str = "clerk", **context: Any
) -> Page:
    """A window in which a new clerk is signed in."""
    page = await any_page(browser, place, **context)
    token = await session_of(place, login, role)
    await page.context.add_cookies([{"name": "standardiste", "value": token, "url": place.address}])
    return page


async def any_page(browser: Browser, place: Office, **context: Any) -> Page:
    """A window of its own."""
    window = await browser.new_context(base_url=place.address, locale="fr-FR", **context)
    page = await window.new_page()
    page.set_default_timeout(15_000)
    return page


async def faults_seen_by_axe(page: Page) -> list[str]:
    """What axe-core finds wrong at WCAG 2.2 level AA on the page as it is."""
    found = await page.evaluate(
        """async ([source, tags]) => {
            if (!window.axe) (0, eval)(source);
            const { violations } = await window.axe.run({ runOnly: tags });
            const told = (id, node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`;
            return violations.flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));
        }""",
        [AXE.read_text(encoding="utf-8"), WCAG_22_AA],
    )
    return list(found)
