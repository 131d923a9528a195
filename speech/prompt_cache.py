"""Sentences that are already spoken, kept on disk: a file for each, the least used ones given up first.

Several processes may share a folder: a file appears whole or not at all, and one that is damaged or gone is
only a sentence to be spoken again. Nothing here is worth an error to a call.
"""

import contextlib
import hashlib
import json
import logging
import os
import struct
import tempfile
import time
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ, Samples

log = logging.getLogger(__name__)

SUFFIX = ".sentence"
_HEAD = struct.Struct("<8sIII")
"""What the file is, its rate in Hz, the number of its samples and their CRC-32."""
_MAGIC = b"SPOKEN 1"
_RECOUNT_SHARE = 16
"""The folder is looked through again once a sixteenth of its bound has been written."""
_ABANDONED_S = 3600.0
"""A half-written file of that age belongs to a process that died."""


@dataclass(frozen=True)
class SpokenKey:
    """All that the sound of a sentence depends on."""

    voice: str
    """The engine, its version, the voice and how it is set (`speech.voice_identity`)."""
    text: str
    """As it is said, after `speech.spoken`."""
    speed: float
    rate_hz: int = RATE_HZ

    @property
    def file_name(self) -> str:
        values = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(values.encode("utf-8", "surrogatepass")).hexdigest()[:40] + SUFFIX


class PromptCache:
    """A folder of spoken sentences that never holds much more than `max_bytes` (a sixteenth, per process)."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._uncounted_bytes: int | None = None
        """Written since the folder was last looked through; None before the first time."""
        self._told = False

    def get(self, key: SpokenKey) -> Samples | None:
        """The sentence's samples, or None where it has to be spoken. Reads a file: not for the event loop."""
        path = self._folder / key.file_name
        try:
            data = path.read_bytes()
        except OSError:
            return None
        samples = _read(data, key.rate_hz)
        if samples is None:
            log.warning("a kept sentence is damaged and will be spoken again: %s", path.name)
            _forget(path)
            return None
        # It may be given up by another process meanwhile, or the folder may be one that is only read.
        with contextlib.suppress(OSError):
            os.utime(path)  # most recently used
        return samples

    def put(self, key: SpokenKey, samples: Samples) -> None:
        """Keeps a sentence. Writes files: not for the event loop."""
        data = _written(samples, key.rate_hz)
        if len(data) > self._max_bytes:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(name).replace(self._folder / key.file_name)
            except OSError:
                _forget(Path(name))
                raise
            self._stay_in_bounds(len(data))
        except OSError as error:
            self._tell(error)

    def _stay_in_bounds(self, n_written: int) -> None:
        if self._uncounted_bytes is not None:
            self._uncounted_bytes += n_written
            if self._uncounted_bytes < self._max_bytes // _RECOUNT_SHARE:
                return
        self._uncounted_bytes = 0
        kept: list[tuple[float, int, Path]] = []
        for entry in self._folder.iterdir():
            try:
                about = entry.stat()
            except OSError:
                continue  # another process was faster
            if entry.suffix == SUFFIX:
                kept.append((about.st_mtime, about.st_size, entry))
            elif entry.suffix == ".part" and time.time() - about.st_mtime > _ABANDONED_S:
                _forget(entry)
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._max_bytes:
                break
            _forget(path)
            total -= size

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            log.warning("spoken sentences cannot be kept in %s: %s", self._folder, error.strerror)


def _written(samples: Samples, rate_hz: int) -> bytes:
    sound = samples.astype("<i2", copy=False).tobytes()
    return _HEAD.pack(_MAGIC, rate_hz, len(samples), zlib.crc32(sound)) + sound


def _read(data: bytes, rate_hz: int) -> Samples | None:
    """The samples of a file that is whole, or None."""
    if len(data) < _HEAD.size:
        return None
    magic, file_rate_hz, n_samples, crc = _HEAD.unpack_from(data)
    sound = data[_HEAD.size :]
    if (magic, file_rate_hz, 2 * n_samples) != (_MAGIC, rate_hz, len(sound)) or zlib.crc32(sound) != crc:
        return None
    return np.frombuffer(sound, "<i2").astype(np.int16, copy=False)


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed: %s", path, error.strerror)
