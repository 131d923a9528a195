"""The pictures of the guides: taken by the tests that open these pages, into docs/, when they are asked to.

STANDARDISTE_PICTURES=1 pytest -m browser tests/callbacks/pages tests/prompts/pages tests/telephony
"""

import os
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Page

DOCS = Path(__file__).resolve().parents[2] / "docs"
OF_CLERKS: Mapping[str, str] = {
    "/": "rappels",
    "/rappels/C1001": "rappel",
    "/rendez-vous": "rendez-vous",
    "/pilotage": "pilotage",
    "/etat": "etat",
}
"""The picture of each page, without « .png »."""
OF_ADMINS: Mapping[str, str] = {
    "/admin": "reglages",
    "/admin/horaires/mairie": "horaires",
    "/admin/publier": "publier",
    "/admin/conservation": "conservation",
}
A_CALL = "telephone"
"""A call from the browser, under way."""
ALL = frozenset({*OF_CLERKS.values(), *OF_ADMINS.values(), A_CALL})


async def take(page: Page, name: str | None) -> None:
    """Writes the picture of the page as it is; nothing where the page has none, or none are asked for."""
    if name is not None and os.environ.get("STANDARDISTE_PICTURES") == "1":
        await page.screenshot(path=DOCS / f"{name}.png", animations="disabled")
