"""A backup made while the agent works can be put back whole, on both databases, or not at all."""

import asyncio
import io
import json
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from callbacks.database import open_database
from callbacks.models import Callback
from dialog import office
from standardiste.backup import back_up, restore
from standardiste.backups_kept import backups_in, last_made, made_at, outdated
from standardiste.cli import main
from standardiste.data_lock import working_with
from standardiste.errors import Unusable
from standardiste.settings import Settings
from tests.standardiste.test_records import opened
from tests.support.postgres import programs
from tests.support.waiting import until

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs()}{os.pathsep}{os.environ['PATH']}")


def settings_of(data: Path, url: str) -> Settings:
    return Settings(data, (), "none", None, url, None, "127.0.0.1", 0, "warning")


def number(index: int) -> str:
    return f"+5966962{index:05d}"


async def ask(url: str, data: Path, numbers: range, told: list[str]) -> None:
    """Call-backs promised one after the other; each is told once it is promised."""
    async with opened(url, data, chance=Random(numbers.start)) as records:
        for index in numbers:
            asked = office.AskCallback("accueil", number(index), "requested", "Cadet")
            assert isinstance(await records.answer(f"appel-{index}", asked), office.CallbackPromised)
            told.append(number(index))


async def phones(url: str) -> set[str]:
    database = open_database(url)
    try:
        async with database.reading() as session:
            return {phone for phone in await session.scalars(select(Callback.phone)) if phone}
    finally:
        await database.close()


async def test_what_was_promised_before_a_backup_is_there_after_it_is_put_back(
    database_url: str, tmp_path: Path
) -> None:
    data, told = tmp_path / "donnees", list[str]()
    data.mkdir()
    (data / "photos").mkdir()
    (data / "photos" / "trou.jpg").write_bytes(b"une photo")
    settings = settings_of(data, database_url)
    await ask(database_url, data, range(5), told)
    going_on = asyncio.create_task(ask(database_url, data, range(5, 40), told))
    await until(lambda: len(told) >= 10)
    promised = set(told)
    backup = await asyncio.to_thread(back_up, settings, tmp_path / "sauvegardes", NOW, None)
    await going_on
    (data / "photos" / "trou.jpg").unlink()

    done = await asyncio.to_thread(restore, settings, backup, NOW, replace=True)

    assert promised <= await phones(database_url)
    assert (data / "photos" / "trou.jpg").read_bytes() == b"une photo"
    assert done.made_at == NOW
    assert done.kept_aside is not None
    assert (done.kept_aside / "base").stat().st_size > 0
    await ask(database_url, data, range(50, 51), told)  # and work goes on in it
    assert number(50) in await phones(database_url)


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Settings, Path]:
    """A small town's data and their backup."""
    data = tmp_path / "donnees"
    settings = settings_of(data, f"sqlite:///{data / 'standardiste.db'}")
    data.mkdir()
    asyncio.run(ask(settings.database_url, data, range(2), []))
    return settings, back_up(settings, tmp_path / "sauvegardes", NOW, None)


def test_data_that_are_there_are_not_replaced_unless_it_is_said(saved: tuple[Settings, Path]) -> None:
    settings, backup = saved
    with pytest.raises(Unusable, match="--remplacer"):
        restore(settings, backup, NOW, replace=False)


def test_nothing_is_put_back_under_a_running_agent(saved: tuple[Settings, Path]) -> None:
    settings, backup = saved
    one_more = working_with(settings.data_dir)  # as during an upgrade
    with working_with(settings.data_dir), one_more, pytest.raises(Unusable, match="en service"):
        restore(settings, backup, NOW, replace=True)


def told_to_write_elsewhere(data: bytes) -> bytes:
    """The summary with a file more, outside of the folder."""
    if not data.startswith(b"{"):
        return data
    summary = json.loads(data)
    summary["donnees"]["photos/../../../ailleurs"] = summary["base"]
    return json.dumps(summary).encode()


