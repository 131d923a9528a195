"""What the exported model hears: phoneme error, and closed answers with rejection, by set and by condition.

When to accept is tuned on words kept apart of the speakers trained on and on four speakers of countries'
names; Armelle and the `--test` folders stay for the test. Written to WORK/measured.json and into the card.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.engines.phoneme_ctc import CARD_FILE, PhonemeCtc, Scores
from speech.grammar.decode import Heard, decode
from speech.grammar.expression import one_of
from speech.grammar.graph import Graph, compiled
from speech.grammar.judge import WIDEST_MARGIN, Judgement, alternatives, margin
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
FALSE_ACCEPTANCE, RIGHT_OF_ACCEPTED = 0.03, 0.97
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


def same(kind: str, heard: str, said: str) -> bool:
    """Whether both mean the same; « annulez » and « annuler » sound the same, and do."""
    one, other = value(kind, heard), value(kind, said)
    return one == other or (kind != "name" and phonemes(one) == phonemes(other) != ())


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


@dataclass(frozen=True)
class Trial:
    """One answer under one grammar, as heard."""

    recording: Recording
    heard: Heard
    margin: float
    inside: bool
    """Whether what was said is in the grammar."""

    @property
    def right(self) -> bool:
        return self.inside and self.heard.text in self.recording.said


def hear(graph: Graph, scores: Scores) -> tuple[Heard, float]:
    best = decode(graph, scores)
    return best, margin(best, alternatives(graph, scores, best)) if best.text else 0.0


def choice_trials(
    model: PhonemeCtc, recordings: list[Recording], others: list[tuple[str, ...]], size: int, seed: int
) -> list[Trial]:
    """Each recording under a list of what it says and `size` other texts, and under one without it."""
    rng = random.Random(seed)
    trials = []
    for number, one in enumerate(recordings):
        rest = [texts for texts in others if not set(texts) & set(one.said)]
        wrong = [text for texts in rng.sample(rest, min(size, len(rest))) for text in texts]
        scores = model.scores(over_telephone(one.samples, None, number))
        trials.append(Trial(one, *hear(compiled(one_of([*one.said, *wrong])), scores), inside=True))
        trials.append(Trial(one, *hear(compiled(one_of(wrong)), scores), inside=False))
    return trials


def judged(trials: list[Trial]) -> Judgement:
    """The logistic curve of score and margin that fits these trials (Newton's method), and where to accept.

    Accepting begins where of what is accepted 97 % is right and of what is outside no more than 3 % comes in.
    """
    inputs = np.array([[max(t.heard.score, -10.0), min(t.margin, WIDEST_MARGIN), 1.0] for t in trials])
    truth = np.array([float(t.right) for t in trials])
    weights = np.zeros(3)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        hessian = inputs.T @ (inputs * (chance * (1 - chance))[:, None]) + 0.1 * np.eye(3)
        weights = weights + np.linalg.solve(hessian, inputs.T @ (truth - chance) - 0.1 * weights)
    by_score, by_margin, bias = (round(float(weight), 4) for weight in weights)
    loose = Judgement(by_score, by_margin, bias, 0.0)
    chances = np.array([loose.confidence(t.heard.score, t.margin) for t in trials])
    outside = ~np.array([t.inside for t in trials])
    for limit in np.arange(0.3, 0.99, 0.01):
        taken = chances >= limit
        right = not taken.any() or truth[taken].mean() >= RIGHT_OF_ACCEPTED
        if right and np.count_nonzero(taken[outside]) <= FALSE_ACCEPTANCE * np.count_nonzero(outside):
            break
    return replace(loose, accept_from=round(float(limit), 2))


def closed(
    model: PhonemeCtc, recordings: list[Recording], judge: Judgement, db: float | None
) -> dict[str, dict[str, float | int]]:
    """Closed answers under the product's grammars, by kind; `day` are those of `date` that name a day."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, one in enumerate(recordings):
        heard, lead = hear(grammar(one.kind), model.scores(over_telephone(one.samples, db, number)))
        right = any(same(one.kind, heard.text, text) for text in one.said)
        accepted = judge.confidence(heard.score, lead) >= judge.accept_from
        for kind in (one.kind, "day") if one.said[0] in DAYS else (one.kind,):
            tallies[kind].count(right, accepted, one.speaker)
    return {kind: tally.row() for kind, tally in sorted(tallies.items())}


def accepted_outside(model: PhonemeCtc, outside: list[Recording], judge: Judgement) -> dict[str, float]:
    """By grammar, the share of speech outside the domain that is taken for an answer."""
    scores = [model.scores(over_telephone(one.samples, None, number)) for number, one in enumerate(outside)]
    shares = {}
    for kind in OUTSIDE_KINDS if outside else ():
        heard = [hear(grammar(kind), score) for score in scores]
        taken = [judge.confidence(best.score, lead) >= judge.accept_from for best, lead in heard]
        shares[kind] = round(float(np.mean(taken)), 4)
    return shares


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
    sets = {name: found for name, found in sets.items() if found}
    countries = sets.get("countries", [])
    names = [one.said for one in countries]
    texts = [one.said for one in kept] + [(one.text,) for one in Store(options.work, "people").read()[1]]
    tune = {
        "held items, 1 of 12": choice_trials(model, kept, texts, 11, 2),
        "held items, 1 of 300": choice_trials(model, kept, texts, 299, 1),
        "countries, 1 of 12": choice_trials(model, countries, names, 11, 3),
        "countries, 1 of 300": choice_trials(model, countries, names + texts, 299, 4),
    }
    if not any(tune.values()):
        # Nobody was recorded: voices of espeak-ng must do, and no answer is trusted for it.
        made_up = sets["held_voices"]
        tune = {"held voices, 1 of 12": choice_trials(model, made_up, [one.said for one in made_up], 11, 2)}
    judge = judged([trial for trials in tune.values() for trial in trials])
    result = {
        "version": model.card.version,
        "minutes_trained": model.card.minutes_trained,
        "judgement": asdict(judge),
        "judged_on": [name for name, trials in tune.items() if trials],
        "phoneme_error": {
            name: {condition: error_rate(model, recordings, db)[0] for condition, db in CONDITIONS.items()}
            for name, recordings in sets.items()
        },
        "choices": {name: choice_row(trials, judge) for name, trials in tune.items()},
        "closed_held_voices": {
            c: closed(model, spoken_answers(options.work, 50), judge, db) for c, db in CONDITIONS.items()
        },
        "closed_people": {c: closed(model, closed_people, judge, db) for c, db in CONDITIONS.items()},
        "accepted_outside": accepted_outside(model, outside, judge),
        "n_outside": len(outside),
    }
    path: Path = options.work / "measured.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    card_path = options.out / CARD_FILE
    card = json.loads(card_path.read_text(encoding="utf-8")) | {
        "judgement": asdict(judge),
        "measured": result,
    }
    card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False), file=sys.stderr)
    return path


def choice_row(trials: list[Trial], judge: Judgement) -> dict[str, float | int]:
    """Choices among a list as a row of figures, those lists included that do not hold what was said."""
    tally, outside = Tally(), []
    for trial in trials:
        accepted = judge.confidence(trial.heard.score, trial.margin) >= judge.accept_from
        if trial.inside:
            tally.count(trial.right, accepted, trial.recording.speaker)
        else:
            outside.append(accepted)
    return tally.row() | {"accepted_when_not_in_list": round(float(np.mean(outside)), 3) if outside else 0.0}
