"""Opening databases, and bringing them to this version."""

import asyncio
import sqlite3
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.database import Database, async_url, open_database, prepare_place
from callbacks.errors import DatabaseUnavailable, UnusableDatabase
from callbacks.inserting import insert_once
from callbacks.migrating import MIGRATIONS, _config, known_versions, migrate
from callbacks.models import Base, Setting


async def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await migrate(database)
    async with database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == known_versions()[-1]


FIRST = """
INSERT INTO calls (id, started_at, caller, words_kept, marked_wrong)
  VALUES ('a-1', '2026-11-24 14:00:00', '+596696203040', TRUE, FALSE);
INSERT INTO callbacks (id, ref, call_id, service, phone, reason, urgent, priority, requests, created_at,
                       due_at, status, attempts, version)
  VALUES (1, 'C1001', 'a-1', 'accueil', '+596696203040', 'requested', FALSE, 0, 1, '2026-11-24 14:00:00',
          '2026-11-24 18:00:00', 'a_rappeler', 0, 1),
         (2, 'C1002', 'a-1', 'accueil', '+596696203040', 'requested', FALSE, 0, 1, '2026-11-24 15:00:00',
          '2026-11-24 19:00:00', 'en_cours', 0, 1),
         (3, 'C1003', 'a-1', 'ccas', '+596696203040', 'requested', FALSE, 0, 1, '2026-11-24 15:00:00',
          '2026-11-24 19:00:00', 'a_rappeler', 0, 1);
INSERT INTO agendas (motif, duration_min) VALUES ('titre_identite', 20);
INSERT INTO time_slots (id, motif, counter, starts_at, ends_at)
  VALUES (1, 'titre_identite', '1', '2026-12-01 14:40:00', '2026-12-01 15:00:00');
INSERT INTO appointments (id, ref, motif, subject, starts_at, persons, name, name_key, status, sequence,
                          earlier_wanted, created_at)
  VALUES (1, 'R4821', 'titre_identite', 'cni', '2026-12-01 14:40:00', 1, 'Cadet', 'cadet', 'pris', 0, FALSE,
          '2026-11-24 14:00:00');
INSERT INTO time_slot_uses (time_slot_id, appointment_id) VALUES (1, 1)
"""
"""Records as the first version kept them, two open call-backs of one person for one service among them."""


async def test_a_database_with_data_keeps_them_when_it_is_brought_to_this_version(database_url: str) -> None:
    from alembic import command

    database = open_database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "0001"))
        for statement in FIRST.split(";"):
            await connection.execute(text(statement))
    await migrate(database)
    async with database.reading() as session:
        callbacks = await session.execute(text("SELECT ref, status FROM callbacks ORDER BY id"))
        assert [tuple(row) for row in callbacks] == [
            ("C1001", "a_rappeler"),
            ("C1002", "clos"),
            ("C1003", "a_rappeler"),
        ]
        assert await session.scalar(text("SELECT name FROM appointments WHERE ref = 'R4821'")) == "Cadet"
        assert await session.scalar(text("SELECT appointment_id FROM time_slot_uses")) == 1
        assert await session.scalar(text("SELECT buffer_min FROM agendas")) == 0
    await database.close()


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9042'"))
    with pytest.raises(UnusableDatabase, match="version plus récente"):
        await migrate(database)
    async with database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "9042"


async def test_another_program_s_database_is_refused(database_url: str) -> None:
    database = open_database(database_url)
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE callbacks (x INTEGER)"))
    with pytest.raises(UnusableDatabase, match="autre programme"):
        await migrate(database)
    await database.close()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "essai.db").write_bytes(b"Bonjour, ceci est un texte. " * 100)
    database = open_database(f"sqlite:///{tmp_path / 'essai.db'}")
    with pytest.raises(UnusableDatabase, match="SQLite"):
        await migrate(database)
    await database.close()


