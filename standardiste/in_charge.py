"""Which agent of a data folder is in charge: it serves the pages and does the jobs, until it is drained."""

import argparse
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.settings import Settings

_NAME = "standardiste.pid"
LOOK_EVERY_S = 0.2


@contextmanager
def in_charge(folder: Path) -> Iterator[None]:
    """Meanwhile this process is the one."""
    file, own = folder / _NAME, str(os.getpid())
    file.write_text(own + "\n", encoding="ascii")
    try:
        yield
    finally:
        # Whoever has taken over since has written its own.
        if file.is_file() and file.read_text(encoding="ascii").strip() == own:
            file.unlink()


def drain(folder: Path, patience_s: float) -> int:
    """Tells the agent in charge to take no more calls and end after those it has; its process number.

    Returns once it has let go of its pages and jobs; its calls may go on. Raises Unusable where none is in
    charge, or where it does not let go in time.
    """
    file = folder / _NAME
    try:
        pid = int(file.read_text(encoding="ascii"))
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ValueError, ProcessLookupError) as error:
        raise Unusable(f"Aucun standardiste n'est en service dans {folder}.") from error
    except PermissionError as error:
        raise Unusable(
            "Le standardiste en service est à un autre utilisateur (essayez avec sudo)."
        ) from error
    deadline = time.monotonic() + patience_s
    while file.is_file() and file.read_text(encoding="ascii").strip() == str(pid):
        if time.monotonic() > deadline:
            raise Unusable(f"Le standardiste (processus {pid}) n'a pas lâché ses pages à temps.")
        time.sleep(LOOK_EVERY_S)
    return pid


def run_drain(args: argparse.Namespace, settings: Settings) -> int:
    """`standardiste drain`: one line, once the agent in charge has let go of its pages and jobs."""
    begun = time.monotonic()
    pid = drain(settings.data_dir, args.within)
    print_line({"drained": pid, "after_s": round(time.monotonic() - begun, 1)})
    return 0
