"""A real Asterisk with our own configuration, on ports of its own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from telephony.ari.client import AsteriskSettings
from tests.support.certificates import write_certificate

ASTERISK = Path(__file__).resolve().parents[2] / "asterisk"
PASSWORD = "essai-du-standard"
VOICEMAIL_PIN = "482193"


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class AsteriskLab:
    """One instance; `start` and `stop` may be called again and again."""

    instance: str
    config: Path
    sip: tuple[str, int] = field(default_factory=lambda: ("127.0.0.1", free_port(socket.SOCK_DGRAM)))
    http_port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    trunk_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    """A SipPhone opened on it is the public network: it is rung by calls that go out."""
    post_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    """A SipPhone opened on it is the town hall's human post."""
    tls_port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    rtp_ports: int = 200
    """Two for each leg of a call."""
    agents: int = 1
    """That share the calls."""
    post_password: str | None = None
    """Of the human post; None: its address is enough."""

    @property
    def authority(self) -> Path:
        """The certificate of the town's own authority; nobody trusts it unless told to."""
        return self.config / "certificat.pem"

    @property
    def settings(self) -> AsteriskSettings:
        return AsteriskSettings(f"http://127.0.0.1:{self.http_port}", "accueil", PASSWORD, "accueil")

    def render(self) -> None:
        password_file = self.config.with_suffix(".password")
        password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        self.config.mkdir(parents=True, exist_ok=True)
        if not (self.config / "certificat.pem").exists():
            write_certificate(self.config, "localhost")
        pin_file = self.config.with_suffix(".code-messagerie")
        pin_file.write_text(VOICEMAIL_PIN + "\n", encoding="utf-8")
        post_password_file = self.config.with_suffix(".post-password")
        post_password_file.write_text((self.post_password or "") + "\n", encoding="utf-8")
        # Below the kernel's own range, so that no socket of a test sits there; apart for each process.
        rtp_first = 12_000 + os.getpid() % (18_000 // self.rtp_ports) * self.rtp_ports
        subprocess.run(
            [
                str(ASTERISK / "render"),
                str(self.config),
                f"--ari-password-file={password_file}",
                f"--voicemail-pin-file={pin_file}",
                f"--sip-port={self.sip[1]}",
                f"--http-port={self.http_port}",
                f"--rtp-first={rtp_first}",
                f"--rtp-last={rtp_first + self.rtp_ports - 1}",
                f"--trunk-port={self.trunk_port}",
                f"--post=sip:poste-accueil@127.0.0.1:{self.post_port}",
                f"--agents={self.agents}",
                "--tls-bind=127.0.0.1",
                f"--tls-port={self.tls_port}",
                "--tls-cert=/etc/asterisk/certificat.pem",
                "--tls-key=/etc/asterisk/cle.pem",
                *((f"--post-password-file={post_password_file}",) if self.post_password else ()),
                "--queue-patience-s=3",
                "--on-call-patience-s=3",
                "--sounds=/etc/asterisk/sounds",
            ],
            check=True,
        )

    def _lab(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            [str(ASTERISK / "lab"), *arguments],
            env={**os.environ, "ASTERISK_LAB_INSTANCE": self.instance},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            hint = "\nasterisk/lab install, or `make setup`, installs it." if "install" in done.stderr else ""
            pytest.fail(f"asterisk/lab {' '.join(arguments)}: {done.stderr.strip()}{hint}")
        return done.stdout

    def start(self) -> None:
        self._lab("start", str(self.config))

    def stop(self) -> None:
        self._lab("stop")

    def clean(self) -> None:
        self._lab("clean")

    def cli(self, command: str) -> str:
        """What Asterisk's console answers."""
        return self._lab("cli", command)

    @property
    def spool(self) -> Path:
        return Path(self._paths["spool"])

    @property
    def pid(self) -> int:
        """Of the Asterisk that runs."""
        return int((Path(self._paths["state"]) / "pid").read_text(encoding="ascii"))

    @property
    def _paths(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self._lab("paths").splitlines())

    def channels(self) -> list[str]:
        """The names of the channels that exist."""
        return [
            line.split("!")[0] for line in self.cli("core show channels concise").splitlines() if "!" in line
        ]

    def bridges(self) -> list[str]:
        return [line.split()[0] for line in self.cli("bridge show all").splitlines()[1:] if line.strip()]

    def wait_until_empty(self, timeout_s: float = 5.0) -> None:
        """Fails the test when a channel or a bridge is still there after that."""
        deadline = time.monotonic() + timeout_s
        while left := self.channels() + self.bridges():
            if time.monotonic() > deadline:
                pytest.fail(f"left in Asterisk: {left}")
            time.sleep(0.1)


@pytest.fixture(scope="session")
def lab(worker_name: str) -> Iterator[AsteriskLab]:
    """A running Asterisk with our configuration, shared by the tests of one process."""
    folder = Path(tempfile.mkdtemp(prefix="standardiste-lab-"))
    instance = AsteriskLab(f"essai-{worker_name}-{os.getpid()}", folder / "etc")
    instance.render()
    try:
        instance.start()
        yield instance
    finally:
        instance.clean()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """This process among those that run tests side by side."""
    return os.environ.get("PYTEST_XDIST_WORKER", "seul")
