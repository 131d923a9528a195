"""The audit of libraries: a known flaw is named; a service that does not answer is not taken for « none »."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAW = {
    "id": "GHSA-0000-0000-0000",
    "modified": "2026-11-01T00:00:00Z",
    "published": "2026-11-01T00:00:00Z",
    "aliases": ["CVE-2026-0001"],
    "summary": "Une faille.",
    "affected": [
        {
            "package": {"name": "alpha", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
            "versions": ["1.0"],
        }
    ],
}
"""As the service describes one (ossf.github.io/osv-schema)."""
HASH = f"--hash=sha256:{'0' * 64}"


class Advisories(BaseHTTPRequestHandler):
    """Knows one flaw, of one version of one library."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == "alpha" and asked["version"] == "1.0"
        body = json.dumps({"vulns": [FLAW]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Advisories) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


def audited(lock: Path, service: str, *libraries: str) -> tuple[int, str]:
    lock.write_text("".join(f"{each} {HASH}\n" for each in libraries), encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(lock.parent), "OSV_URL": service}
    done = subprocess.run(
        [ROOT / "scripts" / "audit", lock], capture_output=True, text=True, env=environment, check=False
    )
    return done.returncode, done.stdout


def test_a_known_flaw_is_named_with_the_version_that_mends_it(tmp_path: Path, service: str) -> None:
    code, told = audited(tmp_path / "lock", service, "alpha==1.0", "beta==2.0")
    assert code == 1
    assert "alpha 1.0 : CVE-2026-0001, GHSA-0000-0000-0000 (corrigée dans : 1.1)" in told
    assert "2 bibliothèques vérifiées, 1 avec une faille connue" in told


def test_libraries_without_a_known_flaw_pass(tmp_path: Path, service: str) -> None:
    code, told = audited(tmp_path / "lock", service, "alpha==1.1", "beta==2.0")
    assert code == 0
    assert "2 bibliothèques vérifiées, 0 avec une faille connue" in told


def test_what_could_not_be_asked_is_not_said_to_be_verified(tmp_path: Path) -> None:
    code, told = audited(tmp_path / "lock", "http://127.0.0.1:9/v1/query", "alpha==1.0")
    assert code == 3
    assert "n'a PAS été vérifié" in told
