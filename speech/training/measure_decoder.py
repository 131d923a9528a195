"""What the exported decoder writes, how its veto is tuned, and what passes it: word error and inventions.

The veto is tuned on words kept apart of the speakers trained on, on four speakers of countries' names, and on
every other sentence outside the domain of two speakers, one of them never trained on; all else stays for the
test. Written to the model's VETO_FILE.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ
from speech.engines.phoneme_ctc import PhonemeCtc
from speech.engines.together import Utterance
from speech.engines.veto import VETO_FILE, WORST_SCORE, VetoRule, Witness
from speech.engines.whisper import Whisper, load_whisper
from speech.models import BUILTIN_WRITER
from speech.training import recordings_for_test as test
from speech.training.augment import coloured_noise
from speech.training.measure import Samples, over_telephone, stored
from speech.training.recordings_for_test import Recording
from speech.training.score import edit_distance
from speech.training.words import written

FALSE_ACCEPTANCE, EXPECTED_RIGHT = 0.03, 0.5
CONDITIONS: dict[str, float | None] = {"telephone": None, "10 dB": 10.0}
TAKES_ALL = VetoRule(1.0, 1.0, 0.0, 0.0)
SECONDS_TIMED = (1, 3, 6)
N_RECORDINGS = 120
"""Of each set, where there are more."""


@dataclass(frozen=True)
class Trial:
    """One recording, what was written of it, and how its phonemes fit."""

    text: str
    fit: float
    logprob: float
    n_said: int
    """Words said; 0 where nobody knows."""
    n_wrong: int

    @property
    def right(self) -> float:
        """The share of its words that is right; 0 for what was written where it cannot be known."""
        return max(0.0, 1 - self.n_wrong / self.n_said) if self.n_said else 0.0


def tried(ears: Whisper, recordings: list[Recording], db: float | None) -> list[Trial]:
    """Each recording over the telephone, before any veto."""
    trials = []
    for number, one in enumerate(recordings):
        [(_, pieces)] = ears.pieces([Utterance(over_telephone(one.samples, db, number), None)])
        weights = [piece.n_tokens for piece in pieces]
        fit = float(np.average([piece.fit for piece in pieces], weights=weights)) if pieces else WORST_SCORE
        logprob = float(np.average([piece.logprob for piece in pieces], weights=weights)) if pieces else -9.0
        text = " ".join(piece.text for piece in pieces)
        said = [written(option).split() for option in one.said]
        heard = written(text).split()
        wrong = min(((edit_distance(heard, words), len(words)) for words in said), default=(len(heard), 0))
        trials.append(Trial(text, fit, logprob, wrong[1], wrong[0]))
    return trials


def tuned(inside: list[Trial], *outside: list[Trial]) -> VetoRule:
    """The logistic curve of fit and certainty that tells the share of right words, and where to accept.

    Accepting begins where half of the words are expected to be right, or later if more than 3 % of what any
    of the speakers `outside` the domain says would come in: one trained on is not to hide a stranger.
    """
    trials = [one for one in (*inside, *chain(*outside)) if one.text]
    if not trials:  # a decoder that writes nothing yet
        return VetoRule(0.0, 0.0, 0.0, 1.0)
    inputs = np.array([[one.fit, one.logprob, 1.0] for one in trials])
    truth = np.array([one.right for one in trials])
    weights = np.zeros(3)
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        hessian = inputs.T @ (inputs * (chance * (1 - chance))[:, None]) + 0.1 * np.eye(3)
        weights = weights + np.linalg.solve(hessian, inputs.T @ (truth - chance) - 0.1 * weights)
    by_score, by_logprob, bias = (round(float(weight), 4) for weight in weights)
    for limit in np.arange(EXPECTED_RIGHT, 0.99, 0.01):
        rule = VetoRule(by_score, by_logprob, bias, round(float(limit), 2))
        passed = [(sum(_accepted(one, rule) for one in speaker), len(speaker)) for speaker in outside]
        if all(n <= FALSE_ACCEPTANCE * of for n, of in passed):
            break
    return rule


def _accepted(trial: Trial, rule: VetoRule) -> bool:
    return bool(trial.text) and rule.confidence(trial.fit, trial.logprob) >= rule.accept_from


def row(trials: list[Trial], rule: VetoRule) -> dict[str, float | int]:
    """One set as figures; without a text nothing is known but how much was written and how much passed."""
    taken = [one for one in trials if _accepted(one, rule)]
    figures: dict[str, float | int] = {
        "n": len(trials),
        "written": round(sum(bool(one.text) for one in trials) / max(len(trials), 1), 3),
        "accepted": round(len(taken) / max(len(trials), 1), 3),
    }
    if any(one.n_said for one in trials):
        figures["word_error"] = _word_error(trials)
        if taken:
            figures["word_error_of_accepted"] = _word_error(taken)
            figures["wholly_right_of_accepted"] = round(sum(not one.n_wrong for one in taken) / len(taken), 3)
    return figures


def _word_error(trials: list[Trial]) -> float:
    return round(sum(one.n_wrong for one in trials) / max(sum(one.n_said for one in trials), 1), 3)


def nobody(seed: int = 4) -> list[Recording]:
    """Silence and coloured noise of half a second to five, in which nobody says anything."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(N_RECORDINGS):
        noise = coloured_noise(int(rng.uniform(0.5, 5) * RATE_HZ), rng) * 10 ** rng.uniform(-4, -1)
        beats = 1 + 0.9 * np.sin(2 * np.pi * rng.uniform(0.5, 5) * np.arange(len(noise)) / RATE_HZ)
        sound = noise * beats if number % 2 else noise
        made.append(Recording(np.asarray(sound * 32767, np.int16), (), "", "nobody"))
    return made


