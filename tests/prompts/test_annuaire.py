"""The national directory's records: what is clear is taken over, what is not is shown, nothing is guessed."""

import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.annuaire import UnusableImport, directory_of, e164, read_directory
from prompts.annuaire_import import bring_in
from prompts.load import load_town
from prompts.new_town import FolderTaken, make_town
from standardiste.town import hours_problem
from tests.support.examples import tries

TODAY = date(2026, 11, 24)


def times(first: str, last: str, *hours: str, comment: str = "") -> dict[str, str]:
    padded = [*hours, "", "", "", ""][:4]
    keys = ("valeur_heure_debut_1", "valeur_heure_fin_1", "valeur_heure_debut_2", "valeur_heure_fin_2")
    return {
        "nom_jour_debut": first,
        "nom_jour_fin": last,
        **dict(zip(keys, padded, strict=True)),
        "commentaire": comment,
    }


def record(**changes: Any) -> dict[str, Any]:
    return {
        "id": "00000000-0000-4000-8000-0000000000aa",
        "nom": "Mairie - Rocheval",
        "code_insee_commune": "57999",
        "statut_de_diffusion": "true",
        "date_modification": "01/10/2026 08:00:00",
        "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["57999"]}],
        "adresse": [
            {"type_adresse": "Adresse", "complement1": "", "numero_voie": "2 rue du Puits",
             "code_postal": "57990", "nom_commune": "Rocheval"}
        ],
        "telephone": [{"valeur": "03 87 00 00 00", "description": ""}],
        "adresse_courriel": ["mairie@rocheval.example"],
        "site_internet": [{"libelle": "", "valeur": "https://rocheval.example"}],
        "plage_ouverture": [
            times("Lundi", "Jeudi", "08:30:00", "12:00:00", "13:30:00", "17:00:00"),
            times("Vendredi", "Vendredi", "08:30:00", "12:00:00"),
        ],
        "commentaire_plage_ouverture": "",
        "information_complementaire": "",
        **changes,
    }  # fmt: skip


KEYS = frozenset(record()) | frozenset(times("", "")) | {"valeur", "description", "nom_commune"}


def saved(folder: Path, value: Any) -> Path:
    file = folder / "fiche.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_a_plain_record_is_taken_over(tmp_path: Path) -> None:
    found = read_directory(saved(tmp_path, record()))
    assert found.expression == "Mo-Th 08:30-12:00,13:30-17:00; Fr 08:30-12:00; PH off"
    assert (found.commune, found.departement, found.phone) == ("Rocheval", "57", "+33387000000")
    assert found.address == "2 rue du Puits, 57990 Rocheval"
    assert (found.email, found.changed, found.flags) == ("mairie@rocheval.example", date(2026, 10, 1), ())


def test_lists_as_text_and_english_days_are_read_too() -> None:
    one = record()
    for key in ("plage_ouverture", "adresse", "telephone", "adresse_courriel"):
        one[key] = json.dumps(one[key])
    one["plage_ouverture"] = json.dumps([times("Monday", "Friday", "09:00:00", "12:00:00")])
    found = directory_of(one)
    assert found.expression == "Mo-Fr 09:00-12:00; PH off"
    assert found.phone == "+33387000000"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"commentaire_plage_ouverture": "hors vacances scolaires"}, "hors vacances scolaires"),
        (
            {"plage_ouverture": [times("Samedi", "", "09:00", "12:00", comment="1er samedi du mois")]},
            "1er samedi",
        ),
        ({"plage_ouverture": [times("Lundi", "Lundi", "12:00:00", "08:00:00")]}, "heures non reconnues"),
        ({"plage_ouverture": [times("Lundi", "Lundi", "9h", "midi")]}, "heures non reconnues"),
        ({"plage_ouverture": [times("Férié", "", "09:00", "12:00")]}, "jours non reconnus"),
        (
            {
                "plage_ouverture": [
                    times("Lundi", "Mardi", "08:00", "12:00"),
                    times("Mardi", "", "11:00", "13:00"),
                ]
            },
            "se recouvrent le mardi",
        ),
    ],
)
def test_hours_that_leave_a_doubt_are_shown_and_not_taken(changes: dict[str, Any], said: str) -> None:
    found = directory_of(record(**changes))
    assert found.expression is None
    assert any(said in flag for flag in found.flags)


