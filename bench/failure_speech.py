"""Speech workers killed at what they are doing while people talk: one repeated turn at most, never a silence.

python -m bench.failure_speech [--kills 100] [--callers 4]
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, cycle
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, Literal

import psutil

from bench.call_air import dead_air_s
from bench.call_tally import DEAD_AIR_S
from bench.failure_line import ALL_S, NOW, PICKED_UP_WITHIN_S, WHOLE, Callers, TownLine, town_line
from bench.load import own_lab
from bench.report import summary
from standardiste.written_call import WrittenCall
from tests.support.hearing import find, sound_of
from tests.support.real_calls import TOWN_HALL
from tests.support.rtp_stream import RATE_HZ
from tests.support.sip_caller import PhoneCall

Kill = Literal["ears", "all_ears", "voice"]
KILLS: tuple[Kill, ...] = ("ears", "ears", "voice", "ears", "all_ears")
WORD = {"ears": "builtin", "all_ears": "builtin", "voice": "espeak"}
"""By which their processes are known (speech.worker_group)."""
QUESTIONS = (
    ("Quels sont les horaires de la déchèterie ?", "fr+linda"),
    ("Quels sont les horaires du cimetière ?", "fr+Hugo"),
    ("Quels sont les horaires de la médiathèque ?", "fr+linda"),
)
LOOK_S = 0.002
BUSY_WITHIN_S = 20.0
INTO_IT_S = 0.06
"""Up to so long after a worker has begun it is killed."""
APART_S = 6.0
"""From one kill to the next: a turn, and its repetition."""
BACK_WITHIN_S = 30.0
TURNS_A_CALL = 3
QUIET_S = 0.6
OVER_S = DEAD_AIR_S + 0.2
"""The agent says no more of its answer."""
ANSWERED_WITHIN_S = 20.0
REPEATS = 2


@dataclass
class Turn:
    """One question, asked until it was answered."""

    killed: bool = False
    """A worker was killed meanwhile."""
    repeats: int = 0
    answered: bool = False
    silence_s: float = 0.0
    first_sound_s: list[float] = field(default_factory=list)


class Killer:
    """Kills workers while they work."""

    def __init__(self, line: TownLine, random: Random) -> None:
        self._agent, self._random = line.agent, random
        self.at: list[float] = []
        """When, on the loop's clock."""
        self.done: Counter[str] = Counter()
        self.idle = 0
        """Of these, those that were doing nothing."""
        self.restart_s: list[float] = []

    async def kill(self, kind: Kill) -> None:
        """One worker that is at work, or all of its kind at once; returns when they are replaced."""
        workers = self._agent.workers(WORD[kind])
        into_s = self._random.uniform(0, INTO_IT_S)
        busy = await asyncio.to_thread(_first_busy, workers, into_s)
        self.idle += busy is None
        loop = asyncio.get_running_loop()
        killed_at = loop.time()
        victims = workers if kind == "all_ears" else [busy or workers[0]]
        for each in victims:
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        self.at.append(killed_at)
        self.done[kind] += 1
        dead = {each.pid for each in victims}
        async with asyncio.timeout(BACK_WITHIN_S):
            while not await self._replaced(dead, len(workers), WORD[kind]):  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.05)
        self.restart_s.append(loop.time() - killed_at)

    async def _replaced(self, dead: set[int], n_before: int, word: str) -> bool:
        try:
            now = {each.pid for each in self._agent.workers(word)}
        except psutil.NoSuchProcess:  # one ended as it was looked at
            return False
        if now & dead or len(now) < n_before:
            return False
        ready = f'standardiste_speech_workers_ready{{engine="{"voix" if word == "espeak" else "ecoute"}"}}'
        return await self._agent.metric(ready) >= n_before


def _first_busy(workers: list[psutil.Process], into_s: float) -> psutil.Process | None:
    """The first that is seen computing, that long into it; None where none is for a while."""
    deadline = time.monotonic() + BUSY_WITHIN_S
    while time.monotonic() < deadline:
        for each in workers:
            if _computes(each.pid):
                time.sleep(into_s)
                return each
        time.sleep(LOOK_S)
    return None


