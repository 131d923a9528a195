"""Secrets on the way, on the disk and in the lists of processes; and backups that are not ours."""

import ast
import io
import json
import re
import tarfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from prompts.addresses import is_in_clear
from prompts.outside import SecretAddress
from standardiste.backup import _unpack
from standardiste.errors import Unusable
from tests.security.product import calls
from tests.standardiste.test_settings import settings

ARI = {"STANDARDISTE_ARI_PASSWORD": "x"}
OIDC = {"STANDARDISTE_OIDC_CLIENT_ID": "mairie", "STANDARDISTE_OIDC_CLIENT_SECRET": "x"}


@pytest.mark.parametrize(
    ("url", "in_clear"),
    [
        ("http://127.0.0.1:8088", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:8088", False),
        ("http://localhost:8088", False),
        ("https://asterisk.mairie.example:8089", False),
        ("http://asterisk:8088", True),
        ("http://192.168.1.4:8088", True),
        ("http://127.0.0.1.evil.example", True),
        ("http://localhost.evil.example", True),
        ("http://127.0.0.1@evil.example", True),
        ("http://0.0.0.0:8088", True),
    ],
)
def test_what_can_be_overheard_is_known(url: str, in_clear: bool) -> None:
    assert is_in_clear(url) is in_clear


def test_asterisk_and_the_provider_are_not_spoken_to_in_clear_over_a_network() -> None:
    far = "http://asterisk:8088"
    with pytest.raises(Unusable, match="en clair"):
        settings({**ARI, "STANDARDISTE_ARI_URL": far})
    for allowed in (
        {"STANDARDISTE_ARI_URL": "https://asterisk:8089"},
        {"STANDARDISTE_ARI_URL": far, "STANDARDISTE_ARI_PRIVATE_NETWORK": "1"},
    ):
        assert settings({**ARI, **allowed}).ari is not None
    with pytest.raises(Unusable, match="qui écoute ce réseau"):
        settings({**OIDC, "STANDARDISTE_OIDC_ISSUER": "http://fournisseur.example"})
    assert settings({**OIDC, "STANDARDISTE_OIDC_ISSUER": "https://fournisseur.example"}).oidc is not None


def test_no_password_of_an_agenda_is_sent_in_clear_over_a_network() -> None:
    address: TypeAdapter[str] = TypeAdapter(SecretAddress)
    for usable in ("https://agenda.mairie.example/etat-civil/", "http://127.0.0.1:5232/mairie/"):
        assert address.validate_python(usable) == usable
    with pytest.raises(ValidationError, match="en clair"):
        address.validate_python("http://agenda.mairie.example/etat-civil/")


def test_no_secret_of_the_settings_shows_when_they_are_printed() -> None:
    secret = "tres-secret-7431"
    found = settings(
        {
            "STANDARDISTE_ARI_URL": "http://127.0.0.1:8088",
            "STANDARDISTE_ARI_PASSWORD": secret,
            "STANDARDISTE_OIDC_ISSUER": "https://fournisseur.example",
            "STANDARDISTE_OIDC_CLIENT_ID": "mairie",
            "STANDARDISTE_OIDC_CLIENT_SECRET": secret,
            "STANDARDISTE_MESSAGES_SMS": f"json://u:{secret}@sms.example",
            "STANDARDISTE_MESSAGES_ANSWERS_SECRET": secret,
            "STANDARDISTE_CALENDAR_URBANISME": secret,
            "STANDARDISTE_HUB_TOKEN": secret,
            "STANDARDISTE_RDVSP_SECRET": secret,
        }
    )
    assert secret not in repr(found)
    assert secret in found.secrets()


def test_no_process_is_started_with_a_secret_among_its_arguments() -> None:
    """Whoever is on the machine reads them. What is started is a literal list, and names no secret."""
    for where, node in calls():
        called = ast.unparse(node.func)
        if called in ("subprocess.run", "subprocess.Popen", "asyncio.create_subprocess_exec"):
            told = ast.unparse(ast.Tuple(node.args, ast.Load()))
            assert not re.search("password|secret|token", told), f"{where}: {told}"
        assert called not in ("os.system", "os.popen", "subprocess.getoutput", "eval", "exec"), where
        assert all(each.arg != "shell" for each in node.keywords), where


def backup_with(folder: Path, files: dict[str, bytes], listed: dict[str, bytes]) -> Path:
    sums = {name: sha256(data).hexdigest() for name, data in listed.items()}
    summary = {"format": 1, "fait_le": datetime(2026, 11, 24, tzinfo=UTC).isoformat(), "empreintes": sums}
    made = folder / "standardiste-20261124T000000Z.tar"
    with tarfile.open(made, "w") as tar:
        for name, data in {**files, "sommaire.json": json.dumps(summary).encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return made


GOOD = {
    "base": b"SQLite format 3\x00",
    "donnees/journal.jsonl": b"",
    "donnees/communes/x/en-service.json": b"{}",
}


def test_a_backup_holds_what_is_saved_and_nothing_else(tmp_path: Path) -> None:
    into = tmp_path / "ici"
    into.mkdir()
    assert _unpack(backup_with(tmp_path, GOOD, GOOD), into).year == 2026


@pytest.mark.parametrize(
    ("more", "is_listed"),
    [
        ("donnees/models/voix.onnx", True),
        ("donnees/photos/de-plus.jpg", False),
        ("donnees/../../ailleurs", True),
        ("/etc/cron.d/x", True),
        ("donnees/photos/../models/x", True),
        ("x", False),
    ],
)
def test_a_backup_with_something_more_is_refused(tmp_path: Path, more: str, is_listed: bool) -> None:
    into = tmp_path / "ici"
    into.mkdir()
    files = {**GOOD, more: b"x"}
    with pytest.raises(Unusable):
        _unpack(backup_with(tmp_path, files, files if is_listed else GOOD), into)
    assert not (tmp_path / "ailleurs").exists()


def test_a_backup_that_leads_elsewhere_by_a_link_is_refused(tmp_path: Path) -> None:
    into, made = tmp_path / "ici", backup_with(tmp_path, GOOD, GOOD)
    into.mkdir()
    with tarfile.open(made, "a") as tar:
        link = tarfile.TarInfo("donnees/photos")
        link.type, link.linkname = tarfile.SYMTYPE, "../../secrets"
        tar.addfile(link)
    with pytest.raises(Unusable):
        _unpack(made, into)
