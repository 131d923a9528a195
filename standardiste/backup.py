"""Saving a town's data into one file while the agent works, and putting them back.

A backup holds the database, the records that wait for it (the journal), the content's versions and the photos
of fault reports, each file once under its own digest. It holds neither passwords nor models, which have their
own place, nor what is made again by itself (spoken sentences, proofs).
"""

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from callbacks.copying import check_copy, copy_database, holds_records, put_back, set_aside
from prompts.versions_files import locked
from standardiste.backups_kept import PREFIX, SUFFIX, backups_in, note_made, outdated
from standardiste.data_lock import alone_with
from standardiste.errors import Unusable
from standardiste.settings import Settings

_JOURNAL, _CONTENT, _PHOTOS = "journal.jsonl", "communes", "photos"
_KEPT = (_JOURNAL, _CONTENT, _PHOTOS)
"""Of the data folder."""
_FILES, _MANIFEST, _FORMAT = "fichiers/", "sommaire.json", 2
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNDER_WAY, _RESTORING, _FORMER = ".en-cours-", ".reprise-", "avant-reprise-"
_LEFT_BEHIND = timedelta(hours=2)
"""What a backup that was cut short left is no longer being written."""
_FORMER_KEPT = timedelta(days=30)
_SPARE_BYTES = 200_000_000
"""Left free on a disk that a backup is written to: the agent may be writing there too."""


@dataclass(frozen=True)
class Restored:
    made_at: datetime
    kept_aside: Path | None
    """Where what was there before now lies, for thirty days."""


