"""The admins' pages without a browser: who may, what is refused in words, what callers then hear."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callbacks.models import AuditEntry
from prompts.load import BASE
from prompts.pages.saving import _FORMS
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send
from tests.support.desk import field_of

GRID = {"nom": "la mairie", "forme": "grille", "feries": "1", "Mo-1-de": "09:00", "Mo-1-a": "11:00"}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminOffice]:
    async with admin_office(tmp_path) as one:
        yield one


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("supervisor", 200), ("admin", 200)])
async def test_supervisors_read_admins_write_clerks_neither(
    place: AdminOffice, role: str, status: int
) -> None:
    async with admin_web(place, "elodie", role) as web:
        page = await web.get("/admin/horaires/mairie")
        assert page.status_code == status
        if role != "clerk":
            answer = await send(web, "/admin/horaires/mairie", "/admin/enregistrer", **GRID)
            assert answer.status_code == (303 if role == "admin" else 403)
    assert (place.store.draft() is not None) == (role == "admin")


async def test_strangers_and_forged_forms_get_nothing(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        forged = await web.post(
            "/admin/enregistrer", data={"jeton": "x", "genre": "horaires", "cle": "mairie"}
        )
        assert forged.status_code == 403
        elsewhere = await web.post("/admin/publier", headers={"sec-fetch-site": "cross-site"}, data={})
        assert elsewhere.status_code == 403
        huge = await web.post("/admin/enregistrer", content=b"x" * 2_100_000)
        assert huge.status_code == 413
        web.cookies.clear()
        for path in ("/admin", "/admin/ecouter?texte=bonjour", "/admin/historique"):
            assert (await web.get(path)).is_redirect
    draft = place.store.draft()
    assert draft is None or not draft.edits


REFUSED = [
    ("/admin/phrases/phrases/menu", {"texte": "<script>alert(1)</script>"}, "du texte seul, sans balise"),
    ("/admin/phrases/phrases/menu", {"texte": "Tapez &lt;b&gt;"}, "du texte seul"),
    (
        "/admin/contacts",
        {"genre": "contact", "adresse": "x", "telephone": "12", "courriel": "a@b.fr"},
        "Téléphone",
    ),
    (
        "/admin/fermetures",
        {"genre": "fermetures", "f-1-debut": "hier", "f-1-fin": "", "f-1-libelle": "pont"},
        "choisissez un jour",
    ),
    (
        "/admin/demarches/cni/fiche/0",
        {"nom": "x", "url": "javascript:alert(1)", "titre": "t", "verifie_le": "2026-01-01"},
        "une adresse commence par https",
    ),
]


async def test_what_cannot_be_kept_is_refused_in_words_and_what_was_typed_comes_back(
    place: AdminOffice,
) -> None:
    async with admin_web(place) as web:
        for page, fields, said in REFUSED:
            answer = await send(web, page, "/admin/enregistrer", **fields)
            assert answer.status_code == 422
            assert said in answer.text
            assert "<script>alert" not in answer.text
    draft = place.store.draft()
    assert draft is None or not draft.edits


async def test_a_draft_with_a_fault_is_kept_told_and_not_published(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        wrong = {"texte": "Tapez {inconnu}."}
        told = await send(web, "/admin/phrases/phrases/menu", "/admin/verifier", **wrong)
        assert "variable inconnue {inconnu}" in told.text
        await send(web, "/admin/phrases/phrases/menu", "/admin/enregistrer", **wrong)
        assert "1 point à corriger" in (await web.get("/admin")).text
        page = await send(web, "/admin/publier", "/admin/publier", pourquoi="essai")
        assert page.status_code == 409
        assert "rien n&#39;a été publié" in page.text
    assert place.store.in_service() == 1


async def test_a_publication_is_heard_by_the_next_call_and_noted(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte="Et avec cela ?")
        assert "Et avec cela" not in place.heard({"dtmf": "1"})
        answer = await send(web, "/admin/publier", "/admin/publier", pourquoi="plus court")
        assert answer.headers["location"] == "/admin?fait=publie"
        assert "Et avec cela ?" in place.heard({"dtmf": "1"})
        history = (await web.get("/admin/historique")).text
        assert "« Autre chose ? » → « Et avec cela ? »" in history
        assert "plus court" in history
    async with place.database.transaction() as session:
        actions = list(await session.scalars(select(AuditEntry.action)))
    assert {"modifier", "publier"} <= set(actions)


async def test_a_publication_at_a_date_waits_for_it(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte="Et avec cela ?")
        past = await send(web, "/admin/publier", "/admin/publier", quand="date", date="2020-01-01T00:00")
        assert past.status_code == 409
        assert "Choisissez une date à venir" in past.text
        assert 'value="date" checked' in past.text, "a date that is refused does not become « now »"
        assert 'value="2020-01-01T00:00"' in past.text
        await send(web, "/admin/publier", "/admin/publier", quand="date", date="2026-12-01T00:00")
        home = (await web.get("/admin")).text
        assert "Publication prévue" in home
        assert "« Autre chose ? » → « Et avec cela ? »" in home
        assert "Votre brouillon attend sa date" in (await web.get("/admin/publier")).text
    assert place.live is not None
    assert place.store.publish_due(place.desk.now()) is None
    place.store.publish_due(place.desk.now() + timedelta(days=30))
    await place.live.refresh()
    assert "Et avec cela ?" in place.heard({"dtmf": "1"})


async def test_what_is_due_is_checked_with_what_was_published_meanwhile(place: AdminOffice) -> None:
    assert place.live is not None
    later = place.desk.now() + timedelta(days=30)
    async with admin_web(place) as web:
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte="Et avec cela ?")
        await send(web, "/admin/publier", "/admin/publier", quand="date", date="2026-12-01T00:00")
        await send(web, "/admin/phrases/phrases/au_revoir", "/admin/enregistrer", texte="À bientôt.")
        refused = await send(web, "/admin", "/admin/publier/annuler")
        assert refused.status_code == 409
        assert "Un autre brouillon est en cours" in refused.text
        await send(web, "/admin/publier", "/admin/publier")
        joined = place.store.joined_due(later)
        assert joined is not None
        checked: list[str] = []

        async def check(content: Path) -> str:
            checked.append((content / "phrases.yaml").read_text(encoding="utf-8"))
            return "Phrases : un menu sans issue."

        await place.live.check_due(joined, check)
        assert "Et avec cela" in checked[0]
        assert "À bientôt" in checked[0]
        assert place.store.publish_due(later) is None
        told = (await web.get("/admin")).text
        assert "n&#39;a pas pu se faire" in told or "n'a pas pu se faire" in told
        assert "un menu sans issue" in told
        assert (await send(web, "/admin", "/admin/publier/annuler")).status_code == 303
    assert "Et avec cela" not in place.heard({"dtmf": "1"})
    draft = place.store.draft()
    assert draft is not None


async def test_a_version_that_is_damaged_is_not_heard_and_the_calls_go_on(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte="Et avec cela ?")
        await send(web, "/admin/publier", "/admin/publier")
        (place.store.folder_of(2) / "contenu" / "phrases.yaml").write_text("a: &a [*a]\n", encoding="utf-8")
        (place.store.root / "en-service.json").touch()
        assert place.live is not None
        await place.live.refresh()
        assert "Et avec cela ?" in place.heard({"dtmf": "1"})
        assert "abîmée" in (await web.get("/admin")).text
        await send(web, "/admin/historique", "/admin/historique/1/revenir")
        assert "Autre chose ?" in place.heard({"dtmf": "1"})


async def test_listening_gives_sound_with_examples_for_what_is_filled_in(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        plain = await web.get("/admin/ecouter", params={"texte": "Bonjour, mairie de {commune}."})
        band = await web.get(
            "/admin/ecouter", params={"texte": "Bonjour, mairie de {commune}.", "telephone": "1"}
        )
        assert plain.content[:4] == band.content[:4] == b"RIFF"
        assert plain.content != band.content
        assert len(plain.content) == pytest.approx(len(band.content), abs=1000)
        nothing = await web.get("/admin/ecouter", params={"texte": " ?! "})
        assert nothing.status_code == 422
        assert "écrivez d&#39;abord le texte" in nothing.text


async def test_a_shipped_demarche_becomes_the_towns_own_case_by_case(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        page = "/admin/demarches/cni/fiche/0"
        shown = (await web.get(page)).text
        assert "une photo d&#39;identité aux normes" in shown
        fields = {
            "nom": "la première carte",
            "pieces": "une photo\nun justificatif de domicile",
            "si-age-majeur": "1",
            "si-cas-premiere": "1",
            "titre": "Fiche F1341",
            "url": "https://www.service-public.gouv.fr/F1341",
            "verifie_le": "2026-11-01",
            "valable_jusquau": "2027-06-30",
        }
        assert "Rien à redire" in (await send(web, page, "/admin/verifier", **fields)).text
        answer = await send(web, page, "/admin/enregistrer", **fields)
        assert answer.status_code == 303
        await send(web, "/admin/publier", "/admin/publier")
    turns = ({"say": "quels papiers pour une carte d'identité"}, {"dtmf": "1"}, {"dtmf": "1"})
    assert "une photo et un justificatif de domicile" in place.heard(*turns)
    own = place.store.served_folder() / "demarches" / "cni.yaml"
    assert own.exists()
    assert (BASE / "demarches" / "cni.yaml").read_text("utf-8").count("fiches:") == 1


async def test_two_admins_on_one_fiche_see_both_texts(place: AdminOffice) -> None:
    async with admin_web(place, "lea") as lea, admin_web(place, "zoe") as zoe:
        page = "/admin/phrases/phrases/menu"
        seen = field_of((await zoe.get(page)).text, "vu")
        await send(lea, page, "/admin/enregistrer", texte="Tapez un.")
        answer = await send(zoe, page, "/admin/enregistrer", texte="Tapez deux.", vu=seen)
        assert answer.status_code == 409
        assert "Tapez un." in answer.text
        assert "Tapez deux." in answer.text
        assert "Lea a changé" in answer.text


async def test_an_announcement_is_bounded_and_ends_by_itself(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        for fields, said in (
            ({"texte": "x" * 301, "jusque": "3"}, "300 au plus"),
            ({"texte": "<b>eau</b>", "jusque": "3"}, "sans balise"),
            ({"texte": "L'eau {manque}.", "jusque": "3"}, "variable inconnue"),
            ({"texte": "L'eau.", "jusque": "date", "fin": "2026-01-01T00:00"}, "déjà finie"),
            ({"texte": "L'eau.", "jusque": "999"}, "31 jours au plus"),
            ({"texte": "L'eau.", "jusque": "date", "fin": ""}, "Choisissez le jour"),
        ):
            answer = await send(web, "/admin/annonces", "/admin/annonces", **fields)
            assert answer.status_code == 422
            assert said in answer.text
        await send(web, "/admin/annonces", "/admin/annonces", texte="L'eau est coupée.", jusque="3")
    assert place.heard().startswith("L'eau est coupée. Mairie de Vauclair")
    assert place.live is not None
    (announcement,) = place.live.town.announcements
    assert not announcement.is_on(announcement.end)
    assert announcement.end - announcement.start == timedelta(hours=3)


BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nnom: [*c, *c]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "Ligne 1 : les renvois YAML"),
        ("nom: un\nnom: deux\n", "Ligne 2 : la clé « nom » est écrite deux fois"),
        ("nom: [un\n", "YAML mal écrit"),
        ("a:\n" + "".join(" " * depth + "- \n" for depth in range(1, 60)), "niveaux imbriqués"),
    ],
)
async def test_a_file_that_would_do_harm_is_refused_with_its_line_and_comes_back(
    place: AdminOffice, text: str, said: str
) -> None:
    async with admin_web(place) as web:
        answer = await send(web, "/admin/fichiers/commune.yaml", "/admin/enregistrer", texte=text)
        assert answer.status_code == 422
        assert said in answer.text
        for file in ("../../etc/passwd", "x.txt", "a/b/c.yaml"):
            assert (await web.get(f"/admin/fichiers/{file}")).status_code in (404, 409)
    draft = place.store.draft()
    assert draft is None or not draft.edits


async def test_a_free_question_is_written_heard_and_taken_away(place: AdminOffice) -> None:
    fields = {
        "nom": "la date du marché de Noël",
        "dites": "c'est quand le marché de Noël\nle marché de Noël dure jusqu'à quelle date",
        "reponse": "Le marché de Noël se tient du 12 au 20 décembre, place de la Mairie.",
        "titre": "le service culture",
        "verifie_le": "2026-11-02",
        "valable_jusquau": "2026-12-20",
    }
    async with admin_web(place) as web:
        made = await send(web, "/admin/faq", "/admin/faq/nouvelle", nom="La date du marché de Noël")
        page = made.headers["location"]
        assert page.startswith("/admin/faq/date_du_marche_de_noel?")
        assert "La date du marché de Noël" in (await web.get(page)).text, "its accents are not lost"
        assert (await send(web, page, "/admin/enregistrer", **fields)).status_code == 303
        assert "Le marché de Noël se tient du 12 au 20 décembre" in (await web.get("/admin/faq")).text
        await send(web, "/admin/publier", "/admin/publier")
        assert "du 12 au 20 décembre" in place.heard({"say": "c'est quand le marché de Noël"})
        going = "/admin/retirer/faq/date_du_marche_de_noel"
        assert "Rien d&#39;autre n" in (await web.get(going)).text.replace("'", "&#39;")
        await send(web, going, going)
        assert "Aucune encore" in (await web.get("/admin/faq")).text


KEYS = (
    "",
    "mairie",
    "../..",
    "cni.999",
    "cni.0",
    "x" * 200,
    "phrases-menu",
    "inconnu-x",
    "demarches/cni.yaml",
)
ODD = {
    "nom": "\u202e\x00é" * 30, "texte": "{" * 50, "forme": "grille", "Mo-1-de": "-1:00", "Mo-1-a": "9" * 40,
    "f-1-debut": "9999-12-31T23:59", "f-1-fin": "0001-01-01", "f-1-libelle": "x", "j-3-jour": "2026-02-30",
    "horaires": "nulle_part", "pieces": "[si =]\n[si a=b|]", "si-a-b": "1", "r-0-nom": "",
    "verifie_le": "hier", "telephone": "+" * 30, "courriel": "@", "vu": "x", "choix": "le mien",
    "jusque": "9" * 30, "date": "T",
}  # fmt: skip


async def test_whatever_is_sent_is_answered_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        token = field_of((await web.get("/admin/contacts")).text)
        wrong = []
        for kind in sorted(_FORMS):
            for number, key in enumerate(KEYS):
                for path in ("/admin/enregistrer", "/admin/verifier", "/admin/trancher")[
                    : 1 if number % 4 else 3
                ]:
                    answer = await web.post(path, data={**ODD, "jeton": token, "genre": kind, "cle": key})
                    if answer.status_code >= 500:
                        wrong.append((path, kind, key))
        for path in (
            "/admin/annonces", "/admin/annonces/code", "/admin/publier", "/admin/publier/trancher",
            "/admin/horaires/nouveau", "/admin/agendas/nouveau", "/admin/demarches/nouvelle",
            "/admin/demarches/cni/question", "/admin/demarches/cni/question/99/oter",
            "/admin/importer/annuaire", "/admin/importer/annuaire/reprendre", "/admin/importer/fiches",
            "/admin/importer/fiches/F1", "/admin/importer/fiches/..", "/admin/retirer/lieu/mairie",
            "/admin/retirer/lieu/..", "/admin/retirer/demarche/cni", "/admin/retirer/x/y",
        ):  # fmt: skip
            answer = await web.post(
                path, data={**ODD, "jeton": token, "choix-[]": "publie", "choix-[[": "publie"}
            )
            assert answer.status_code < 500
        assert wrong == []
    assert "Mairie de Vauclair" in place.heard()


@pytest.mark.parametrize("text", ['"\\ud800"', "[" * 900 + "]" * 900, '{"nom": 5}'])
@pytest.mark.parametrize(("kind", "key"), [("fichier", "commune.yaml"), ("horaires", "mairie")])
async def test_a_choice_between_two_texts_that_no_page_offered_is_refused(
    place: AdminOffice, kind: str, key: str, text: str
) -> None:
    fields = {"genre": kind, "cle": key, "choix": "le mien", "texte": text}
    async with admin_web(place) as web:
        token = field_of((await web.get("/admin/contacts")).text)
        answer = await web.post("/admin/trancher", data={**fields, "jeton": token})
    assert answer.status_code in (404, 409)
    draft = place.store.draft()
    assert draft is None or not draft.edits
