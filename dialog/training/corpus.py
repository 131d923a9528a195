"""The sentences to learn from, drawn from the phrasebook; and those that share nothing with them.

A frame, a name, a phrase and a line of noise each belong to one of the folds: a sentence of the held-out
fold is made of held-out lines only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from dialog.matching import plain
from dialog.training.expand import choices_in, expanded, gaps_in
from dialog.training.noise import Noisy
from prompts.labels import Service
from prompts.phrasebook import KINDS, Phrasebook

Keep = Callable[[str], bool]

_OF_A_FRAME = 1
"""Sentences drawn of each frame for each service."""
_OF_A_LINE = 4
"""At most of each phrase, beside once as it is written."""
_FEWEST = 220
"""Of each kind of request: rare ones are said again, in other noise."""
_PAIRS = 1800
"""Double requests."""
_REQUESTS = frozenset(
    ["horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
     "rdv_prendre", "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "reclamation", "rappel"]
)  # fmt: skip
MULTI = "multi"


@dataclass(frozen=True)
class Sample:
    text: str
    label: str
    """The intent, and which kind of it after a point."""
    service: Service
    parts: tuple[tuple[str, Service], ...] = ()
    """Of a double request, in spoken order."""


def fold_of(line: str, n_folds: int) -> int:
    """The fold of a written line; the same words in another order are the same line."""
    return crc32(" ".join(sorted(plain(line).split())).encode()) % n_folds


def everything(line: str) -> bool:  # noqa: ARG001
    """Keeps every line."""
    return True


def fair(book: Phrasebook, rng: np.random.Generator, keep: Keep) -> list[Sample]:
    """Sentences to judge by: every phrase once, as many from frames, and a twentieth of double ones."""
    noisy = Noisy(book.noise, rng, keep)
    phrases: dict[tuple[str, str], Sample] = {}
    for sample in _from_phrases(book, rng, keep, noisy, spoken=2):
        phrases[sample.label + sample.service, sample.text[:12]] = sample
    told = list(phrases.values())
    framed = list(_from_frames(book, rng, keep, noisy))
    chosen = rng.permutation(len(framed))[: len(told)]
    told += [framed[int(place)] for place in chosen]
    return [*told, *list(_doubles(told, rng, noisy))[: len(told) // 20]]


def corpus(book: Phrasebook, rng: np.random.Generator, keep: Keep = everything) -> list[Sample]:
    """Sentences of every kind, single and double, drawn with these lines only."""
    samples = singles(book, rng, keep)
    return [*samples, *_doubles(samples, rng, Noisy(book.noise, rng, keep))]


def singles(book: Phrasebook, rng: np.random.Generator, keep: Keep = everything) -> list[Sample]:
    """Sentences that ask for one thing."""
    noisy = Noisy(book.noise, rng, keep)
    samples = [*_from_phrases(book, rng, keep, noisy), *_from_frames(book, rng, keep, noisy)]
    return [*samples, *_rare_ones_again(samples, rng, noisy)]


def _from_phrases(
    book: Phrasebook, rng: np.random.Generator, keep: Keep, noisy: Noisy, spoken: int = _OF_A_LINE
) -> Iterator[Sample]:
    for topic in book.topics:
        for label, lines in topic.phrases.items():
            for line in lines:
                if not keep(line):
                    continue
                for number in range(1 + min(spoken, choices_in(line) + 1)):
                    text = expanded(line, {}, rng)
                    yield Sample(noisy.said(text) if number else text, label, topic.service)


def _from_frames(book: Phrasebook, rng: np.random.Generator, keep: Keep, noisy: Noisy) -> Iterator[Sample]:
    for topic in book.topics:
        names = {kind: [line for line in topic.names(kind) if keep(line)] for kind in KINDS}
        for label, frames in book.frames.items():
            for frame in frames:
                if keep(frame) and all(names[kind] for kind in gaps_in(frame)):
                    for _ in range(_OF_A_FRAME):
                        yield Sample(noisy.said(expanded(frame, names, rng)), label, topic.service)


def _rare_ones_again(samples: list[Sample], rng: np.random.Generator, noisy: Noisy) -> Iterator[Sample]:
    by_label: dict[str, list[Sample]] = {}
    for sample in samples:
        by_label.setdefault(sample.label, []).append(sample)
    for label, ones in by_label.items():
        for _ in range(_FEWEST - len(ones)):
            one = ones[int(rng.integers(len(ones)))]
            yield Sample(noisy.said(one.text), label, one.service)


def _doubles(samples: list[Sample], rng: np.random.Generator, noisy: Noisy) -> Iterator[Sample]:
    requests = [sample for sample in samples if sample.label in _REQUESTS]
    made = 0
    while requests and made < min(_PAIRS, len(requests) // 4):
        one, other = (requests[int(index)] for index in rng.integers(len(requests), size=2))
        if (one.label, one.service) != (other.label, other.service) and one.label != other.label:
            made += 1
            parts = ((one.label, one.service), (other.label, other.service))
            yield Sample(noisy.joined(one.text, other.text), MULTI, one.service, parts)
