"""The configuration a town deploys, written from its settings."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.lab import ASTERISK


def render(
    folder: Path, *settings: str, password: str = "long-et-secret"
) -> subprocess.CompletedProcess[str]:
    secret = folder / "secret"
    secret.write_text(password, encoding="utf-8")
    return subprocess.run(
        [str(ASTERISK / "render"), str(folder / "etc"), f"--ari-password-file={secret}", *settings],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_defaults_leave_no_blank(tmp_path: Path) -> None:
    assert render(tmp_path).returncode == 0
    for file in (tmp_path / "etc").glob("*.conf"):
        assert not re.search(r"@[A-Z_]+@", file.read_text(encoding="utf-8")), file.name
    assert (tmp_path / "etc" / "sounds" / "excuses.wav").stat().st_size > 100_000


def test_the_settings_stand_where_they_belong(tmp_path: Path) -> None:
    done = render(
        tmp_path,
        "--sip-bind=192.0.2.10",
        "--sip-port=5070",
        "--trunk-host=sip.operateur.example",
        "--post=sip:accueil@192.0.2.20",
        "--http-port=9088",
    )
    assert done.returncode == 0, done.stderr
    pjsip = (tmp_path / "etc" / "pjsip.conf").read_text(encoding="utf-8")
    assert "bind = 192.0.2.10:5070" in pjsip
    assert "match = sip.operateur.example" in pjsip
    assert "contact = sip:accueil@192.0.2.20" in pjsip
    assert "bindport = 9088" in (tmp_path / "etc" / "http.conf").read_text(encoding="utf-8")
    assert "password = long-et-secret" in (tmp_path / "etc" / "ari.conf").read_text(encoding="utf-8")


def test_every_post_of_the_reception_is_rung_first_and_waits_in_its_queue(tmp_path: Path) -> None:
    assert render(tmp_path, "--also-rings=poste-2,Accueil_3").returncode == 0
    dialplan = (tmp_path / "etc" / "extensions.conf").read_text(encoding="utf-8")
    assert "?&PJSIP/poste-2&PJSIP/Accueil_3)},${EXTEN}," in dialplan
    queue = (tmp_path / "etc" / "queues.conf").read_text(encoding="utf-8").partition("[accueil]")[2]
    for name in ("poste-accueil", "poste-2", "Accueil_3"):
        assert f"\nmember = PJSIP/{name}\n" in queue


def test_the_password_is_for_asterisk_alone(tmp_path: Path) -> None:
    render(tmp_path)
    assert (tmp_path / "etc" / "ari.conf").stat().st_mode & 0o007 == 0


def test_what_is_the_towns_own_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "etc" / "local" / "pjsip.conf"
    own.parent.mkdir(parents=True)
    own.write_text("; à nous", encoding="utf-8")
    assert render(tmp_path).returncode == 0
    assert own.read_text(encoding="utf-8") == "; à nous"


def pin_of(tmp_path: Path) -> str:
    written = (tmp_path / "etc" / "voicemail.conf").read_text(encoding="utf-8")
    (line,) = [line for line in written.splitlines() if line.startswith("101 = ")]
    return line.removeprefix("101 = ").partition(",")[0]


def test_the_code_of_the_voicemail_is_drawn_once_and_kept(tmp_path: Path) -> None:
    first = render(tmp_path)
    pin = pin_of(tmp_path)
    assert len(pin) == 6
    assert pin.isdecimal()
    assert "voicemail.conf" in first.stderr
    assert pin not in first.stderr + first.stdout
    assert render(tmp_path).stderr == ""
    assert pin_of(tmp_path) == pin
    given = tmp_path / "code"
    given.write_text("4821\n", encoding="utf-8")
    assert render(tmp_path, f"--voicemail-pin-file={given}").returncode == 0
    assert pin_of(tmp_path) == "4821"


@pytest.mark.parametrize("line", ["101 = 0000,", "101 = 7,", "[autres]\n101 => 4821,"])
def test_a_code_that_anybody_would_try_does_not_stay(tmp_path: Path, line: str) -> None:
    render(tmp_path)
    written = tmp_path / "etc" / "voicemail.conf"
    before = written.read_text(encoding="utf-8")
    written.write_text(before.replace(f"101 = {pin_of(tmp_path)},", line), encoding="utf-8")
    render(tmp_path)
    assert len(pin_of(tmp_path)) == 6


def test_a_code_that_stands_in_a_file_of_another_hand_is_kept(tmp_path: Path) -> None:
    written = tmp_path / "etc" / "voicemail.conf"
    written.parent.mkdir()
    written.write_bytes("[mairie]\n101 => 4821,Mairie de Sainte-Adèle\n".encode("latin-1"))
    assert render(tmp_path).returncode == 0
    assert pin_of(tmp_path) == "4821"


def test_a_code_written_on_another_kind_of_computer_is_read_or_said_to_be_unreadable(tmp_path: Path) -> None:
    given = tmp_path / "code"
    given.write_text("4821\r\n", encoding="utf-8-sig")
    assert render(tmp_path, f"--voicemail-pin-file={given}").returncode == 0
    assert pin_of(tmp_path) == "4821"
    given.write_text("4821\r\n", encoding="utf-16")
    done = render(tmp_path, f"--voicemail-pin-file={given}")
    assert done.returncode == 2
    assert "pas du texte en UTF-8" in done.stderr


def test_a_code_that_cannot_be_read_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / "etc" / "voicemail.conf").mkdir(parents=True)
    done = render(tmp_path)
    assert done.returncode == 2
    assert "illisible, c'est un dossier" in done.stderr


@pytest.mark.parametrize("pin", ["0000", "1234", "9876", "2580a", "123", "1212", "90123", ""])
def test_a_code_that_is_easily_guessed_is_refused(tmp_path: Path, pin: str) -> None:
    given = tmp_path / "code"
    given.write_text(pin + "\n", encoding="utf-8")
    done = render(tmp_path, f"--voicemail-pin-file={given}")
    assert done.returncode == 2
    assert "de la messagerie" in done.stderr
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize(
    ("settings", "password", "told"),
    [
        (("--sip-port=0",), "ok", "n'est pas un port"),
        (("--sip-port=abc",), "ok", "n'est pas un port"),
        (("--trunk-host=a b",), "ok", "sans espace"),
        (("--post=sip:x;evil",), "ok", "sans espace"),
        (("--rtp-first=3000", "--rtp-last=2000"), "ok", "--rtp-last"),
        (("--sip-bind=0.0.0.0",), "ok", "--media-address"),
        (("--tls-bind=192.0.2.10",), "ok", "vont ensemble"),
        (("--also-rings=0612345678@operateur",), "ok", "noms de postes"),
        (("--also-rings=a&b",), "ok", "noms de postes"),
        (("--voicemail-pin-file=/nulle/part",), "ok", "mot de passe de la messagerie"),
        ((), "", "mot de passe ARI"),
        ((), "a;b", "mot de passe ARI"),
    ],
)
def test_unusable_settings_are_refused_before_anything_is_written(
    tmp_path: Path, settings: tuple[str, ...], password: str, told: str
) -> None:
    done = render(tmp_path, *settings, password=password)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "etc").exists()
