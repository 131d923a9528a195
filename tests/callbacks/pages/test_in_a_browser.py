"""The pages in a real Chromium: with the keyboard alone, without scripts, live, and as axe-core sees them."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import links, work
from callbacks.links import Purpose
from callbacks.models import Appointment
from callbacks.models_agenda import PlaceOffer
from callbacks.voicemail import Voicemail
from telephony.ari.caller_id import e164
from tests.support import pictures
from tests.support.busy_office import fill_morning, fill_past
from tests.support.desk import PASSWORD, Office, office, served, session_of
from tests.support.desk_browser import any_page, chromium, clerk_page, faults_seen_by_axe
from tests.support.outside_town import POINT, office_with
from tests.support.recorded_calls_kept import keep_sound
from tests.support.voicemail import leave_message

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/?q=personne", "/rappels/C1001", "/rappels/C1002", "/rappels/C1001/imprimer", "/rendez-vous",
    "/rendez-vous?jour=2026-11-26", "/rendez-vous/attente", "/rendez-vous/fermer", "/signalements",
    "/signalements/S2002", "/dossiers", "/dossiers/fiche?numero=412", "/messages", "/pilotage", "/compte",
    "/compte/second-facteur", "/messagerie", "/personne?reference=C1001", "/pieces/passeport", "/appels",
    "/appels/appel-1",
    "/nulle-part", "/etat", "/telephone",
)  # fmt: skip

PUBLIC_LINKS: tuple[Purpose, ...] = ("rendez_vous", "signalement", "refus", "place")
TITLES = "/titres?point=201&quand=2026-12-01T14:40&motif=CNI&nombre=1"
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => each.open = true)"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_with(france_titres={"points": (POINT,)}) as one:
        one.desk = replace(one.desk, voicemail=Voicemail(tmp_path, e164))
        await fill_morning(one)
        await keep_sound(one, tmp_path, "appel-1")
        leave_message(tmp_path, 0, one.now, "0696112233")
        leave_message(tmp_path, 1, one.now, "")
        async with served(one):
            yield one


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page_at_either_width_and_no_page_is_too_wide(
    browser: Browser, place: Office, scheme: str
) -> None:
    await fill_past(place)
    faults = []
    # axe's own source is evaluated in the page, which the pages' policy rightly forbids.
    page = await clerk_page(browser, place, "elodie", "supervisor", color_scheme=scheme, bypass_csp=True)
    stranger = await any_page(browser, place, color_scheme=scheme, bypass_csp=True)
    head = await clerk_page(browser, place, "paule", "admin", color_scheme=scheme, bypass_csp=True)
    people = (*await links_sent(place), TITLES)
    for width in (1280, 390):
        seen = [(page, PAGES), (stranger, ("/connexion", "/connexion?expire=1"))]
        if width == 390:  # people open theirs on a telephone
            seen += [(stranger, people), (head, ("/comptes", "/comptes/1"))]
        for window, paths in seen:
            await window.set_viewport_size({"width": width, "height": 800})
            for path in paths:
                await window.goto(path)
                if scheme == "light":
                    await pictures.take(window, pictures.OF_CLERKS.get((path, width)))
                await window.evaluate(OPEN_ALL)
                faults += [f"{path} {width}: {each}" for each in await faults_seen_by_axe(window)]
                too_wide = await window.evaluate("document.documentElement.scrollWidth - innerWidth")
                if too_wide > 0:
                    faults.append(f"{path} {width}: {too_wide} px too wide")
    assert faults == []


async def links_sent(place: Office) -> tuple[str, ...]:
    """The address of each kind that a message may bring."""

    async def work(session: AsyncSession) -> tuple[str, ...]:
        visit = Appointment(
            ref="R999001", motif="titre_identite", subject="passeport", name="Cadet", name_key="cadet",
            starts_at=datetime(2026, 12, 3, 9), phone="+596696203040", created_at=place.now,
        )  # fmt: skip
        session.add(visit)
        await session.flush()
        offer = PlaceOffer(
            appointment_id=visit.id, starts_at=datetime(2026, 12, 1, 9), status="proposee",
            created_at=place.now, valid_until=place.now + timedelta(hours=2),
        )  # fmt: skip
        session.add(offer)
        await session.flush()
        about = (visit.ref, "S2001", "+596696203040", str(offer.id))
        found = []
        for purpose, subject in zip(PUBLIC_LINKS, about, strict=True):
            token = await links.mint(session, purpose, subject, place.now, sequence=0)
            found.append(f"/{'place' if purpose == 'place' else 'l'}/{token}")
        return tuple(found)

    return await place.database.write(work)


async def focused(page: Page) -> str:
    """What the keyboard is on, in words; its outline must be seen."""
    told = await page.evaluate(
        """() => {
            const on = document.activeElement, style = getComputedStyle(on);
            const seen = style.outlineStyle !== "none" ? style.outlineWidth : "0px";
            return [on.id || on.innerText || on.name, seen];
        }"""
    )
    assert told[1] != "0px", f"nothing shows that the keyboard is on « {told[0]} »"
    return str(told[0])


async def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Goes there by the keyboard alone. Fails the test when it cannot be reached."""
    for _ in range(60):
        await page.keyboard.press(key)
        if name in await focused(page):
            return
    raise AssertionError(f"« {name} » cannot be reached with the keyboard")


