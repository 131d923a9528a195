"""A real CalDAV server (Radicale) on loopback, in a process of its own, that can be stopped and started."""

import base64
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

USER, PASSWORD = "mairie", "un secret d'essai"
CALENDAR = "/mairie/etat-civil/"


@dataclass
class Radicale:
    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{CALENDAR}"

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        users = self.folder / "users"
        users.write_text(f"{USER}:{PASSWORD}\n")
        options = [
            f"--server-hosts=127.0.0.1:{self.port}", "--auth-type=htpasswd",
            f"--auth-htpasswd-filename={users}",
            "--auth-htpasswd-encryption=plain", f"--storage-filesystem-folder={self.folder}",
            "--logging-level=critical", "--auth-delay=0",
        ]  # fmt: skip
        self.process = subprocess.Popen([sys.executable, "-m", "radicale", *options])
        while not self._answers():
            assert self.process.poll() is None, "radicale did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """As another calendar program does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        connection.request(method, path, body.encode(), {"authorization": f"Basic {secret}", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def put(self, name: str, event: str) -> None:
        status, _ = self.ask("PUT", f"{CALENDAR}{name}.ics", event, **{"content-type": "text/calendar"})
        assert status in (201, 204), status

    def files(self) -> dict[str, str]:
        """What is in the calendar, by name."""
        where = self.folder / "collection-root" / CALENDAR.strip("/")
        return {each.name: each.read_text() for each in where.glob("*.ics")}

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False


@contextmanager
def radicale(folder: Path) -> Iterator[Radicale]:
    """With one empty calendar."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Radicale(folder, port)
    server.start()
    try:
        assert server.ask("MKCALENDAR", CALENDAR)[0] == 201
        yield server
    finally:
        server.stop()
