"""A town's line on which something fails: an agent behind a real Asterisk, its callers, what they heard."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.call_air import dead_air_s
from bench.call_records import read_kept
from bench.call_scripts import Kind, Script, promise_in
from bench.call_tally import DEAD_AIR_S, Played, Tally
from prompts.content import Town
from prompts.load import load_town
from tests.support.hearing import find
from tests.support.lab import AsteriskLab
from tests.support.real_calls import TOWN_HALL
from tests.support.recogniser import write_ears
from tests.support.serve_process import ServeProcess, behind, serve_process
from tests.support.short_town import write_short_town
from tests.support.sip_caller import CallRefused, SipPhone

NOW = "2026-11-24T14:00"
"""A Tuesday afternoon: the town hall is closed, who asks for a person is called back; the rest is open."""
TODAY = date(2026, 11, 24)
PICKED_UP_WITHIN_S = 20.0
WHOLE = 0.7
"""Share of a sentence from which it was heard (tests/support/hearing.py)."""
ALL_S = 30.0


@dataclass(frozen=True)
class TownLine:
    """An agent that serves, and where it keeps what it is told."""

    lab: AsteriskLab
    agent: ServeProcess
    phone: SipPhone
    town: Town
    content: Path
    url: str
    """Of its database."""
    data: Path
    arguments: tuple[str, ...]
    """It was started with these, and another of its kind would be."""
    environment: Mapping[str, str]


@dataclass
class Errand(Played):
    """One call in which something was asked for."""

    kind: Kind = "callback"
    committed_at: float | None = None
    """On the loop's clock: when the caller agreed."""
    not_kept: bool = False
    """They heard that nothing can be promised."""
    silence_s: float = 0.0
    """The longest time in which they heard nothing."""


def write_town(folder: Path) -> Path:
    """A town whose agent says little, with the numbers and the clock of Martinique."""
    folder.mkdir(parents=True, exist_ok=True)
    commune = write_short_town(folder) / "commune.yaml"
    text = commune.read_text(encoding="utf-8")
    for of_vauclair, of_ours in (
        ("departement: '35'", "departement: '972'"),
        ("Europe/Paris", "America/Martinique"),
        ("+33299000000", "+596596000000"),
    ):
        text = text.replace(of_vauclair, of_ours)
    commune.write_text(text, encoding="utf-8")
    return folder


@asynccontextmanager
async def town_line(
    lab: AsteriskLab,
    folder: Path,
    *,
    data: Path | None = None,
    url: str | None = None,
    now: str | None = NOW,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[TownLine]:
    """`now`: None for the machine's own clock; `url`: an SQLite file in the data folder unless another."""
    content, data = write_town(folder / "commune"), data or folder / "data"
    url = url or f"sqlite:///{data / 'standardiste.db'}"
    own = {
        "STANDARDISTE_DATA": str(data),
        "STANDARDISTE_DATABASE": url,
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_EARS": str(write_ears(folder / "oreilles")),
        "STANDARDISTE_OVERLOAD": "non",
        "STANDARDISTE_WITNESS_MINUTES": "0",
        "STANDARDISTE_DRAIN_S": "2",
    }
    clock = ("--now", now) if now else ()
    arguments = (*clock, "--commune", str(content))
    all_of_it = {**behind(lab), **own, **(environment or {})}
    async with (
        serve_process(*arguments, environment=all_of_it) as agent,
        SipPhone.opened() as phone,
    ):
        await agent.until_ready()
        yield TownLine(lab, agent, phone, load_town(content), content, url, data, arguments, all_of_it)


async def errand(line: TownLine, kind: Kind, number: str, listens_s: float = ALL_S) -> Errand:
    """One call; hung up so long after the caller agreed, when the agent has not come to its end before."""
    done, script = Errand(number, kind=kind), Script(kind)
    try:
        call = await line.phone.ring(line.lab.sip, TOWN_HALL, number, timeout_s=PICKED_UP_WITHIN_S)
    except CallRefused as refused:
        done.refused = refused.status
        return done
    talking = asyncio.create_task(script.talk(call))
    watching = asyncio.create_task(_agreed(script, listens_s))
    await asyncio.wait({talking, watching}, return_when=asyncio.FIRST_COMPLETED)
    done.stalled = talking.done() and isinstance(talking.exception(), TimeoutError)
    for task in (talking, watching):
        task.cancel()
    await asyncio.wait({talking, watching})
    done.dropped = call.ended_by_them
    done.committed_at = script.committed_at
    done.promise = promise_in(script, call, line.town)
    if script.committed_at is not None:
        words = line.town.requests.records_unavailable
        done.not_kept = find(words, call.heard(script.committed_at)).share >= WHOLE
    end = call.ended_at or asyncio.get_running_loop().time()
    done.silence_s = dead_air_s(call.rtp.heard_packets, call.answered_at, end)
    await call.hang_up()
    return done


async def _agreed(script: Script, listens_s: float) -> None:
    """Until the caller has listened so long to what became of their agreeing."""
    while script.committed_at is None:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.1)
    await asyncio.sleep(listens_s)


class Callers:
    """So many people, each calling again and again, never twice from the same number."""

    def __init__(self, line: TownLine, kinds: Sequence[Kind]) -> None:
        self.played: list[Errand] = []
        self._line, self._kinds = line, kinds
        self._numbers = itertools.count()
        self._until_told = asyncio.Event()

    def number(self) -> str:
        """One that nobody has called from."""
        return f"0696{next(self._numbers):06d}"

    async def once(self, kind: Kind, listens_s: float = ALL_S) -> Errand:
        """One more call."""
        done = await errand(self._line, kind, self.number(), listens_s)
        self.played.append(done)
        return done

    async def keep_calling(self) -> None:
        """One of them, until all are told to stop; the call that goes on is ended as any other."""
        for kind in itertools.cycle(self._kinds):
            if self._until_told.is_set():
                return
            await self.once(kind)

    def stop(self) -> None:
        self._until_told.set()

    async def tally(self) -> Tally:
        """What they heard, against what is in the database now."""
        kept = await read_kept(self._line.url, self._line.town, TODAY)
        tally = Tally()
        tally.judge(self.played, kept)
        return tally

    @property
    def longest_silence_s(self) -> float:
        return round(max((one.silence_s for one in self.played), default=0.0), 2)

    @property
    def never_left_in_silence(self) -> bool:
        return self.longest_silence_s <= DEAD_AIR_S


async def until_ready(line: TownLine, part: str, state: str, timeout_s: float = 60.0) -> float:
    """Until /readyz says so of this part; how long it took. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with asyncio.timeout(timeout_s):
        while (await line.agent.readiness()).get(part) != state:  # noqa: ASYNC110 - only asking can tell
            await asyncio.sleep(0.2)
    return loop.time() - begun
