"""Recorded people kept for the test, and what they say. Nothing here may be trained on.

Armelle (Debian `asterisk-prompt-fr-armelle`, one woman) has no texts but its file names; GCompris' geography
has four
speakers who are in no training material; `audio-dev` is a folder with manifest.tsv.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from speech.french_numbers import LETTERS
from speech.grammar.kinds import DAYS, MONTHS
from speech.grammar.numbers import UNITS, below_hundred
from speech.training.material import trimmed
from speech.training.people import sound_of


@dataclass(frozen=True)
class Recording:
    """One recording: `said` are the texts any of which it may be (a file name does not tell articles)."""

    samples: npt.NDArray[np.int16]
    said: tuple[str, ...]
    kind: str
    """The grammar it is an answer to; empty where it is none (speech outside the domain)"""
    speaker: str


_ARMELLE: tuple[tuple[str, str, str], ...] = (
    *((f"digits/{number}", UNITS[number], "digit") for number in range(10)),
    *((f"digits/{number}", below_hundred(number), "count") for number in (*range(10, 21), *range(30, 100,
    10))),
    *((f"digits/day-{number}", DAYS[number - 1], "date") for number in range(7)),
    *((f"digits/mon-{number}", month, "date") for number, month in enumerate(MONTHS)),
    ("digits/today", "aujourd'hui", "date"), ("digits/tomorrow", "demain", "date"), ("digits/yesterday",
    "hier", "date"),
    *((f"letters/{letter.lower()}", letter, "name") for letter in LETTERS),
)  # fmt: skip
_COUNTRIES: dict[str, tuple[str, str]] = {
    "alaska": ("Alaska", "B"), "argentina": ("Argentine", "B"), "bahamas": ("Bahamas", "B"),
    "bolivia": ("Bolivie", "B"),
    "brazil": ("Brésil", "B"), "canada": ("Canada", "B"), "chile": ("Chili", "B"), "colombia": ("Colombie",
    "B"),
    "costa_rica": ("Costa Rica", "B"), "cuba": ("Cuba", "T"),
    "dominican_republic": ("République dominicaine", "T"),
    "ecuador": ("Équateur", "B"), "french_guiana": ("Guyane française", "B"), "greenland": ("Groenland", "B"),
    "guatemala": ("Guatemala", "B"), "guyana": ("Guyana", "B"), "haiti": ("Haïti", "B"),
    "honduras": ("Honduras", "B"),
    "iceland": ("Islande", "B"), "jamaica": ("Jamaïque", "B"), "mexico": ("Mexique", "B"),
    "nicaragua": ("Nicaragua", "B"),
    "panama": ("Panama", "B"), "paraguay": ("Paraguay", "B"), "peru": ("Pérou", "B"),
    "salvador": ("Salvador", "B"),
    "suriname": ("Surinam", "B"), "uruguay": ("Uruguay", "B"), "venezuela": ("Venezuela", "B"),
    "austria": ("Autriche", "C"),
    "denmark": ("Danemark", "C"), "belgium": ("Belgique", "C"), "finland": ("Finlande", "C"),
    "france": ("France", "C"),
    "germany": ("Allemagne", "C"), "ireland": ("Irlande", "C"), "italy": ("Italie", "C"),
    "luxembourg": ("Luxembourg", "C"),
    "norway": ("Norvège", "C"), "portugal": ("Portugal", "C"), "spain": ("Espagne", "C"), "sweden": ("Suède",
    "C"),
    "asia": ("Asie", "J"), "america": ("Amérique", "J"), "oceania": ("Océanie", "J"), "africa": ("Afrique",
    "J"),
}  # fmt: skip
"""File, name, and speaker by geography/README: Baptiste, Thibault, Clara, Julien."""


def with_articles(name: str) -> tuple[str, ...]:
    """A country's name as it may be said."""
    return (name, f"l'{name}") if name[0] in "AEIOUÉ" else (name, f"le {name}", f"la {name}", f"les {name}")


def armelle(folder: Path) -> Iterator[Recording]:
    """Numbers, days, months and letters, then the longer prompts as speech outside the domain."""
    known = {name for name, _, _ in _ARMELLE}
    for name, text, kind in _ARMELLE:
        path = folder / f"{name}.gsm"
        if path.exists():
            yield Recording(trimmed(sound_of(path)), (text,), kind, "Armelle")
    for path in sorted(folder.glob("*.gsm")):
        samples = trimmed(sound_of(path))
        if path.stem not in known and len(samples) > 1.2 * 16000:
            yield Recording(samples[: 8 * 16000], (), "", "Armelle")


def countries(gcompris: Path) -> Iterator[Recording]:
    for name, (country, speaker) in _COUNTRIES.items():
        path = gcompris / "geography" / f"{name}.ogg"
        if path.exists():
            yield Recording(trimmed(sound_of(path)), with_articles(country), "choice", f"geography-{speaker}")


def introductions(gcompris: Path) -> Iterator[Recording]:
    """Sentences outside the domain by a woman whose single words were trained on: to be rejected."""
    for path in sorted((gcompris / "intro").glob("*.ogg")):
        try:
            samples = sound_of(path)
        except soundfile.LibsndfileError:
            continue  # a few of the files are links to others, checked out as text
        yield Recording(trimmed(samples)[: 8 * 16000], (), "", "Zohra Coudoin")


def manifest(folder: Path) -> Iterator[Recording]:
    """A folder with manifest.tsv (file, kind, transcript): clips of at most 8 s with a transcript."""
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            samples = trimmed(sound_of(folder / row["file"]))
            text = row["transcript"].replace("3061", "trois mille soixante et un")
            if text:
                yield Recording(samples, (text,), "", f"{row['kind']}:{row['file']}")
