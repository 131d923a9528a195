"""What a secretary adds by forms alone is heard once published, and goes with what speaks of it shown."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from callbacks.models import Agenda, Appointment, Callback
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send, sent

OPEN = {"forme": "grille", "feries": "1", "We-1-de": "14:00", "We-1-a": "18:00"}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminOffice]:
    async with admin_office(tmp_path) as one:
        yield one


async def test_a_new_place_is_opened_told_and_taken_away_with_what_points_to_it(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        made = await send(web, "/admin/horaires", "/admin/horaires/nouveau", nom="La piscine")
        page = made.headers["location"]
        assert page.startswith("/admin/horaires/piscine?")
        assert "n'existe pas encore" in (await web.get(page)).text
        again = await send(web, "/admin/horaires", "/admin/horaires/nouveau", nom="la mairie")
        assert "existe déjà" in again.text
        fields = {**OPEN, "nom": "la piscine", "telephone": "02 99 11 22 33", "adresse": "1 rue du Lac"}
        assert (await send(web, page, "/admin/enregistrer", **fields)).status_code == 303
        await sent(web, "/admin/contacts", "sujets", **{"culture_sport-horaires": "piscine"})
        sentence = {"texte": "Au revoir, et bons plongeons à la piscine."}
        await send(web, "/admin/phrases/phrases/au_revoir", "/admin/enregistrer", **sentence)
        assert (await web.get("/admin")).text.count("à corriger") == 0
        await send(web, "/admin/publier", "/admin/publier")
        told = place.heard({"say": "les horaires de la piscine mercredi prochain"})
        assert "14 h à 18 h" in told

        going = "/admin/retirer/lieu/piscine"
        shown = (await web.get(going)).text
        assert "aura les horaires de la mairie" in shown
        assert "1 texte en parle et ne change pas" in shown
        await send(web, going, going)
        draft = (await web.get("/admin/publier")).text
        assert "Piscine" in draft
        assert "piscine" not in (place.store.draft_or_served() / "commune.yaml").read_text("utf-8")
        assert ">Vérifié<" in (await web.get("/admin")).text
        kept = await send(web, "/admin/retirer/lieu/mairie", "/admin/retirer/lieu/mairie")
        assert kept.status_code == 409
        assert (await web.get("/admin/retirer/lieu/piscine")).status_code == 404


async def test_an_agenda_is_made_and_its_appointments_are_told_before_it_goes(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        made = await send(web, "/admin/agendas", "/admin/agendas/nouveau", nom="titres d'identité")
        page = made.headers["location"]
        away = {"e-0-debut": "2026-12-02T14:00", "e-0-fin": "2026-12-02T15:00", "e-0-libelle": "réunion"}
        counters = {"g-0-nom": "A", "g-1-nom": "B", "g-1-horaire": "We 14:00-16:00"}
        numbers = {"duree_min": "20", "battement_min": "0", "jours_a_l_avance": "30"}
        fields = {**OPEN, **numbers, **counters, **away}
        short = await send(web, page, "/admin/enregistrer", **{**fields, "duree_min": "2"})
        assert "Durée d&#39;un rendez-vous : un nombre de 5 à 480" in short.text.replace("'", "&#39;")
        assert "Rien à redire" in (await send(web, page, "/admin/verifier", **fields)).text
        assert (await send(web, page, "/admin/enregistrer", **fields)).status_code == 303
        await sent(web, "/admin/contacts", "sujets", **{"cni-agenda": "titres_d_identite"})
        await send(web, "/admin/publier", "/admin/publier")
        assert place.live is not None
        plan = place.live.town.commune.agendas["titres_d_identite"]
        assert plan.hours() == {"A": "We 14:00-18:00; PH off", "B": "We 14:00-16:00"}
        told = place.heard({"say": "je voudrais un rendez-vous pour une carte d'identité"})
        assert "mercredi" in told

        await book(place, "R1001", datetime(2026, 12, 9, 14))
        going = "/admin/retirer/agenda/titres_d_identite"
        shown = (await web.get(going)).text
        assert "Un rendez-vous à venir y est pris" in shown
        assert "ne se réservera plus au téléphone" in shown
        await send(web, going, going)
        assert ">Vérifié<" in (await web.get("/admin")).text


async def book(place: AdminOffice, ref: str, at: datetime) -> None:
    async with place.desk.database.transaction() as session:
        if await session.get(Agenda, "titres_d_identite") is None:
            session.add(Agenda(motif="titres_d_identite", duration_min=20))
        session.add(
            Appointment(ref=ref, motif="titres_d_identite", subject="cni", starts_at=at, name="Cadet",
                        name_key="cadet", phone=None, created_at=place.desk.now())
        )  # fmt: skip


async def test_people_who_go_are_told_with_the_call_backs_that_wait_for_them(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        await send(web, "/admin/contacts", "/admin/contacts/nouveau", nom="le CCAS", horaires="mairie")
        await sent(web, "/admin/contacts", "sujets", **{"ccas-transfert": "ccas"})
        async with place.desk.database.transaction() as session:
            now = place.desk.now()
            kept = {"ref": "K1001", "service": "ccas", "phone": "+33699000000", "reason": "closed"}
            session.add(Callback(**kept, status="a_rappeler", created_at=now, due_at=now))
        shown = (await web.get("/admin/retirer/transfert/ccas")).text
        assert "Un rappel attend ces gens" in shown
        assert "ira à l&#39;accueil" in shown.replace("'", "&#39;")
        await send(web, "/admin/retirer/transfert/ccas", "/admin/retirer/transfert/ccas")
        assert "ccas" not in (place.store.draft_or_served() / "commune.yaml").read_text("utf-8")


async def test_a_demarche_is_written_from_nothing_question_by_question(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        made = await send(
            web,
            "/admin/demarches",
            "/admin/demarches/nouvelle",
            nom="une carte de pêche",
            sujet="associations",
        )
        page = "/admin/demarches/une_carte_de_peche"
        assert made.headers["location"].startswith(page)
        assert ">Vérifié<" in (await web.get(page)).text, "until it is filled in a person answers"
        asked = {"sujet": "l'âge", "texte": "Tapez 1 pour un adulte, 2 pour un enfant."}
        asked |= {"r-0-nom": "un adulte", "r-1-nom": "un enfant"}
        await send(web, page, f"{page}/question", **asked)
        question = (await web.get(f"{page}/question/0")).text
        assert "un enfant" in question
        more = {"nombre": "ans", "r-0-valeurs": "18 ou plus", "r-1-valeurs": "17 ou moins"}
        more |= {"r-0-dites": "pour moi", "r-1-dites": "mon fils\nma fille", "r-2-nom": "une école"}
        more |= {**asked, "r-2-dites": "une classe"}
        assert (await send(web, f"{page}/question/0", "/admin/enregistrer", **more)).status_code == 303
        await send(web, page, f"{page}/fiche")
        facts = {"titre": "la fédération", "url": "https://peche.example/", "verifie_le": "2026-11-01",
                 "valable_jusquau": "2027-06-30"}  # fmt: skip
        cases = ((("un_adulte",), "80 euros."), (("un_enfant", "une_ecole"), "6 euros."))
        for number, (answers, cost) in enumerate(cases):
            ticks = {f"si-age-{answer}": "1" for answer in answers}
            one = {**facts, **ticks, "nom": f"le cas {number}", "cout": f"La carte coûte {cost}"}
            assert (await send(web, f"{page}/fiche/{number}", "/admin/enregistrer", **one)).status_code == 303
        assert ">Vérifié<" in (await web.get(page)).text
        await send(web, "/admin/publier", "/admin/publier")
        assert place.live is not None
        written = place.live.town.procedures["une_carte_de_peche"]
        keys = [answer.key for answer in written.questions[0].answers]
        assert keys == ["un_adulte", "un_enfant", "une_ecole"]
        assert written.sheets_for({"age": "une_ecole"})[0].cost[0].text == "La carte coûte 6 euros."

        shown = (await web.get(f"{page}/question/0")).text
        assert "2 fiches ou questions en dépendent" in shown
        await send(web, page, f"{page}/question/0/oter")
        assert "Plusieurs fiches pour ce cas" in (await web.get(page)).text
        going = "/admin/retirer/demarche/une_carte_de_peche"
        await send(web, going, going)
        assert "carte de pêche" not in (await web.get("/admin/demarches")).text


async def test_a_shipped_demarche_is_dated_anew_and_comes_back_as_it_ships(place: AdminOffice) -> None:
    page = "/admin/demarches/certificat_vie"
    async with admin_web(place) as web:
        await sent(web, page, "demarche_validite", "certificat_vie", valable_jusquau="2030-01-31")
        assert "31 janvier 2030" in (await web.get(page)).text
        assert "Revenir à la démarche livrée" in (await web.get(page)).text
        going = "/admin/retirer/demarche/certificat_vie"
        assert (await send(web, going, going)).headers["location"].startswith(page)
        assert "31 janvier 2030" not in (await web.get(page)).text


CHOICES = (
    ({"decroche": "sonneries", "sonneries": "4"}, "après 4 sonneries à l'accueil", 4),
    ({"decroche": "occupe"}, "quand l'accueil est occupé", "occupe"),
    ({"decroche": "hors_horaires"}, "seulement quand l'accueil est fermé", "hors_horaires"),
)


async def test_when_the_agent_answers_is_chosen_on_the_page(place: AdminOffice) -> None:
    assert place.live is not None
    async with admin_web(place) as web:
        wrong = await sent(web, "/admin/contacts", "decroche", decroche="sonneries", sonneries="0")
        assert "Sonneries : un nombre de 1 à 9." in wrong.text
        for fields, told, written in CHOICES:
            await sent(web, "/admin/contacts", "decroche", **fields)
            assert told in (await web.get("/admin/publier")).text.replace("&#39;", "'")
            await send(web, "/admin/publier", "/admin/publier")
            assert place.live.town.commune.answers == written
