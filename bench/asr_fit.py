"""Confidence made to mean what it says: fitted on half of the voices no training heard."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.asr_engines import Engine, heard, opened, uncalibrated, version_of
from bench.asr_material import FIT_VARIANTS, FREE, MAKERS, OPEN, OUTSIDE, Item, Words, synthetic
from bench.asr_scoring import MeaningOf, Trial, is_right, share
from speech.audio import RATE_HZ
from speech.calibration import ANY, Calibration, Curve, fitted, write_calibration
from speech.engines.builtin import KEYWORDS, read_judgement
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.grammar.decode import decode
from speech.grammar.judge import alternatives, margin
from speech.grammar.kinds import spotting_grammar
from speech.grammar.phonemes import phonemes
from speech.listening import PRE_ROLL_MS
from speech.training.measure import CONDITIONS, over_telephone

FALSE_ACCEPTANCE, RIGHT_OF_ACCEPTED = 0.02, 0.97
"""Of the voices fitted on: others will be a little worse, and 3 % and 95 % are asked for."""
QUESTIONS = (*MAKERS, "choice", OPEN)
PRICES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


def holds(said: Sequence[str], keyword: str) -> bool:
    """Whether this keyword is in what was said, by ear."""
    wanted = phonemes(keyword)
    for text in said:
        sounds = phonemes(text)
        if any(sounds[at : at + len(wanted)] == wanted for at in range(len(sounds))):
            return True
    return False


def spotted(heard_text: str, keywords: Sequence[str]) -> list[str] | None:
    """The keywords a text is made of, None where it is no row of keywords."""
    rest, found = heard_text, []
    while rest:
        first = next((word for word in keywords if rest == word or rest.startswith(f"{word} ")), None)
        if first is None:
            return None
        found.append(first)
        rest = rest[len(first) :].lstrip()
    return found


def judged(trial: Trial, words: Words, meaning: MeaningOf) -> tuple[str, bool]:
    """The curve an answer belongs to, and whether it is right."""
    if trial.kind not in (OPEN, FREE):
        return trial.kind, is_right(trial, meaning)
    found = spotted(trial.heard, words.keywords)
    if found and trial.heard not in words.phrases:
        return KEYWORDS, all(holds(trial.said, keyword) for keyword in found)
    return OPEN, is_right(trial, meaning)


async def fit(engine: Engine, words: Words, meaning: MeaningOf, work: Path, per_kind: int) -> Path:
    """Fits the engine's curves and thresholds, and writes them beside its model."""
    items = list(synthetic(work, FIT_VARIANTS, per_kind, 11, words))
    items += synthetic(work, FIT_VARIANTS, 2 * per_kind, 12, words, (FREE, OUTSIDE))
    answers: list[Trial] = []
    outside: list[Trial] = []
    async with uncalibrated(engine) as bare, opened(bare, words) as pool:
        for number, (_, db) in enumerate(CONDITIONS.items()):
            own = [item for item in items if item.kind != OUTSIDE]
            answers += await heard(pool, own, [telephoned(item, db, number) for item in own])
            # Every question is put to a quarter of what is outside the domain in each condition.
            other = [item for item in items if item.kind == OUTSIDE]
            for asked in QUESTIONS:
                some = [_with_choices(item, asked, words) for item in other[number::4]]
                sounds = [telephoned(item, db, number) for item in some]
                outside += [
                    Trial(t.kind, (), t.heard, t.confidence, t.rejected, t.speaker, t.others)
                    for t in await heard(pool, some, sounds, asked)
                ]
    from_people = read_judgement(engine.folder).accept_from if engine.hears_by_grammar else None
    calibration, notes = calibrated(answers, outside, words, meaning, from_people)
    calibration = replace(calibration, version=version_of(engine))
    if engine.hears_by_grammar:
        notes = {**notes, "spotting_at_5_db": spotting_prices(engine, work, words, per_kind)}
    return write_calibration(engine.folder, calibration, notes)


