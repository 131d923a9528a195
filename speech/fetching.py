"""Downloads models from the hub: resumable, checked, and never half there."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import httpx

from speech.catalogue import HUB, RecommendedModel, RemoteFile
from speech.errors import FetchFailed, UnusableModel
from speech.models import InstalledModel, installed

CHECKSUMS = "sha256.json"
"""The file beside a model that says what was fetched."""
TIMEOUT = httpx.Timeout(20.0, connect=4.0)


@dataclass(frozen=True)
class Progress:
    """How far one file has come."""

    file: str
    done_bytes: int
    total_bytes: int | None


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Fetched:
    """A model that is there now."""

    name: str
    path: Path
    downloaded_bytes: int
    """0 where it was there already."""


@dataclass(frozen=True)
class Verified:
    """Whether a model's files are what was fetched."""

    name: str
    path: Path
    ok: bool
    note: str
    """In French: why not, or how far that can be known."""


def fetch(
    model: RecommendedModel, into: Path, *, hub: str = HUB, on_progress: OnProgress = lambda _: None
) -> Fetched:
    """Installs the model as a folder of `into`; goes on where an earlier fetch was interrupted.

    Raises FetchFailed in one plain sentence when the hub cannot be reached (in seconds) or sends what it
    should not.
    """
    target = into / model.name
    if target.is_dir():
        return Fetched(model.name, target, 0)
    partial = into / f".{model.name}.partial"
    downloaded = 0
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with httpx.Client(base_url=hub, timeout=TIMEOUT, follow_redirects=True) as client:
            for file in model.files:
                downloaded += _fetch_file(client, file, partial, on_progress)
        ready = _converted(model, partial) if model.converted else partial
        sums = {path.name: sha256_of(path) for path in sorted(ready.iterdir())}
        (ready / CHECKSUMS).write_text(json.dumps(sums, indent=1), "utf-8")
        ready.rename(target)
        if model.converted:
            shutil.rmtree(partial)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        _drop_if_empty(partial)
        raise FetchFailed(
            f"{model.name} : {httpx.URL(hub).host} est injoignable depuis cette machine"
        ) from error
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        raise FetchFailed(f"{model.name} : le dépôt de modèles répond par l'erreur {code}") from error
    except httpx.HTTPError as error:
        raise FetchFailed(f"{model.name} : téléchargement interrompu ; relancez-le, il reprendra") from error
    except OSError as error:
        raise FetchFailed(f"{into} : impossible d'y écrire le modèle") from error
    return Fetched(model.name, target, downloaded)


def _converted(model: RecommendedModel, partial: Path) -> Path:
    """The folder of the model that was made from what came; what came is thrown away if it is no model."""
    from speech.engines.whisper_conversion import convert

    ready = partial / "converted"
    shutil.rmtree(ready, ignore_errors=True)
    try:
        convert(partial, ready, tuned_short=True)
    except UnusableModel as error:
        shutil.rmtree(partial)
        raise FetchFailed(f"{model.name} : ce qui est arrivé ne se convertit pas ({error})") from error
    return ready


def _fetch_file(client: httpx.Client, file: RemoteFile, folder: Path, on_progress: OnProgress) -> int:
    """Downloads what is missing of one file; the number of bytes that came."""
    final = folder / file.name
    if final.exists():
        return 0
    partial = folder / f"{file.name}.partial"
    have = partial.stat().st_size if partial.exists() else 0
    # Bytes as they lie on the hub, so that a range of them means what it says.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    came = 0
    with client.stream("GET", f"/{file.path}", headers=headers) as response:
        if response.status_code == 416:
            # The file on the hub is no longer than what we have: another one, or already whole.
            partial.unlink()
            raise httpx.ReadError("nothing left to send")
        response.raise_for_status()
        if response.status_code != 206:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with partial.open("ab" if have else "wb") as out:
            for piece in response.iter_bytes():
                out.write(piece)
                came += len(piece)
                on_progress(Progress(file.name, have + came, total))
    if total is not None and have + came != total:
        raise httpx.ReadError("the connection closed early")
    if file.sha256 is not None and sha256_of(partial) != file.sha256:
        partial.unlink()
        raise FetchFailed(f"{file.name} : la somme de contrôle est fausse, le fichier reçu a été jeté")
    partial.rename(final)
    return came


def _drop_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def verify(model_dirs: tuple[Path, ...]) -> list[Verified]:
    """Compares every installed model with the checksums recorded when it was fetched."""
    return [_verified(model) for model in installed(model_dirs)]


def _verified(model: InstalledModel) -> Verified:
    folder = model.path if model.path.is_dir() else model.path.parent
    if model.problem:
        return Verified(model.name, model.path, False, model.problem)
    record = folder / CHECKSUMS
    if not record.is_file():
        note = "lisible ; installé à la main, sans somme de contrôle connue"
        return Verified(model.name, model.path, True, note)
    try:
        sums: dict[str, str] = json.loads(record.read_text("utf-8"))
    except ValueError:
        return Verified(model.name, model.path, False, f"{record} est illisible")
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != expected:
            return Verified(model.name, model.path, False, f"{name} n'est plus le fichier téléchargé")
    return Verified(model.name, model.path, True, "identique à ce qui a été téléchargé")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def progress_bar(stream: TextIO) -> OnProgress:
    """A handler that draws one line per file, for people who wait."""
    width = min(30, shutil.get_terminal_size().columns // 3)
    drawn: dict[str, int] = {}

    def draw(progress: Progress) -> None:
        total = progress.total_bytes
        percent = 100 * progress.done_bytes // total if total else progress.done_bytes >> 20
        if drawn.get(progress.file) == percent:
            return
        drawn[progress.file] = percent
        done_mb = progress.done_bytes / 1e6
        bar = f"[{'#' * (width * percent // 100):<{width}}] {percent:3d} %" if total else ""
        end = "\n" if progress.done_bytes == total else ""
        stream.write(f"\r{progress.file:<28} {bar} {done_mb:8.1f} Mo{end}")
        stream.flush()

    return draw
