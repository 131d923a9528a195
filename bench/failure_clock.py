"""The machine's clock jumps an hour forward and back while people call and clerks work.

    python -m bench.failure_clock [--apart-s 20] [--callers 4]

The agent runs on a clock of ours (libfaketime); what it measures stretches of time with stays the kernel's,
as on a machine whose wall clock is set.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.call_air import dead_air_s
from bench.call_tally import DEAD_AIR_S
from bench.clock_records import JumpingRecords
from bench.failure_line import NOW, PICKED_UP_WITHIN_S, TownLine, town_line
from bench.load import own_lab
from callbacks.accounts import NewAccount, add_account
from callbacks.database import open_database
from callbacks.sessions import open_session
from tests.support.real_calls import TOWN_HALL
from tests.support.sip_caller import PhoneCall

HOUR_S = 3600
JUMPS_S = (HOUR_S, 0, -HOUR_S, 0)
"""Where the clock stands after each of them, against where it should."""
ANSWERED_WITHIN_S = 8.0
BETWEEN_KEYS_S = 1.5
HEARD_AFTER_S = 0.3
PAGE_WITHIN_S = 30.0


class Clock:
    """What the agent's machine takes the time to be; `environment` puts a program on it."""

    def __init__(self, file: Path, begins: datetime) -> None:
        """`begins`: aware, what it shows now."""
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._base_s = round((begins - datetime.now(UTC)).total_seconds())
        self.stand(0)

    @property
    def environment(self) -> dict[str, str]:
        """Raises FileNotFoundError where libfaketime is not installed."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            raise FileNotFoundError("libfaketime n'est pas installé : make setup s'en charge")
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
        }

    def stand(self, off_s: int) -> None:
        """So far ahead of the right time; behind it where negative."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{self._base_s + off_s:+d}\n", encoding="ascii")
        part.replace(self._file)


def right_time(line_zone: str = "-04:00") -> datetime:
    """The beginning, in the town of these proofs."""
    return datetime.fromisoformat(NOW + line_zone)


@dataclass
class Talk:
    """One caller who stays on the line and presses a key again and again."""

    keys: int = 0
    unanswered: int = 0
    dropped: bool = False
    silence_s: float = 0.0


async def _keep_pressing(call: PhoneCall, talk: Talk) -> None:
    loop = asyncio.get_running_loop()
    await call.first_voiced_after(call.answered_at, ANSWERED_WITHIN_S)
    while True:
        await asyncio.sleep(BETWEEN_KEYS_S)
        await call.press("1")
        talk.keys += 1
        try:
            await call.first_voiced_after(loop.time() + HEARD_AFTER_S, ANSWERED_WITHIN_S)
        except TimeoutError:
            talk.unanswered += 1


async def _clerk_signs_in(line: TownLine, now: datetime) -> httpx.AsyncClient:
    """A clerk's browser."""
    database = open_database(line.url)
    try:
        clerk = await add_account(database, NewAccount("lucie", "clerk", "une phrase de passe"), now)
        token = await database.write(lambda session: open_session(session, clerk, now))
    finally:
        await database.close()
    return httpx.AsyncClient(
        base_url=line.agent.address, cookies={"standardiste": token}, timeout=PAGE_WITHIN_S
    )


async def clock_jump(
    line: TownLine, clock: Clock, *, apart_s: float, callers: int, jumps: Sequence[int] = JUMPS_S
) -> dict[str, Any]:
    """The clock jumps while these callers talk; what became of them, and of a clerk who is signed in."""
    calls = [
        await line.phone.ring(line.lab.sip, TOWN_HALL, f"0697{n:06d}", timeout_s=PICKED_UP_WITHIN_S)
        for n in range(callers)
    ]
    talks = [Talk() for _ in calls]
    pressing = [
        asyncio.create_task(_keep_pressing(call, talk)) for call, talk in zip(calls, talks, strict=True)
    ]
    pages = []
    async with await _clerk_signs_in(line, right_time()) as browser:
        for jump in jumps:
            await asyncio.sleep(apart_s)
            clock.stand(jump)
            pages.append((await browser.get("/", follow_redirects=False)).status_code)
        await asyncio.sleep(apart_s)
        pages.append((await browser.get("/", follow_redirects=False)).status_code)
    for task in pressing:
        task.cancel()
    await asyncio.wait(pressing)
    now = asyncio.get_running_loop().time()
    for call, talk in zip(calls, talks, strict=True):
        talk.dropped = call.ended.is_set()
        talk.silence_s = dead_air_s(call.rtp.heard_packets, call.answered_at, call.ended_at or now)
        await call.hang_up()
    return {
        "jumps_s": list(jumps),
        "calls": len(talks),
        "keys": sum(talk.keys for talk in talks),
        "unanswered": sum(talk.unanswered for talk in talks),
        "dropped": sum(talk.dropped for talk in talks),
        "longest_silence_s": round(max(talk.silence_s for talk in talks), 2),
        "signed_out": sum(status != httpx.codes.OK for status in pages),
        "agent_lives": line.agent.process.returncode is None,
    }


def is_kept(found: dict[str, Any]) -> bool:
    """Whether nobody noticed."""
    none = (found["unanswered"], found["dropped"], found["signed_out"])
    return not any(none) and found["agent_lives"] and found["longest_silence_s"] <= DEAD_AIR_S


async def prove(apart_s: float, callers: int, rounds: int, folder: Path) -> dict[str, Any]:
    """In full: calls and a clerk on the agent; then bookings and messages on records of which the clock jumps
    at any moment."""
    clock = Clock(folder / "heure", right_time())
    async with (
        own_lab() as lab,
        town_line(lab, folder, now=None, environment=clock.environment) as line,
    ):
        calls = await clock_jump(line, clock, apart_s=apart_s, callers=callers)
    records = await JumpingRecords(f"sqlite:///{folder / 'sauts.db'}", folder).run(rounds)
    return {"kept": is_kept(calls) and records["kept"], **calls, "records": records}


def main() -> int:
    """Prints what was found; 1 when somebody noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--apart-s", type=float, default=20.0)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    found = asyncio.run(prove(args.apart_s, args.callers, args.rounds, args.folder))
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
