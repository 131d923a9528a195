"""The sound of a call lies sealed on the disk: noise without its key, and gone with it."""

import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks import recordings
from callbacks.calls import CallStart
from callbacks.database import Database
from callbacks.models_recordings import CallSound
from callbacks.recordings import NewSound, RecordingStore, sweep
from callbacks.sealed_sound import MasterKey, SealedFile, SoundUnreadable, opened

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
SOUND = bytes(range(256)) * 200
KEY = bytes(32)


def store_in(folder: Path) -> RecordingStore:
    return RecordingStore(folder / "enregistrements", folder / "enregistrements.cle")


def sealed(path: Path, blocks: list[bytes], call_id: str = "appel-1") -> bytes:
    """The file as it lies on the disk."""
    path.unlink(missing_ok=True)
    file = SealedFile(path, call_id, KEY)
    file.begin()
    for block in blocks:
        file.add(block)
    file.end()
    return path.read_bytes()


async def recorded(database: Database, store: RecordingStore, call_id: str = "appel-1") -> NewSound:
    """A call that was recorded, and its key."""
    new = store.new(call_id)
    await database.write(lambda session: recordings.begin(session, CallStart(call_id, NOW), new, NOW))
    new.file.begin()
    new.file.add(SOUND)
    new.file.end()
    return new


async def row_of(database: Database, call_id: str = "appel-1") -> CallSound | None:
    return await database.read(lambda session: recordings.of_call(session, call_id))


@given(cuts=st.lists(st.integers(0, len(SOUND)), max_size=6))
@settings(deadline=None, max_examples=30)
def test_however_it_was_cut_into_blocks_the_same_sound_comes_out(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    places = [0, *sorted(cuts), len(SOUND)]
    blocks = [SOUND[start:end] for start, end in pairwise(places)]
    data = sealed(tmp_path_factory.mktemp("son") / "un", blocks)
    assert opened(data, "appel-1", KEY) == SOUND


def test_nothing_of_the_sound_is_in_the_file_and_no_two_blocks_look_alike(tmp_path: Path) -> None:
    data = sealed(tmp_path / "un", [SOUND, SOUND])
    assert not any(SOUND[at : at + 8] in data for at in range(0, 256, 8))
    half = len(data) // 2
    assert data[-half // 2 :] != data[half - half // 2 : half]
    assert len(set(data[-4096:])) > 240, "as many different bytes as noise has"


def test_another_key_another_call_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    one, other = [SOUND[:1000]], [SOUND[1000:2000]]
    data = sealed(tmp_path / "un", one + other)
    swapped = sealed(tmp_path / "deux", other + one)
    head = len(sealed(tmp_path / "vide", []))
    block = (len(data) - head) // 2
    for wrong, call_id, key in (
        (data, "appel-1", bytes([1]) * 32),
        (data, "appel-2", KEY),
        (data[:-1] + bytes([data[-1] ^ 1]), "appel-1", KEY),
        (data[:head] + data[head + block :] + data[head : head + block], "appel-1", KEY),
        (swapped[:head] + data[head : head + block], "appel-1", bytes([2]) * 32),
        (b"RIFF", "appel-1", KEY),
    ):
        with pytest.raises(SoundUnreadable):
            opened(wrong, call_id, key)


def test_what_was_whole_when_the_machine_stopped_is_still_heard(tmp_path: Path) -> None:
    data = sealed(tmp_path / "un", [SOUND[:1000], SOUND[1000:2000]])
    for lost in (1, 500, 1016):
        assert opened(data[:-lost], "appel-1", KEY) == SOUND[:1000]


async def test_a_recording_is_opened_with_the_installations_key_alone(
    tmp_path: Path, database: Database
) -> None:
    store = store_in(tmp_path)
    new = await recorded(database, store)
    row = await row_of(database)
    assert row is not None
    wav = store.read(row)
    assert wav is not None
    assert wav[:4] + wav[8:16] == b"RIFFWAVEfmt "
    assert wav.endswith(SOUND)
    assert store.seconds(row) == 3
    for path, mode in ((store.folder, 0o700), (new.file.path, 0o600), (store.key_file, 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    other = replace(store, key_file=tmp_path / "autre")
    other.new("appel-2")
    with pytest.raises(SoundUnreadable):
        other.read(row)
    with pytest.raises(SoundUnreadable):
        replace(store, key_file=tmp_path / "absente").read(row)
    (tmp_path / "courte").write_text("secret")
    with pytest.raises(SoundUnreadable):
        replace(store, key_file=tmp_path / "courte").new("appel-3")
    new.file.path.unlink()
    assert (store.read(row), store.seconds(row)) == (None, None)


def test_the_installations_key_is_made_once_and_wraps_each_call_s_own(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    one, other = store.new("appel-1"), store.new("appel-2")
    assert one.file.key != other.file.key
    assert one.file.key.hex() not in one.wrapped_key
    assert [path.name for path in tmp_path.iterdir()] == ["enregistrements.cle"]
    master = MasterKey.of(store.key_file.read_bytes().strip())
    assert master.unwrap(one.wrapped_key) == one.file.key
    with pytest.raises(SoundUnreadable):
        master.unwrap(one.wrapped_key[:-2] + "00")
    with pytest.raises(SoundUnreadable):
        master.unwrap("ce n'est pas une clé")


async def test_files_that_nobody_can_open_any_more_are_swept(tmp_path: Path, database: Database) -> None:
    store = store_in(tmp_path)
    assert (await sweep(database, store)).erased == 0, "no folder, nothing to do"
    kept, forgotten = await recorded(database, store), await recorded(database, store, "appel-2")
    await database.write(lambda session: recordings.forget(session, "appel-2"))
    assert await row_of(database, "appel-2") is None
    stray = store.folder / f"{os.urandom(4).hex()}.scelle"
    stray.write_bytes(b"laisse par un arret")
    beside = store.folder / "LISEZMOI"
    beside.write_text("posé là par quelqu'un")
    assert (await sweep(database, store)).erased == 2
    assert kept.file.path.exists()
    assert beside.exists()
    assert not forgotten.file.path.exists()
    assert not stray.exists()
    kept.file.path.unlink()
    kept.file.path.mkdir()
    await database.write(lambda session: recordings.forget(session, "appel-1"))
    assert (await sweep(database, store)).left == 1, "what cannot be erased is told"
