"""Spoken sentences kept on disk: found again, never wrong, never too many, whoever else writes there."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.prompt_cache import SUFFIX, PromptCache, SpokenKey

SOUND = (np.arange(1000) - 500).astype(np.int16)
KEY = SpokenKey("espeak-ng 1.52 fr", "Bonjour.", 1.0)
MUCH = 1 << 20


def one_file(folder: Path) -> Path:
    (path,) = folder.glob(f"*{SUFFIX}")
    return path


def test_what_was_kept_is_found_by_another_process_too(tmp_path: Path) -> None:
    PromptCache(tmp_path, MUCH).put(KEY, SOUND)
    found = PromptCache(tmp_path, MUCH).get(KEY)
    assert found is not None
    assert np.array_equal(found, SOUND)


@pytest.mark.parametrize(
    "other",
    [
        SpokenKey("espeak-ng 1.53 fr", "Bonjour.", 1.0),
        SpokenKey("espeak-ng 1.52 fr", "Bonsoir.", 1.0),
        SpokenKey("espeak-ng 1.52 fr", "Bonjour.", 0.8),
        SpokenKey("espeak-ng 1.52 fr", "Bonjour.", 1.0, 8000),
    ],
)
def test_another_voice_text_speed_or_rate_is_another_sentence(tmp_path: Path, other: SpokenKey) -> None:
    cache = PromptCache(tmp_path, MUCH)
    cache.put(KEY, SOUND)
    assert cache.get(other) is None


@given(st.data())
def test_a_damaged_file_is_spoken_again(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    cache = PromptCache(folder, MUCH)
    cache.put(KEY, SOUND)
    path = one_file(folder)
    whole = path.read_bytes()
    if data.draw(st.booleans()):
        damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        place = data.draw(st.integers(0, len(whole) - 1))
        damaged = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    path.write_bytes(damaged)
    assert cache.get(KEY) is None
    cache.put(KEY, SOUND)
    assert np.array_equal(cache.get(KEY), SOUND)  # type: ignore[arg-type]


def test_the_folder_stays_in_its_bounds_and_gives_up_what_was_used_least(tmp_path: Path) -> None:
    room_for_ten = 10 * (2 * len(SOUND) + 20)
    keys = [SpokenKey("v", f"Phrase {n}.", 1.0) for n in range(30)]
    cache = PromptCache(tmp_path, room_for_ten)
    for n, key in enumerate(keys):
        cache.put(key, SOUND)
        os.utime(tmp_path / key.file_name, (n, n))
        if n == 5:
            os.utime(tmp_path / keys[0].file_name, (100, 100))
    kept = [n for n, key in enumerate(keys) if cache.get(key) is not None]
    assert kept == [0, *range(21, 30)]


def test_finding_a_sentence_makes_it_recent(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, MUCH)
    cache.put(KEY, SOUND)
    os.utime(tmp_path / KEY.file_name, (0, 0))
    cache.get(KEY)
    assert (tmp_path / KEY.file_name).stat().st_mtime > 1e9


def test_what_a_dead_process_left_half_written_is_cleared(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".a.part", tmp_path / ".b.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    PromptCache(tmp_path, MUCH).put(KEY, SOUND)
    assert not old.exists()
    assert fresh.exists()


def test_a_sentence_larger_than_the_folder_is_not_kept(tmp_path: Path) -> None:
    PromptCache(tmp_path, 1000).put(KEY, SOUND)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_nothing_but_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    caplog.set_level("WARNING")
    cache = PromptCache(blocked / "sentences", MUCH)
    cache.put(KEY, SOUND)
    cache.put(KEY, SOUND)
    assert cache.get(KEY) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]


WRITER = """
import sys, numpy as np
from pathlib import Path
from speech.prompt_cache import PromptCache, SpokenKey
cache = PromptCache(Path(sys.argv[1]), 100_000)
for n in range(300):
    key = SpokenKey("v", f"Phrase {n % 60}.", 1.0)
    found = cache.get(key)
    assert found is None or set(found.tolist()) == {n % 60}, "never a sound that is not the sentence's"
    cache.put(key, np.full(1000 + n % 60, n % 60, np.int16))
"""


def test_processes_share_a_folder_without_hurting_each_other(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert writer.returncode == 0, said
        assert said == "", "nothing was damaged"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 100_000 * 1.25
