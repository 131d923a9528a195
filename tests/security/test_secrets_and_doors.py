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
from standardiste.own_verbs import environ_of
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


def test_the_database_of_a_process_of_ours_is_told_in_its_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its address may hold a password."""
    named = {where for where, node in calls() for each in ast.walk(node) if is_text(each, "--database")}
    assert named <= {"standardiste/options.py"}
    monkeypatch.setenv("STANDARDISTE_DATABASE_FILE", "/un/autre")
    url = "postgresql://mairie:secret@base/mairie"
    told = environ_of(settings({"STANDARDISTE_DATABASE": url, "STANDARDISTE_DATA": str(tmp_path)}))
    assert settings(told).database_url == url
    assert settings(told).data_dir == tmp_path


def is_text(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def backup_with(folder: Path, names: tuple[str, ...], more: tuple[tarfile.TarInfo, ...] = ()) -> Path:
    """A backup whose files are empty, with these names."""
    digest = sha256(b"").hexdigest()
    summary = {
        "format": 2,
        "fait_le": datetime(2026, 11, 24, tzinfo=UTC).isoformat(),
        "base": digest,
        "donnees": dict.fromkeys(names, digest),
    }
    made = folder / "standardiste-20261124T000000Z.tar.gz"
    with tarfile.open(made, "w:gz") as tar:
        for name, data in ((f"fichiers/{digest}", b""), ("sommaire.json", json.dumps(summary).encode())):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for member in more:
            tar.addfile(member)
    return made


def unpacked(backup: Path, folder: Path) -> set[str]:
    """The files that it would put back."""
    into = folder / "ici"
    into.mkdir()
    _unpack(backup, into)
    data = into / "donnees"
    return {path.relative_to(data).as_posix() for path in data.rglob("*") if not path.is_dir()}


GOOD = ("journal.jsonl", "communes/x/en-service.json", "photos/a.jpg")


def test_a_backup_puts_back_what_is_saved_and_nothing_else(tmp_path: Path) -> None:
    link = tarfile.TarInfo("donnees/photos")
    link.type, link.linkname = tarfile.SYMTYPE, "../../secrets"
    beside = (tarfile.TarInfo("donnees/models/voix.onnx"), tarfile.TarInfo("../ailleurs"), link)
    assert unpacked(backup_with(tmp_path, GOOD, beside), tmp_path) == set(GOOD)
    assert not (tmp_path / "ailleurs").exists()


@pytest.mark.parametrize(
    "name",
    ["models/voix.onnx", "../ailleurs", "/etc/cron.d/x", "photos/../../x", "", ".", "photos/../models/x"],
)
def test_a_backup_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable):
        unpacked(backup_with(tmp_path, (*GOOD, name)), tmp_path)
    assert not (tmp_path / "ailleurs").exists()
