"""A town's line as its callers know it: the lab's Asterisk, the real agent behind it, and a telephone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.hearing import hears
from tests.support.lab import AsteriskLab
from tests.support.serve_process import ServeProcess, agent_behind
from tests.support.short_town import NOW, write_short_town, written
from tests.support.sip_caller import PhoneCall, SipPhone

TOWN_HALL = "0596000000"


@dataclass
class TownLine:
    lab: AsteriskLab
    agent: ServeProcess
    phone: SipPhone
    town: Path
    calls: list[PhoneCall] = field(default_factory=list)

    async def ring(self) -> PhoneCall:
        call = await self.phone.ring(self.lab.sip, TOWN_HALL, timeout_s=20)
        self.calls.append(call)
        return call

    async def hang_up_all(self) -> None:
        while self.calls:
            await self.calls.pop().hang_up()

    async def greeted(self) -> PhoneCall:
        """A call whose greeting was heard to its end."""
        call = await self.ring()
        await hears(call, self.expected()[0], call.rung_at)
        return call

    def expected(self, *turns: dict[str, object]) -> list[list[str]]:
        """What the agent must say, from the same call in text: the greeting, then each turn's sentences."""
        return written(self.town, *turns)

    async def leaves_nothing(self, before: tuple[float, int]) -> None:
        """Fails the test unless Asterisk and the agent soon hold no more than before."""
        await asyncio.to_thread(self.lab.wait_until_empty, 10.0)
        await self.agent.returns_to(before)


def now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def open_line(
    lab: AsteriskLab, folder: Path, ears: Path | None, database: str = "sqlite://"
) -> AsyncIterator[TownLine]:
    """The line of a town whose agent hears with this recogniser, or understands keys alone."""
    town = folder / "commune"
    town.mkdir(parents=True)
    # One engine of each kind, whatever is installed on this machine.
    environment = {
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_EARS": str(ears or "none"),
        "STANDARDISTE_DATA": str(folder / "data"),
        "STANDARDISTE_DATABASE": database,
    }
    arguments = ("--now", NOW, "--commune", str(write_short_town(town)))
    async with agent_behind(lab, *arguments, environment=environment) as agent, SipPhone.opened() as phone:
        assert ((await agent.readiness())["speech"] == "keypad") == (ears is None)
        yield TownLine(lab, agent, phone, town)
