"""The pages for the menu's keys, pronunciations, streets, other ways of saying, risk and pace."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from dialog.understanding import understand
from prompts.agendas import Retention
from prompts.call_recording import NOT_RECORDED
from prompts.content import Town
from prompts.load import load_town
from prompts.pages.caution_page import PACES, pace_of, read_pace, read_patience, risks_told
from prompts.pages.fields import Unreadable
from prompts.pages.retention_told import KEPT
from prompts.versions_draft import Part
from tests.support.admin_office import AdminOffice, admin_office, admin_web, sent


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminOffice]:
    async with admin_office(tmp_path) as one:
        yield one


def drafted(place: AdminOffice) -> Town:
    draft = place.store.draft()
    assert draft is not None
    return load_town(draft.content)


async def test_a_key_of_the_town_is_announced_heard_and_told_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        await sent(web, "/admin/menu", "touches", **{"t-5-vers": "demande:horaires", "t-5-sujet": "dechets"})
        home = (await web.get("/admin")).text
        assert "personne n&#39;annonce la touche 5" in home
        await sent(web, "/admin/menu", "menu", "menu", texte="Tapez 1, ou 5 pour la déchèterie.")
        page = (await web.get("/admin/menu")).text
        assert "Touche 5 (les horaires, les déchets)" in page
        told = (await web.get("/admin/publier")).text
        assert "Menu, touche 5 : les horaires, les déchets" in told
        odd = await sent(web, "/admin/menu", "touches", **{"t-5-vers": "ailleurs"})
        assert odd.status_code == 422
        assert "Touche 5 : ce choix n&#39;existe pas" in odd.text
    assert drafted(place).menu.keys["5"].service == "dechets"


async def test_words_are_said_as_the_town_wants_them(place: AdminOffice) -> None:
    page = "/admin/prononciations"
    async with admin_web(place) as web:
        half = await sent(web, page, "prononciations", **{"p-0-ecrit": "Ducos"})
        assert half.status_code == 422
        assert "il faut le mot, et comment on l&#39;entend" in half.text
        assert 'value="Ducos"' in half.text
        twice = {"p-0-ecrit": "Ducos", "p-0-dit": "du cosse", "p-1-ecrit": "Ducos", "p-1-dit": "ducosse"}
        assert "est là deux fois" in (await sent(web, page, "prononciations", **twice)).text
        both = {"p-0-ecrit": "Ducos", "p-0-dit": "du cosse", "p-1-ecrit": "SIVOM", "p-1-dit": "sivome"}
        assert (await sent(web, page, "prononciations", **both)).status_code == 303
        assert drafted(place).pronunciations.pairs() == (("Ducos", "du cosse"), ("SIVOM", "sivome"))
        await sent(web, page, "prononciations", **both, **{"p-0-oter": "1"})
        assert drafted(place).pronunciations.pairs() == (("SIVOM", "sivome"),)


async def test_a_street_is_known_by_what_people_call_it(place: AdminOffice) -> None:
    page = "/admin/rues"
    async with admin_web(place) as web:
        await sent(web, page, "rues", noms="rue du Général-Leclerc\n\nimpasse du Puits\nimpasse du Puits")
        unknown = {"a-0-nom": "rue inconnue", "a-0-dit": "la grand-rue"}
        await sent(web, page, "autres_noms", **unknown)
        assert "« rue inconnue » n&#39;est ni une rue ni un lieu connu" in (await web.get("/admin")).text
        known = {"a-0-nom": "rue du Général-Leclerc", "a-0-dit": "la Grand-Rue, le Bas-Pays,"}
        await sent(web, page, "autres_noms", **known)
        assert "le Bas-Pays" in (await web.get(page)).text
    town = drafted(place)
    assert town.streets.streets == ("rue du Général-Leclerc", "impasse du Puits")
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    found = understand("il y a un lampadaire cassé au Bas-Pays", now, town.tz, None, town)
    assert [entity.value for entity in found.entities if entity.type == "place"] == ["Bas-Pays"]


async def test_a_sentence_has_other_ways_of_being_said(place: AdminOffice) -> None:
    page = "/admin/phrases/phrases/autre_chose"
    async with admin_web(place) as web:
        await sent(web, page, "variantes", "phrases-autre_chose", autres="Et sinon ?\n\nAutre sujet ?")
        assert drafted(place).variants.of("autre_chose", "x") == ("x", "Et sinon ?", "Autre sujet ?")
        many = await sent(
            web, page, "variantes", "phrases-autre_chose", autres="\n".join(f"n {i}" for i in range(10))
        )
        assert "9 au plus" in many.text
        await sent(web, page, "variantes", "phrases-autre_chose", choix="origine")
        assert drafted(place).variants == load_town().variants


async def test_what_the_town_risks_and_how_long_it_waits_is_chosen_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        assert "au plus 7 sur 100 réponses données à côté" in (await web.get("/admin/prudence")).text
        await sent(web, "/admin/prudence", "risque", risque="0.03")
        await sent(web, "/admin/prudence", "rythme", rythme="pose")
        await sent(web, "/admin/prudence", "patience", patience="6,5")
        told = (await web.get("/admin/publier")).text
        assert "Compréhension, risque accepté : « 0,07 » → « 0,03 »" in told
        assert "Rythme : les silences que l&#39;agent attend avant de répondre changent" in told
    town, shipped = drafted(place), load_town()
    assert town.thresholds.answer > shipped.thresholds.answer
    assert town.turn_taking.questions.open.begun_ms > shipped.turn_taking.questions.open.begun_ms
    assert town.turn_taking.patience_s == 6.5


async def test_how_long_records_are_kept_is_chosen_in_days(place: AdminOffice) -> None:
    page = "/admin/conservation"
    days = {f"jours-{each.key}": str(each.usual) for each in KEPT}
    async with admin_web(place) as web:
        shown = (await web.get(page)).text
        assert 'name="jours-paroles" type="number" inputmode="numeric" min="1" max="3660" value="30"' in shown
        assert (await sent(web, page, "conservation", **days)).headers["location"].endswith("fait=rien")
        too_long = await sent(web, page, "conservation", **{**days, "jours-paroles": "9999"})
        assert "Paroles des appels : un nombre de jours, de 1 à 3660." in too_long.text
        assert 'value="9999"' in too_long.text
        changed = {**days, "jours-paroles": "15", "jours-journal_acces": "400"}
        await sent(web, page, "conservation", **changed)
        keep = drafted(place).commune.retention
        assert (keep.words_days, keep.audit_days, keep.calls_days) == (15, 400, 365)
        told = (await web.get("/admin/publier")).text
        assert "Conservation, Paroles des appels : 30 jours → 15 jours" in told
        assert "Conservation, Appels :" not in told
        await sent(web, page, "conservation", **{**changed, "jours-paroles": "30"})
        draft = place.store.draft()
        assert draft is not None
        assert draft.value(Part("commune.yaml", ("conservation",))) == {"journal_acces": 400}
        await sent(web, page, "conservation", **days)
        assert "Conservation, " not in (await web.get("/admin/publier")).text
    assert drafted(place).commune.retention == Retention.model_validate({})


async def test_calls_are_recorded_once_the_town_says_what_for_and_what_callers_hear(
    place: AdminOffice,
) -> None:
    page, kind = "/admin/conservation", "enregistrement-appels"
    sentence = "Cet appel est enregistré. Pour refuser, tapez 9."
    async with admin_web(place) as web:
        days = {f"jours-{each.key}": str(each.usual) for each in KEPT}
        too_long = await sent(web, page, "conservation", **{**days, "jours-enregistrements": "31"})
        assert "Son des appels : un nombre de jours, de 1 à 30." in too_long.text
        for fields, missing in (
            ({"actif": "1"}, "il manque « finalite »"),
            ({"actif": "1", "finalite": "former les agents"}, "il manque « annonce »"),
            ({"actif": "1", "finalite": "x", "annonce": "Vous êtes enregistré."}, "nommer la touche 9"),
        ):
            await sent(web, page, kind, **fields)
            assert missing in unescape((await web.get("/admin/publier")).text)
        markup = await sent(web, page, kind, actif="1", finalite="<b>tout</b>", annonce=sentence)
        assert (markup.status_code, 'value="&lt;b&gt;tout' in markup.text) == (422, True)
        await sent(web, page, kind, actif="1", finalite="former les agents", annonce=sentence)
        told = unescape((await web.get("/admin/publier")).text)
        assert "Commune, enregistrement des appels, en marche : ajouté, oui" in told
        assert f"annonce : ajouté, « {sentence} »" in told
        assert "checked> Enregistrer le son des appels" in (await web.get(page)).text
        assert drafted(place).commune.recording.active
        await sent(web, page, kind, finalite="former les agents", annonce=sentence)
        recording = drafted(place).commune.recording
        assert (recording.active, recording.announcement) == (False, sentence)
        await sent(web, page, kind)
    assert drafted(place).commune.recording == NOT_RECORDED


@pytest.mark.parametrize("text", ["", "vite", "3", "11", "nan", "-5", "1e9"])
def test_a_patience_that_nobody_could_bear_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="Patience"):
        read_patience({"patience": text}, None, "")


@pytest.mark.parametrize("pace", PACES)
def test_a_pace_that_was_chosen_is_shown_as_chosen(pace: str) -> None:
    written = read_pace({"rythme": pace}, None, "")
    assert written is None if pace == "normal" else pace_of(written) == pace


def test_the_risks_are_told_with_what_they_come_to() -> None:
    told = risks_told(load_town().learned, 0.12)
    assert [each.value for each in told if each.chosen] == [0.12]
    sure = [each.sure for each in told if each.sure is not None]
    assert sure == sorted(sure, reverse=True)
    assert len(sure) == len(told)
