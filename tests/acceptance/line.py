"""Two ways to ring the agent in text: the command line process, or the same dialogue in this process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from prompts.content import Town
from standardiste.town import read_town, town_now
from standardiste.written_call import WrittenCall
from tests.acceptance.script import Call, Json

_ROOT = Path(__file__).parents[2]


class Line(Protocol):
    """One call in progress."""

    def pick_up(self) -> list[Json]:
        """What comes before any input."""

    def give(self, given: Json) -> list[Json]:
        """What one turn of the caller leads to."""

    def close(self) -> list[Json]:
        """Standard input closes: what was still to come."""


class LineWentDead(Exception):
    """The agent's process stopped in the middle of a call."""


class ProcessLine:
    """`python -m standardiste converse`, one line at a time."""

    def __init__(self, call: Call) -> None:
        command = [
            sys.executable,
            "-m",
            "standardiste",
            "converse",
            "--database",
            "sqlite://",
            "--now",
            call.now,
            "--caller",
            call.caller,
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=_ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._process.kill()
        self._process.wait()

    def pick_up(self) -> list[Json]:
        """The greeting."""
        return list(self._until_our_turn())

    def give(self, given: Json) -> list[Json]:
        """Writes one line (`raw`: as it stands) and reads up to the next `listening`, `end` or `error`."""
        line = given["raw"] if "raw" in given else json.dumps(given, ensure_ascii=False)
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return list(self._until_our_turn())

    def close(self) -> list[Json]:
        """Closes standard input and reads what remains."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return list(self._answers())

    def _until_our_turn(self) -> Iterator[Json]:
        for answer in self._answers():
            yield answer
            if {"listening", "end", "error"} & set(answer):
                return
        raise LineWentDead("the process stopped in the middle of the call")

    def _answers(self) -> Iterator[Json]:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            answer = json.loads(line)
            if not isinstance(answer, dict):
                raise LineWentDead(f"not a JSON object on standard output: {line!r}")
            yield answer


class WrittenLine:
    """The very call that `converse` plays, without the price of a process."""

    def __init__(self, call: Call) -> None:
        town = _demo_town()
        caller = None if call.caller == "anonymous" else call.caller
        self._call = WrittenCall(town, town_now(datetime.fromisoformat(call.now), town), caller)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays behind."""

    def pick_up(self) -> list[Json]:
        """The greeting."""
        return list(self._call.begin())

    def give(self, given: Json) -> list[Json]:
        """One turn."""
        try:
            return list(self._call.turn(given))
        except ValueError as error:
            return [{"error": str(error)}]

    def close(self) -> list[Json]:
        """The caller is gone."""
        return list(self._call.hang_up())


@cache
def _demo_town() -> Town:
    return read_town(None)


def ring(call: Call, process: bool) -> ProcessLine | WrittenLine:
    """A line for this call."""
    return ProcessLine(call) if process or call.process else WrittenLine(call)
