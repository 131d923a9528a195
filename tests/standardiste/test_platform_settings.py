"""What a platform reads of its towns, and that nothing is common to two of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from standardiste.cli import main
from standardiste.errors import Unusable
from standardiste.platform_settings import (
    FILE,
    forms_of,
    own_settings,
    read_places,
    shared_between,
    town_environ,
)
from tests.support.towns import TOWNS, host_of, write_town

PG = "postgresql://ville@/platform?host=/run/pg&schema="


def towns_in(folder: Path, **second: str) -> Path:
    """Two; `second`: settings of the second one."""
    for town, number in TOWNS.items():
        write_town(folder, town, number)
    other = folder / list(TOWNS)[1] / FILE
    other.write_text(
        other.read_text("utf-8") + "".join(f"STANDARDISTE_{n}={v}\n" for n, v in second.items()), "utf-8"
    )
    return folder


def problems_of(folder: Path, environ: dict[str, str] | None = None) -> dict[str, str]:
    found = read_places(folder, environ or {}, ())
    told = {name: " ; ".join(told) for name, told in shared_between(found.places).items()}
    return {**found.wrong, **told}


def test_two_towns_side_by_side_share_nothing(tmp_path: Path) -> None:
    found = read_places(towns_in(tmp_path), {"STANDARDISTE_ARI_URL": "http://127.0.0.1:8088",
                                             "STANDARDISTE_ARI_PASSWORD": "secret"}, ())  # fmt: skip
    one, other = sorted(found.places, key=lambda place: place.name)
    assert (found.wrong, shared_between(found.places)) == ({}, {})
    assert (one.name, one.host, one.numbers) == ("montbrun", "montbrun.example", ("+33299000002",))
    assert one.settings.data_dir == tmp_path / "montbrun" / "donnees"
    assert one.settings.commune_dir == tmp_path / "montbrun" / "contenu"
    assert one.settings.database_url == f"sqlite:///{tmp_path}/montbrun/donnees/standardiste.db"
    assert one.settings.ari is not None
    assert other.settings.ari is not None
    assert (one.settings.ari.app, one.settings.ari.town) == ("montbrun.accueil", "montbrun.")
    assert one.settings.ari.password == other.settings.ari.password
    assert one.settings.voicemail != other.settings.voicemail


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"PUBLIC_URL": "https://VAUCLAIR.example/"}, "le nom vauclair.example est aussi à"),
        ({"NUMBERS": "+33 299000001".replace(" ", "")}, "le numéro +33299000001 est aussi à"),
        ({"DATA": "../vauclair/donnees"}, "le dossier"),
        ({"DATA": "../vauclair/donnees/dedans"}, "contient celui de"),
        ({"COMMUNE": "../vauclair/contenu"}, "le contenu"),
        ({"VOICEMAIL": "/var/spool/asterisk/voicemail/vauclair.mairie/101"}, "la messagerie"),
        ({"DATABASE": "sqlite:///{folder}/vauclair/../vauclair/donnees/standardiste.db"}, "la base"),
    ],
)
def test_what_two_towns_share_is_told_of_both(tmp_path: Path, second: dict[str, str], told: str) -> None:
    written = {name: value.format(folder=tmp_path) for name, value in second.items()}
    problems = problems_of(towns_in(tmp_path, **written))
    assert set(problems) == set(TOWNS)
    assert all(told in problem for problem in problems.values()), problems


def test_two_towns_in_one_postgresql_need_two_schemas(tmp_path: Path) -> None:
    own = {town: f"{PG}{town}" for town in TOWNS}
    for town, number in TOWNS.items():
        write_town(tmp_path, town, number, own[town])
    assert problems_of(tmp_path) == {}
    for file in tmp_path.glob(f"*/{FILE}"):
        file.write_text(file.read_text("utf-8").replace("schema=montbrun", "schema=vauclair"), "utf-8")
    problems = problems_of(tmp_path)
    assert all("la base /run/pg:5432/platform vauclair" in told for told in problems.values())
    assert len(problems) == 2


def test_a_secret_that_opens_two_doors_is_told_without_being_shown(tmp_path: Path) -> None:
    secret = {"MESSAGES_ANSWERS_SECRET": "le-meme-pour-tous", "RECORDINGS_KEY_FILE": str(tmp_path / "cle")}
    for town, number in TOWNS.items():
        write_town(tmp_path, town, number, None, **secret)
    problems = problems_of(tmp_path)
    assert len(problems) == 2
    for what in ("le secret des réponses aux SMS", "la clé des appels"):
        assert all(what in told for told in problems.values())
    assert "le-meme-pour-tous" not in str(problems)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("STANDARDISTE_ARI_PASSWORD=x", "STANDARDISTE_ARI_PASSWORD se règle pour toute la plateforme"),
        ("STANDARDISTE_PORT=80", "STANDARDISTE_PORT se règle pour toute la plateforme"),
        ("PATH=/tmp", "PATH se règle pour toute la plateforme"),
        ("n'importe quoi", "ligne 4 : attendu NOM=valeur"),
    ],
)
def test_a_town_s_file_says_only_what_is_the_town_s(tmp_path: Path, line: str, told: str) -> None:
    file = write_town(tmp_path, "vauclair", "0299000001") / FILE
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(Unusable, match=told):
        own_settings(file.parent)


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("Vauclair", {}, "en minuscules sans accent"),
        ("vauclair", {"PUBLIC_URL": ""}, "STANDARDISTE_PUBLIC_URL est nécessaire"),
        ("vauclair", {"NUMBERS": "0299000001, 3615"}, "« 3615 » n'est pas un numéro"),
        ("vauclair", {"POST": "PJSIP/moi"}, "attendu : sip:POSTE@ADRESSE"),
        ("vauclair", {"DATABASE": "sqlite:///x.db?schema=a"}, "ne va qu'avec PostgreSQL"),
        ("vauclair", {"DATABASE": f"{PG}a;drop"}, "n'est pas un nom de schéma"),
    ],
)
def test_a_town_that_is_written_wrong_is_told_and_the_others_are_read(
    tmp_path: Path, name: str, settings: dict[str, str], told: str
) -> None:
    write_town(tmp_path, "montbrun", "0299000002")
    write_town(tmp_path, name, "0299000001", None, **settings)
    found = read_places(tmp_path, {}, ())
    assert [place.name for place in found.places] == ["montbrun"]
    assert told in found.wrong[name]


def test_a_town_s_own_verbs_see_nothing_of_the_platform_s_secrets_but_asterisk_s(tmp_path: Path) -> None:
    own = write_town(tmp_path, "vauclair", "0299000001", None, MESSAGES_SMS_FILE="sms")
    environ = {
        "STANDARDISTE_ARI_PASSWORD_FILE": "/etc/standardiste/ari-password",
        "STANDARDISTE_DATABASE": "postgresql://platform@/x",
        "STANDARDISTE_MESSAGES_SMS_FILE": "/etc/standardiste/sms",
        "HOME": "/root",
    }
    seen = town_environ(own, environ)
    assert seen["STANDARDISTE_ARI_PASSWORD_FILE"] == environ["STANDARDISTE_ARI_PASSWORD_FILE"]
    assert seen["STANDARDISTE_MESSAGES_SMS_FILE"] == str(own / "sms")
    assert "STANDARDISTE_DATABASE" not in seen
    assert "HOME" not in seen


@pytest.mark.parametrize(
    ("number", "forms"),
    [
        ("+596596500000", {"+596596500000", "596596500000", "00596596500000", "0596500000"}),
        ("+33299000001", {"+33299000001", "33299000001", "0033299000001", "0299000001"}),
        ("+508411234", {"+508411234", "508411234", "00508411234"}),
    ],
)
def test_a_number_is_known_however_the_operator_writes_it(number: str, forms: set[str]) -> None:
    assert set(forms_of(number)) == forms


def test_a_verb_for_one_town_works_on_its_data_alone(tmp_path: Path) -> None:
    towns_in(tmp_path)
    account = ("user", "add", "elodie", "--role", "clerk", "--email", "e@x.example", "--no-password")
    command = [sys.executable, "-m", "standardiste", "town", str(tmp_path / "vauclair"), *account]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, '{"user": "elodie", "role": "clerk"}\n'), done.stderr
    assert (tmp_path / "vauclair" / "donnees" / "standardiste.db").exists()
    assert not (tmp_path / "montbrun" / "donnees").exists()


@pytest.mark.parametrize("verb", [[], ["serve"], ["drain"], ["town"], ["platform"]])
def test_what_serves_all_towns_is_no_verb_for_one(
    tmp_path: Path, verb: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write_town(tmp_path, "vauclair", "0299000001")
    assert main(["town", str(tmp_path / "vauclair"), *verb]) == 2
    assert "n'est pas un verbe pour une seule commune" in capsys.readouterr().err


def test_asterisk_is_told_of_no_towns_that_share_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    towns_in(tmp_path, NUMBERS=TOWNS["vauclair"])
    (tmp_path / "Trois" / FILE).parent.mkdir()
    (tmp_path / "Trois" / FILE).write_text("", "utf-8")
    assert main(["platform", "asterisk", str(tmp_path), "--into", str(tmp_path / "local")]) == 2
    assert "à corriger d'abord" in capsys.readouterr().err
    assert not (tmp_path / "local").exists()


def test_check_tells_each_problem_on_a_line_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    towns_in(tmp_path, PUBLIC_URL=f"http://{host_of('vauclair')}")
    (tmp_path / "vauclair" / "contenu" / "commune.yaml").write_text("nom: 3\n", "utf-8")
    assert main(["platform", "check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "montbrun : le nom vauclair.example est aussi à vauclair" in lines
    assert any(line.startswith("vauclair : commune.yaml:") for line in lines)
    assert main(["platform", "check", str(tmp_path / "montbrun")]) == 2
