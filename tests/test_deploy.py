"""What installs the product runs verbs and settings that exist, with the libraries that were tested."""

import json
import re
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from standardiste.options import build_parser

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "compose"
SHUT = {
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectHome": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "ProtectProc": "invisible",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
}
"""What a fault in the program does not reach (systemd.exec(5)); `systemd-analyze security` says the rest."""
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


def test_no_more_than_five_minutes_are_ever_lost() -> None:
    """Whole minutes between two backups, and the time that one may take to be written."""
    timer = unit(DEPLOY / "systemd" / "standardiste-sauvegarde.timer")["Timer"]
    every_min = re.fullmatch(r"\*:0/(\d+)", timer["OnCalendar"])
    slept = re.search(r"while sleep (\d+);", (DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))
    assert every_min is not None
    assert slept is not None
    assert max(60 * int(every_min[1]) + int(timer["AccuracySec"].rstrip("s")), int(slept[1])) <= 250


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_verb_that_exists_and_can_write_only_its_data(path: Path) -> None:
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/standardiste/actuelle/bin/standardiste"
    build_parser().parse_args(arguments)
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["User"] == "standardiste"
    assert service["UMask"] == "0077"
    assert {key: service.get(key) for key in SHUT} == SHUT


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


def composition() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_composition_names_nothing_that_it_does_not_have() -> None:
    """As `docker compose config` would say; no daemon is asked."""
    told = composition()
    text = (COMPOSE / "compose.yaml").read_text(encoding="utf-8")
    example = dict(
        line.split("=", 1)
        for line in (COMPOSE / "exemple.env").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    script = (COMPOSE / "start-asterisk").read_text("utf-8")
    used = set(re.findall(r"\$\{(\w+)\}", text)) | set(re.findall(r"\$(\w+)", script))
    assert used == set(example), "each variable is in the example, and each of the example is used"
    explained = (COMPOSE / "secrets" / "LISEZMOI.md").read_text("utf-8")
    for name, secret in told["secrets"].items():
        assert secret["file"] == f"secrets/{name}"
        assert f"> {name}" in explained, f"how to make secrets/{name} is said"
    for name, service in told["services"].items():
        assert set(service.get("secrets", ())) <= set(told["secrets"]), name
        assert set(service["networks"]) <= set(told["networks"]), name
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(told["volumes"]), name
        assert set(service.get("depends_on", ())) <= set(told["services"]), name
        assert "healthcheck" in service or name in ("asterisk", "sauvegarde")
        if "build" in service:
            assert (COMPOSE / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        for secret in re.findall(
            r"/run/secrets/([\w-]+)", json.dumps(service) + (script if name == "asterisk" else "")
        ):
            assert secret in service["secrets"], f"{name} has no secret {secret}"


def test_the_container_of_asterisk_writes_a_configuration_that_its_account_may_read(tmp_path: Path) -> None:
    """What `start-asterisk` asks `asterisk/render` for, with the example's values."""
    script = (COMPOSE / "start-asterisk").read_text("utf-8").replace("\\\n", " ")
    asked = next(line for line in script.splitlines() if line.startswith("/opt/standardiste/asterisk/render"))
    for name, value in re.findall(
        r"^(\w+)=(.*)$", (COMPOSE / "exemple.env").read_text("utf-8"), re.MULTILINE
    ):
        asked = asked.replace(f"${name}", value)
    for secret, text in (("ari-password", "un-long-secret"), ("messagerie-code", "4821")):
        (tmp_path / secret).write_text(text, encoding="utf-8")
        asked = asked.replace(f"/run/secrets/{secret}", str(tmp_path / secret))
    arguments = shlex.split(asked.replace("/etc/asterisk", str(tmp_path / "etc")))[1:]
    done = subprocess.run(
        [ROOT / "asterisk" / "render", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "101 = 4821," in (tmp_path / "etc" / "voicemail.conf").read_text("utf-8")
    assert "4821" not in asked, "the code is in no list of processes"
    # What is written is for root and its group alone: the group has to be Asterisk's own.
    assert (tmp_path / "etc" / "pjsip.conf").stat().st_mode & 0o777 == 0o640
    after = script[script.index(asked.split()[0]) :]
    assert after.index("chown -R root:asterisk /etc/asterisk") < after.index("exec asterisk -f -U asterisk")


def test_the_agent_s_container_may_erase_what_asterisk_s_writes() -> None:
    (group,) = composition()["services"]["agent"]["group_add"]
    recipe = (COMPOSE / "asterisk.Dockerfile").read_text("utf-8")
    assert recipe.index(f"--gid {group} asterisk") < recipe.index("apt-get install")
    assert re.search(r"^umask 0007$", (COMPOSE / "start-asterisk").read_text("utf-8"), re.MULTILINE)


def test_the_installer_is_a_script_that_explains_itself() -> None:
    told = subprocess.run([DEPLOY / "install", "--help"], capture_output=True, text=True, check=True)
    assert "sudo deploy/install" in told.stdout
    assert subprocess.run(["bash", "-n", DEPLOY / "install"], check=False).returncode == 0
