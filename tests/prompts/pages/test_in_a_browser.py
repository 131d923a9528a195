"""A secretary's journey in a real Chromium: hours changed, mended, heard, tried, published, taken back."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from prompts.pages.recordable import part_of
from prompts.versions_announcements import announce
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from speech.recorded import wav
from tests.support import pictures
from tests.support.admin_office import AdminOffice, admin_office, served_admin
from tests.support.desk_browser import chromium, clerk_page, faults_seen_by_axe
from tests.support.recordings import a_voice, encoded, in_a_room

pytestmark = pytest.mark.browser

PAGES = (
    "/admin", "/admin/annonces?prete=cyclone", "/admin/horaires", "/admin/horaires/mairie",
    "/admin/fermetures", "/admin/contacts", "/admin/demarches", "/admin/demarches/cni",
    "/admin/demarches/cni/fiche/0", "/admin/demarches/cni/question/0", "/admin/phrases",
    "/admin/phrases/phrases/menu", "/admin/essai", "/admin/essai/telephone", "/admin/publier",
    "/admin/historique", "/admin/historique/1", "/admin/faq", "/admin/faq/une_question", "/admin/fichiers",
    "/admin/fichiers/commune.yaml", "/admin/enregistrements", "/admin/enregistrements/phrases-menu",
    "/admin/enregistrements/phrases-au_revoir", "/admin/enregistrements/phrases-horaires_ouvert",
    "/admin/nulle-part", "/admin/menu", "/admin/prononciations",
    "/admin/rues", "/admin/prudence", "/admin/phrases/phrases/incompris",
    "/admin/phrases?groupe=comprehension", "/admin/conservation", "/admin/a-voir", "/admin/apprendre",
    "/admin/agendas", "/admin/agendas/titres?nom=titres", "/admin/importer",
    "/admin/retirer/lieu/mediatheque", "/admin/horaires/piscine?nom=la%20piscine",
)  # fmt: skip
RECORDED = {
    "actif": True,
    "finalite": "former les agents",
    "annonce": "Cet appel est enregistré, pour {finalite}, puis effacé après {jours}. Pour refuser, dites je "
    "refuse l'enregistrement, ou tapez 9.",
}
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => each.open = true)"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


async def heard_in_the_page(page: Page, link: str = "^Écouter") -> float:
    """Seconds of sound that the page plays when « Écouter » is pressed."""
    await page.evaluate(
        """() => {
            const real = window.Audio;
            window.Audio = function (address) {
                const one = new real(address);
                one.addEventListener("playing", () => { document.body.dataset.heard = one.duration; });
                return one;
            };
        }"""
    )
    await page.get_by_role("link", name=re.compile(link)).first.click()
    await expect(page.locator("body")).to_have_attribute("data-heard", re.compile(r"\d"))
    return float(await page.locator("body").get_attribute("data-heard") or 0)


async def test_hours_are_changed_mended_heard_tried_published_and_taken_back(
    browser: Browser, tmp_path: Path
) -> None:
    async with admin_office(tmp_path) as place, served_admin(place):
        page = await clerk_page(browser, place, "lea", "admin")
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto("/admin")
        await page.get_by_role("link", name="Horaires").click()
        await page.get_by_role("link", name="Changer les horaires : la mairie").click()

        closes = page.get_by_label("Mardi, plage 1, ferme à")
        await expect(closes).to_have_value("12:00")
        await closes.fill("8:00")
        await expect(page.locator(".verdict")).to_contain_text("Mardi : ferme à 8:00, avant d'ouvrir à 09:00")
        await closes.fill("11h30")
        await expect(page.locator(".verdict")).to_contain_text("Rien à redire ici")
        await page.get_by_label("Pourquoi").fill("horaires d'hiver")
        await page.get_by_role("button", name="Enregistrer dans le brouillon").click()
        await expect(page.get_by_text("C'est noté dans le brouillon")).to_be_visible()
        await expect(page.get_by_text("de 9 h à 11 h 30")).to_be_visible()
        assert await heard_in_the_page(page) > 3
        assert "11 h 30" not in place.heard({"dtmf": "1"}), "a draft is heard by nobody"

        await page.get_by_role("link", name="Essayer", exact=True).first.click()
        await page.get_by_role("button", name="Appeler", exact=True).click()
        await page.get_by_label("Ce que vous dites, ou des touches").fill(
            "horaires de la mairie mardi prochain"
        )
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("L'appel")).to_contain_text("de 9 h à 11 h 30")

        await page.get_by_role("link", name="Relire et publier").click()
        await expect(page.get_by_text("Mairie, mardi : fermeture 12 h → 11 h 30")).to_be_visible()
        await expect(page.get_by_text("horaires d'hiver")).to_be_visible()
        await expect(page.get_by_text("Vérification complète : rien à redire.")).to_be_visible()
        await pictures.take(page, pictures.PUBLISHING)
        await page.get_by_label("Pourquoi").fill("hiver")
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_text("le prochain appel l'entendra")).to_be_visible()
        assert "de 9 h à 11 h 30" in place.heard({"say": "horaires de la mairie mardi prochain"})

        await page.get_by_role("link", name="Historique").click()
        await expect(page.get_by_text("Mairie, mardi : fermeture 12 h → 11 h 30")).to_be_visible()
        await page.get_by_role("button", name="Revenir à la version 1").click()
        await expect(page.get_by_text("La version d'avant est de nouveau en service")).to_be_visible()
        assert "11 h 30" not in place.heard({"say": "horaires de la mairie mardi prochain"})
        assert complaints == []


async def test_an_announcement_is_said_first_in_a_minute_and_stopped(
    browser: Browser, tmp_path: Path
) -> None:
    async with admin_office(tmp_path) as place, served_admin(place):
        page = await clerk_page(browser, place, "lea", "admin")
        await page.goto("/admin/annonces")
        await page.get_by_role("link", name="Coupure d'eau").click()
        await page.get_by_label("Pendant trois heures").check()
        await page.get_by_role("button", name="Annoncer").click()
        await expect(page.get_by_text("L'annonce est en place.")).to_be_visible()
        assert place.heard().startswith("L'eau est coupée dans une partie de la commune.")
        await page.get_by_role("button", name="Arrêter").click()
        await expect(page.get_by_text("L'annonce ne passe plus.")).to_be_visible()
        assert place.heard().startswith("Mairie de Vauclair")


async def test_two_admins_at_once_see_both_texts(browser: Browser, tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, served_admin(place):
        lea, zoe = [await clerk_page(browser, place, login, "admin") for login in ("lea", "zoe")]
        for page in (lea, zoe):
            await page.goto("/admin/phrases/phrases/autre_chose")
        for page, text in ((lea, "Et avec cela ?"), (zoe, "Quoi d'autre ?")):
            await page.get_by_label("Ce que dit l'agent").fill(text)
            await page.get_by_role("button", name="Enregistrer").first.click()
        await expect(zoe.get_by_role("heading", name="Deux modifications en même temps")).to_be_visible()
        await expect(zoe.get_by_text("Et avec cela ?")).to_be_visible()
        await expect(zoe.get_by_text("Quoi d'autre ?")).to_be_visible()
        await zoe.get_by_role("button", name="Garder le mien").click()
        await expect(zoe.get_by_label("Ce que dit l'agent")).to_have_value("Quoi d'autre ?")


async def test_a_sentence_is_recorded_heard_as_on_the_telephone_and_taken_back(
    browser: Browser, tmp_path: Path
) -> None:
    said = tmp_path / "autre chose.m4a"
    said.write_bytes(encoded(in_a_room(a_voice("Autre chose ?")), "m4a"))
    bill, film = tmp_path / "facture.wav", tmp_path / "film.wav"
    bill.write_bytes(b"%PDF-1.7")
    film.write_bytes(bytes(21_000_000))
    async with admin_office(tmp_path) as place, served_admin(place):
        page = await clerk_page(browser, place, "lea", "admin")
        await page.goto("/admin/phrases/phrases/autre_chose")
        await page.get_by_role("link", name="Enregistrer une vraie voix").click()
        await page.get_by_label("Fichier WAV, MP3, OGG ou M4A").set_input_files(film)
        await expect(page.get_by_role("alert")).to_contain_text("trop gros : 20 Mo au plus")
        await expect(page.get_by_role("button", name="Mettre dans le brouillon")).to_be_disabled()
        await page.get_by_label("Fichier WAV, MP3, OGG ou M4A").set_input_files(bill)
        await page.get_by_role("button", name="Mettre dans le brouillon").click()
        await expect(page.get_by_role("alert").first).to_contain_text("n'est pas un enregistrement sonore")
        await page.get_by_label("Fichier WAV, MP3, OGG ou M4A").set_input_files(said)
        await page.get_by_role("button", name="Mettre dans le brouillon").click()
        await expect(page.get_by_text("écoutez-le, puis publiez")).to_be_visible()
        await page.get_by_label("Écouter comme au téléphone").check()
        assert await heard_in_the_page(page, "^Écouter l'enregistrement") > 0.4
        await page.get_by_role("button", name="Retirer l'enregistrement").click()
        await expect(page.get_by_text("Aucune : la voix de synthèse dit tout")).to_be_visible()


async def test_without_scripts_hours_are_changed_and_published(browser: Browser, tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, served_admin(place):
        page = await clerk_page(browser, place, "lea", "admin", java_script_enabled=False)
        await page.goto("/admin/horaires/mairie")
        await page.get_by_label("Lundi, plage 1, ouvre à").fill("13:00")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.get_by_role("alert")).to_contain_text(
            "Lundi : ferme à 12:00, avant d'ouvrir à 13:00"
        )
        await expect(page.get_by_label("Lundi, plage 1, ouvre à")).to_have_value("13:00")
        await page.get_by_label("Lundi, plage 1, ouvre à").fill("10:00")
        await page.get_by_role("button", name="Enregistrer").click()
        await page.get_by_role("link", name="Relire et publier").click()
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_text("le prochain appel l'entendra")).to_be_visible()
        assert "de 10 h à 12 h" in place.heard({"say": "horaires de la mairie lundi prochain"})


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_axe_finds_nothing_on_any_page_and_none_is_too_wide(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    faults = []
    async with admin_office(tmp_path, demo=True) as place, served_admin(place):
        await prepared(place)
        # axe's own source is evaluated in the page, which the pages' policy rightly forbids.
        page = await clerk_page(browser, place, "lea", "admin", color_scheme=scheme, bypass_csp=True)
        await page.set_viewport_size({"width": width, "height": 800})
        for path in PAGES:
            await page.goto(path)
            if (scheme, width) == ("light", 1280):
                await pictures.take(page, pictures.OF_ADMINS.get(path))
            await page.evaluate(OPEN_ALL)
            faults += [f"{path}: {each}" for each in await faults_seen_by_axe(page)]
            too_wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if too_wide > 0:
                faults.append(f"{path}: {too_wide} px too wide")
    assert faults == []


async def prepared(place: AdminOffice) -> None:
    """A draft with something wrong in it, a version, an announcement."""
    now = place.desk.now()
    assert place.live is not None
    part = Part("phrases.yaml", ("menu",))
    place.store.edit(part, "Tapez {touche}.", digest_of_part(None), "Zoé", now, "plus court")
    part = Part("commune.yaml", ("enregistrement_appels",))
    place.store.edit(part, dict(RECORDED), digest_of_part(None), "Zoé", now)
    for key, said in (("phrases-menu", "Tapez 1."), ("phrases-au_revoir", place.live.town.sentences.goodbye)):
        sound = wav(np.full(16_000, 9, np.int16))
        place.store.record(part_of(key), said, sound, digest_of_part(None), "Zoé", now)
    place.store.comment(0, "Zoé", "à revoir", now)
    announce(place.store.root, "L'eau est coupée.", now, now + timedelta(hours=3), "Zoé", now)
    await place.live.refresh()
