"""The human post calls out at the town's expense: nobody else may say to be it."""

from pathlib import Path

import pytest

from tests.asterisk.test_render import render


@pytest.mark.parametrize(
    ("settings", "known_by"),
    [
        ((), ("permit = 127.0.0.1/32", "; (sans mot de passe)")),
        (("--post=sip:a@192.0.2.20:5062",), ("permit = 192.0.2.20/32", "; (sans mot de passe)")),
        (("--post=sip:a@poste.mairie", "--post-from=192.0.2.0/28"), ("permit = 192.0.2.0/28",)),
        (
            ("--post=sip:a@poste.mairie", "--post-password-file=secret"),
            ("permit = 0.0.0.0/0", "auth = poste-accueil", "password = long-et-secret"),
        ),
        (
            ("--post=sip:a@192.0.2.20", "--post-password-file=secret"),
            ("permit = 192.0.2.20/32", "auth = poste-accueil"),
        ),
    ],
)
def test_the_post_is_known_by_its_address_or_its_password(
    tmp_path: Path, settings: tuple[str, ...], known_by: tuple[str, ...]
) -> None:
    here = tuple(each.replace("=secret", f"={tmp_path / 'secret'}") for each in settings)
    done = render(tmp_path, *here)
    assert done.returncode == 0, done.stderr
    pjsip = (tmp_path / "etc" / "pjsip.conf").read_text(encoding="utf-8")
    assert [line for line in known_by if line not in pjsip] == []
    assert pjsip.index("deny = 0.0.0.0/0") < pjsip.index("permit = ")
    operator = pjsip.partition("[operateur]")[2].partition("[operateur]")[0]
    assert "identify_by = ip" in operator


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("--post=sip:a@poste.mairie",), "--post-from est nécessaire"),
        (("--post-from=partout",), "ni une adresse ni un réseau"),
        (("--post-password-file=/nulle/part",), "mot de passe du poste illisible"),
    ],
)
def test_a_post_that_anybody_could_be_is_refused(
    tmp_path: Path, settings: tuple[str, ...], told: str
) -> None:
    done = render(tmp_path, *settings)
    assert (done.returncode, (tmp_path / "etc").exists()) == (2, False)
    assert told in done.stderr


def test_a_password_file_that_everybody_could_read_is_closed(tmp_path: Path) -> None:
    old = tmp_path / "etc" / "ari.conf"
    old.parent.mkdir()
    old.touch()
    old.chmod(0o644)
    assert render(tmp_path).returncode == 0
    assert old.stat().st_mode & 0o777 == 0o640
