"""What was proved of a town's content, kept by its digest: an unchanged menu is not proved twice in a day.

The digest covers the town's files, the shipped ones, the program that speaks and proves, and the day: hours
and facts that expire make another proof of every day.
"""

import hashlib
import json
import logging
import sys
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path

from dialog.proof.findings import Finding, Proof
from prompts.load import BASE
from prompts.versions_files import content_digest

log = logging.getLogger("standardiste")

_KEPT = 30
_ROOT = Path(__file__).parent.parent
_PROGRAM = ("dialog", "prompts", "speech", "standardiste")
"""Rooms whose code has a part in what is proved."""


def digest_of_town(folder: Path, day: date) -> str:
    """Of all that a proof of this town's content on this day depends on."""
    parts = (_of_program(), content_digest(folder), str(day))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _of_program() -> str:
    digest = hashlib.sha256(sys.version.encode())
    shipped = (*BASE.glob("*.yaml"), *BASE.glob("*.npz"), *(BASE / "demarches").glob("*.yaml"))
    program = (file for room in _PROGRAM for file in (_ROOT / room).rglob("*.py"))
    for file in sorted((*shipped, *program)):
        digest.update(f"{file.relative_to(_ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def kept_proof(cache: Path, digest: str) -> Proof | None:
    """The proof of this digest; None where there is none that can be read."""
    try:
        stored = json.loads((cache / f"{digest}.json").read_text(encoding="utf-8"))
        findings = tuple(
            Finding(one["message"], one["file"], tuple(one["path"]), one["sentence"])
            for one in stored["findings"]
        )
        return Proof(findings, frozenset(stored["said"]), int(stored["states"]), int(stored["events"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_proof(cache: Path, digest: str, proof: Proof) -> None:
    """Writes it whole or not at all; the oldest go. A folder that cannot be written only costs time."""
    stored = {
        "findings": [asdict(finding) for finding in proof.findings],
        "said": sorted(proof.said),
        "states": proof.states,
        "events": proof.events,
    }
    try:
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = cache / f"{digest}.part"
        unfinished.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(cache / f"{digest}.json")
        for old in sorted(cache.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.info("the proof was not kept: %s", error)