def _computes(pid: int) -> bool:
    """Whether the kernel runs it just now (proc(5), stat: the state comes after the name in brackets)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "R"


def answers(line: TownLine) -> dict[str, str]:
    """What must be heard after each question: the last sentence but the one that asks for more."""
    now = datetime.fromisoformat(NOW).replace(tzinfo=line.town.tz)
    found = {}
    for question, _ in QUESTIONS:
        call = WrittenCall(line.town, now, caller=None)
        list(call.begin())
        found[question] = next(told["agent"] for told in call.turn({"say": question}) if "agent" in told)
    return found


async def ask(call: PhoneCall, question: tuple[str, str], answer: str) -> Turn:
    """Asks, and asks again where something else is said, as people do."""
    turn, loop = Turn(), asyncio.get_running_loop()
    for repeat in range(REPEATS + 1):
        turn.repeats = repeat
        _, ended = await call.say(sound_of(*question), RATE_HZ)
        last = ended
        while loop.time() - ended < ANSWERED_WITHIN_S and not call.ended.is_set():
            await asyncio.sleep(0.1)
            voiced = [each.at for each in call.rtp.heard_packets[-1000:] if each.voiced and each.at >= ended]
            if last == ended and voiced:
                turn.first_sound_s.append(voiced[0] - ended)
            last = voiced[-1] if voiced else ended
            quiet_s = loop.time() - last
            if quiet_s >= QUIET_S and voiced and find(answer, call.heard(ended)).share >= WHOLE:
                turn.answered = True
                break
            if quiet_s >= OVER_S:
                break
        turn.silence_s = max(turn.silence_s, dead_air_s(call.rtp.heard_packets, ended, last))
        if last == ended:  # nothing at all
            turn.silence_s = max(turn.silence_s, loop.time() - ended)
        if turn.answered or call.ended.is_set():
            break
    return turn


class Asking:
    """People who ask one question after the other, call after call."""

    def __init__(self, line: TownLine, killer: Killer) -> None:
        self._line, self._killer = line, killer
        self._answers = answers(line)
        self._numbers = count()
        self.turns: list[Turn] = []
        self.dropped = 0
        self._until_told = asyncio.Event()

    def stop(self) -> None:
        self._until_told.set()

    async def keep_calling(self, first: int) -> None:
        """One of them, until all are told to stop."""
        questions = cycle((*QUESTIONS[first % len(QUESTIONS) :], *QUESTIONS[: first % len(QUESTIONS)]))
        while not self._until_told.is_set():
            await self._call(questions)

    async def _call(self, questions: Iterator[tuple[str, str]]) -> None:
        number = f"0698{next(self._numbers):06d}"
        call = await self._line.phone.ring(
            self._line.lab.sip, TOWN_HALL, number, timeout_s=PICKED_UP_WITHIN_S
        )
        loop = asyncio.get_running_loop()
        await call.first_voiced_after(call.answered_at, ANSWERED_WITHIN_S)
        await call.silent_after(loop.time(), QUIET_S, ALL_S)
        for _ in range(TURNS_A_CALL):
            question, begun = next(questions), loop.time()
            turn = await ask(call, question, self._answers[question[0]])
            turn.killed = any(begun <= at <= loop.time() for at in self._killer.at)
            self.turns.append(turn)
            if call.ended.is_set() or self._until_told.is_set():
                break
            await call.silent_after(loop.time(), QUIET_S, ALL_S)
        self.dropped += call.ended_by_them
        await call.hang_up()


async def speech_worker_killed(line: TownLine, kills: int, callers: int, random: Random) -> dict[str, Any]:
    """So many kills while these people ask aloud, and one more has their number read back to them."""
    killer = Killer(line, random)
    asking, reading = Asking(line, killer), Callers(line, ("callback",))
    people = [asyncio.create_task(asking.keep_calling(n)) for n in range(callers)]
    people.append(asyncio.create_task(reading.keep_calling()))
    kinds = cycle(KILLS)
    for _ in range(kills):
        await killer.kill(next(kinds))
        await asyncio.sleep(APART_S)
    asking.stop()
    reading.stop()
    await asyncio.wait(people)
    for each in people:
        each.result()
    return _told(asking, reading, killer)


def _told(asking: Asking, reading: Callers, killer: Killer) -> dict[str, Any]:
    hit = [turn for turn in asking.turns if turn.killed]
    silence_s = max([turn.silence_s for turn in asking.turns] + [reading.longest_silence_s])
    stalled = sum(one.stalled or one.promise is None for one in reading.played)
    broken = asking.dropped + sum(one.dropped for one in reading.played)
    repeated = [turn.repeats for turn in asking.turns]
    unanswered = sum(not turn.answered for turn in asking.turns)
    kept = not any((broken, unanswered, stalled)) and max(repeated) <= 1 and silence_s <= DEAD_AIR_S
    return {
        "kept": kept,
        "kills": dict(killer.done),
        "kills_of_an_idle_worker": killer.idle,
        "restart_s": summary(killer.restart_s, 2),
        "turns": len(asking.turns),
        "turns_under_a_kill": len(hit),
        "repeated_under_a_kill": sum(turn.repeats > 0 for turn in hit),
        "repeated_otherwise": sum(turn.repeats > 0 for turn in asking.turns if not turn.killed),
        "repeated_more_than_once": sum(turn.repeats > 1 for turn in asking.turns),
        "unanswered": unanswered,
        "numbers_read_back": len(reading.played),
        "not_read_back": stalled,
        "calls_broken": broken,
        "longest_silence_s": round(silence_s, 2),
        "first_sound_s": summary([each for turn in asking.turns for each in turn.first_sound_s], 2),
        "first_sound_under_a_kill_s": summary([each for turn in hit for each in turn.first_sound_s], 2),
    }


async def prove(kills: int, callers: int, folder: Path) -> dict[str, Any]:
    """In full, on an Asterisk and an agent of their own."""
    async with own_lab() as lab, town_line(lab, folder) as line:
        return await speech_worker_killed(line, kills, callers, SystemRandom())


def main() -> int:
    """Prints what was found; 1 when somebody noticed more than they should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--callers", type=int, default=3)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    found = asyncio.run(prove(args.kills, args.callers, args.folder))
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
