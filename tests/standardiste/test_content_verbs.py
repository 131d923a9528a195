"""`new-town`, `import` and `schema` as an admin types them; a large town is checked at once."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from standardiste.cli import main
from standardiste.town import read_town
from tests.prompts.test_annuaire import record, saved
from tests.prompts.test_comarquage import BODY, HEAD
from tests.support.large_town import large_town


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    code = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.splitlines()], said.err


def test_a_new_town_says_in_words_what_is_left_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = tmp_path / "ville"
    code, lines, _ = ran(capsys, "new-town", town)
    assert code == 0
    to_fill = [line["to_fill"] for line in lines if "to_fill" in line]
    assert len(to_fill) == 7
    assert to_fill[0].startswith("le nom de la commune")
    assert (town / ".schemas" / "commune.json").exists()
    assert (town / "commune.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=.schemas/")
    assert main(["check", "--commune", str(town)]) == 1
    problems = capsys.readouterr().out.splitlines()
    assert len(problems) == 7
    assert all(": à remplir : " in line for line in problems)


def test_a_new_town_is_filled_from_its_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = tmp_path / "ville"
    code, lines, _ = ran(capsys, "new-town", town, "--annuaire", saved(tmp_path, record()))
    assert (code, len(lines)) == (0, 1)
    assert read_town(town).name == "Rocheval"


def test_fiches_become_drafts_that_are_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = tmp_path / "ville"
    ran(capsys, "new-town", town)
    good, bad = tmp_path / "F9876.xml", tmp_path / "bad.xml"
    good.write_text(f"{HEAD}{BODY}</Publication>", "utf-8")
    bad.write_text("<nope", "utf-8")
    code, lines, _ = ran(capsys, "import", "comarquage", bad, good, "--commune", town)
    assert code == 0
    assert "mal formé" in lines[0]["error"]
    assert (lines[1]["result"], lines[1]["questions"], lines[1]["documents"]) == ("drafted", 2, 3)
    (town / "brouillons" / "F9876.yaml").write_text("# relu", "utf-8")
    _, lines, _ = ran(capsys, "import", "comarquage", good, "--commune", town)
    assert lines[0]["result"] == "kept"
    assert (town / "brouillons" / "F9876.yaml").read_text("utf-8") == "# relu"
    code, _, said = ran(capsys, "import", "comarquage", bad, "--commune", town)
    assert (code, said.count("\n")) == (2, 1)


def test_the_demo_town_is_nobodys_to_write_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = ran(capsys, "import", "annuaire", saved(tmp_path, record()))
    assert (code, "--commune" in said) == (2, True)


def test_a_town_with_sixty_demarches_is_read_and_checked_whole(tmp_path: Path) -> None:
    town = read_town(large_town(tmp_path / "ville"))
    assert len(town.procedures) >= 60


def test_the_help_of_the_new_verbs_has_an_example() -> None:
    for verb in ("new-town", "import", "schema"):
        done = subprocess.run(
            [sys.executable, "-m", "standardiste", verb, "--help"], capture_output=True, text=True, check=True
        )
        assert f"standardiste {verb}" in done.stdout
