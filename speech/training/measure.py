"""What the exported model hears: phoneme error, and closed answers with rejection, by set and by condition.

The rejection threshold is chosen on words kept apart of the speakers trained on (`tune`); the test sets are
Armelle,
the countries' four speakers, and `--test` folders. Written to WORK/measured.json, and threshold and figures
into the card.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc
from speech.grammar.decode import Heard, decode
from speech.grammar.expression import one_of
from speech.grammar.graph import Graph, compiled
from speech.grammar.kinds import COMMANDS, DAYS, MONTHS, NO, YES, grammar
from speech.grammar.numbers import UNITS, below_hundred
from speech.grammar.phonemes import phonemes
from speech.training import recordings_for_test as test
from speech.training.augment import coloured_noise, companded
from speech.training.material import Store, trimmed
from speech.training.recordings_for_test import Recording
from speech.training.score import edit_distance, greedy
from speech.training.texts.numbers import phone
from speech.training.voices import HELD_VARIANTS, data_folder, manner, speak

Samples = npt.NDArray[np.int16]
FALSE_ACCEPTANCE = 0.03
OUTSIDE_KINDS = ("yes_no", "digit", "date", "command", "count")
CONDITIONS: dict[str, float | None] = {"telephone": None, "20 dB": 20.0, "10 dB": 10.0, "5 dB": 5.0}


def over_telephone(samples: Samples, noise_db: float | None, seed: int) -> Samples:
    """8 kHz µ-law or A-law, with coloured noise at so many dB below the voice."""
    rng = np.random.default_rng(seed)
    sound = samples.astype(np.float32) / np.float32(32768)
    sound = np.asarray(sound / (float(np.abs(sound).max()) + 1e-6) * 0.5, np.float32)
    if noise_db is not None:
        sound = sound + coloured_noise(len(sound), rng) * np.float32(sound.std() * 10 ** (-noise_db / 20))
    return np.asarray(np.clip(companded(sound, rng), -1, 1) * 32767, np.int16)


def plain(text: str) -> str:
    """A heard text without hesitations and politeness, to compare answers by."""
    dropped = {
        "euh",
        "ben",
        "bah",
        "alors",
        "ah",
        "bon",
        "eh bien",
        "merci",
        "madame",
        "monsieur",
        "s'il vous plaît",
        "le",
    }
    words = text.lower().replace("-", " ").replace("quatre vingts", "quatre vingt").split()
    return " ".join(word for word in words if word not in dropped)


def value(kind: str, text: str) -> str:
    """What the answer means: its polarity for yes and no, else its plain text."""
    if kind == "yes_no":
        return "oui" if text in YES else "non" if text in NO else plain(text)
    return plain(text)


def error_rate(model: PhonemeCtc, recordings: Iterable[Recording], db: float | None) -> tuple[float, int]:
    wrong = total = 0
    for number, one in enumerate(recordings):
        heard = greedy(model.scores(over_telephone(one.samples, db, number)))
        said = min((phonemes(text) for text in one.said), key=lambda text: edit_distance(heard, text))
        wrong += edit_distance(heard, said)
        total += len(said)
    return round(wrong / max(total, 1), 4), total


class Tally:
    """Right, wrong and rejected answers of one kind."""

    def __init__(self) -> None:
        self.right = self.wrong = self.rejected = self.would_be_right = 0
        self.speakers: set[str] = set()

    def count(self, right: bool, accepted: bool, speaker: str) -> None:
        self.right += right and accepted
        self.wrong += not right and accepted
        self.rejected += not accepted
        self.would_be_right += right
        self.speakers.add(speaker)

    def row(self) -> dict[str, float | int]:
        n, accepted = self.right + self.wrong + self.rejected, self.right + self.wrong
        return {
            "n": n, "speakers": len(self.speakers),
            "right_without_rejection": round(self.would_be_right / max(n, 1), 3),
            "accepted": round(accepted / max(n, 1), 3), "right_of_accepted": round(self.right / max(accepted,
            1), 3),
        }  # fmt: skip


def choice_trials(
    recordings: list[Recording], rng: random.Random, others: int = 11
) -> list[tuple[Recording, Graph, Graph]]:
    """Each recording with a list that holds what it says, and one that does not."""
    trials = []
    for one in recordings:
        rest = [other for other in recordings if not set(other.said) & set(one.said)]
        drawn = rng.sample(rest, min(others, len(rest)))
        wrong = [text for other in drawn for text in other.said]
        trials.append((one, compiled(one_of([*one.said, *wrong])), compiled(one_of(wrong))))
    return trials


def threshold(inside: list[float], outside: list[float], allowed: float = FALSE_ACCEPTANCE) -> float:
    """The lowest score that lets no more than this share of the outside ones in."""
    ordered = sorted(outside)
    return (
        ordered[min(len(ordered) - 1, int(np.ceil(len(ordered) * (1 - allowed))))] if ordered else min(inside)
    )


def fitted(right: list[float], wrong: list[float]) -> tuple[float, float]:
    """Slope and middle of the logistic curve from score to the chance of being right (Newton's method).

    >>> slope, middle = fitted([0.0, -0.2, -0.1, -0.9], [-2.0, -1.5, -0.6, -3.0])
    >>> slope > 0, -1.5 < middle < -0.3
    (True, True)
    """
    score = np.array(right + wrong)
    truth = np.r_[np.ones(len(right)), np.zeros(len(wrong))]
    inputs = np.stack([score, np.ones(len(score))], axis=1)
    weights = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        hessian = inputs.T @ (inputs * (chance * (1 - chance))[:, None]) + 0.05 * np.eye(2)
        weights = weights + np.linalg.solve(hessian, inputs.T @ (truth - chance) - 0.05 * weights)
    return round(float(weights[0]), 3), round(float(-weights[1] / max(weights[0], 1e-3)), 3)


def closed(
    model: PhonemeCtc, recordings: list[Recording], limit: float, db: float | None
) -> dict[str, dict[str, float | int]]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, one in enumerate(recordings):
        heard = decode(grammar(one.kind), model.scores(over_telephone(one.samples, db, number)))
        right = value(one.kind, heard.text) in {value(one.kind, text) for text in one.said}
        tallies[one.kind].count(right, heard.score >= limit, one.speaker)
        if one.said[0] in DAYS:
            tallies["day"].count(right, heard.score >= limit, one.speaker)
    return {kind: tally.row() for kind, tally in sorted(tallies.items())}


def accepted_outside(model: PhonemeCtc, outside: list[Recording], limit: float) -> dict[str, float]:
    """By grammar, the share of speech outside the domain that is taken for an answer."""
    scores = [model.scores(over_telephone(one.samples, None, number)) for number, one in enumerate(outside)]
    return {
        kind: round(float(np.mean([decode(grammar(kind), score).score >= limit for score in scores])), 4)
        for kind in OUTSIDE_KINDS
    }


def _day(rng: random.Random) -> str:
    day = rng.choice(DAYS)
    return day if rng.random() < 0.5 else f"{day} {below_hundred(rng.randint(2, 31))} {rng.choice(MONTHS)}"


def spoken_answers(work: Path, per_kind: int, seed: int = 3) -> list[Recording]:
    """Closed answers by the voices never trained on."""
    rng = random.Random(seed)
    folder = data_folder(work)
    makers: dict[str, Callable[[], str]] = {
        "yes_no": lambda: rng.choice([rng.choice(YES), rng.choice(NO)]),
        "digit": lambda: rng.choice(UNITS[:10]),
        "count": lambda: below_hundred(rng.randrange(100)),
        "date": lambda: rng.choice(["demain", "après-demain", _day(rng), _day(rng),
        f"{rng.choice(DAYS)} prochain"]),
        "command": lambda: rng.choice(COMMANDS),
        "phone": lambda: phone(rng).replace(",", ""),
    }  # fmt: skip
    made = []
    for kind, maker in makers.items():
        for _ in range(per_kind):
            text, how = maker(), manner(rng, HELD_VARIANTS)
            samples, _ = speak(text, how, folder)
            made.append(Recording(trimmed(samples), (text,), kind, how.variant))
    return made


def stored(work: Path, name: str, count: int) -> list[Recording]:
    sound, lines = Store(work, name).read()
    rows = lines[:: max(1, len(lines) // count)][:count]
    return [
        Recording(sound[one.start : one.start + one.n_samples], (one.text,), "choice", one.speaker)
        for one in rows
    ]


def measure(options: argparse.Namespace) -> Path:
    """Measures the model in `options.out` and tells the figures."""
    model = PhonemeCtc(options.out)
    kept = stored(options.work, "people_held", 200)
    sets: dict[str, list[Recording]] = {
        "held_voices": stored(options.work, "held-000", 200),
        "held_items": kept,
    }
    outside: list[Recording] = []
    if options.gcompris:
        sets["countries"] = list(test.countries(options.gcompris))
        outside += list(test.introductions(options.gcompris))
    closed_people: list[Recording] = []
    if options.armelle:
        every = list(test.armelle(options.armelle))
        closed_people = [one for one in every if one.kind]
        sets["armelle"] = closed_people
        outside += [one for one in every if not one.kind]
    for folder in options.test:
        clips = list(test.manifest(folder))
        for kind in ("real", "neural-tts"):
            sets[f"{folder.name} {kind}"] = [one for one in clips if one.speaker.startswith(kind)]
        outside += clips
    limit, tuned = _tuned(model, kept)
    result = {
        "version": model.card.version, "minutes_trained": model.card.minutes_trained, "reject_below": limit,
        "tuned_on": tuned,
        "phoneme_error": {
            name: {condition: error_rate(model, recordings, db)[0] for condition, db in CONDITIONS.items()}
            for name, recordings in sets.items()
        },
        "closed_held_voices": {c: closed(model, spoken_answers(options.work, 50), limit, db) for c,
        db in CONDITIONS.items()},
        "closed_people": {c: closed(model, closed_people, limit, db) for c, db in CONDITIONS.items()},
        "choice_of_12_countries": _choices(model, sets.get("countries", []), limit),
        "accepted_outside": accepted_outside(model, outside, limit), "n_outside": len(outside),
    }  # fmt: skip
    path: Path = options.work / "measured.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    card_path = options.out / CARD_FILE
    card = json.loads(card_path.read_text(encoding="utf-8")) | {
        "reject_below": limit, "confidence": {"slope": tuned["slope"], "middle": tuned["middle"]},
        "measured": result,
    }  # fmt: skip
    card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False), file=sys.stderr)
    return path


def _trial_scores(model: PhonemeCtc, recordings: list[Recording]) -> list[tuple[Recording, Heard, Heard]]:
    heard = []
    for number, (one, inside, outside) in enumerate(choice_trials(recordings, random.Random(1))):
        scores = model.scores(over_telephone(one.samples, None, number))
        heard.append((one, decode(inside, scores), decode(outside, scores)))
    return heard


def _tuned(model: PhonemeCtc, recordings: list[Recording]) -> tuple[float, dict[str, float | int]]:
    trials = _trial_scores(model, recordings)
    right = [inside.score for one, inside, _ in trials if inside.text in one.said]
    limit = round(threshold(right, [outside.score for _, _, outside in trials]), 3)
    kept = sum(score >= limit for score in right)
    wrong = [inside.score for one, inside, _ in trials if inside.text not in one.said]
    slope, middle = fitted(right, wrong + [outside.score for _, _, outside in trials])
    return limit, {
        "slope": slope,
        "middle": middle,
        "n": len(trials),
        "right": round(len(right) / len(trials), 3),
        "right_and_accepted": round(kept / len(trials), 3),
    }


def _choices(model: PhonemeCtc, recordings: list[Recording], limit: float) -> dict[str, float | int]:
    if not recordings:
        return {}
    tally = Tally()
    trials = _trial_scores(model, recordings)
    for one, inside, _ in trials:
        tally.count(inside.text in one.said, inside.score >= limit, one.speaker)
    return tally.row() | {
        "accepted_when_not_in_list": round(float(np.mean([out.score >= limit for *_, out in trials])), 3)
    }
