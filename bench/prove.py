"""`make prove`: the long proofs in full, one after the other; `make test` runs each of them small.

    python -m bench.prove [--kills 200] [--records 200] [--requests 100] [--times 50] [--failures 20]
                          [PART...]

Each part that is done is written to bench/results/ and not done again when the run is started anew after
an interruption; killing the program on SQLite, and the requests, go on within their part. All done, the
next begins afresh.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any

from bench import call_proofs, failure_proofs, record_commits
from bench.record_kills import KillProof, Verdict, prove
from bench.report import ROOT, keep
from tests.support import examples
from tests.support.postgres import postgres_server

STATE = ROOT / "var" / "prove"
EXAMPLES = "STANDARDISTE_TEST_EXAMPLES"
"""How many requests the tests try at each address (tests/callbacks/pages/test_any_request.py)."""
A_ROUND = 20
"""Of them at a time: an interruption costs no more than a minute or two."""
READERS = (
    "tests/telephony/test_ari_events.py", "tests/telephony/test_media_protocol.py",
    "tests/speech/test_recorded.py", "tests/callbacks/test_messages_answers.py",
    "tests/callbacks/test_ical.py", "tests/prompts/test_annuaire.py", "tests/prompts/test_comarquage.py",
    "tests/prompts/test_yaml_source.py", "tests/security/test_parsers_survive_anything.py",
)  # fmt: skip
"""What is read from outside: Asterisk, files, invitations, what others publish, a town's content."""


@dataclass(frozen=True)
class Sizes:
    kills: int = 200
    """On each database."""
    records: int = 200
    requests: int = 100
    """At each address of the pages."""
    times: int = 50
    """As many values for each parser as in `make test`."""
    failures: int = 20
    """Of Asterisk, and of the link to it."""


def kills_sqlite(sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Where it stopped, it goes on."""
    return _told(prove(KillProof(f"sqlite:///{folder / 'kills.db'}", folder), sizes.kills, SystemRandom()))


def kills_postgresql(sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Its server lives as long as this: interrupted, it begins anew."""
    shutil.rmtree(folder, ignore_errors=True)
    with postgres_server(durable=True) as server:
        return _told(prove(KillProof(server.new_database(), folder), sizes.kills, SystemRandom()))


def commits(sizes: Sizes, _folder: Path) -> dict[str, Any]:
    """How long a caller waits until a record is committed."""
    found = asyncio.run(record_commits.both(sizes.records))
    within = all(found[kind]["all"]["p95"] <= record_commits.TARGET_MS for kind in ("sqlite", "postgresql"))
    return {"kept": within, **found}


def requests(sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Any request of anybody: schemathesis over every address, in rounds; where it stopped, it goes on."""
    path = folder / "rounds.json"
    rounds: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    while (left := sizes.requests - sum(each["examples"] for each in rounds)) > 0:
        n = min(left, A_ROUND)
        told = _tested(("tests/callbacks/pages/test_any_request.py",), {EXAMPLES: str(n)})
        rounds.append({"examples": n, **told})
        path.write_text(json.dumps(rounds), encoding="utf-8")
    failed = [line for each in rounds if not each["kept"] for line in each["told"]]
    return {
        "kept": all(each["kept"] for each in rounds),
        "examples": sizes.requests,
        "rounds": len(rounds),
        "told": failed,
    }


def parsers(sizes: Sizes, _folder: Path) -> dict[str, Any]:
    """Whatever strangers may send, many times as often as `make test` tries it."""
    return {"times": sizes.times, **_tested(READERS, {examples.TIMES: str(sizes.times)})}


def _tested(files: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """What these tests say. Each time they try other values."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--timeout", "3600", *files]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    told = ran.stdout.splitlines()[-12:] or ran.stderr.splitlines()[-12:] or [f"pytest: {ran.returncode}"]
    return {"kept": ran.returncode == 0, "told": told}


def calls_killed(sizes: Sizes, folder: Path) -> dict[str, Any]:
    """The agent killed with callers on the line; where it stopped, it goes on. The next two as well."""
    return call_proofs.in_rounds(call_proofs.kill, sizes.kills, folder)


def asterisk_restarted(sizes: Sizes, folder: Path) -> dict[str, Any]:
    return call_proofs.in_rounds(call_proofs.restart, sizes.failures, folder)


def link_cut(sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Between the agent and Asterisk, for 5 s."""
    return call_proofs.in_rounds(call_proofs.cut, sizes.failures, folder)


Part = Callable[[Sizes, Path], dict[str, Any]]
Write = Callable[[str, dict[str, Any]], dict[str, Any]]
PARTS: Mapping[str, Part] = {
    "kills-sqlite": kills_sqlite,
    "kills-postgresql": kills_postgresql,
    "commits": commits,
    "requests": requests,
    "parsers": parsers,
    "calls-killed": calls_killed,
    "asterisk-restarted": asterisk_restarted,
    "link-cut": link_cut,
    **failure_proofs.PARTS,
}


def run(
    sizes: Sizes,
    names: list[str],
    state: Path = STATE,
    parts: Mapping[str, Part] = PARTS,
    write: Write = keep,
) -> bool:
    """Does what is not done yet of these parts; whether every proof held."""
    done: dict[str, bool] = _read(state)
    for name in names:
        if name not in done:
            folder = state / name
            folder.mkdir(parents=True, exist_ok=True)
            print(f"{name}…", file=sys.stderr, flush=True)
            report = write(f"prove-{name}", parts[name](sizes, folder))
            print(json.dumps(report, ensure_ascii=False), flush=True)
            done[name] = bool(report["kept"])
            (state / "done.json").write_text(json.dumps(done), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
    if set(done) >= set(parts):
        shutil.rmtree(state)
    return all(done[name] for name in names)


def _read(state: Path) -> dict[str, bool]:
    path = state / "done.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _told(verdict: Verdict) -> dict[str, Any]:
    return {"kept": verdict.kept, **vars(verdict)}


def main() -> int:
    """Prints a report a part; 1 when one of the proofs did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=Sizes.kills)
    parser.add_argument("--records", type=int, default=Sizes.records)
    parser.add_argument("--requests", type=int, default=Sizes.requests)
    parser.add_argument("--times", type=int, default=Sizes.times)
    parser.add_argument("--failures", type=int, default=Sizes.failures)
    parser.add_argument("part", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} ; rien : toutes")
    args = parser.parse_args()
    if unknown := set(args.part) - set(PARTS):
        parser.error(f"« {min(unknown)} » : {', '.join(PARTS)}")
    sizes = Sizes(args.kills, args.records, args.requests, args.times, args.failures)
    return 0 if run(sizes, args.part or list(PARTS)) else 1


if __name__ == "__main__":
    sys.exit(main())
