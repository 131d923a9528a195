"""The journal on disk: what was promised while the database could not be had.

One JSON object per line, behind its checksum; a line counts once it is whole and on the disk (fsync), and
only then may anything be promised. Replayed when the database is back; each entry's key is committed with
what it did, so that replaying twice does it once. Several processes may share a journal (flock).
"""

import fcntl
import json
import logging
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from callbacks.errors import JournalUnusable
from prompts.os_words import why

log = logging.getLogger("standardiste.records")


@dataclass(frozen=True)
class Entry:
    key: str
    """Of the request: what carries it out commits this key too."""
    kind: str
    values: dict[str, Any]
    """What JSON can say."""


@dataclass(frozen=True)
class Journal:
    path: Path

    def append(self, entry: Entry) -> None:
        """Returns once the entry is on the disk. Raises JournalUnusable: then nothing of it is kept."""
        self.append_knowing(lambda _: entry)

    def append_knowing(self, make: Callable[[Iterator[Entry]], Entry]) -> None:
        """The same, of what is made from what is in it already: nobody adds to it meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked() as file:
                file.seek(0)
                body = _body(make(_read(file.read())))
                end = file.seek(0, os.SEEK_END)
                try:
                    # On a line of its own, whatever a crash has left at the end.
                    _write_whole(file, (b"\n" if end else b"") + _sum(body) + b" " + body + b"\n")
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(end)
                    raise
            _sync_folder(self.path.parent)
        except OSError as error:
            raise JournalUnusable(f"le journal « {self.path} » n'accepte rien : {why(error)}") from error

    def entries(self) -> tuple[Entry, ...]:
        """What is in it, the oldest first. A line that a crash cut short was never promised: left out.

        Raises JournalUnusable.
        """
        if not self.path.exists():
            return ()
        try:
            with self._locked() as file:
                file.seek(0)
                return tuple(_read(file.read()))
        except OSError as error:
            raise JournalUnusable(f"le journal « {self.path} » ne se lit pas : {why(error)}") from error

    def remove(self, keys: frozenset[str]) -> None:
        """Forgets these entries: they are in the database. What came meanwhile stays.

        Raises JournalUnusable: then nothing is forgotten.
        """
        try:
            with self._locked() as file:
                file.seek(0)
                left = [entry for entry in _read(file.read()) if entry.key not in keys]
                if not left:
                    file.truncate(0)
                    os.fsync(file.fileno())
        except OSError as error:
            raise JournalUnusable(f"le journal « {self.path} » ne s'efface pas : {why(error)}") from error
        # What is left stays among what is done, until all is: replaying it again does nothing.

    def is_empty(self) -> bool:
        """Quick: whether there is nothing to replay."""
        try:
            return self.path.stat().st_size == 0
        except FileNotFoundError:
            return True

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file


def _body(entry: Entry) -> bytes:
    values = {"key": entry.key, "kind": entry.kind, "values": entry.values}
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


def _sum(body: bytes) -> bytes:
    return f"{zlib.crc32(body):08x}".encode()


def _read(content: bytes) -> Iterator[Entry]:
    for line in content.split(b"\n"):
        if not line:
            continue
        checksum, _, body = line.partition(b" ")
        if checksum != _sum(body):
            log.warning("a line of the journal was cut short: it was never promised, it is left out")
            continue
        found = json.loads(body)
        yield Entry(found["key"], found["kind"], found["values"])


def _write_whole(file: IO[bytes], content: bytes) -> None:
    written = 0
    while written < len(content):
        written += file.write(content[written:]) or 0


def _sync_folder(folder: Path) -> None:
    """So that a file just made is still there after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
