"""Models fetched from a real local server: interrupted, resumed, corrupted, unreachable."""

import hashlib
import io
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.random_whisper import SHAPES, multilingual_tokenizer, random_weights
from speech.catalogue import RECOMMENDED, RecommendedModel, RemoteFile
from speech.engines.ct2_file import whisper_shape
from speech.errors import FetchFailed
from speech.fetching import Progress, fetch, progress_bar, verify
from tests.speech.published_whisper import config, safetensors

CONTENT = {"a/config.json": b'{"x": 1}', "a/model.bin": bytes(range(256)) * 4000}


class Hub(ThreadingHTTPServer):
    """A model hub that knows ranges and can cut a download short."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.cut_after: int | None = None
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path, wanted = self.path.lstrip("/"), self.headers.get("Range")
        self.server.asked.append((path, wanted))
        content = CONTENT.get(path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        cut = self.server.cut_after if path.endswith("model.bin") else None
        self.wfile.write(content[start:] if cut is None else content[start : start + cut])

    def log_message(self, *_args: object) -> None:
        """Tests stay silent."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def model(sha256: str | None = None) -> RecommendedModel:
    files = (RemoteFile("a/config.json"), RemoteFile("a/model.bin", sha256))
    return RecommendedModel("test", "ears", files, 1, 1, 1, "")


def test_a_model_is_installed_whole_and_only_once(hub: Hub, tmp_path: Path) -> None:
    seen: list[Progress] = []
    sha256 = hashlib.sha256(CONTENT["a/model.bin"]).hexdigest()
    fetched = fetch(model(sha256), tmp_path, hub=hub.url, on_progress=seen.append)
    assert (fetched.path / "model.bin").read_bytes() == CONTENT["a/model.bin"]
    assert seen[-1] == Progress("model.bin", 1_024_000, 1_024_000)
    assert fetch(model(), tmp_path, hub=hub.url).downloaded_bytes == 0
    assert [path.name for path in tmp_path.iterdir()] == ["test"]


def test_an_interrupted_download_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 300_000
    with pytest.raises(FetchFailed, match="reprendra"):
        fetch(model(), tmp_path, hub=hub.url)
    assert not (tmp_path / "test").exists()
    hub.cut_after = None
    fetched = fetch(model(), tmp_path, hub=hub.url)
    assert fetched.downloaded_bytes == 724_000
    assert hub.asked[-1] == ("a/model.bin", "bytes=300000-")
    assert (fetched.path / "model.bin").read_bytes() == CONTENT["a/model.bin"]


def test_a_wrong_checksum_throws_the_file_away(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="somme de contrôle"):
        fetch(model("0" * 64), tmp_path, hub=hub.url)
    assert not (tmp_path / "test").exists()
    assert not list(tmp_path.rglob("model.bin*"))


def test_a_file_that_is_not_there_is_said_with_its_code(hub: Hub, tmp_path: Path) -> None:
    missing = RecommendedModel("none", "ears", (RemoteFile("b/model.bin"),), 1, 1, 1, "")
    with pytest.raises(FetchFailed, match="404"):
        fetch(missing, tmp_path, hub=hub.url)


def test_an_unreachable_hub_is_said_in_seconds(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        started = time.monotonic()
        with pytest.raises(FetchFailed, match="injoignable") as caught:
            fetch(model(), tmp_path, hub=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert time.monotonic() - started < 30
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_changed_after_the_fetch_is_noticed(hub: Hub, tmp_path: Path, recogniser_dir: Path) -> None:
    fetched = fetch(model(), tmp_path, hub=hub.url)
    [broken] = verify((tmp_path,))
    assert not broken.ok
    for path in recogniser_dir.iterdir():
        (fetched.path / path.name).write_bytes(path.read_bytes())
    [changed] = verify((tmp_path,))
    assert (changed.ok, changed.note) == (False, "config.json n'est plus le fichier téléchargé")
    (fetched.path / "sha256.json").unlink()
    [by_hand] = verify((tmp_path,))
    assert by_hand.ok
    assert "sans somme de contrôle" in by_hand.note


def test_a_model_for_researchers_is_converted_as_it_comes(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = replace(SHAPES["tiny"], width=64, heads=2, encoder_layers=1, decoder_layers=1)
    monkeypatch.setitem(CONTENT, "r/config.json", config(sizes).encode())
    monkeypatch.setitem(CONTENT, "r/tokenizer.json", multilingual_tokenizer().to_str().encode())
    monkeypatch.setitem(CONTENT, "r/model.safetensors", safetensors(dict(random_weights(sizes))))
    files = tuple(RemoteFile(path) for path in CONTENT if path.startswith("r/"))
    wanted = RecommendedModel("acft", "ears", files, 1, 1, 1, "", converted=True)
    fetched = fetch(wanted, tmp_path, hub=hub.url)
    assert whisper_shape(fetched.path).tuned_short
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acft"]
    assert not (fetched.path / "model.safetensors").exists()
    assert all(result.ok for result in verify((tmp_path,)))
    monkeypatch.setitem(CONTENT, "r/model.safetensors", b"no model")
    with pytest.raises(FetchFailed, match="convertit") as caught:
        fetch(replace(wanted, name="broken"), tmp_path, hub=hub.url)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acft"]


def test_the_progress_bar_fills() -> None:
    stream = io.StringIO()
    draw = progress_bar(stream)
    for done in (0, 50, 100):
        draw(Progress("model.bin", done * 10**6, 100 * 10**6))
    assert " 50 %" in stream.getvalue()
    assert stream.getvalue().endswith("100.0 Mo\n")


def test_the_table_has_a_whisper_and_a_voice_and_each_says_what_it_needs() -> None:
    assert {entry.kind for entry in RECOMMENDED} == {"ears", "voice"}
    assert len({entry.name for entry in RECOMMENDED}) == len(RECOMMENDED)
    for entry in RECOMMENDED:
        assert entry.memory_mb > 0
        assert entry.note
        assert all("/resolve/" in file.path for file in entry.files)
