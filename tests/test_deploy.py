"""What installs the product runs verbs and settings that exist, with the libraries that were tested."""

import json
import re
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from standardiste.options import build_parser

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+==\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def unit(path: Path) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(path, encoding="utf-8")
    return read


def test_what_is_installed_is_what_was_tested() -> None:
    installed = pins(DEPLOY / "requirements.lock")
    assert installed
    assert installed <= pins(ROOT / "requirements.lock")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_verb_that_exists_and_can_write_only_its_data(path: Path) -> None:
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/standardiste/actuelle/bin/standardiste"
    build_parser().parse_args(arguments)
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["User"] == "standardiste"


def test_every_setting_of_the_shipped_file_is_one_that_the_readme_explains() -> None:
    text = (DEPLOY / "reglages.env").read_text(encoding="utf-8")
    named = re.findall(r"^#?(STANDARDISTE_[A-Z_]+)=", text, re.MULTILINE)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert named
    assert [name for name in named if name not in readme] == []


def test_the_containers_run_what_exists_and_open_no_more_than_the_line_and_the_local_pages() -> None:
    told = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    services = told["services"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    settings = [name for name in services["agent"]["environment"] if name.startswith("STANDARDISTE_")]
    assert settings
    assert [name for name in settings if name not in readme] == []
    opened = {port for service in services.values() for port in service.get("ports", [])}
    assert {port for port in opened if not port.endswith("/udp")} == {"127.0.0.1:8080:8080"}
    for service in ("agent", "asterisk"):
        recipe = (
            ROOT / "deploy" / "compose" / services[service]["build"]["dockerfile"].split("/")[-1]
        ).read_text()
        for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", recipe, re.MULTILINE):
            assert [name for name in copied.split() if not (ROOT / name).exists()] == []
    command = re.search(
        r"^CMD (\[.+\])$", (DEPLOY / "compose" / "agent.Dockerfile").read_text(), re.MULTILINE
    )
    assert command is not None
    build_parser().parse_args(json.loads(command.group(1)))


def test_the_installer_is_a_script_that_explains_itself() -> None:
    told = subprocess.run([DEPLOY / "install", "--help"], capture_output=True, text=True, check=True)
    assert "sudo deploy/install" in told.stdout
    assert subprocess.run(["bash", "-n", DEPLOY / "install"], check=False).returncode == 0