def repacked(backup: Path, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with other contents under the same names."""
    made = io.BytesIO()
    with tarfile.open(backup) as old, tarfile.open(fileobj=made, mode="w:gz") as new:
        for one in old:
            file = old.extractfile(one)
            assert file is not None
            data = change(file.read())
            one.size = len(data)
            new.addfile(one, io.BytesIO(data))
    return made.getvalue()


@pytest.mark.parametrize("damage", ["cut", "changed", "other", "elsewhere"])
def test_a_damaged_backup_changes_nothing(saved: tuple[Settings, Path], damage: str, tmp_path: Path) -> None:
    settings, backup = saved
    whole = backup.read_bytes()
    match damage:
        case "cut":
            backup.write_bytes(whole[: len(whole) // 2])
        case "changed":
            backup.write_bytes(repacked(backup, lambda data: data.replace(b"Cadet", b"Sadet")))
        case "other":
            with tarfile.open(backup, "w:gz") as tar:
                tar.add(tmp_path / "donnees" / "standardiste.db", "../ailleurs")
        case "elsewhere":
            backup.write_bytes(repacked(backup, told_to_write_elsewhere))
    before = asyncio.run(phones(settings.database_url))
    with pytest.raises(Unusable, match=r"sauvegarde|abîmée"):
        restore(settings, backup, NOW, replace=True)
    assert asyncio.run(phones(settings.database_url)) == before
    assert not list(settings.data_dir.glob("avant-reprise-*"))


def test_backups_thin_out_with_age(saved: tuple[Settings, Path]) -> None:
    settings, first = saved
    folder = first.parent
    for minute in (5, 10, 15):
        back_up(settings, folder, NOW.replace(minute=minute), 2)
    assert [path.name for path in backups_in(folder)] == [
        "standardiste-20261124T140000Z.tar.gz",  # the first of its hour
        "standardiste-20261124T141000Z.tar.gz",
        "standardiste-20261124T141500Z.tar.gz",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in backups_in(folder))
    assert last_made(settings.data_dir) == NOW.replace(minute=15)


def test_nine_days_of_backups_every_five_minutes_stays_small_and_reaches_back_a_week() -> None:
    backups: list[Path] = []
    for n in range(12 * 24 * 9):
        at = NOW + timedelta(minutes=5 * n)
        gone = set(outdated(backups, at, 11))
        made = Path(f"standardiste-{at:%Y%m%dT%H%M%SZ}.tar.gz")
        backups = [*(one for one in backups if one not in gone), made]
    assert len(backups) <= 12 + 25 + 8
    ages = [at - one for one in map(made_at, backups) if one is not None]
    assert ages[-12:] == [timedelta(minutes=5 * back) for back in reversed(range(12))]
    assert timedelta(days=6) <= ages[0] <= timedelta(days=8)


def test_the_same_sound_in_every_version_is_saved_once(saved: tuple[Settings, Path]) -> None:
    settings, _ = saved
    for version in ("0001", "0002", "0003"):
        folder = settings.data_dir / "communes" / "ville" / "versions" / version / "contenu"
        folder.mkdir(parents=True)
        (folder / "accueil.wav").write_bytes(b"voix" * 50_000)
    backup = back_up(settings, settings.data_dir.parent / "encore", NOW, None)
    with tarfile.open(backup) as tar:
        assert sum(one.size == 200_000 for one in tar) == 1
    restore(settings, backup, NOW, replace=True)
    assert len(list((settings.data_dir / "communes").rglob("accueil.wav"))) == 3


def test_what_a_backup_cut_short_left_is_swept(saved: tuple[Settings, Path]) -> None:
    settings, first = saved
    left = first.parent / ".en-cours-abc"
    left.mkdir()
    os.utime(left, (0, 0))
    back_up(settings, first.parent, NOW.replace(minute=5), None)
    assert not left.exists()


def test_a_database_that_is_damaged_now_is_kept_aside_and_replaced(saved: tuple[Settings, Path]) -> None:
    settings, backup = saved
    place = settings.data_dir / "standardiste.db"
    place.write_bytes(b"no database any more" * 100)
    done = restore(settings, backup, NOW, replace=True)
    assert done.kept_aside is not None
    assert (done.kept_aside / "base").read_bytes().startswith(b"no database")
    assert asyncio.run(phones(settings.database_url)) == {number(0), number(1)}


def test_a_backup_says_in_french_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDARDISTE_DATA", str(tmp_path / "vide"))
    assert main(["backup", str(tmp_path / "sauvegardes")]) == 2
    assert "la base de données ne répond pas" in capsys.readouterr().err
    assert not list((tmp_path / "sauvegardes").glob("*"))
