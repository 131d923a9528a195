"""Every kind of broken installation is found, and what to do about it is said in French."""

import json
import os
import socket
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callbacks.database import open_database
from callbacks.journal import Entry, Journal
from callbacks.migrating import migrate
from prompts.load import DEMO_TOWN, load_town
from standardiste import cli
from standardiste.backups_kept import note_made
from standardiste.doctor import Check, Finding, Patient, State
from standardiste.doctor_machine import (
    check_pages,
    clock_finding,
    disk_finding,
    libraries_finding,
    machine_finding,
    pages_finding,
    python_finding,
)
from standardiste.doctor_network import (
    certificate_finding,
    check_asterisk,
    check_certificates,
    check_messages,
    check_port,
)
from standardiste.doctor_records import (
    check_backups,
    check_database,
    check_journal,
    check_secrets,
    voicemail_finding,
)
from standardiste.doctor_speech import check_models, check_speech, ears_finding, voice_finding
from standardiste.doctor_town import check_content, check_facts
from standardiste.settings import AriSettings, Settings
from tests.support.certificates import https
from tests.support.lab import AsteriskLab
from tests.support.post_office import PostOffice, post_office
from tests.support.short_town import write_short_town

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """An installation with nothing wrong and nothing linked."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "ville").mkdir()
    settings = Settings(
        data_dir=tmp_path / "data",
        models_dirs=(tmp_path / "models",),
        ears="none",
        commune_dir=write_short_town(tmp_path / "ville"),
        database_url=f"sqlite:///{tmp_path / 'data' / 'essai.db'}",
        ari=None,
        host="127.0.0.1",
        port=0,
        log_level="warning",
    )
    return Patient({}, settings, NOW, load_town(tmp_path / "ville"))


def with_settings(patient: Patient, **changes: object) -> Patient:
    return replace(patient, settings=replace(patient.settings, **changes))  # type: ignore[arg-type]


async def found(check: Check, patient: Patient, what: str | None = None) -> Finding:
    """What this check says; it says one thing, or one of that name."""
    (one,) = [each for each in await check(patient) if what is None or each.what == what]
    return one


def is_bad(finding: Finding, told: str, mend: str) -> None:
    assert finding.state is State.BAD
    assert told in finding.told
    assert mend in finding.mend


# ---- the machine ---------------------------------------------------------------------------


def test_an_old_python_or_one_of_32_bits_is_refused() -> None:
    assert python_finding((3, 11), True).state is State.GOOD
    is_bad(python_finding((3, 9), True), "3.9", "3.11")
    is_bad(python_finding((3, 12), False), "32 bits", "64 bits")


def test_a_library_that_is_missing_old_or_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "casse.py").write_text("raise ImportError('libfoo.so: cannot open')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    wrong = libraries_finding(("numpy>99", "nexiste-pas", "torch; extra == 'train'"), ("casse", "json"))
    is_bad(wrong, "numpy", "make setup")
    assert "nexiste-pas manque" in wrong.told
    assert "casse ne se charge pas (libfoo.so" in wrong.told
    assert "torch" not in wrong.told
    assert libraries_finding(("numpy>1",), ("json",)).state is State.GOOD


def test_a_small_machine_and_a_full_disk_are_seen(tmp_path: Path) -> None:
    assert machine_finding(1, 8000).state is State.DOUBTFUL
    assert machine_finding(2, 512).state is State.DOUBTFUL
    assert machine_finding(2, 4000).state is State.GOOD
    is_bad(disk_finding(tmp_path, 50, True), "0.0 Gio", "Libérer")
    is_bad(disk_finding(tmp_path, 50_000, False), "ne peut pas être écrit", "chown")
    assert disk_finding(tmp_path, 1000, True).state is State.DOUBTFUL


def test_a_clock_in_the_past_or_left_to_itself_is_seen(patient: Patient) -> None:
    past = replace(patient, now=datetime(1970, 1, 1, tzinfo=UTC))
    is_bad(clock_finding(past, lambda: True), "01/01/1970", "set-ntp")
    assert clock_finding(patient, lambda: False).state is State.DOUBTFUL
    assert clock_finding(patient, lambda: None).state is State.GOOD
    assert "15:00 (Europe/Paris)" in clock_finding(patient, lambda: True).told


async def test_a_page_without_its_style_sheet_is_seen(patient: Patient, tmp_path: Path) -> None:
    assert (await found(check_pages, patient)).state is State.GOOD
    templates = tmp_path / "web" / "templates"
    templates.mkdir(parents=True)
    (templates / "base.html").write_text('<link href="/static/style.css">', encoding="utf-8")
    is_bad(pages_finding({"/static/": templates.parent}), "/static/style.css", "Réinstaller")
    is_bad(pages_finding({"/static/": tmp_path / "vide"}), "templates", "Réinstaller")


# ---- settings, content, facts --------------------------------------------------------------


def test_settings_that_cannot_be_read_are_the_first_thing_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STANDARDISTE_PORT", "loin")
    assert cli.main(["doctor", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["what"], told["state"]) == ("Réglages", "mauvais")
    assert "STANDARDISTE_PORT" in told["told"]


async def test_content_that_is_wrong_is_told_by_its_line(patient: Patient) -> None:
    assert (await found(check_content, patient)).state is State.GOOD
    assert patient.settings.commune_dir is not None
    (patient.settings.commune_dir / "commune.yaml").write_text("nom: [", encoding="utf-8")
    is_bad(await found(check_content, patient), "commune.yaml:", "standardiste check")
    demo = await found(check_content, with_settings(patient, commune_dir=None))
    assert demo.state is State.DOUBTFUL


async def test_a_fact_past_its_day_is_told(patient: Patient) -> None:
    demo = replace(patient, town=load_town(DEMO_TOWN))
    late = replace(demo, now=datetime(2150, 1, 1, tzinfo=UTC))
    is_bad(await found(check_facts, late), "périmé", "valable_jusquau")
    assert (await found(check_facts, patient)).state is State.GOOD


# ---- records and secrets -------------------------------------------------------------------


async def test_each_state_of_the_database_is_told_apart(patient: Patient, tmp_path: Path) -> None:
    what = "Base de données"
    assert "premier démarrage" in (await found(check_database, patient)).told
    unknown = await found(check_database, with_settings(patient, database_url="oracle://base"))
    is_bad(unknown, "oracle", "STANDARDISTE_DATABASE")
    path = tmp_path / "data" / "essai.db"
    path.write_bytes(b"ceci n'est pas une base " * 400)
    is_bad(await found(check_database, patient), "abîmé", "sauvegarde")
    path.unlink()
    sqlite3.connect(path).close()
    path.touch()
    assert (await found(check_database, patient, what)).state is State.DOUBTFUL
    database = open_database(patient.settings.database_url)
    await migrate(database)
    await database.close()
    assert (await found(check_database, patient, what)).state is State.GOOD
    assert (await found(check_database, patient, "Comptes")).state is State.DOUBTFUL
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    is_bad(await found(check_database, patient, what), "plus récente", "Mettre le programme à jour")
    gone = with_settings(patient, database_url=f"postgresql://u:p@127.0.0.1:{closed_port()}/b")
    is_bad(await found(check_database, gone), "ne répond pas", "Vérifier qu'elle tourne")


async def test_backups_that_are_not_made_are_told(patient: Patient) -> None:
    never = await found(check_backups, patient)
    assert (never.state, "standardiste-sauvegarde.timer" in never.mend) == (State.DOUBTFUL, True)
    note_made(patient.settings.data_dir, patient.now - timedelta(minutes=5))
    assert (await found(check_backups, patient)).state is State.GOOD
    note_made(patient.settings.data_dir, patient.now - timedelta(minutes=11))
    late = await found(check_backups, patient)
    assert (late.state, "journalctl" in late.mend) == (State.DOUBTFUL, True)


def test_messages_that_could_not_be_erased_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = tmp_path / "voicemail" / "mairie" / "101"
    away = voicemail_finding(box)
    assert (away.state, "STANDARDISTE_VOICEMAIL" in away.mend) == (State.DOUBTFUL, True)
    (tmp_path / "voicemail").mkdir()
    assert voicemail_finding(box).told == "personne n'a encore laissé de message"
    (box / "INBOX").mkdir(parents=True)
    assert voicemail_finding(box).state is State.GOOD
    # Root may write anywhere, and tests may be run by it.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != "INBOX")
    shut = voicemail_finding(box)
    assert (shut.state, "UMask" in shut.mend) == (State.DOUBTFUL, True)


async def test_what_waits_in_the_journal_is_told(patient: Patient) -> None:
    assert (await found(check_journal, patient)).state is State.GOOD
    Journal(patient.settings.data_dir / "journal.jsonl").append(Entry("k", "callback", {}))
    told = await found(check_journal, patient)
    assert told.state is State.DOUBTFUL
    assert told.told.startswith("1 demande")


async def test_a_secret_that_anybody_may_read_is_told(patient: Patient, tmp_path: Path) -> None:
    secret = tmp_path / "mot-de-passe"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o644)
    environ = {"STANDARDISTE_ARI_PASSWORD_FILE": str(secret)}
    is_bad(await found(check_secrets, replace(patient, environ=environ), "Secrets"), str(secret), "chmod o=")
    secret.chmod(0o600)
    assert (await found(check_secrets, replace(patient, environ=environ), "Secrets")).state is State.GOOD
    secret.unlink()
    is_bad(await found(check_secrets, replace(patient, environ=environ), "Secrets"), "introuvables", "Écrire")
    patient.settings.data_dir.chmod(0o755)
    assert (await found(check_secrets, patient, "Données")).state is State.DOUBTFUL


# ---- speech --------------------------------------------------------------------------------


async def test_a_model_that_is_not_there_or_damaged_is_told(patient: Patient, tmp_path: Path) -> None:
    nowhere = with_settings(patient, ears="whisper-jamais")
    is_bad(await found(check_speech, nowhere), "whisper-jamais", "STANDARDISTE_EARS")
    broken = tmp_path / "models" / "whisper-casse"
    broken.mkdir(parents=True)
    (broken / "model.bin").write_bytes(b"abc")
    is_bad(await found(check_models, patient), "whisper-casse", "models fetch")


async def test_the_voice_and_the_keys_of_this_machine_are_in_order(patient: Patient) -> None:
    assert (await found(check_speech, patient, "Voix")).state in (State.GOOD, State.DOUBTFUL)
    assert (await found(check_speech, patient, "Écoute")).state is State.NONE


def test_slow_engines_are_told_and_how_ears_are_used() -> None:
    is_bad(voice_finding("lente", 2.0, 5000), "trop lent", "plus petit")
    assert voice_finding("lente", 2.0, 1000).state is State.DOUBTFUL
    is_bad(
        ears_finding("grand", "à quelle heure ouvre la mairie", 3000, confirmed=False), "trop lent", "petit"
    )
    is_bad(ears_finding("sourd", "l'art de nager", 100, confirmed=True), "n'entend pas", "models")
    quick = ears_finding("petit", "à quelle heure ouvre la mairie", 300, confirmed=True)
    assert quick.state is State.GOOD
    assert "fait confirmer" in quick.told


# ---- the network ---------------------------------------------------------------------------


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def test_a_port_that_another_program_holds_is_told(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = with_settings(patient, port=taken.getsockname()[1])
        is_bad(await found(check_port, other), "port", "STANDARDISTE_PORT")
    assert (await found(check_port, with_settings(patient, port=closed_port()))).state is State.GOOD


async def test_no_asterisk_is_no_fault_and_one_that_is_away_is(patient: Patient) -> None:
    assert (await found(check_asterisk, patient)).state is State.NONE
    ari = AriSettings(f"http://127.0.0.1:{closed_port()}", "accueil", "secret-bien-garde")
    told = await found(check_asterisk, with_settings(patient, ari=ari))
    is_bad(told, "ne répond pas", "asterisk/README.md")
    assert "secret-bien-garde" not in told.to_text()


@pytest.mark.asterisk
async def test_asterisk_with_our_dialplan_is_in_order_and_without_it_is_not(
    lab: AsteriskLab, patient: Patient
) -> None:
    known = lab.settings
    linked = with_settings(patient, ari=AriSettings(known.url, known.user, known.password, known.app))
    for what in ("Asterisk", "Application ARI", "Plan d'appel"):
        assert (await found(check_asterisk, linked, what)).state is State.GOOD
    wrong = with_settings(patient, ari=AriSettings(known.url, known.user, "faux", known.app))
    is_bad(await found(check_asterisk, wrong), "mot de passe", "asterisk/README.md")
    lab.cli("dialplan remove context messagerie")
    try:
        is_bad(await found(check_asterisk, linked, "Plan d'appel"), "messagerie", "dialplan reload")
        lab.cli("dialplan remove context journal")
        is_bad(await found(check_asterisk, linked, "Plan d'appel"), "", "asterisk/render")
    finally:
        lab.cli("dialplan reload")
    assert (await found(check_asterisk, linked, "Plan d'appel")).state is State.GOOD


def test_a_certificate_that_is_not_trusted_or_ends_soon_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = datetime(2096, 1, 1, tzinfo=UTC)
    with https(tmp_path, until=until, visits=2) as (port, pem):
        is_bad(certificate_finding("localhost", port, NOW), "refusé", "update-ca-certificates")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        soon = certificate_finding("localhost", port, until - timedelta(days=5))
        assert (soon.state, soon.told) == (State.DOUBTFUL, "valable jusqu'au 01/01/2096")
    is_bad(certificate_finding("localhost", closed_port(), NOW), "localhost", "réseau")


async def test_without_https_there_is_no_certificate_to_look_at(patient: Patient) -> None:
    assert (await found(check_certificates, patient)).state is State.NONE


async def test_a_mail_server_that_is_away_is_told_and_nothing_is_sent(patient: Patient) -> None:
    assert (await found(check_messages, patient)).state is State.NONE
    away = with_settings(patient, messages={"email": PostOffice(closed_port()).url})
    told = await found(check_messages, away)
    is_bad(told, "ne répond pas", "courrier")
    unknown = with_settings(patient, messages={"email": "pigeon://colombier?to={destinataire}"})
    is_bad(await found(check_messages, unknown), "apprise", "STANDARDISTE_MESSAGES")
    with post_office() as office:
        there = with_settings(patient, messages={"email": office.url})
        assert (await found(check_messages, there)).state is State.GOOD
        assert not office.received


# ---- the command ---------------------------------------------------------------------------


def test_the_whole_examination_says_each_point_in_french_and_fails_on_what_is_wrong(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("STANDARDISTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STANDARDISTE_DATA", str(patient.settings.data_dir))
    monkeypatch.setenv("STANDARDISTE_EARS", "none")
    monkeypatch.setenv("STANDARDISTE_PORT", str(closed_port()))
    monkeypatch.setenv("STANDARDISTE_ARI_URL", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("STANDARDISTE_ARI_PASSWORD", "secret-bien-garde")
    assert cli.main(["doctor", "--commune", str(patient.settings.commune_dir)]) == 1
    told = capsys.readouterr().out
    assert "✓ Contenu : Vauclair, valable" in told
    assert "✗ Asterisk : Asterisk ne répond pas" in told
    assert "    → Voir asterisk/README.md." in told
    assert "à mettre en ordre (✗)." in told
    assert "secret-bien-garde" not in told
