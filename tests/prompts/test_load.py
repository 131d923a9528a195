"""A town's content: the demo town's facts, another town's own, and bad files explained."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from dialog.actions import Say
from dialog.events import CallStarted, Heard
from dialog.manager import State, step
from prompts.errors import ContentError, Problem
from prompts.load import DEMO_TOWN, load_town

TINY = """
nom: Rocheval
departement: '57'
fuseau: Europe/Paris
accueil: {adresse: 2 rue du Puits, telephone: '+33387000000', courriel: mairie@rocheval.example}
lieux:
  mairie: {nom: la maison commune, horaire: 'Mo 09:00-11:00; PH off'}
transferts:
  accueil: {nom: la secrétaire, horaires: mairie}
services: {}
"""
RECORDED = "enregistrement_appels: {actif: true"
TOLD = f"{RECORDED}, finalite: rien, annonce: "


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        load_town(folder)
    return caught.value.problems


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "commune.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


def test_the_demo_town_is_whole() -> None:
    town = load_town()
    assert town.name == "Sainte-Aurore"
    assert town.commune.places["decheterie"].expression == "Mo-Sa 07:00-13:00,14:00-17:00; PH off"
    assert date(2027, 5, 22) in town.commune.closed_days
    assert town.commune.closures[0].end == datetime(2026, 12, 25)
    assert town.entry("cni").extension == "etat_civil"
    assert town.entry("voirie").extension == "accueil"
    assert town.entry("dechets").place == "decheterie"
    assert town.demo is not None
    assert len(town.demo.agendas["titre_identite"].time_slots) == 27
    assert {file.number for file in town.demo.files} == {"DP972209260041", "PC972209260007", "412", "77412"}
    assert town.demo.transfers["etat_civil"] == "ne répond pas"


def test_another_town_answers_with_its_own_facts(tiny: Path) -> None:
    town = load_town(tiny)
    now = datetime(2026, 11, 24, 10, tzinfo=town.tz)
    state, greeting = step(town, State(), CallStarted(None), now)
    _, answer = step(town, state, Heard("la mairie ouvre quand lundi prochain, c'est ouvert"), now)
    heard = " ".join(action.text for action in (*greeting, *answer) if isinstance(action, Say))
    assert "Rocheval" in heard
    assert "La maison commune vous accueille le lundi 30 novembre, de 9 h à 11 h." in heard
    assert "Sainte-Aurore" not in heard


def test_a_town_rewrites_one_sentence_and_keeps_the_others(tiny: Path) -> None:
    (tiny / "phrases.yaml").write_text('au_revoir: "À bientôt à {commune} !"\n', encoding="utf-8")
    sentences = load_town(tiny).sentences
    assert sentences.goodbye == "À bientôt à {commune} !"
    assert sentences.anything_else == load_town().sentences.anything_else


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('au_revoir: "{heure} au revoir"', 1, "variable inconnue {heure}"),
        ("menu: bonjour\nau_revoir: ''", 2, "vide"),
        ("menu: bonjour\nmenu: bonsoir", 2, "deux fois"),
        ("salut: bonjour", 1, "inconnue"),
        ("menu: [un, deux]", 1, "texte est attendu"),
        ('menu: "{commune"', 1, "accolade"),
        ("horaires_ouvert: 'La mairie ouvre'", 1, "il manque la variable"),
        ("menu: bonjour\n  au_revoir: : x", 2, "YAML"),
        ("menu: &a bonjour\nau_revoir: *a", 1, "renvois"),
        ("- bonjour", 1, "clé: valeur"),
        ("menu: !!python/object:os.system x", 1, "étiquette"),
    ],
)
def test_a_bad_sentence_is_shown_with_its_line(tiny: Path, text: str, line: int, said: str) -> None:
    (tiny / "phrases.yaml").write_text(text, encoding="utf-8")
    found = problems(tiny)
    assert [(p.file, p.line) for p in found][:1] == [("phrases.yaml", line)]
    assert said in found[0].message


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("fuseau: Europe/Paris", "fuseau: Europe/Pariss", "fuseau"),
        ("'+33387000000'", "0387", "texte est attendu"),
        ("horaires: mairie", "horaires: piscine", "n'existe pas"),
        ("services: {}", "services: {}\njours_locaux_fermes: [2027-13-01]", "date"),
        ("services: {}", "services: {mairi: {}}", "mairi"),
        (
            "services: {}",
            "services: {}\nfermetures: [{debut: 2026-12-24T12:00, fin: 2026-12-24T08:00, libelle: x}]",
            "avant de commencer",
        ),
        ("nom: Rocheval\n", "", "il manque « nom »"),
        ("services: {}", f"services: {{}}\n{RECORDED}}}", "il manque « finalite »"),
        ("services: {}", f"services: {{}}\n{RECORDED}, finalite: rien}}", "il manque « annonce »"),
        ("services: {}", f"services: {{}}\n{TOLD}Vous pouvez refuser}}", "nommer la touche 9"),
        ("services: {}", f"services: {{}}\n{TOLD}Gardé 9 jours. Refusez}}", "nommer la touche 9"),
        ("services: {}", f"services: {{}}\n{TOLD}Tapez 19 ou 9}}", "dire qu'on peut refuser"),
        ("services: {}", f"services: {{}}\n{TOLD}'Refusez par 9, {{nom}}'}}", "variable inconnue {nom}"),
        ("services: {}", "services: {}\nconservation: {enregistrements: 31}", "hors limites"),
    ],
)
def test_a_bad_fact_is_refused_in_plain_french(tiny: Path, before: str, after: str, said: str) -> None:
    (tiny / "commune.yaml").write_text(TINY.replace(before, after, 1), encoding="utf-8")
    assert any(said in problem.message for problem in problems(tiny))


def test_hours_are_checked_by_the_engine_that_tells_them(tiny: Path) -> None:
    with pytest.raises(ContentError) as caught:
        load_town(tiny, check_hours=lambda expression, _: f"refusé : {expression}")
    assert caught.value.problems[0].line == 7


def test_a_file_too_large_or_not_utf8_is_refused(tiny: Path) -> None:
    (tiny / "phrases.yaml").write_bytes(b"menu: " + b"a" * 2_000_000)
    assert "trop gros" in problems(tiny)[0].message
    (tiny / "phrases.yaml").write_bytes(b"menu: \xe9t\xe9")
    assert "UTF-8" in problems(tiny)[0].message


def test_a_folder_without_content_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path)[0].message == "il manque ce fichier"


def test_a_copy_of_the_demo_town_is_as_good(tmp_path: Path) -> None:
    shutil.copytree(DEMO_TOWN, tmp_path / "ville")
    assert load_town(tmp_path / "ville").commune == load_town().commune


def test_a_town_s_version_changes_with_its_content_and_not_with_its_place(tmp_path: Path) -> None:
    for name in ("one", "other"):
        shutil.copytree(DEMO_TOWN, tmp_path / name)
    town = load_town()
    assert load_town(tmp_path / "one").version == town.version
    with (tmp_path / "other" / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("# relu\n")
    assert load_town(tmp_path / "other").version != town.version
