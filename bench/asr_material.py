"""What recognisers are measured on: voices no training heard, recorded people, speech of no concern."""

import csv
import json
import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from speech.audio import Samples
from speech.french_numbers import LETTERS
from speech.grammar.kinds import COMMANDS, DAYS, MONTHS, NO, YES
from speech.grammar.numbers import UNITS, below_hundred
from speech.training import people, recordings_for_test
from speech.training.material import MAX_SECONDS, RATE_HZ, trimmed
from speech.training.texts import answers, domain, general
from speech.training.texts.numbers import phone
from speech.training.voices import HELD_VARIANTS, data_folder, manner, speak

FIT_VARIANTS, TEST_VARIANTS = HELD_VARIANTS[::2], HELD_VARIANTS[1::2]
"""Of the voices no training hears, half to fit confidences on and half to test them."""
OPEN, FREE, OUTSIDE = "open", "free", "outside"
"""Kinds without an awaited answer: a sentence the town's list has, one it need not have, none of ours."""
N_CHOICES = 12
NEURAL = "neural voices"


@dataclass(frozen=True)
class Item:
    """One recording and the question it answers."""

    samples: Samples
    """16 kHz, as recorded; the telephone comes later."""
    said: tuple[str, ...]
    """The texts any of which it may be; () where nobody wrote it down."""
    kind: str
    speaker: str
    choices: tuple[str, ...] = ()

    @property
    def expects(self) -> str | None:
        return None if self.kind in (OPEN, FREE, OUTSIDE) else self.kind


@dataclass(frozen=True)
class Words:
    """What callers of this town are awaited to say to an open question."""

    phrases: tuple[str, ...]
    keywords: tuple[str, ...]
    services: tuple[str, ...]


def _date(rng: random.Random) -> str:
    day, number = rng.choice(DAYS), below_hundred(rng.randint(2, 31))
    forms = [day, day, f"{day} prochain", f"{day} matin", f"{day} après-midi", "demain", "après-demain",
             f"le {number} {rng.choice(MONTHS)}", f"{day} {number} {rng.choice(MONTHS)}",
             "la semaine prochaine"]  # fmt: skip
    return rng.choice(forms)


def _time(rng: random.Random) -> str:
    hour = f"{below_hundred(rng.randint(7, 20))} heures"
    return rng.choice([hour, f"à {hour}", f"{hour} trente", f"{hour} et quart", f"vers {hour}", "midi"])


def _letters(rng: random.Random) -> str:
    return " ".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(2, 5)))


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "yes_no": lambda rng: rng.choice(rng.choice([(*YES, *answers.YES), (*NO, *answers.NO)])),
    "digit": lambda rng: rng.choice(UNITS[:10]),
    "count": lambda rng: below_hundred(rng.randrange(100)),
    "date": _date,
    "time": _time,
    "command": lambda rng: rng.choice(COMMANDS),
    "phone": lambda rng: phone(rng).replace(",", ""),
    "name": _letters,
}  # fmt: skip


def synthetic(
    work: Path, variants: Sequence[str], per_kind: int, seed: int, words: Words, kinds: Sequence[str] = ()
) -> Iterator[Item]:
    """Closed answers, sentences and speech outside the domain, said by these voices of espeak-ng.

    `kinds` names those wanted; all without.
    """
    rng = random.Random(seed)
    folder = data_folder(work)
    makers = {
        **MAKERS,
        "choice": lambda rng: rng.choice(words.services),
        OPEN: lambda rng: rng.choice(words.phrases),
        FREE: domain.request,
        OUTSIDE: general.sentence,
    }
    for kind, maker in makers.items():
        made = 0 if not kinds or kind in kinds else per_kind
        while made < per_kind:
            text, how = maker(rng), manner(rng, list(variants))
            said = " ".join(LETTERS[letter] for letter in text.split()) if kind == "name" else text
            samples, _ = speak(said, how, folder)
            samples = trimmed(samples)
            if 0.15 * RATE_HZ < len(samples) <= MAX_SECONDS * RATE_HZ:
                made += 1
                yield Item(samples, (text,), kind, how.variant, words.services if kind == "choice" else ())


def recorded(folder: Path, seed: int = 1) -> dict[str, list[Item]]:
    """The test recordings of a folder, by the set they belong to; {} where none are known.

    Known are: `reponses.tsv` (file, expects, transcript, speaker, choices by |), `manifest.tsv` (as
    audio-dev), GCompris' voices, the Armelle prompts, and Common Voice-shaped folders.
    """
    if (folder / "reponses.tsv").is_file():
        return {folder.name: list(_answers(folder))}
    if (folder / "manifest.tsv").is_file():
        clips = [_open_item(one) for one in recordings_for_test.manifest(folder)]
        kinds = {NEURAL: "neural-tts", "people, sentences": "real"}
        return {name: [c for c in clips if c.speaker.startswith(kind)] for name, kind in kinds.items()}
    if (folder / "geography").is_dir():
        return _gcompris(folder, random.Random(seed))
    if (folder / "digits").is_dir() and (folder / "letters").is_dir():
        every = list(recordings_for_test.armelle(folder))
        return {
            "Armelle, numbers days and letters": [
                Item(one.samples, one.said, one.kind, one.speaker) for one in every if one.kind
            ],
            "Armelle, outside": [
                Item(one.samples, (), OUTSIDE, one.speaker) for one in every if not one.kind
            ],
        }
    if any((folder / name).is_file() for name in ("test.tsv", "validated.tsv", "train.tsv")):
        places = people.Places(common_voice=(folder,))
        rows = people.recordings(places, held=True)
        return {f"{folder.name}, sentences": [Item(row[0], (row[2],), FREE, row[3]) for row in rows]}
    return {}


def _open_item(one: recordings_for_test.Recording) -> Item:
    return Item(one.samples[: int(MAX_SECONDS * RATE_HZ)], one.said, FREE, one.speaker)


def _answers(folder: Path) -> Iterator[Item]:
    """A town's own recordings of answers."""
    with (folder / "reponses.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            choices = tuple(filter(None, (row.get("choices") or "").split("|")))
            said = (row["transcript"],) if row["transcript"] else ()
            samples = trimmed(people.sound_of(folder / row["file"]))
            yield Item(samples, said, row["expects"] or FREE, row["speaker"], choices)


def _gcompris(folder: Path, rng: random.Random) -> dict[str, list[Item]]:
    countries = list(recordings_for_test.countries(folder))
    names = [one.said for one in countries]
    kept = list(people.recordings(people.Places(gcompris=folder), held=True))
    texts = [(text,) for text in json.loads((folder / "words.json").read_text(encoding="utf-8")).values()]
    try:
        outside = [
            Item(one.samples, (), OUTSIDE, one.speaker) for one in recordings_for_test.introductions(folder)
        ]
    except soundfile.LibsndfileError:
        outside = []
    return {
        "countries, 4 people": [
            Item(one.samples, one.said, "choice", one.speaker, _among(one.said, names, rng))
            for one in countries
        ],
        "words kept apart of a woman trained on": [
            Item(row[0], (row[2],), "choice", row[3], _among((row[2],), texts, rng)) for row in kept
        ],
        "introductions, outside": outside,
    }


def _among(said: tuple[str, ...], others: Sequence[tuple[str, ...]], rng: random.Random) -> tuple[str, ...]:
    """A list to choose from: what is said, and eleven other things."""
    rest = [texts for texts in others if not set(texts) & set(said)]
    wrong = [text for texts in rng.sample(rest, min(N_CHOICES - 1, len(rest))) for text in texts]
    return (*said, *wrong)
