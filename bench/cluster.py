"""Telephony and speech on machines of their own: what the way between costs, and what a lost machine does.

    python -m bench.cluster [--quick]

Three speech machines (a real cluster of Ray) and one that takes calls, each in a network namespace of its own
on one bridge, as root. Asked from the one that takes calls: the same utterances as of engines of its own; a
whole call; then a machine loses its cable in mid-work, and another its power. Before it, what an ear gains by
hearing several at once (bench.cluster_batches). The result is kept in bench/results/.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import cluster_batches
from bench.report import ROOT, keep
from tests.support.speech_machines import SECRET, SpeechMachine, speech_machines

Json = dict[str, Any]
NETWORK = "10.77.8"
CALLS, HEAD, FIRST, SECOND = (f"{NETWORK}.{n}" for n in (1, 11, 12, 13))
PORT = 8090
EARS = "builtin-whisper"
QUESTION = "À quelle heure ouvrez-vous demain ?"
ROUNDS, QUICK_ROUNDS = 5, 1
UNTIL_AGAIN_S = 90.0


def namespace(host: str) -> str:
    return f"std-{host.rpartition('.')[2]}"


def inside(host: str) -> list[str]:
    """What a command begins with that runs on this machine."""
    return ["ip", "netns", "exec", namespace(host)]


@contextmanager
def network(hosts: Sequence[str]) -> Iterator[None]:
    """A namespace for each, on one bridge that leads nowhere else. Needs root."""

    def ip(*arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True)

    try:
        ip("netns", "add", "std-pont")
        ip("-n", "std-pont", "link", "add", "pont", "type", "bridge")
        ip("-n", "std-pont", "link", "set", "pont", "up")
        for host in hosts:
            name = namespace(host)
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", name, "netns", "std-pont")
            ip("-n", name, "addr", "add", f"{host}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", "std-pont", "link", "set", name, "master", "pont", "up")
        yield
    finally:
        for name in (*map(namespace, hosts), "std-pont"):
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)


def cut(host: str, *, whole: bool) -> None:
    """The cable of a machine, out or in again."""
    subprocess.run(
        ["ip", "-n", "std-pont", "link", "set", namespace(host), "up" if whole else "down"], check=True
    )


def asked(
    addresses: str, rounds: int, *, on: str | None, during: Path | None = None
) -> subprocess.Popen[bytes]:
    """The measurement of `bench.cluster_client`, begun; of this machine's own engines without addresses."""
    command = [sys.executable, "-m", "bench.cluster_client", str(rounds), *([str(during)] if during else [])]
    return subprocess.Popen(
        [*(inside(on) if on else []), *command],
        env={**os.environ, **to(addresses)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )


def to(addresses: str) -> dict[str, str]:
    """The settings of a process that has its hearing and speaking done there."""
    own = {
        "STANDARDISTE_EARS": EARS,
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_DATABASE": "sqlite://",
        "STANDARDISTE_DATA": str(Path(tempfile.gettempdir()) / "standardiste-bench-cluster"),
    }
    if not addresses:
        return own
    return own | {
        "STANDARDISTE_SPEECH": addresses,
        "STANDARDISTE_SPEECH_SECRET": SECRET,
        "STANDARDISTE_SPEECH_PRIVATE_NETWORK": "1",
    }


def figures_of(measuring: subprocess.Popen[bytes]) -> Json:
    told, _ = measuring.communicate(timeout=600)
    assert measuring.returncode == 0, "the measurement did not end"
    figures: Json = json.loads(told)
    return figures


def a_call(addresses: str, on: str | None, folder: Path) -> list[int]:
    """How long the answers of a whole call took to begin, in ms."""
    done = subprocess.run(
        [*(inside(on) if on else []), sys.executable, "-m", "standardiste", "call", "--say", QUESTION,
         "--say", QUESTION, "--out", str(folder / "call.wav")],
        env={**os.environ, **to(addresses)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line["latency_ms"] for line in lines if line.get("latency_ms") is not None]


def lost(machine: SpeechMachine, addresses: str, folder: Path, *, power: bool) -> Json:
    """What one utterance after the other takes while a machine goes in the middle of its work."""
    mark = folder / ("power" if power else "cable")
    measuring = asked(addresses, 0, on=CALLS, during=mark)
    workers = machine.workers("builtin")
    while not mark.exists():
        assert measuring.poll() is None
        time.sleep(0.01)
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)  # whatever it is at stays unfinished
    time.sleep(0.5)
    if power:
        machine.die()
    else:
        cut(machine.host, whole=False)
    figures = figures_of(measuring)
    if not power:
        cut(machine.host, whole=True)
        for worker in workers:
            worker.send_signal(signal.SIGCONT)
    return figures


def run(rounds: int) -> Json:
    hosts = (CALLS, HEAD, FIRST, SECOND)
    at_once = cluster_batches.run(rounds)
    with tempfile.TemporaryDirectory() as name, network(hosts):
        folder = Path(name)
        here = {
            "utterances": figures_of(asked("", rounds, on=None)),
            "call_latency_ms": a_call("", None, folder),
        }
        began = time.monotonic()
        with speech_machines(
            hosts[1:], cores=(1, 1, 1), replicas="2-2", port=PORT, inside=inside, ears=EARS
        ) as machines:
            starts_s = round(time.monotonic() - began, 1)
            addresses = ",".join(machine.address for machine in machines)
            there = {
                "utterances": figures_of(asked(addresses, rounds, on=CALLS)),
                "call_latency_ms": a_call(addresses, CALLS, folder),
            }
            first, second = (one for one in machines if one.workers("builtin"))
            cable = lost(second, addresses, folder, power=False)
            power = lost(first, addresses, folder, power=True)
        return {
            "ears": EARS,
            "machines": len(machines),
            "cluster_starts_s": starts_s,
            "heard_at_once": at_once,
            "own_engines": here,
            "speech_machines": there,
            "cable_out_in_mid_work": cable,
            "power_lost_in_mid_work": power,
        }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one round of utterances")
    args = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("network namespaces need root")
    print(
        json.dumps(keep("cluster", run(QUICK_ROUNDS if args.quick else ROUNDS)), ensure_ascii=False, indent=2)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