async def test_a_whole_day_with_the_keyboard_alone(browser: Browser, place: Office) -> None:
    await place.clerk("lucie")
    page = await any_page(browser, place)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto("/")
    # Where the keyboard is when the page opens; it is put there as the page is laid out.
    await expect(page.get_by_label("Nom du compte")).to_be_focused()
    await page.keyboard.type("lucie")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await tab_to(page, "Montrer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Mot de passe", exact=True)).to_have_attribute("type", "text")
    await tab_to(page, "secret", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Rappels")).to_be_visible()

    await page.keyboard.press("Tab")
    assert await focused(page) == "Aller au contenu"
    await tab_to(page, "a-C1003")
    await page.keyboard.press("ArrowDown")
    assert await focused(page) == "a-C1001"
    await page.keyboard.press("ArrowUp")
    assert await focused(page) == "a-C1003"
    await page.keyboard.press("Tab")
    assert await focused(page) == "p-C1003"
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Ce rappel est à vous.")).to_be_visible()
    await tab_to(page, "note")
    await page.keyboard.type("Elle rappellera vendredi.")
    await tab_to(page, "Rappelé")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Rappel terminé.")).to_be_visible()
    await expect(page.get_by_text("Elle rappellera vendredi.")).to_be_visible()
    await tab_to(page, "Tous les rappels")
    await page.keyboard.press("Enter")
    await expect(page.locator("#r-C1003")).to_have_count(0)
    await tab_to(page, "Se déconnecter", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    assert complaints == []


async def test_without_scripts_a_call_back_is_read_and_closed(browser: Browser, place: Office) -> None:
    page = await clerk_page(browser, place, "lucie", java_script_enabled=False)
    await page.goto("/")
    await page.get_by_label("Chercher").fill("bellemare")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator(".row")).to_have_count(1)
    await page.get_by_role("link", name="Josiane Bellemare").click()
    await expect(page.get_by_text("Source : Retrait des titres")).to_be_visible()
    await page.get_by_role("button", name="Prendre ce rappel").click()
    await page.get_by_role("button", name="Réglé").click()
    await expect(page.get_by_text("Rappel terminé.")).to_be_visible()


async def test_the_list_changes_by_itself_and_the_keyboard_stays_where_it_was(
    browser: Browser, place: Office
) -> None:
    page = await clerk_page(browser, place, "lucie")
    await page.goto("/")
    await expect(page.get_by_text("Mis à jour en direct")).to_be_visible()
    await page.locator("#a-C1005").focus()
    new = await place.wants_callback("Léon <b>Fabre</b>", "+596696000001", minutes=5, urgent=True)
    await expect(page.locator(f"#r-{new.ref}")).to_contain_text("Léon <b>Fabre</b>")
    marc = await place.clerk("paul", password=None, email="paul@mairie.example")
    await work.claim(place.database, new.id, marc, place.now)
    await expect(page.locator(f"#r-{new.ref}")).to_contain_text("par Paul")
    await expect(page.locator(f"#p-{new.ref}")).to_have_count(0)
    await work.close(place.database, new.id, marc, place.now)
    await expect(page.locator(f"#r-{new.ref}")).to_have_count(0)
    assert await focused(page) == "a-C1005"


async def test_choices_are_followed_without_a_reload_and_stay_live(browser: Browser, place: Office) -> None:
    page = await clerk_page(browser, place, "lucie")
    await page.goto("/")
    await expect(page.get_by_text("Mis à jour en direct")).to_be_visible()
    await page.evaluate("document.body.dataset.same = 'yes'")
    await page.get_by_label("Service").select_option("urbanisme")
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page).to_have_url(re.compile("service=urbanisme"))
    new = await place.wants_callback("Une Autre", "+596696000002", service="urbanisme")
    await place.wants_callback("Ailleurs", "+596696000003", service="ccas")
    await expect(page.locator(f"#r-{new.ref}")).to_be_visible()
    await expect(page.locator(".row")).to_have_count(2)
    assert await page.evaluate("document.body.dataset.same") == "yes"


