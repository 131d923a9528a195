"""`python -m tests.acceptance [NAME...]`: plays the calls and says which pass; -v prints them whole."""

import argparse
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.play import Played, play
from tests.acceptance.script import BadScript, Call, read_calls


def main() -> int:
    """0 when every call played passes."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("names", nargs="*", help="names or subjects of calls, or parts of them (all calls)")
    parser.add_argument("-v", "--verbose", action="store_true", help="the whole transcript of each call")
    parser.add_argument("-f", "--failed", action="store_true", help="show only the calls that fail")
    parser.add_argument("--process", action="store_true", help="one command line process a call")
    parser.add_argument("--list", action="store_true", help="name and story of each call, play nothing")
    asked = parser.parse_args()
    try:
        subjects = {call.subject for call in read_calls()}
        calls = [call for call in read_calls() if _chosen(call, asked.names, subjects)]
    except BadScript as error:
        print(f"tests.acceptance: {error}", file=sys.stderr)
        return 2
    if asked.list:
        for call in calls:
            print(f"{call.subject:14} {call.name:45} {call.story}")
        return 0
    failed = Counter[str]()
    for call in calls:
        started = time.perf_counter()
        played = _played(call, asked.process)
        failed[call.subject] += bool(played.problems)
        if played.problems or not asked.failed:
            _show(played, time.perf_counter() - started, asked.verbose)
    _summary(calls, failed)
    return 1 if failed.total() else 0


def _played(call: Call, process: bool) -> Played:
    """The call played; a dialogue that breaks down is a call that fails, and the others still go on."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(play, call, process)
        error = future.exception()
    if error is None:
        return future.result()
    trace = traceback.format_exception(error)
    return Played(
        call,
        lines=trace,
        problems=[f"it broke down: {trace[-1].strip()} ({trace[-2].strip().splitlines()[0]})"],
    )


def _chosen(call: Call, names: list[str], subjects: set[str]) -> bool:
    """By its name, its subject, or a part of its name that is no subject's."""
    whole = {call.name, call.subject}
    return not names or any(name in whole or (name not in subjects and name in call.name) for name in names)


def _show(played: Played, took_s: float, verbose: bool) -> None:
    verdict = "FAIL" if played.problems else "pass"
    print(f"{verdict}  {played.call.subject:14} {played.call.name:45} {took_s:5.2f} s", flush=True)
    if verbose:
        print(f"  {played.call.story} ({played.call.now}, {played.call.caller})")
        print("\n".join(played.lines))
    for problem in played.problems:
        print(f"        {problem}")


def _summary(calls: list[Call], failed: Counter[str]) -> None:
    subjects = Counter(call.subject for call in calls)
    print()
    for subject, total in subjects.items():
        print(f"{subject:20} {total - failed[subject]:3} of {total}")
    print(f"{'all':20} {len(calls) - failed.total():3} of {len(calls)}")


if __name__ == "__main__":
    sys.exit(main())
