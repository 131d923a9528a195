"""The recordings of calls that a town wants: begun, listened to, and gone at their time.

The key of each is a row of the database, the sound a file beside it. What erases the row (its time, the
call's, a person's request, a refusal) makes the file noise; the file follows.
"""

import asyncio
import logging
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import calls
from callbacks.calls import CallStart
from callbacks.database import Database
from callbacks.models_recordings import CallSound
from callbacks.sealed_sound import (
    KEY_BYTES,
    N_CHANNELS,
    RATE_HZ,
    MasterKey,
    SealedFile,
    SoundUnreadable,
    as_wav,
    opened,
)
from callbacks.voicemail import Swept

log = logging.getLogger("standardiste.records")

_SUFFIX = ".scelle"
SPARE_BYTES = 500_000_000
"""Left free on the disk: records that callers are promised are written there too."""


@dataclass(frozen=True)
class NewSound:
    """The recording that a call begins; nothing of it is on the disk yet."""

    file: SealedFile
    wrapped_key: str = field(repr=False)


@dataclass(frozen=True)
class RecordingStore:
    """A folder beside the database, readable by this program alone."""

    folder: Path
    key_file: Path
    """The installation's secret."""
    makes_key: bool = True
    """At the first recording, where there is none; not where somebody says that it is there."""
    spare_bytes: int = SPARE_BYTES

    def new(self, call_id: str) -> NewSound:
        """For this call. Raises OSError where the installation's key cannot be had or made."""
        key = os.urandom(KEY_BYTES)
        path = self.folder / f"{secrets.token_hex(16)}{_SUFFIX}"
        return NewSound(SealedFile(path, call_id, key), self._master(make=True).wrap(key))

    def has_room(self) -> bool:
        """Whether the disk may take more. Raises OSError."""
        place = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        return shutil.disk_usage(place).free > self.spare_bytes

    def check_key(self) -> None:
        """Raises OSError where the installation's key cannot be read, SoundUnreadable where it is none."""
        self._master()

    def seconds(self, sound: CallSound) -> int | None:
        """About how long it is; None where its file is not here."""
        try:
            return round((self.folder / sound.file).stat().st_size / (RATE_HZ * N_CHANNELS))
        except OSError:
            return None

    def read(self, sound: CallSound) -> bytes | None:
        """As a WAV; None where its file is not here. Raises SoundUnreadable."""
        try:
            sealed = (self.folder / sound.file).read_bytes()
        except OSError:
            return None
        try:
            key = self._master().unwrap(sound.wrapped_key)
        except OSError as error:
            raise SoundUnreadable(f"the installation's key: {type(error).__name__}") from error
        return as_wav(opened(sealed, sound.call_id, key))

    def files(self) -> frozenset[str]:
        """Those that are there now."""
        return frozenset(path.name for path in self.folder.glob(f"*{_SUFFIX}"))

    def erase(self, files: frozenset[str]) -> Swept:
        """These files."""
        n_erased = n_left = 0
        for name in files:
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                log.error("the sound of a call cannot be erased: %s", type(error).__name__)
                n_left += 1
            else:
                n_erased += 1
        return Swept(n_erased, n_left)

    def _master(self, *, make: bool = False) -> MasterKey:
        """Raises OSError, and SoundUnreadable for a key that is none."""
        if make and self.makes_key and not self.key_file.exists():
            self.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = self.key_file.with_name(f"{self.key_file.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another call has made one meanwhile: that one stays
                os.link(made, self.key_file)
            made.unlink()
        secret = self.key_file.read_bytes().strip()
        if len(secret) < KEY_BYTES:
            raise SoundUnreadable(f"{self.key_file.name}: a key has {KEY_BYTES} characters or more")
        return MasterKey.of(secret)


async def begin(session: AsyncSession, call: CallStart, new: NewSound, at: datetime) -> None:
    """Keeps the key of a call that is recorded from now on."""
    await calls.begin(session, call)
    name, wrapped = new.file.path.name, new.wrapped_key
    session.add(CallSound(call_id=call.call_id, file=name, wrapped_key=wrapped, began_at=at))


async def of_call(session: AsyncSession, call_id: str) -> CallSound | None:
    return await session.get(CallSound, call_id)


async def forget(session: AsyncSession, call_id: str) -> None:
    """Erases the key: nobody can listen to it any more."""
    await session.execute(delete(CallSound).where(CallSound.call_id == call_id))


async def sweep(database: Database, store: RecordingStore) -> Swept:
    """Erases the files here that nobody can listen to any more. Raises DatabaseUnavailable."""
    # In this order: the key of a recording is in the database before its file is there.
    there = await asyncio.to_thread(store.files)
    known = await database.read(_files_known)
    return await asyncio.to_thread(store.erase, there - known)


async def _files_known(session: AsyncSession) -> frozenset[str]:
    return frozenset(await session.scalars(select(CallSound.file)))
