"""Who works with a data folder: any number of agents at once, or one that puts a backup back, alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standardiste.errors import Unusable

_NAME = ".en-service"


@contextmanager
def working_with(folder: Path) -> Iterator[None]:
    """While an agent works with this folder. Raises Unusable while a backup is being put back."""
    with _lock(
        folder, fcntl.LOCK_SH, "une sauvegarde est en train d'être remise en place : attendez sa fin."
    ):
        yield


@contextmanager
def alone_with(folder: Path) -> Iterator[None]:
    """While nobody else may work with it. Raises Unusable while an agent does."""
    with _lock(
        folder, fcntl.LOCK_EX, "l'agent est en service : arrêtez-le d'abord (systemctl stop standardiste)."
    ):
        yield


@contextmanager
def _lock(folder: Path, kind: int, refusal: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _NAME).open("a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unusable(refusal) from error
        yield  # the system takes the lock back however the process ends
