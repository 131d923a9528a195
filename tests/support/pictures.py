"""The pictures of the guides: taken by the tests that open these pages, into docs/, when they are asked to.

`make pictures` asks for them.
"""

import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

DOCS = Path(__file__).resolve().parents[2] / "docs"
WIDE, NARROW = 1280, 390
"""The widths that the pages are drawn for, in pixels."""
OF_CLERKS: Mapping[tuple[str, int], str] = {
    ("/", WIDE): "rappels",
    ("/", NARROW): "rappels-au-telephone",
    ("/rappels/C1001", WIDE): "rappel",
    ("/appels/appel-1", WIDE): "appel-enregistre",
    ("/rendez-vous?jour=2026-11-26", WIDE): "rendez-vous",
    ("/pilotage", WIDE): "pilotage",
}
"""The picture of each page at this width, without « .png »."""
OF_ADMINS: Mapping[str, str] = {
    "/admin": "reglages",
    "/admin/horaires/mairie": "horaires",
    "/admin/conservation": "enregistrer-les-appels",
}
A_CALL = "telephone"
"""A call from the browser, under way."""
PUBLISHING = "publier"
"""A draft that may be published."""
PART_OF_THE_PAGE: Mapping[str, str] = {"enregistrer-les-appels": "form[aria-labelledby=sound]"}
"""Where a picture shows one part only: which."""
ALL = frozenset({*OF_CLERKS.values(), *OF_ADMINS.values(), A_CALL, PUBLISHING})
MOST_BYTES = 150_000
DATES_IN_FRENCH = """(french) => {
    for (const field of document.querySelectorAll("[type=date], [type=datetime-local], [data-was]")) {
        const [year, month, day, hour] = field.value.split(/[-T]/);
        field.dataset.was ||= field.type;
        field.type = french ? "text" : field.dataset.was;
        const told = day ? `${day}/${month}/${year} ${hour || ""}` : "jj/mm/aaaa";
        field.value = french ? told : field.defaultValue;
    }
}"""
"""The Chromium of the tests speaks English alone, and so do its fields; that of a town hall does not."""


async def take(page: Page, name: str | None) -> None:
    """Writes the picture of the page as it is; nothing where the page has none, or none are asked for."""
    if name is None or os.environ.get("STANDARDISTE_PICTURES") != "1":
        return
    await page.evaluate(DATES_IN_FRENCH, True)
    if name in PART_OF_THE_PAGE:
        drawn = await page.locator(PART_OF_THE_PAGE[name]).screenshot(animations="disabled")
    else:
        drawn = await page.screenshot(animations="disabled")
    await page.evaluate(DATES_IN_FRENCH, False)
    # Pages have few colours: a palette holds them all, in a third of the bytes.
    palette = Image.open(BytesIO(drawn)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    palette.save(DOCS / f"{name}.png", optimize=True)