def test_other_doubts_are_shown_beside() -> None:
    phones = [
        {"valeur": "03 87 11 11 11", "description": "Police"},
        {"valeur": "03 87 22 22 22", "description": ""},
    ]
    found = directory_of(
        record(telephone=phones, information_complementaire="Fermé en août.", plage_ouverture=[])
    )
    assert (found.phone, found.expression) == ("+33387222222", None)
    assert [flag.split(" :")[0] for flag in found.flags] == ["autre numéro", "information à lire"]
    assert directory_of(record(telephone=[{"valeur": "36 46", "description": ""}])).phone is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("05 96 00 00 00", "+596596000000"), ("0692.00.00.00", "+262692000000"),
     ("+33 1 00 00 00 00", "+33100000000"),
     ("0590-00-00-00", "+590590000000"), ("0800 00 00 00", None), ("3646", None), ("", None)],
)  # fmt: skip
def test_numbers_are_those_of_their_place(written: str, number: str | None) -> None:
    assert e164(written) == number


def test_the_right_town_hall_is_chosen_or_asked_for(tmp_path: Path) -> None:
    other = record(nom="Mairie - Ailleurs", code_insee_commune="57998")
    police = record(nom="Police", pivot=[{"type_service_local": "commissariat_police"}])
    file = saved(tmp_path, {"service": [police, other, record()]})
    assert read_directory(file, "57999").name == "Mairie - Rocheval"
    with pytest.raises(UnusableImport, match="--insee"):
        read_directory(file)
    with pytest.raises(UnusableImport, match="aucune fiche de mairie"):
        read_directory(file, "01001")
    api = saved(tmp_path, {"total_count": 1, "results": [record()]})
    assert read_directory(api).name == "Mairie - Rocheval"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"3", b'{"nom": ""}', b'{"nom": 3}', b"<xml/>"]
)
def test_what_is_no_record_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f.json").write_bytes(data)
    with pytest.raises(UnusableImport):
        read_directory(tmp_path / "f.json")


def test_values_of_any_kind_are_survived() -> None:
    wrongs: tuple[Any, ...] = (None, 3, "x", [3], {"a": 1}, '["x', [[]])
    for wrong in wrongs:
        for key in record():
            if key != "nom":
                directory_of(record(**{key: wrong}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYS)), one, max_size=4),
    max_leaves=12,
)


@settings(max_examples=tries(100), deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(KEYS)), JSON, max_size=8))
def test_any_record_gives_hours_that_can_be_evaluated_or_none(changes: dict[str, Any]) -> None:
    found = directory_of(record(**{**changes, "nom": "Mairie"}))
    if found.expression is not None:
        assert hours_problem(found.expression, "57") is None


def test_a_hundred_megabytes_are_refused_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "annuaire.json"
    with file.open("wb") as out:
        out.write(b'{"service":[')
        out.truncate(100_000_000)
    tracemalloc.start()
    with pytest.raises(UnusableImport, match="votre mairie seule"):
        read_directory(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_new_town_is_made_and_filled_from_the_directory(tmp_path: Path) -> None:
    town = tmp_path / "rocheval"
    make_town(town)
    proposals = bring_in(town, directory_of(record()), TODAY)
    assert {one.became for one in proposals} == {"filled"}
    read = load_town(town)
    assert (read.name, read.tz.key) == ("Rocheval", "Europe/Paris")
    assert read.directory is not None
    assert read.directory.imported == TODAY
    assert "# Où chaque sujet est traité" in (town / "commune.yaml").read_text("utf-8"), "comments are kept"


def test_what_the_town_wrote_is_not_written_over_unasked(tmp_path: Path) -> None:
    town = tmp_path / "rocheval"
    make_town(town)
    bring_in(town, directory_of(record()), TODAY)
    other = directory_of(record(adresse_courriel=["autre@rocheval.example"]))
    became = {one.path: one.became for one in bring_in(town, other, TODAY)}
    assert became["accueil", "courriel"] == "differs"
    assert load_town(town).commune.contact.email == "mairie@rocheval.example"
    bring_in(town, other, TODAY, replace=True)
    assert load_town(town).commune.contact.email == "autre@rocheval.example"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("à moi")
    with pytest.raises(FolderTaken):
        make_town(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
