"""Saving a town's data into one file while the agent works, and putting them back.

A backup holds the database, the records that wait for it (the journal), the content's versions and the photos
of fault reports. It holds neither passwords nor models, which have their own place, nor what is made again by
itself (spoken sentences, proofs).
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callbacks.copying import check_copy, copy_database, holds_records, put_back
from standardiste.data_lock import alone_with
from standardiste.errors import Unusable
from standardiste.settings import Settings

_KEPT = ("journal.jsonl", "communes", "photos")
"""Of the data folder. The journal is copied before the database: a record that goes from one to the other in
between is then in both, and is written once, never in neither."""
_INSIDE = tuple(f"donnees/{name}/" for name in _KEPT)
_DATABASE = "base"
_MANIFEST = "sommaire.json"
_FORMAT = 1
_PREFIX, _SUFFIX = "standardiste-", ".tar"


@dataclass(frozen=True)
class Restored:
    made_at: datetime
    kept_aside: Path | None
    """Where what was there before now lies."""


def back_up(settings: Settings, folder: Path, now: datetime, keep: int | None) -> Path:
    """The backup's file, whole under its name or not there at all; the oldest beyond `keep` are taken away.

    Raises Unusable, DatabaseUnavailable, UnusableDatabase, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at = now.astimezone(UTC)
    with tempfile.TemporaryDirectory(prefix=".en-cours-", dir=folder) as work:
        inside = Path(work)
        archive = inside / "archive"
        with archive.open("wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
            sums = {}
            for path in _files_of(settings.data_dir):
                copied = inside / "fichier"
                try:
                    copied.write_bytes(path.read_bytes())  # whole at one instant: the journal is appended to
                except FileNotFoundError:
                    continue  # erased since, its time being over
                sums.update(_put(tar, copied, f"donnees/{path.relative_to(settings.data_dir)}"))
            copy_database(settings.database_url, inside / _DATABASE)
            sums.update(_put(tar, inside / _DATABASE, _DATABASE))
            summary = {"format": _FORMAT, "fait_le": at.isoformat(timespec="seconds"), "empreintes": sums}
            (inside / _MANIFEST).write_text(
                json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8"
            )
            tar.add(inside / _MANIFEST, _MANIFEST)
            file.flush()
            os.fsync(file.fileno())
        archive.chmod(0o600)
        made = archive.replace(folder / f"{_PREFIX}{at:%Y%m%dT%H%M%SZ}{_SUFFIX}")
    for old in backups_in(folder)[:-keep] if keep else ():
        old.unlink()
    return made


def backups_in(folder: Path) -> tuple[Path, ...]:
    """The backups in this folder, the oldest first."""
    return tuple(sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")))


def restore(settings: Settings, backup: Path, now: datetime, *, replace: bool) -> Restored:
    """The data as they were when saved; nothing is touched unless the whole backup is sound.

    `replace`: what is there now is kept aside, and its place taken. Raises Unusable, DatabaseUnavailable,
    UnusableDatabase, OSError.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (
        alone_with(settings.data_dir),
        tempfile.TemporaryDirectory(prefix=".reprise-", dir=settings.data_dir) as work,
    ):
        inside = Path(work)
        made_at = _unpack(backup, inside)
        check_copy(settings.database_url, inside / _DATABASE)
        there = [settings.data_dir / name for name in _KEPT if (settings.data_dir / name).exists()]
        has_records = holds_records(settings.database_url)
        if (there or has_records) and not replace:
            raise Unusable("il y a déjà des données ici : ajoutez --remplacer ; elles seront mises de côté.")
        aside = None
        if there or has_records:
            aside = settings.data_dir / f"avant-reprise-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
            aside.mkdir(mode=0o700)
            if has_records:
                copy_database(settings.database_url, aside / _DATABASE)
            for path in there:
                path.replace(aside / path.name)
        for path in (inside / "donnees").glob("*"):
            path.replace(settings.data_dir / path.name)
        put_back(settings.database_url, inside / _DATABASE)
    return Restored(made_at, aside)


def _files_of(data: Path) -> list[Path]:
    found = []
    for name in _KEPT:
        place = data / name
        found += [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return found


def _put(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, str]:
    tar.add(path, name)
    return {name: _sum(path)}


def _is_expected(into: Path, names: Collection[str]) -> bool:
    """Whether these are all the files that were unpacked, each where a backup has one."""
    found = {
        path.relative_to(into).as_posix()
        for path in into.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    kept = tuple(f"donnees/{name}" for name in _KEPT)
    ours = all(name == _DATABASE or name in kept or name.startswith(_INSIDE) for name in names)
    return ours and found == {*names, _MANIFEST}


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(backup: Path, into: Path) -> datetime:
    """When it was made. Raises Unusable unless every file in it is the one that was saved."""
    try:
        with tarfile.open(backup) as tar:
            tar.extractall(into, filter="data")
        summary = json.loads((into / _MANIFEST).read_text(encoding="utf-8"))
        made_at = datetime.fromisoformat(summary["fait_le"])
        sums: dict[str, str] = summary["empreintes"]
        whole = _is_expected(into, sums)
        sound = (
            summary["format"] == _FORMAT and whole and all(_sum(into / name) == sums[name] for name in sums)
        )
    except (tarfile.TarError, ValueError, KeyError, TypeError, FileNotFoundError) as error:
        if not backup.exists():
            raise
        raise Unusable(f"« {backup.name} » n'est pas une sauvegarde entière.") from error
    if not sound or _DATABASE not in sums:
        raise Unusable(f"« {backup.name} » est abîmée, ou d'une autre version : rien n'a été changé.")
    return made_at
