"""A démarche's file: what ships is whole, a town changes or adds to it, and what cannot end is refused."""

from datetime import date
from pathlib import Path

import pytest

from prompts.errors import ContentError, Problem
from prompts.load import BASE, load_town
from prompts.procedures import MAX_QUESTIONS, Values, paths
from tests.prompts.test_load import TINY

SHIPPED = sorted(path.stem for path in (BASE / "demarches").glob("*.yaml"))

GOOD = """
nom: une carte de pêche
services: [animaux]
questions:
  - cle: age
    texte: "Quel âge avez-vous ? Tapez 1 en dessous de seize ans, 2 au-dessus."
    sujet: votre âge
    nombre: ans
    reponses:
      - {cle: jeune, nom: un jeune, valeurs: 15 ou moins}
      - {cle: adulte, nom: un adulte, valeurs: 16 ou plus}
  - cle: lieu
    texte: "En rivière ou en mer ? Tapez 1 ou 2."
    sujet: le lieu
    si: {age: adulte}
    reponses:
      - {cle: riviere, nom: en rivière, dites: [riviere]}
      - {cle: mer, nom: en mer, dites: [mer]}
fiches:
  - si: {age: jeune}
    nom: une carte de pêche de jeune
    pieces: une photo
  - si: {age: adulte}
    nom: une carte de pêche
    pieces:
      - une photo
      - {texte: un permis, si: {lieu: mer}}
source: {titre: Arrêté municipal, url: 'https://rocheval.example/peche', verifie_le: 2026-01-02}
valable_jusquau: 2027-01-02
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "commune.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "demarches").mkdir()
    return tmp_path


def write(town: Path, text: str, name: str = "peche") -> Path:
    (town / "demarches" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return town


def problems(town: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        load_town(town)
    return caught.value.problems


def numbered(count: int) -> str:
    """That many questions with two answers each."""
    answers = "[{cle: a, nom: a}, {cle: b, nom: b}]"
    return "".join(
        f'  - {{cle: q{n}, texte: "Et {n} ?", sujet: x, reponses: {answers}}}\n' for n in range(count)
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_case_is_short_sourced_and_dated(name: str) -> None:
    procedure = load_town().procedures[name]
    for path in paths(procedure.questions, {}):
        assert len(path.answers) <= MAX_QUESTIONS
        if path.goes_to is None:
            (sheet,) = procedure.sheets_for(path.answers)
            source, until = procedure.source_of(sheet), procedure.expiry_of(sheet)
            assert sheet.person or (source is not None and until is not None and source.checked < until)
            assert sheet.person or (source is not None and source.checked <= date(2025, 10, 1))


def test_a_town_adds_a_demarche_of_its_own(town: Path) -> None:
    procedures = load_town(write(town, GOOD)).procedures
    assert procedures["peche"].name == "une carte de pêche"
    assert set(SHIPPED) < set(procedures)


def test_a_town_rewrites_part_of_a_shipped_demarche(town: Path) -> None:
    write(town, "nom: une location de la salle des fêtes\n", "salle")
    procedure = load_town(town).procedures["salle"]
    assert procedure.name == "une location de la salle des fêtes"
    assert procedure.sheets == load_town().procedures["salle"].sheets


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        # Questions that could not end
        ("si: {age: adulte}\n    reponses", "si: {lieu: mer}\n    reponses", 15, "tourneraient en rond"),
        ("    nombre: ans\n", "    nombre: ans\n    si: {lieu: mer}\n", 9, "tourneraient en rond"),
        ("dites: [mer]}", "dites: [mer], vers: peche}", 18, "ramène ici"),
        # Names that do not exist
        ("si: {age: adulte}\n    reponses", "si: {ages: adulte}\n    reponses", 15, "« ages » n'existe pas"),
        (
            "si: {age: adulte}\n    reponses",
            "si: {age: vieux}\n    reponses",
            15,
            "possibles : jeune, adulte",
        ),
        ("si: {lieu: mer}}", "si: {lieu: lac}}", 27, "« lac » n'est pas une réponse"),
        ("dites: [mer]}", "dites: [mer], vers: chasse}", 18, "« chasse » n'existe pas"),
        ("  - cle: lieu", "  - cle: age", 12, "deux questions"),
        ("cle: mer,", "cle: riviere,", 18, "deux réponses"),
        ("    sujet: le lieu", "    sujets: le lieu", 12, "« sujet »"),
        ("services: [animaux]", "services: [chiens]", 3, "« chiens » n'est pas admis"),
        ("services: [animaux]", "services: [pacs]", 3, "« pacs » a déjà sa démarche"),
        # Cases without an answer, or with two
        ("  - si: {age: jeune}", "  - si: {age: adulte, lieu: mer}", 19, "aucune fiche pour age=jeune"),
        ("  - si: {age: adulte}\n    nom", "  - nom", 23, "deux fiches pour age=jeune"),
        ("si: {lieu: mer}}", "si: {age: jeune}}", 27, "jamais dite"),
        # Facts nobody vouches for
        ("source: {", "# source: {", 20, "il manque « source »"),
        ("valable_jusquau: 2027-01-02", "", 20, "valable_jusquau"),
        ("valable_jusquau: 2027-01-02", "valable_jusquau: 2020-01-02", 20, "précède"),
        ("    pieces: une photo\n", "", 20, "ne dit rien"),
        ("    pieces: une photo\n", "    pieces: une photo\n    une_personne_repond: true\n", 20, "en plus"),
        # Numbers
        ("valeurs: 16 ou plus", "valeurs: 15 ou plus", 11, "recouvrent"),
        ("valeurs: 16 ou plus", "valeurs: beaucoup", 11, "n'est pas compris"),
        ("    nombre: ans\n", "", 9, "demande « nombre »"),
        (
            "{cle: mer, nom: en mer, dites: [mer]}",
            "{cle: mer, nom: en mer, valeurs: 3 à 4}",
            18,
            "« nombre »",
        ),
        # What cannot be listened to
        ("pieces: une photo", f"pieces: {'long ' * 30}", 22, "trop long à écouter"),
        ("En rivière ou en mer ?", "En rivière ou en mer ? " + "bien " * 40, 13, "trop long à écouter"),
        ("      - une photo\n", "      - Attention : une photo\n", 26, "guillemets"),
        ("pieces: une photo", "pieces: '{age}'", 22, "variable inconnue"),
    ],
)
def test_what_cannot_end_or_be_vouched_for_is_refused_with_its_line(
    town: Path, before: str, after: str, line: int, said: str
) -> None:
    assert GOOD.count(before) == 1
    found = problems(write(town, GOOD.replace(before, after)))
    assert any(p.file == "demarches/peche.yaml" and said in p.message for p in found), found
    assert line in [p.line for p in found if said in p.message], found


def test_too_many_questions_for_one_caller_are_refused(town: Path) -> None:
    questions = numbered(6)
    text = GOOD[: GOOD.index("questions:")] + "questions:\n" + questions
    text += "fiches:\n  - {nom: une carte, une_personne_repond: true}\n"
    (problem,) = problems(write(town, text))
    assert "6 questions : 5 au plus" in problem.message


def test_a_flood_of_cases_is_refused_at_once(town: Path) -> None:
    answers = ", ".join(f"{{cle: r{n}, nom: r{n}}}" for n in range(9))
    questions = "".join(
        f'  - {{cle: q{n}, texte: "?", sujet: x, reponses: [{answers}]}}\n' for n in range(40)
    )
    text = GOOD[: GOOD.index("questions:")] + "questions:\n" + questions
    text += "fiches:\n  - {nom: une carte, une_personne_repond: true}\n"
    assert "retirez des questions" in problems(write(town, text))[0].message


def test_a_way_through_two_demarches_counts_its_questions_together(town: Path) -> None:
    questions = numbered(5)
    text = "nom: une suite\nservices: [marche]\nquestions:\n" + questions
    write(town, text + "fiches:\n  - {nom: une carte, une_personne_repond: true}\n", "suite")
    first = GOOD.replace("dites: [mer]}", "dites: [mer], vers: suite}").replace(", si: {lieu: mer}}", "}")
    assert any("7 questions" in problem.message for problem in problems(write(town, first)))


def test_a_mistake_in_a_towns_change_is_shown_in_the_towns_file(town: Path) -> None:
    write(town, "nom: ''\n", "cni")
    (problem,) = problems(town)
    assert (problem.file, problem.line) == ("demarches/cni.yaml", 1)


@pytest.mark.parametrize(
    ("mine", "other", "held", "met"),
    [
        (Values(0, 14), Values(14, 14), True, True),
        (Values(0, 14), Values(15, 15), False, False),
        (Values(5, 20, above=True), Values(5, 5), False, False),
        (Values(5, 20, above=True), Values(20, 20), True, True),
        (Values(18, 120), Values(18, 20, above=True), True, True),
        (Values(0, 5), Values(5, 20, above=True), False, False),
    ],
)
def test_a_value_on_the_boundary_belongs_to_one_answer(
    mine: Values, other: Values, held: bool, met: bool
) -> None:
    assert mine.hold(other) is held
    assert mine.meets(other) is met
