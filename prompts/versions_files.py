"""Files that appear whole or not at all, whenever the machine stops: what the versions are made of."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MAX_CONTENT_BYTES = 50_000_000
_PART = ".part-"
"""A folder or file that is being written begins so; what a stopped machine left of it is swept."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One writer at a time, whatever its thread or process; given back even when its process is killed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "verrou").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, data: bytes) -> None:
    """The file has its new content or its old one, never part of either; on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    write_whole(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def read_json(path: Path) -> Any:
    """None where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def append_line(path: Path, value: Any) -> None:
    """One line of JSON more, on the disk when this returns. A line cut short by a stop is not read, and goes:
    the next one would be written on to it, and neither could be read. Only for who holds the lock."""
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
        file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[Any]:
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines[:-1]]


def content_files(folder: Path) -> list[Path]:
    """The files of a town's content, in a fixed order: plain files, none hidden, links not followed."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def content_digest(folder: Path) -> str:
    """Of what the content says, wherever it lies."""
    digest = hashlib.sha256()
    for path in content_files(folder):
        name, data = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        digest.update(b"%d %d\n" % (len(name), len(data)) + name + data)
    return digest.hexdigest()


def path_digest(path: Path) -> str:
    """A short name for a place on this machine."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill; it becomes `target` at the end, whole and on the disk, or leaves nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    filling = Path(tempfile.mkdtemp(prefix=_PART, dir=target.parent))
    try:
        yield filling
        for path in sorted(filling.rglob("*")):
            if path.is_dir():
                sync_folder(path)
        sync_folder(filling)
        filling.rename(target)
    except BaseException:
        shutil.rmtree(filling, ignore_errors=True)
        raise
    sync_folder(target.parent)


def copy_content(source: Path, target: Path, *, sharing: str = "") -> None:
    """The content's files, on the disk when this returns. Raises OSError where there is far too much.

    `sharing`: the folder of those that never change, which need not be there twice.
    """
    target.mkdir(parents=True, exist_ok=True)
    left = MAX_CONTENT_BYTES
    for path in content_files(source):
        left -= path.stat().st_size
        if left < 0:
            raise OSError(27, "le contenu de la commune est trop gros", str(source))
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not (path.parent.name == sharing and _is_shared(path, copy)):
            with copy.open("wb") as file:
                file.write(path.read_bytes())
                file.flush()
                os.fsync(file.fileno())


def _is_shared(path: Path, copy: Path) -> bool:
    """Whether the file has this other name too; not every file system can."""
    try:
        copy.hardlink_to(path)
    except OSError:
        return False
    return True


def remove_folder(folder: Path) -> None:
    """The folder is there whole, or not at all: a machine that stops meanwhile leaves no half of it."""
    going = folder.with_name(f"{_PART}{folder.name}")
    folder.rename(going)
    sync_folder(folder.parent)
    shutil.rmtree(going)


def sweep(folder: Path) -> None:
    """Removes what was being written when the machine stopped. Only for who holds the lock."""
    for path in folder.glob(f"{_PART}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """The names in this folder are on the disk when this returns (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
