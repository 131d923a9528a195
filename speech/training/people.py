"""Recorded people: Asterisk's French prompts, GCompris, Common Voice-shaped folders; who is kept apart.

Nothing of `asterisk-prompt-fr-armelle` or of test recordings is read here: see `measure.py`.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from speech.engines.phoneme_ctc import PhonemeCtc
from speech.grammar.phonemes import phonemes
from speech.training.material import MAX_SECONDS, RATE_HZ, trimmed
from speech.training.segments import pieces

Row = tuple[npt.NDArray[np.int16], tuple[int, ...], str, str, str]


@dataclass(frozen=True)
class Places:
    """Where recordings lie; None where there are none."""

    asterisk_sounds: Path | None = None
    """Folder with `vm-goodbye.wav`, `digits/`, …"""
    asterisk_texts: Path | None = None
    """core-sounds-fr.txt or .txt.gz"""
    gcompris: Path | None = None
    """Folder with `words/`, `alphabet/`, `words.json`"""
    common_voice: tuple[Path, ...] = ()
    """Folders with validated.tsv or train.tsv, and clips/"""


def kept_apart(key: str, one_in: int = 10) -> bool:
    """Whether this text (or speaker) belongs to the held part; the same on every machine."""
    return zlib.crc32(key.encode()) % one_in == 0


def sound_of(path: Path) -> npt.NDArray[np.int16]:
    """A recording as 16 kHz int16 mono; raw GSM by its name."""
    raw = (
        {"format": "RAW", "subtype": "GSM610", "channels": 1, "samplerate": 8000}
        if path.suffix == ".gsm"
        else {}
    )
    samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True, **raw)
    mono = samples.mean(axis=1)
    if rate != RATE_HZ:
        mono = soxr.resample(mono, rate, RATE_HZ, quality="HQ")
    return np.asarray(np.clip(mono * 32767, -32767, 32767), np.int16)


def _usable(samples: npt.NDArray[np.int16], said: tuple[int, ...]) -> bool:
    """Long enough to say it, short enough for the encoder, and about as fast as people speak."""
    seconds = len(samples) / RATE_HZ
    return bool(said) and 0.15 < seconds <= MAX_SECONDS and 2.5 < len(said) / seconds < 25


_LETTER_NAMES = dict(
    zip("abcdefghijklmnopqrstuvwxyz",
        ["a", "bé", "cé", "dé", "eu", "effe", "gé", "hache", "i", "ji", "ka", "elle", "aime", "enne", "o",
        "pé", "ku", "erre", "esse", "té", "u", "vé", "double_vé", "ixe", "i_grec", "zède"],
        strict=True)
)  # fmt: skip


def _asterisk_prompts(places: Places) -> Iterator[tuple[Path, str]]:
    """Files of the sound set with their texts, without the remarks in brackets."""
    if places.asterisk_sounds is None or places.asterisk_texts is None:
        return
    opened = gzip.open if places.asterisk_texts.suffix == ".gz" else open
    with opened(places.asterisk_texts, "rt", encoding="utf-8") as lines:
        entries = [line.split(":", 1) for line in lines if ":" in line and not line.startswith(";")]
    for name, text in ((name.strip(), text.strip(' \n.…"“”')) for name, text in entries):
        path = places.asterisk_sounds / f"{name}.wav"
        if not text or text[0] in "[(" or not path.exists():
            continue
        if name.startswith("letters/") and len(text) == 1:
            text = _LETTER_NAMES.get(text, text).replace("_", " ")
        yield path, re.sub(r"\[.*?\]|\(.*?\)", "", text)


def _asterisk(places: Places) -> Iterator[Row]:
    for path, text in _asterisk_prompts(places):
        yield from _row(path, text, "June Wallack", "asterisk")


def long_recordings(places: Places, model: PhonemeCtc) -> Iterator[Row]:
    """The prompts that are too long, in pieces that an earlier model aligned; none of the held part."""
    for path, text in _asterisk_prompts(places):
        samples = trimmed(sound_of(path))
        if len(samples) > MAX_SECONDS * RATE_HZ:
            for piece, said, part in pieces(model, samples, text):
                if not kept_apart(part):
                    yield piece, said, part, "June Wallack", "asterisk"


def _gcompris(places: Places) -> Iterator[Row]:
    if places.gcompris is None:
        return
    texts = json.loads((places.gcompris / "words.json").read_text(encoding="utf-8"))
    for name, text in texts.items():
        for folder in ("words", "alphabet"):
            path = places.gcompris / folder / name
            if path.exists():
                yield from _row(path, text, "Zohra Coudoin", "gcompris")


def _common_voice(places: Places) -> Iterator[Row]:
    for folder in places.common_voice:
        table = next(
            (folder / name for name in ("validated.tsv", "train.tsv") if (folder / name).exists()), None
        )
        if table is None:
            raise FileNotFoundError(f"{folder} has neither validated.tsv nor train.tsv")
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                path = folder / "clips" / row["path"]
                if path.exists():
                    yield from _row(
                        path, row["sentence"], row.get("client_id") or folder.name, "common_voice"
                    )


def _row(path: Path, text: str, speaker: str, source: str) -> Iterator[Row]:
    try:
        samples = trimmed(sound_of(path))
    except soundfile.LibsndfileError:
        return
    said = phonemes(text)
    if _usable(samples, said):
        yield samples, said, text, speaker, source


def recordings(places: Places, *, held: bool) -> Iterator[Row]:
    """The recordings to train on, or with `held` those kept apart.

    One item in ten of the two women who read alone; one speaker in twenty of a Common Voice folder.
    """
    for row in (*_asterisk(places), *_gcompris(places)):
        if kept_apart(row[2]) == held:
            yield row
    for row in _common_voice(places):
        if kept_apart(row[3], 20) == held:
            yield row
