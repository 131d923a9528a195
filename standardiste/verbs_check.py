"""The verb `check`: the town's content validated, and the menu proved, on every processor there is."""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

from dialog.proof.durations import duration_s
from dialog.proof.findings import Finding, Proof, together
from dialog.proof.proof import prove_content, prove_world
from dialog.proof.worlds import World, worlds
from prompts.content import Town
from prompts.errors import ContentError, Problem
from prompts.load import BASE, DEMO_TOWN
from prompts.trial_calls import read_trial_calls
from speech.spoken import sentences_in, spoken
from standardiste.content_places import ContentPlaces
from standardiste.proof_cache import digest_of_town, keep_proof, kept_proof
from standardiste.settings import Settings
from standardiste.town import read_town, town_now

_PROCESSES = 2
"""More would need more memory than they save time."""


def run_check(args: argparse.Namespace, settings: Settings) -> int:
    """One line per problem of the town's content or of what the dialogue makes of it; 1 when there is any."""
    try:
        town = read_town(settings.commune_dir)
        read_trial_calls(settings.commune_dir or DEMO_TOWN)
    except ContentError as error:
        for problem in error.problems:
            print(problem)
        return 1
    folder, now = settings.commune_dir or DEMO_TOWN, town_now(args.now, town)
    cache, digest = settings.data_dir / "preuves", digest_of_town(folder, now.date())
    proof = kept_proof(cache, digest)
    if proof is None:
        parts: list[Proof] = []
        for part in proved_parts(town, now):  # the content's problems are shown while the menu is proved
            _show(part, parts, folder)
            parts.append(part)
        proof = together(parts)
        keep_proof(cache, digest, proof)
    else:
        _show(proof, [], folder)
    if proof.findings:
        return 1
    print(
        f"{town.name} vérifiée : {proof.states} états, {proof.events} événements, {len(proof.said)} phrases."
    )
    return 0


def _show(proof: Proof, before: list[Proof], folder: Path) -> None:
    """Each finding that none of the parts before has told."""
    known = len(together(before).findings)
    new = replace(proof, findings=together([*before, proof]).findings[known:])
    for line in told(new, folder):
        print(line, flush=True)


def proved_parts(town: Town, now: datetime) -> Iterator[Proof]:
    """All that is wrong with what a caller of this town may meet: the content first, then each world."""
    parts: list[World | None] = [None, *worlds(town, now)]
    n_processes = min(_PROCESSES, os.cpu_count() or 1)
    if n_processes == 1:
        yield from (_part(town, now, world) for world in parts)
        return
    # Forked: the town was read once, and what it remembers of its hours is shared.
    with ProcessPoolExecutor(n_processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(partial(_part, town, now), parts)


def _part(town: Town, now: datetime, world: World | None) -> Proof:
    return prove_content(town, now, lasting) if world is None else prove_world(town, world, lasting)


@lru_cache(maxsize=8192)
def lasting(text: str) -> tuple[tuple[str, float], ...]:
    """Each sentence of a text, with the seconds that it lasts in the built-in voice."""
    return tuple((sentence, duration_s(spoken(sentence))) for sentence in sentences_in(text))


def told(proof: Proof, folder: Path) -> Iterator[str]:
    """Each finding as a line, where it can be put right."""
    places = ContentPlaces(folder, BASE)
    for finding in proof.findings:
        place = _place(finding, places)
        yield str(Problem(*place, finding.message)) if place else f"dialogue: {finding.message}"


def _place(finding: Finding, places: ContentPlaces) -> tuple[str, int] | None:
    if finding.file is not None:
        return places.line_of(finding.file, finding.path)
    return places.of_sentence(finding.sentence) if finding.sentence else None