async def test_two_clerks_who_press_at_once_never_both_have_the_person(
    browser: Browser, place: Office
) -> None:
    windows = [await clerk_page(browser, place, login) for login in ("lucie", "zoe")]
    for page in windows:
        await page.goto("/rappels/C1001")
    await asyncio.gather(
        *(page.get_by_role("button", name="Prendre ce rappel").click(no_wait_after=True) for page in windows)
    )
    mine = [page.get_by_text("Ce rappel est à vous.") for page in windows]
    theirs = [page.get_by_text("Déjà pris par") for page in windows]
    for yes, no in zip(mine, theirs, strict=True):
        await expect(yes.or_(no)).to_be_visible()
    assert sorted([await each.count() for each in mine]) == [0, 1]


async def test_an_open_story_tells_that_somebody_else_changed_it_and_keeps_what_was_typed(
    browser: Browser, place: Office
) -> None:
    page = await clerk_page(browser, place, "lucie")
    marc = await place.clerk("paul", password=None, email="paul@mairie.example")
    async with page.expect_response("**/direct?vu=*"):
        await page.goto("/rappels/C1005")
    await page.get_by_label("Note (facultative)").first.fill("à moitié tapé")
    await work.claim(place.database, 5, marc, place.now)
    await expect(page.get_by_text("Pris en charge par Paul")).to_be_visible()
    await expect(page.get_by_label("Note (facultative)").first).to_have_value("à moitié tapé")


async def test_a_session_that_ends_while_the_page_is_open_leads_to_the_form(
    browser: Browser, place: Office
) -> None:
    page = await clerk_page(browser, place, "lucie")
    await page.goto("/")
    await page.context.clear_cookies()
    await page.get_by_label("Urgents").click()
    await expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


async def test_stopping_does_not_wait_for_the_pages_that_are_open(browser: Browser) -> None:
    async with office() as place:
        async with served(place):
            token = await session_of(place, "lucie")
            page = await any_page(browser, place)
            await page.context.add_cookies([{"name": "standardiste", "value": token, "url": place.address}])
            await page.goto("/")
            await expect(page.get_by_text("Mis à jour en direct")).to_be_visible()
        await expect(page.get_by_text("Liaison perdue")).to_be_visible()
