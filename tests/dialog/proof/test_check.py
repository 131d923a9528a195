"""`check`: a good town is proved, a bad one is shown where it can be put right."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from dialog.proof.proof import prove_content
from prompts.load import DEMO_TOWN
from standardiste.cli import main
from standardiste.town import read_town
from standardiste.verbs_check import lasting, told

NOW = datetime(2026, 11, 24, 10)
TINY = """\
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


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved here is kept here."""
    monkeypatch.setenv("STANDARDISTE_DATA", str(tmp_path / "data"))


def check(folder: Path | None, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    arguments = ["check", "--now", NOW.isoformat()] + (["--commune", str(folder)] if folder else [])
    code = main(arguments)
    return code, capsys.readouterr().out.splitlines()


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO_TOWN, tmp_path / "ville"))


def test_the_demo_town_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check(None, capsys)
    assert (code, len(lines)) == (0, 1), lines
    assert lines[0].startswith("Sainte-Aurore vérifiée : ")


def test_a_small_town_without_appointments_is_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (town := tmp_path / "rocheval").mkdir()
    (town / "commune.yaml").write_text(TINY, encoding="utf-8")
    code, lines = check(town, capsys)
    assert code == 0, lines
    proofs = list((tmp_path / "data" / "preuves").iterdir())
    assert check(town, capsys) == (code, lines), "an unchanged menu is not proved twice"
    assert list((tmp_path / "data" / "preuves").iterdir()) == proofs


def test_what_is_wrong_is_shown_with_its_file_and_line(town: Path) -> None:
    name = "le service des affaires " + "très particulières et " * 12 + "générales"
    text = (town / "commune.yaml").read_text(encoding="utf-8").replace("nom: la médiathèque", f"nom: {name}")
    (town / "commune.yaml").write_text(text, encoding="utf-8")
    (town / "comprehension.yaml").write_text(
        'dangers:\n  feu:\n    consigne: "Appelez vite les pompiers."\n', encoding="utf-8"
    )
    read = read_town(town)
    lines = list(told(prove_content(read, NOW.replace(tzinfo=read.tz), lasting), town))
    assert any("phrase de " in line and "phrases.yaml:" in line.split(" ")[0] for line in lines), lines
    assert any(line.startswith("comprehension.yaml:3: ") and "numéro" in line for line in lines), lines


def test_a_file_that_cannot_be_read_is_shown_before_anything_is_proved(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (town / "phrases.yaml").write_text("au_revoir: ''\n", encoding="utf-8")
    code, lines = check(town, capsys)
    assert code == 1
    assert [line.split(" ")[0] for line in lines] == ["phrases.yaml:1:"]