def back_up(settings: Settings, folder: Path, now: datetime, recent: int | None) -> Path:
    """The backup's file, whole under its name or not there at all.

    `recent`: so many of the newest stay, with one an hour of the last day and one a day of the last week;
    None: all. Raises Unusable where the disk has no room, DatabaseUnavailable, UnusableDatabase, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, _UNDER_WAY, now - _LEFT_BEHIND)
    _sweep(settings.data_dir, _FORMER, now - _FORMER_KEPT)
    if recent:
        for old in outdated(backups_in(folder), now, recent - 1):
            old.unlink()
    at = now.astimezone(UTC)
    with tempfile.TemporaryDirectory(prefix=_UNDER_WAY, dir=folder) as work:
        inside = Path(work)
        archive = inside / "archive"
        with archive.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
                _write(settings, _Writer(tar, inside), at)
            file.flush()
            os.fsync(file.fileno())
        archive.chmod(0o600)
        made = archive.replace(folder / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}{SUFFIX}")
        note_made(settings.data_dir, at)
        return made


def restore(settings: Settings, backup: Path, now: datetime, *, replace: bool) -> Restored:
    """The data as they were when saved; nothing is touched unless the whole backup is sound.

    `replace`: what is there now is kept aside, and its place taken. Raises Unusable, DatabaseUnavailable,
    UnusableDatabase, OSError.
    """
    data = settings.data_dir
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(alone_with(data))
        _sweep(data, _RESTORING, now)
        inside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_RESTORING, dir=data)))
        made_at, database = _unpack(backup, inside)
        check_copy(settings.database_url, database)
        there = [data / name for name in _KEPT if (data / name).exists()]
        has_records = holds_records(settings.database_url)
        if (there or has_records) and not replace:
            raise Unusable("il y a déjà des données ici : ajoutez --remplacer ; elles seront mises de côté.")
        aside = None
        if there or has_records:
            aside = data / f"{_FORMER}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
            aside.mkdir(mode=0o700)
        if has_records and aside is not None:
            set_aside(settings.database_url, aside)
        put_back(settings.database_url, database)  # what may fail comes before anything is moved
        for path in there:
            assert aside is not None
            path.replace(aside / path.name)
        for path in (inside / "donnees").glob("*"):
            path.replace(data / path.name)
    return Restored(made_at, aside)


class _Writer:
    """Puts each content into the archive once, under its digest."""

    def __init__(self, tar: tarfile.TarFile, work: Path) -> None:
        self._tar = tar
        self._work = work
        self._there: set[str] = set()

    def put(self, path: Path) -> str:
        """The digest of the file as it is at one instant. Raises FileNotFoundError."""
        copied = self._work / "copie"
        shutil.copyfile(path, copied)
        return self.take(copied)

    def take(self, own: Path) -> str:
        """The same of a file that nobody else writes; it is gone afterwards."""
        digest = _digest(own)
        if digest not in self._there:
            self._tar.add(own, _FILES + digest)
            self._there.add(digest)
        own.unlink()
        return digest

    def close(self, summary: dict[str, object]) -> None:
        written = self._work / _MANIFEST
        written.write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        self._tar.add(written, _MANIFEST)


def _write(settings: Settings, writer: _Writer, at: datetime) -> None:
    """The journal before the database: a record that goes from one to the other meanwhile is then in both,
    and is written once. The photos after it: each that a record names is there."""
    data, work = settings.data_dir, writer._work
    files: dict[str, str] = {}
    _take_all(writer, data, data / _JOURNAL, files)
    for store in sorted((data / _CONTENT).glob("*/")):
        with locked(store):  # a publication is in it whole, or not yet
            _take_all(writer, data, store, files)
    copy = work / "base"
    copy_database(settings.database_url, copy)
    free = shutil.disk_usage(work).free
    if free < copy.stat().st_size + _SPARE_BYTES:
        raise Unusable(f"le disque de « {work.parent} » est presque plein : la sauvegarde n'a pas été faite.")
    database = writer.take(copy)
    _take_all(writer, data, data / _PHOTOS, files)
    made = at.isoformat(timespec="seconds")
    writer.close({"format": _FORMAT, "fait_le": made, "base": database, "donnees": files})


def _take_all(writer: _Writer, data: Path, place: Path, files: dict[str, str]) -> None:
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    for path in paths:
        try:
            files[path.relative_to(data).as_posix()] = writer.put(path)
        except FileNotFoundError:
            continue  # erased since, its time being over


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(backup: Path, into: Path) -> tuple[datetime, Path]:
    """When it was made, and its database; the rest lies under `into`/donnees.

    Raises Unusable unless every file in it is the one that was saved, OSError.
    """
    refusal = f"« {backup.name} » n'est pas une sauvegarde entière, ou elle est abîmée : rien n'a été changé."
    (into / "fichiers").mkdir()
    try:
        for member, name in _members(backup):
            member_path = into / name
            with member_path.open("wb") as file:
                shutil.copyfileobj(member, file)
        summary = json.loads((into / _MANIFEST).read_text(encoding="utf-8"))
        made_at = datetime.fromisoformat(summary["fait_le"])
        wanted = {str(name): str(digest) for name, digest in summary["donnees"].items()}
        database = into / "fichiers" / str(summary["base"])
        sound = summary["format"] == _FORMAT and all(_is_ours(name) for name in wanted)
        sound = sound and all(
            _digest(into / "fichiers" / digest) == digest for digest in {*wanted.values(), database.name}
        )
    except FileNotFoundError:
        if not backup.exists():
            raise
        raise Unusable(refusal) from None
    except (tarfile.TarError, EOFError, ValueError, KeyError, AttributeError) as error:
        raise Unusable(refusal) from error
    if not sound:
        raise Unusable(refusal)
    for name, digest in wanted.items():
        place = into / "donnees" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(into / "fichiers" / digest, place)
    return made_at, database


def _members(backup: Path) -> Iterator[tuple[tarfile.ExFileObject, str]]:
    """The plain files of the archive that a backup has; nothing else of it is looked at."""
    with tarfile.open(backup) as tar:
        for one in tar:
            is_file = one.name.startswith(_FILES) and _DIGEST.fullmatch(one.name.removeprefix(_FILES))
            if one.isreg() and (is_file or one.name == _MANIFEST):
                member = tar.extractfile(one)
                if isinstance(member, tarfile.ExFileObject):
                    yield member, one.name


def _is_ours(name: str) -> bool:
    """Whether this is the name of a file within what is kept."""
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] in _KEPT and ".." not in parts


def _sweep(folder: Path, prefix: str, before: datetime) -> None:
    """What was left there before then, under names that begin so."""
    for path in folder.glob(f"{prefix}*"):
        if path.is_dir() and path.stat().st_mtime < before.timestamp():
            shutil.rmtree(path, ignore_errors=True)
