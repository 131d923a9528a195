"""Sentences that somebody has recorded, to be heard instead of the voice: `enregistrements.yaml`.

The sound lies beside, in `enregistrements/`, under the digest of what it is: a file never changes, and the
versions of a content may share it. It stands for its text alone: a sentence that is written otherwise
afterwards is spoken by the voice again.
"""

import hashlib
import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from prompts.errors import ContentError
from prompts.fields import Content, Text
from prompts.versions_files import sweep, write_whole
from prompts.yaml_source import YamlPath, read_yaml

FILE, FOLDER = "enregistrements.yaml", "enregistrements"
RATE_HZ = 16_000
MOST_S = 1200
"""Of all recordings of a content: twenty minutes are 38 MB."""
Sound = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Recording(Content):
    text: Text = Field(alias="texte", description="ce qu'on y entend, mot pour mot")
    sound: Sound = Field(alias="son", description="l'empreinte SHA-256 du fichier .wav, et son nom")
    seconds: float = Field(alias="duree_s", gt=0, le=120)


class RecordingBook(Content):
    recordings: dict[str, Recording] = Field({}, alias="enregistrements", max_length=500)
    """By the sentence that each was made for."""


@dataclass(frozen=True)
class Recorded:
    text: str
    path: Path
    """A WAV, 16 kHz, mono, 16 bits, at the line's loudness."""


def path_of(content: Path, sound: str) -> Path:
    return content / FOLDER / f"{sound}.wav"


def recorded_in(content: Path, book: RecordingBook) -> tuple[Recorded, ...]:
    """Each recording with its sound."""
    return tuple(Recorded(each.text, path_of(content, each.sound)) for each in book.recordings.values())


def problems_in(content: Path, book: RecordingBook) -> Iterator[tuple[YamlPath, str]]:
    """Recordings whose sound is not what was recorded."""
    for key, each in book.recordings.items():
        if not _is_whole(path_of(content, each.sound), each.sound):
            yield (
                ("enregistrements", key),
                f"l'enregistrement de « {each.text[:60]} » manque ou est abîmé ; refaites-le, ou retirez-le",
            )
    if sum(each.seconds for each in book.recordings.values()) > MOST_S:
        yield ("enregistrements",), f"plus de {MOST_S // 60} minutes d'enregistrements : retirez-en"


def _is_whole(path: Path, sound: str) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == sound and seconds_of(data) is not None


def seconds_of(data: bytes) -> float | None:
    """How long a WAV of ours lasts; None where it is none."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            ours = (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
            whole = len(file.readframes(file.getnframes())) == 2 * file.getnframes()
            return round(file.getnframes() / RATE_HZ, 1) if ours and whole else None
    except (wave.Error, EOFError):
        return None


def keep_sound(content: Path, data: bytes, text: str) -> dict[str, Any]:
    """Writes the sound into a content; what its part of the file says of it."""
    sound = hashlib.sha256(data).hexdigest()
    path = path_of(content, sound)
    if not path.exists():
        write_whole(path, data)
    return {"texte": text, "son": sound, "duree_s": seconds_of(data)}


def bring_sounds(newer: Path, content: Path) -> None:
    """The sounds of another content too, whose recordings were taken into this one; no more than are used."""
    for path in (newer / FOLDER).glob("*.wav"):
        if not path_of(content, path.stem).exists():
            write_whole(path_of(content, path.stem), path.read_bytes())
    drop_unused(content)


def drop_unused(content: Path) -> None:
    """Takes away the sounds that no recording names. Only for who holds the store's lock."""
    if not (content / FOLDER).is_dir():
        return
    try:
        found = read_yaml(content / FILE, FILE).value.get("enregistrements") if _has(content) else None
    except ContentError:
        return
    kept = found.values() if isinstance(found, dict) else ()
    named = {str(each.get("son")) for each in kept if isinstance(each, dict)}
    sweep(content / FOLDER)
    for path in (content / FOLDER).glob("*.wav"):
        if path.stem not in named:
            path.unlink(missing_ok=True)


def _has(content: Path) -> bool:
    return (content / FILE).exists()
