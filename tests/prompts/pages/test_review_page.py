"""« À voir »: what the directory says otherwise, who has to be called before a closure."""

import json
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from callbacks.models import Agenda, Appointment
from prompts.load import load_town
from prompts.pages.review_page import page_of
from standardiste.records import TownRecords
from standardiste.review import review_of, write_review
from tests.support.admin_office import AdminOffice, admin_office, admin_web, sent
from tests.support.short_town import write_short_town

RECORD = (
    "id: '1'\nnom: Mairie - Vauclair\nimporte_le: 2026-11-01\nhoraire: 'Mo-Fr 09:00-13:00; PH off'\n"
    "telephone: '+33299111111'\na_lire: ['horaires du Samedi : « 1er samedi du mois »']\n"
)
CLOSURE = "fermetures: [{debut: 2026-12-07T00:00, fin: 2026-12-08T00:00, libelle: travaux}]\n"


def closed_town(folder: Path) -> Path:
    town = write_short_town(folder)
    text = (town / "commune.yaml").read_text("utf-8")
    (town / "commune.yaml").write_text(text + CLOSURE, "utf-8")
    (town / "annuaire.yaml").write_text(RECORD, "utf-8")
    return town


async def book(place: AdminOffice, ref: str, at: datetime, status: str = "pris") -> None:
    async with place.desk.database.transaction() as session:
        if await session.get(Agenda, "titre") is None:
            session.add(Agenda(motif="titre", duration_min=20))
        session.add(
            Appointment(ref=ref, motif="titre", subject="passeport", starts_at=at, name=f"Personne {ref}",
                        name_key=ref.lower(), phone="+33699000000", status=status,
                        created_at=place.desk.now())
        )  # fmt: skip


async def test_the_page_tells_contradictions_and_who_to_call(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place, role="supervisor") as web:
        assert place.live is not None
        place.live.town = load_town(closed_town(tmp_path / "commune"))
        await book(place, "R1001", datetime(2026, 12, 7, 9))
        await book(place, "R1002", datetime(2026, 12, 8, 9))
        await book(place, "R1003", datetime(2026, 12, 7, 10), status="annule")
        page = (await web.get("/admin/a-voir")).text
        assert "Personne R1001" in page
        assert "travaux" in page
        assert "R1002" not in page
        assert "R1003" not in page
        assert "annuaire dit « de 9 h à 13 h »" in page
        assert "vous dites « 02 99 00 00 00 »" in page
        assert "1er samedi du mois" in page


async def test_who_is_to_be_called_is_known_before_a_closure_is_published(tmp_path: Path) -> None:
    closure = {"f-0-debut": "2026-12-07T00:00", "f-0-fin": "2026-12-08T00:00", "f-0-libelle": "travaux"}
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        await book(place, "R1001", datetime(2026, 12, 7, 9))
        await book(place, "R1002", datetime(2026, 12, 8, 9))
        await sent(web, "/admin/fermetures", "fermetures", **closure)
        page = (await web.get("/admin/publier")).text
        assert "Personne R1001" in page
        assert "R1002" not in page


@pytest.mark.parametrize(
    ("file", "path", "page"),
    [
        ("faq.yaml", ("questions", "marche", "valable_jusquau"), "/admin/faq/marche"),
        ("demarches/cni.yaml", ("fiches", 2, "valable_jusquau"), "/admin/demarches/cni/fiche/2"),
        ("demarches/cni.yaml", ("valable_jusquau",), "/admin/demarches/cni"),
        ("commune.yaml", ("lieux", "mairie", "horaire"), "/admin/horaires/mairie"),
        ("commune.yaml", ("accueil", "telephone"), "/admin/contacts"),
    ],
)
def test_what_is_to_be_mended_is_one_click_away(file: str, path: tuple[str | int, ...], page: str) -> None:
    assert page_of((file, path)) == page


async def test_clerks_do_not_see_it(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place, role="clerk") as web:
        assert (await web.get("/admin/a-voir")).status_code == 403


async def test_programs_read_it_without_names(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place:
        town = load_town(closed_town(tmp_path / "commune"))
        await book(place, "R1001", datetime(2026, 12, 7, 9))
        now = place.desk.now()
        found = await review_of(town, place.desk.database, now)
        assert [one.ref for one in found.to_call] == ["R1001"]
        told = json.dumps(found.as_json(), ensure_ascii=False)
        assert "R1001" in told
        assert "Personne" not in told
        assert "+33699000000" not in told
        assert len(found) == len(found.disagreements) + 1 + len(found.expiring)


async def test_the_night_s_job_writes_it_whole(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place:
        assert place.live is not None
        town = load_town(closed_town(tmp_path / "commune"))
        records = TownRecords(town, place.desk.database, place.desk.now, Random(1))
        n_found = await write_review(records, tmp_path / "data" / "a-voir.json")
        told = json.loads((tmp_path / "data" / "a-voir.json").read_text("utf-8"))
        assert n_found == len(told["disagreements"]) + len(told["expiring"]) + len(told["to_call"])
        assert [one["what"] for one in told["disagreements"]] == ["horaires", "telephone"]