def telephoned(item: Item, db: float | None, seed: int) -> Any:
    """The item as a call brings it: with a lead of line noise, so many dB below the voice."""
    cut = np.pad(item.samples, PRE_ROLL_MS * RATE_HZ // 1000)
    return over_telephone(cut, db, seed + len(cut))


def _with_choices(item: Item, asked: str, words: Words) -> Item:
    choices = words.services if asked == "choice" else ()
    return Item(item.samples, item.said, item.kind, item.speaker, choices)


def calibrated(
    answers: Sequence[Trial],
    outside: Sequence[Trial],
    words: Words,
    meaning: MeaningOf,
    from_people: float | None,
) -> tuple[Calibration, dict[str, Any]]:
    """The curves of these trials and, where the engine rejects, from where to accept.

    `from_people` is where it accepts by recorded people: voices that are easier never make it bolder.
    """
    right: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    wrong: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for trial in answers:
        if trial.heard:
            kind, correct = judged(trial, words, meaning)
            right[kind].append((trial.confidence, correct))
    for trial in outside:
        if trial.heard:
            kind, _ = judged(trial, words, meaning)
            wrong[kind].append((trial.confidence, False))
    both = {kind: _balanced(pairs, wrong[kind]) for kind, pairs in right.items()}
    both[ANY] = [pair for pairs in both.values() for pair in pairs]
    curves = {
        kind: fitted([o for o, _ in pairs], [c for _, c in pairs]) for kind, pairs in sorted(both.items())
    }
    asked = {kind: sum(t.kind == kind for t in outside) for kind in right}
    asked[KEYWORDS] = asked.get(OPEN, 0)
    accept_from = {}
    if from_people is not None:
        for kind, curve in curves.items():
            if kind != ANY:
                fitting = _threshold(curve, right[kind], wrong[kind], asked[kind])
                accept_from[kind] = max(fitting, round(curve.at(from_people), 2))
        accept_from[ANY] = max(accept_from.values())
    missed = [t for t in answers if t.kind != FREE and t.heard and t.others and not is_right(t, meaning)]
    found = [t for t in missed if any(is_right(_as(t, other), meaning) for other in t.others)]
    notes = {
        "fitted_on": "espeak-ng voices no training heard, clean and in noise at 20, 10 and 5 dB; no people",
        "voices": list(FIT_VARIANTS),
        "answers": {kind: len(pairs) for kind, pairs in sorted(right.items())},
        "outside": {kind: len(pairs) for kind, pairs in sorted(wrong.items())},
    }
    return Calibration("", curves, accept_from, round(len(found) / max(1, len(missed)), 3)), notes


def _as(trial: Trial, other: str) -> Trial:
    return Trial(trial.kind, trial.said, other, 0.0, False, trial.speaker, ())


def _balanced(
    answers: list[tuple[float, bool]], outside: list[tuple[float, bool]]
) -> list[tuple[float, bool]]:
    """Answers, and of the speech outside the domain a quarter as many: callers do mostly answer."""
    n = min(len(outside), len(answers) // 4)
    return [*answers, *(outside[:: max(1, len(outside) // n)][:n] if n else [])]


def _threshold(
    curve: Curve, answers: list[tuple[float, bool]], outside: list[tuple[float, bool]], n_outside: int
) -> float:
    """The least confidence from which what is taken is right, and hardly anything outside is taken."""
    sure = np.array([curve.at(own) for own, _ in answers])
    true = np.array([correct for _, correct in answers])
    false = np.array([curve.at(own) for own, _ in outside])
    for limit in np.arange(0.30, 0.995, 0.01):
        taken = true[sure >= limit]
        few = np.count_nonzero(false >= limit) <= FALSE_ACCEPTANCE * max(n_outside, 1)
        if few and (not len(taken) or taken.mean() >= RIGHT_OF_ACCEPTED):
            return round(float(limit), 2)
    return 0.99


def spotting_prices(engine: Engine, work: Path, words: Words, n: int) -> list[dict[str, Any]]:
    """For each price of a frame of other speech: how many keywords are found where 3 % are found in vain."""
    network, judge = PhonemeCtc(engine.folder), read_judgement(engine.folder)
    spoken = list(synthetic(work, FIT_VARIANTS, 6 * n, 13, words, (FREE, OUTSIDE)))
    free = [
        item for item in spoken
        if item.kind == OUTSIDE or any(holds(item.said, keyword) for keyword in words.keywords)
    ]  # fmt: skip
    scores = [network.scores(telephoned(item, 5.0, 0)) for item in free]
    table: list[dict[str, Any]] = []
    for price in PRICES:
        graph = spotting_grammar(words.keywords, price)
        inside: list[tuple[float, bool]] = []
        outside: list[float] = []
        for item, score in zip(free, scores, strict=True):
            best = decode(graph, score)
            own = (
                judge.confidence(best.score, margin(best, alternatives(graph, score, best)))
                if best.text
                else 0.0
            )
            if item.kind == OUTSIDE:
                outside.append(own)
            else:
                inside.append((own, all(holds(item.said, word.text) for word in best.words)))
        limit = float(np.quantile(outside, 0.97))
        taken = [correct for own, correct in inside if own > limit]
        table.append(
            {
                "price": price,
                "sentences_with_a_keyword": len(inside),
                "found": share(sum(taken), len(inside)),
                "right_of_found": share(sum(taken), len(taken)),
            }
        )
    return table
