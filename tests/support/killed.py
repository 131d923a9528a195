"""A machine that stops in the middle of writing files: what is then on the disk is what there is."""

import os
import signal
import sys
from collections.abc import Callable


def killed_at(nth: int, work: Callable[[], object]) -> bool:
    """Runs the work in a process that is killed as it asks the system for its nth file; False: it ended."""
    pid = os.fork()
    if pid == 0:
        left = [nth]

        def hook(event: str, _args: tuple[object, ...]) -> None:
            if event in (
                "open",
                "os.rename",
                "os.mkdir",
                "os.link",
                "os.remove",
                "os.rmdir",
                "os.scandir",
                "os.truncate",
            ):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)
