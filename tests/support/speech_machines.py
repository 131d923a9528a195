"""A cluster of speech machines: `serve --role speech` several times on this one, each at its own address."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.lab import free_port

STARTS_WITHIN_S = 240.0
SECRET = "partage-entre-machines-de-parole"


@dataclass
class SpeechMachine:
    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def told(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def all_processes(self) -> list[psutil.Process]:
        """Of the program, of Ray, and of the engines."""
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def workers(self, engine: str) -> list[psutil.Process]:
        """Those that hold an engine, `builtin` or `espeak`."""
        found = []
        for process in self.all_processes():
            try:
                line = process.cmdline()
            except psutil.NoSuchProcess:
                continue
            if "speech.worker" in line and line[-1] == engine:
                found.append(process)
        return found

    def until(self, words: str) -> None:
        """Until it has said that. Raises RuntimeError."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while words not in self.told:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the machine {self.host} is not there:\n{self.told}")
            time.sleep(0.1)

    def die(self) -> None:
        """As when its power goes: all of it at once, without a word."""
        processes = self.all_processes()
        for process in processes:
            _send(process, signal.SIGSTOP)  # none starts another meanwhile
        for process in processes:
            _send(process, signal.SIGKILL)
        self.process.wait()


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


@contextmanager
def speech_machines(
    hosts: Sequence[str],
    *,
    cores: Sequence[int],
    replicas: str,
    port: int,
    inside: Callable[[str], Sequence[str]] = lambda _host: (),
    ears: str = "builtin",
) -> Iterator[list[SpeechMachine]]:
    """All there and ready; the first leads. `cores`: that each gives to engines. `inside`: what a command
    begins with that is to run on a host. Ended at the end, with whatever they started."""
    folder = Path(tempfile.mkdtemp(prefix="parole-", dir="/tmp"))  # short: Ray puts sockets in it
    head = f"{hosts[0]}:{port - 1}"
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        machines: list[SpeechMachine] = []
        for host, count in zip(hosts, cores, strict=True):
            environment = {
                **os.environ,
                "STANDARDISTE_DATA": str(folder / host),
                "STANDARDISTE_EARS": ears,
                "STANDARDISTE_MODELS": "",
                "STANDARDISTE_LOG_LEVEL": "info",
                "STANDARDISTE_SPEECH_HEAD": head,
                "STANDARDISTE_SPEECH_SECRET_FILE": str(folder / "secret"),
                "STANDARDISTE_SPEECH_REPLICAS": replicas,
                "STANDARDISTE_SPEECH_CORES": str(count),
                "RAY_TMPDIR": str(folder / "ray"),
            }
            command = [*inside(host), sys.executable, "-m", "standardiste", "serve", "--role", "speech",
                       "--host", host, "--port", str(port)]  # fmt: skip
            log = folder / f"{host}.log"
            with log.open("wb") as out:
                process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
            machines.append(SpeechMachine(host, port, process, log))
            stack.callback(_end, machines[-1])
            machines[-1].until("Ray is there")  # one after the other: it gives each half a minute to start
        for machine in machines:
            machine.until("Le standardiste (parole)")
        yield machines


def free_speech_port() -> int:
    """One whose neighbour below is most likely free as well."""
    return free_port(socket.SOCK_STREAM)


def _end(machine: SpeechMachine) -> None:
    """At once: told to, it would first give away what it serves, and nobody is left."""
    machine.die()
