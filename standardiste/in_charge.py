"""Which agent of a data folder is in charge: it serves the pages and does the jobs, until it is drained.

Where several share the work (`standardiste.roles`), there is one in charge of each part.
"""

import argparse
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.roles import Role
from standardiste.settings import Settings

PID_FILE = "standardiste.pid"
LOOK_EVERY_S = 0.2


@contextmanager
def in_charge(folder: Path, name: str = PID_FILE) -> Iterator[None]:
    """Meanwhile this process is the one: it holds a lock on the file that names it, until it is gone."""
    place, new = folder / name, folder / f".{name}.{os.getpid()}"
    with new.open("w", encoding="ascii") as own:
        own.write(f"{os.getpid()}\n")
        own.flush()
        fcntl.flock(own, fcntl.LOCK_EX)
        new.replace(place)  # whoever was in charge may still be ending: its file and its lock are its own
        try:
            yield
        finally:
            if place.is_file() and os.path.samestat(place.stat(), os.fstat(own.fileno())):
                place.unlink()


def drain(folder: Path, patience_s: float, name: str = PID_FILE) -> int:
    """Tells the agent in charge to take no more calls and end after those it has; its process number.

    Returns once it has let go of its pages and jobs; its calls may go on. Raises Unusable where none is in
    charge, or where it does not let go in time.
    """
    try:
        pid = _holder(folder / name)
        if pid is None:
            raise Unusable(f"Aucun standardiste n'est en service dans {folder}.")
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError as error:
        raise Unusable(f"Aucun standardiste n'est en service dans {folder}.") from error
    except PermissionError as error:
        raise Unusable(
            "Le standardiste en service est à un autre utilisateur (essayez avec sudo)."
        ) from error
    deadline = time.monotonic() + patience_s
    while _holder(folder / name) == pid:
        if time.monotonic() > deadline:
            raise Unusable(f"Le standardiste (processus {pid}) n'a pas lâché ses pages à temps.")
        time.sleep(LOOK_EVERY_S)
    return pid


def run_drain(args: argparse.Namespace, settings: Settings) -> int:
    """`standardiste drain`: one line, once the agent in charge has let go of its pages and jobs."""
    begun = time.monotonic()
    pid = drain(settings.data_dir, args.within, Role(args.role).pid_file(settings))
    print_line({"drained": pid, "after_s": round(time.monotonic() - begun, 1)})
    return 0


def _holder(place: Path) -> int | None:
    """The process in charge; None where there is none: of one that died, the file stays without its lock."""
    try:
        with place.open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except (FileNotFoundError, ValueError):
        pass
    return None