def decode_ms(ears: Whisper, sound: Samples) -> dict[str, int]:
    """The median time of ten decodes, veto included, for turns of 1, 3 and 6 s."""
    times = {}
    for seconds in SECONDS_TIMED:
        turn = np.resize(sound, seconds * RATE_HZ)
        taken = []
        for _ in range(11):
            began = time.perf_counter()
            ears.transcribe(turn, None)
            taken.append(time.perf_counter() - began)
        times[f"{seconds} s"] = round(1000 * float(np.median(taken[1:])))
    return times


def measure_decoder(options: argparse.Namespace) -> Path:
    """Tunes the veto of the decoder in `options.out` and tells what it writes and what passes."""
    folder: Path = options.out / BUILTIN_WRITER.name
    path = folder / VETO_FILE
    path.unlink(missing_ok=True)
    ears, network = load_whisper(folder), PhonemeCtc(options.out)
    ears.witness = Witness(network, TAKES_ALL)
    sets: dict[str, list[Recording]] = {
        "held_voices": stored(options.work, "held-000", N_RECORDINGS),
        "held_items": stored(options.work, "people_held", N_RECORDINGS),
    }
    outside: list[Recording] = []
    announcements: list[Recording] = []
    if options.gcompris:
        sets["countries"] = list(test.countries(options.gcompris))
        outside = list(test.introductions(options.gcompris))
    if options.armelle:
        every = list(test.armelle(options.armelle))
        sets["armelle"] = [one for one in every if one.kind]
        announcements = [one for one in every if not one.kind]
        sets["armelle outside"] = announcements[1::2]
    for place in options.test:
        clips = list(test.manifest(place))
        for kind in ("real", "neural-tts"):
            sets[f"{place.name} {kind}"] = [one for one in clips if one.speaker.startswith(kind)]
    sets["outside"], sets["nobody"] = outside[1::2], nobody()
    trials = {name: tried(ears, recordings, None) for name, recordings in sets.items()}
    inside = [*trials["held_items"], *trials.get("countries", [])]
    rule = tuned(inside, tried(ears, outside[::2], None), tried(ears, announcements[::2], None))
    measured: dict[str, object] = {"telephone": {name: row(some, rule) for name, some in trials.items()}}
    for name, db in CONDITIONS.items():
        if db is not None:
            noisy = {of: tried(ears, sets[of], db) for of in ("held_voices", "held_items")}
            measured[name] = {of: row(some, rule) for of, some in noisy.items()}
    said = asdict(rule) | {"phonemes": network.card.version}
    path.write_text(json.dumps(said), encoding="utf-8")
    ears.witness = Witness(network, rule)
    measured["decode_ms"] = decode_ms(ears, sets["held_voices"][0].samples)
    measured["megabytes"] = round(sum(one.stat().st_size for one in folder.iterdir()) / 1e6, 1)
    path.write_text(
        json.dumps(said | {"measured": measured}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(json.dumps(measured, ensure_ascii=False), file=sys.stderr)
    return path
