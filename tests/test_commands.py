"""The commands that a newcomer types first."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_make_alone_lists_every_target_with_what_it_does() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT)], capture_output=True, text=True, check=True
    ).stdout
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"setup", "demo", "test", "lint", "serve", "asterisk", "bench"} <= set(targets)
    for target in targets:
        assert re.search(rf"^  make {target} +\S.*", listed, re.MULTILINE), target


def test_demo_and_test_need_no_other_command_before_them() -> None:
    for target in ("demo", "test", "lint", "serve", "asterisk", "bench"):
        planned = subprocess.run(
            ["make", "-n", "-C", str(ROOT), target], capture_output=True, text=True, check=True
        ).stdout
        assert "scripts/setup" in planned, target


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first_block = readme.split("```")[1]
    assert [line.split("  ")[0] for line in first_block.strip().splitlines()] == ["make demo", "make test"]
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme):
        assert (ROOT / picture).is_file()


def test_the_scripts_are_sound_bash() -> None:
    for script in (".ci/run", "scripts/setup", "scripts/with-asterisk"):
        subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
        assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be run"
