"""« Importer »: official data compared, chosen, put into the draft; what is none is refused in words."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.prompts.test_annuaire import record
from tests.prompts.test_comarquage import BODY, HEAD
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send, sent
from tests.support.desk import field_of

PAGE = "/admin/importer"
FICHE = f"{HEAD}{BODY}</Publication>".encode()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[AdminOffice]:
    async with admin_office(tmp_path) as one:
        yield one


async def uploaded(web: httpx.AsyncClient, path: str, field: str, name: str, data: bytes) -> httpx.Response:
    token = field_of((await web.get(PAGE)).text)
    return await web.post(path, data={"jeton": token}, files={field: (name, data)})


async def test_the_directory_is_compared_chosen_from_and_compared_again_each_night(
    place: AdminOffice,
) -> None:
    about = record(telephone=[{"valeur": "02 99 12 34 56", "description": ""}],
                   information_complementaire="Fermé le dernier vendredi du mois")  # fmt: skip
    async with admin_web(place) as web:
        shown = await uploaded(web, f"{PAGE}/annuaire", "fichier", "mairie.json", json.dumps(about).encode())
        assert shown.status_code == 200
        assert "Fermé le dernier vendredi du mois" in shown.text
        assert "lundi : 8 h 30 - 12 h et 13 h 30 - 17 h" in shown.text
        assert place.store.draft() is None, "looking changes nothing"
        token, kept = field_of(shown.text), field_of(shown.text, "fiche")
        fields = {"jeton": token, "fiche": kept.replace("&#34;", '"').replace("&#39;", "'")}
        chosen = {**fields, "reprendre-accueil.telephone": "1"}
        answer = await web.post(f"{PAGE}/annuaire/reprendre", data=chosen)
        assert answer.status_code == 303
        told = (await web.get("/admin/publier")).text
        assert "+33299123456" in told
        assert ">Vérifié<" in told
        await send(web, "/admin/publier", "/admin/publier")
        assert place.live is not None
        commune = place.live.town.commune
        assert commune.contact.phone == "+33299123456"
        assert commune.contact.email == "mairie@vauclair.example", "what was not ticked stays"
        review = (await web.get("/admin/a-voir")).text
        assert "mairie@rocheval.example" in review
        assert "Fermé le dernier vendredi du mois" in review
        assert "Téléphone :" not in review


HALL = {"pivot": [{"type_service_local": "mairie"}]}


NO_RECORD = (
    (b"%PDF-1.7", "n'est pas du JSON de l'annuaire"),
    (b"[]", "ne contient aucune fiche de mairie"),
    (json.dumps([{"nom": "A", **HALL}, {"nom": "B", **HALL}]).encode(), "contient plusieurs mairies"),
)


async def test_what_is_no_record_is_refused_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        for data, said in NO_RECORD:
            answer = await uploaded(web, f"{PAGE}/annuaire", "fichier", "fiche.json", data)
            assert answer.status_code == 422
            assert said in answer.text.replace("&#39;", "'")
        assert (await send(web, PAGE, f"{PAGE}/annuaire")).status_code == 422
    assert place.store.draft() is None


async def test_a_hundred_megabytes_are_refused_in_words(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        token = field_of((await web.get(PAGE)).text)

        async def much() -> AsyncIterator[bytes]:
            for _ in range(3):  # the rest is still on its way
                yield bytes(1_000_000)

        headers = {"content-length": "100000000", "content-type": "multipart/form-data; boundary=x"}
        answer = await web.post(f"{PAGE}/annuaire?jeton={token}", content=much(), headers=headers)
        assert answer.status_code == 413
        assert "dépasse 10 Mo : donnez la fiche de votre mairie seule" in answer.text
    assert place.store.draft() is None


async def test_a_fiche_waits_to_be_read_and_becomes_a_demarche_that_is_checked(place: AdminOffice) -> None:
    async with admin_web(place) as web:
        for bad, said in ((b"<html/>", "commence par"), (b"<Publication", "mal form")):
            answer = await uploaded(web, f"{PAGE}/fiches", "fichiers", "x.xml", bad)
            assert answer.status_code == 422
            assert said in answer.text
        kept = await uploaded(web, f"{PAGE}/fiches", "fichiers", "F9876.xml", FICHE)
        assert kept.status_code == 303
        again = await uploaded(web, f"{PAGE}/fiches", "fichiers", "F9876.xml", FICHE)
        assert "attend déjà d'être relue" in again.text.replace("&#39;", "'")
        page = (await web.get(PAGE)).text
        assert "Carte de pêche en rivière" in page
        assert "1 fiche importée attend d'être relue" in (await web.get("/admin/demarches")).text
        assert ">Vérifié<" in page, "what waits is said by nobody"
        made = {"nom": "la carte de pêche", "sujet": "associations", "valable_jusquau": "2027-10-01",
                "choix": "demarche"}  # fmt: skip
        no_day = await send(web, PAGE, f"{PAGE}/fiches/F9876", **{**made, "valable_jusquau": ""})
        assert "choisissez une date" in no_day.text
        answer = await send(web, PAGE, f"{PAGE}/fiches/F9876", **made)
        assert answer.headers["location"].startswith("/admin/demarches/carte_de_peche")
        assert ">Vérifié<" in (await web.get("/admin/demarches/carte_de_peche")).text
        assert "Aucune." in (await web.get(PAGE)).text
        await send(web, "/admin/publier", "/admin/publier")
    assert place.live is not None
    procedure = place.live.town.procedures["carte_de_peche"]
    assert procedure.services == ("associations",)
    assert len(procedure.questions) == 2


async def test_a_fiche_takes_the_place_of_the_demarche_of_its_subject_alone(place: AdminOffice) -> None:
    fields = {"nom": "un certificat de vie", "valable_jusquau": "2027-10-01", "choix": "demarche"}
    async with admin_web(place) as web:
        await uploaded(web, f"{PAGE}/fiches", "fichiers", "F9876.xml", FICHE)
        await sent(web, "/admin/demarches/cni", "demarche_sujets", "cni", **{"s-cni": "1", "s-mairie": "1"})
        shared = await send(web, PAGE, f"{PAGE}/fiches/F9876", sujet="cni", **fields)
        assert "répond aussi à : la mairie. Retirez-lui d'abord ce sujet" in shared.text.replace("&#39;", "'")
        answer = await send(web, PAGE, f"{PAGE}/fiches/F9876", sujet="certificat_vie", **fields)
        assert answer.headers["location"].startswith("/admin/demarches/certificat_vie")
        page = (await web.get("/admin/demarches/certificat_vie")).text
        assert "En rivière" in page
        assert "Revenir à la démarche livrée" in page
