"""Turns of recorded people: Armelle's digits and days put together, and whole sentences of a folder.

Nothing here was trained on (speech/training/recordings_for_test.py).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.turns.scripts import OPEN, Piece, Script
from speech.audio import Samples
from speech.grammar.kinds import DAYS, MONTHS
from speech.grammar.numbers import UNITS, below_hundred
from speech.training import recordings_for_test

NUMBERS_OF_ARMELLE, DATES_OF_ARMELLE = 8, 6


@dataclass(frozen=True)
class Spoken:
    script: Script
    sound: Callable[[str], Samples]
    """The recording of one of the script's pieces."""
    speaker: str


def spoken(folders: Sequence[Path], seed: int) -> Iterator[Spoken]:
    """What the known folders hold; nothing where they hold nothing known."""
    for folder in folders:
        if (folder / "manifest.tsv").is_file():
            yield from _sentences(folder)
        elif (folder / "digits").is_dir() and (folder / "letters").is_dir():
            yield from _armelle(folder, random.Random(seed))


def _sentences(folder: Path) -> Iterator[Spoken]:
    """Sentences that ask nothing of a town hall: for when they are answered, not for what is understood."""
    for one in recordings_for_test.manifest(folder):
        script = Script(OPEN, (Piece(one.said[0]),), "")
        yield Spoken(script, lambda _text, samples=one.samples: samples, one.speaker)  # type: ignore[misc]


def _armelle(folder: Path, rng: random.Random) -> Iterator[Spoken]:
    """Telephone numbers by pairs and dates, put together from a woman's single words."""
    sounds = {one.said[0]: one.samples for one in recordings_for_test.armelle(folder) if one.kind}
    for _ in range(NUMBERS_OF_ARMELLE):
        pairs = [
            f"0{rng.choice('67')}",
            *(f"{rng.choice('2345')}{rng.choice('023456789')}" for _ in range(4)),
        ]
        pieces = [piece for pair in pairs for piece in _pair(pair, rng)]
        yield Spoken(
            Script("phone", tuple(pieces), " ".join(_words(pair) for pair in pairs)),
            sounds.__getitem__,
            "Armelle",
        )
    for _ in range(DATES_OF_ARMELLE):
        words = (rng.choice(DAYS), UNITS[rng.randrange(2, 17)], rng.choice(MONTHS))
        pieces = [Piece(word, rng.uniform(0.05, 0.4)) for word in words]
        yield Spoken(Script("date", tuple(pieces), " ".join(words)), sounds.__getitem__, "Armelle")


def _pair(digits: str, rng: random.Random) -> list[Piece]:
    """Two digits as the words that were recorded one by one."""
    pause = rng.uniform(0.1, 0.8)
    if digits[0] == "0":
        return [Piece("zéro", 0.03), Piece(UNITS[int(digits[1])], pause)]
    tens = below_hundred(10 * int(digits[0]))
    return (
        [Piece(tens, pause)] if digits[1] == "0" else [Piece(tens, 0.02), Piece(UNITS[int(digits[1])], pause)]
    )


def _words(digits: str) -> str:
    return f"zéro {UNITS[int(digits[1])]}" if digits[0] == "0" else below_hundred(int(digits))