async def test_a_database_of_this_version_is_opened_while_somebody_else_writes(tmp_path: Path) -> None:
    path = tmp_path / "essai.db"
    database = open_database(f"sqlite:///{path}")
    await migrate(database)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    await migrate(database)
    writer.execute("ROLLBACK")
    writer.close()
    await database.close()


async def test_a_file_taken_away_is_not_written_to_and_one_put_back_is_used_again(tmp_path: Path) -> None:
    path, away = tmp_path / "rappels.sqlite", tmp_path / "ailleurs.sqlite"
    database = open_database(f"sqlite:///{path}")
    await migrate(database)

    async def opt_out(number: str) -> None:
        async with database.transaction() as session:
            told = {"who": number, "at": "2026-11-24 14:00:00"}
            await session.execute(
                text("INSERT INTO opt_outs (recipient, at, way) VALUES (:who, :at, 'sms')"), told
            )

    await opt_out("+596696203040")
    await database.close()  # all of it is in the one file, which a hurried hand then moves
    await database.check()
    path.rename(away)
    with pytest.raises(DatabaseUnavailable):
        await database.check()
    with pytest.raises(DatabaseUnavailable):
        await opt_out("+596696203041")
    assert not path.exists()
    away.rename(path)
    await opt_out("+596696203042")
    async with database.reading() as session:
        kept = (await session.scalars(text("SELECT recipient FROM opt_outs ORDER BY recipient"))).all()
    assert kept == ["+596696203040", "+596696203042"]
    await database.close()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = open_database("postgresql://x@127.0.0.1:1/x")
    with pytest.raises(DatabaseUnavailable):
        await migrate(database)
    with pytest.raises(DatabaseUnavailable):
        await database.check()
    await database.close()


@pytest.mark.parametrize("url", ["", "mysql://x/y", "n'importe quoi", "sqlite"])
def test_other_kinds_of_database_are_refused(url: str) -> None:
    with pytest.raises(UnusableDatabase):
        async_url(url)


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    prepare_place(f"sqlite:///{tmp_path / 'a' / 'b' / 'essai.db'}")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "fichier").write_text("")
    with pytest.raises(UnusableDatabase, match="ne peut pas être créée"):
        prepare_place(f"sqlite:///{tmp_path / 'fichier' / 'essai.db'}")


async def test_a_database_in_memory_is_one_for_all_its_sessions() -> None:
    database = open_database("sqlite://")
    await migrate(database)
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO settings (name, value) VALUES ('a', 'b')"))
    async with database.reading() as session:
        assert await session.scalar(text("SELECT value FROM settings")) == "b"
    other = open_database("sqlite://")
    await migrate(other)
    async with other.reading() as session:
        assert await session.scalar(text("SELECT value FROM settings")) is None
    await database.close()
    await other.close()


async def test_who_gives_up_waiting_leaves_no_lock_behind(tmp_path: Path) -> None:
    """At any moment of a write: the next ones were once refused as « locked » for half a minute."""
    database, dice = open_database(f"sqlite:///{tmp_path / 'essai.db'}", busy_ms=100), Random(5)
    await migrate(database)

    async def work(session: AsyncSession) -> None:
        for number in range(3):
            name = f"{number}-{dice.random()}"
            assert await insert_once(session, Setting, name=name, value="x")

    for _ in range(60):
        given_up = [asyncio.create_task(database.write(work)) for _ in range(3)]
        await asyncio.sleep(dice.uniform(0, 0.02))
        for task in given_up:
            task.cancel()
        await database.write(work)
        await asyncio.wait(given_up)
    async with database.reading() as session:
        whole = select(func.count() % 3).select_from(Setting).where(Setting.value == "x")
        assert await session.scalar(whole) == 0
    await database.close()


def test_each_migration_follows_the_one_before() -> None:
    files = sorted((MIGRATIONS / "versions").glob("0*.py"))
    assert [file.name[:4] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
