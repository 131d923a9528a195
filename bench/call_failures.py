"""The agent killed, Asterisk started again, the link between them cut: what becomes of the callers.

Real SIP callers, a real Asterisk, the real agent. Each failure finds several calls going on; what they hear
is measured on their own telephones, and what they were told is looked up in the database afterwards.
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import count, cycle, islice
from pathlib import Path
from random import Random

from bench.call_agent import NOW, Supervised, supervised, write_town
from bench.call_air import Sound, dead_air_s, sound_of
from bench.call_link import Link, laid
from bench.call_records import lay_out_time_slots, read_kept
from bench.call_scripts import KINDS, NUMBER, Kind, Script, greeted_at, promise_in, told_at
from bench.call_tally import Played, Tally
from prompts.content import Town
from prompts.load import load_town
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import CallRefused, PhoneCall, SipPhone
from tests.support.sounds import likeness, sweep

log = logging.getLogger(__name__)

CALLERS = 4
LIFE_S = (1.0, 24.0)
"""From the first caller's ringing until something fails."""
RING_S = 6.0
LISTEN_S = 4.3
"""How long callers stay after a failure, unless they wait for a person."""
STUCK_AFTER_S = 5.0
CUT_S = 5.0
HUMAN_WITHIN_S = 25.0
TALKED_S = 3.2
"""With a person: longer than the agent's sign of life lasts."""
SERVED_WITHIN_S = 30.0
GREETED_WITHIN_S = 2.5
NOTED_WITHIN_S = 60.0
CALLER_ID = 6
"""Behind a channel's name, in Asterisk's list."""


@dataclass
class _Line:
    """A call that was going on when something failed."""

    played: Played
    script: Script
    call: PhoneCall


@dataclass
class CallBench:
    """Callers, Asterisk, the agent and the link between them; made by `open_bench`."""

    lab: AsteriskLab
    link: Link
    agent: Supervised
    phone: SipPhone
    post: SipPhone
    town: Town
    database: str
    random: Random
    life_s: tuple[float, float] = LIFE_S
    tally: Tally = field(default_factory=Tally)
    played: list[Played] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(100_000))
    _failed: asyncio.Event = field(default_factory=asyncio.Event)
    _callers: list[asyncio.Task[None]] = field(default_factory=list)
    _cut_off: list[_Line] = field(default_factory=list)
    _patient: set[str] = field(default_factory=set)
    """Who waits for a person."""
    _with_somebody: dict[str, float] = field(default_factory=dict)
    """By number, since when."""

    # What fails

    async def kill_agent(self, *, patient: bool = False) -> None:
        """`patient`: one of the callers stays until a person answers."""
        await self._life()
        failed_at = await self.agent.kill()
        self._failed.set()
        restarting = asyncio.create_task(self.agent.again())
        aftermath = asyncio.create_task(self._aftermath(failed_at, patient=patient))
        await _at(failed_at + LISTEN_S)
        await self._count_stuck(failed_at + STUCK_AFTER_S)
        await restarting
        await self.agent.ready()
        ready_at = _now()
        self.tally.restart_s.append(ready_at - failed_at)
        await self._served_again(ready_at)
        await aftermath

    async def cut_link(self, *, torn: bool, patient: bool = False) -> None:
        """For CUT_S. `torn`: connections are reset; else nothing passes and nobody is told."""
        await self._life()
        failed_at = _now()
        if torn:
            await self.link.tear()
        else:
            self.link.pull()
        self._failed.set()
        aftermath = asyncio.create_task(self._aftermath(failed_at, patient=patient))
        await _at(failed_at + CUT_S)
        await self.link.mend()
        mended_at = _now()
        await self._served_again(mended_at)
        await self._count_stuck(mended_at + STUCK_AFTER_S)
        await aftermath

    async def restart_asterisk(self, *, killed: bool) -> None:
        """Its calls end; what counts is what is kept of them, and how soon there are new ones."""
        await self._life()
        self._failed.set()
        failed_at = _now()
        if killed:
            os.kill(self.lab.pid, signal.SIGKILL)
        else:
            await asyncio.to_thread(self.lab.stop)
        await asyncio.to_thread(self.lab.start)
        started_at = _now()
        self.tally.restart_s.append(started_at - failed_at)
        await self._served_again(started_at)
        await asyncio.gather(*self._callers)
        for line in self._cut_off:
            await self._leave(line, failed_at)
        await self._count_stuck(started_at + STUCK_AFTER_S)

    async def settle(self) -> Tally:
        """All callers against the database, once those who were interrupted are in it: it is waited for."""
        waiting = {each.number for each in self.played if each.interrupted and not each.human}
        today, deadline = date.fromisoformat(NOW[:10]), _now() + NOTED_WITHIN_S
        while True:
            kept = await read_kept(self.database, self.town, today)
            if waiting <= kept.called_back.keys() or _now() > deadline:
                break
            await asyncio.sleep(0.5)
        self.tally.judge(self.played, kept)
        return self.tally

    # Callers while all is well

    async def _life(self) -> None:
        """Callers come and go, for a while."""
        self.tally.failures += 1
        self._failed.clear()
        self._patient.clear()
        self._cut_off.clear()
        kinds = self.random.sample(KINDS, len(KINDS))
        self._callers = [
            asyncio.create_task(self._keep_calling(islice(cycle(kinds), first, None)))
            for first in range(CALLERS)
        ]
        await asyncio.sleep(self.random.uniform(*self.life_s))

    async def _keep_calling(self, kinds: Iterator[Kind]) -> None:
        """One call after the other; the last one is left open when something fails."""
        for kind in kinds:
            played, script = Played(self._number()), Script(kind, offer=self.random.choice("123"))
            try:
                call = await self.phone.ring(self.lab.sip, NUMBER, played.number, timeout_s=RING_S)
            except CallRefused as refused:
                if self._failed.is_set():
                    return
                self.played.append(played)
                played.refused = refused.status
                continue
            self.played.append(played)
            line = _Line(played, script, call)
            await self._while_all_is_well(line)
            if self._failed.is_set():
                played.interrupted = True
                self._cut_off.append(line)
                return
            await self._leave(line)

    def _number(self) -> str:
        return f"0696{next(self._numbers)}"

    async def _while_all_is_well(self, line: _Line) -> None:
        talk = asyncio.create_task(line.script.talk(line.call))
        others = [asyncio.create_task(each.wait()) for each in (self._failed, line.call.ended)]
        await asyncio.wait([talk, *others], return_when=asyncio.FIRST_COMPLETED)
        stalled = talk.done() and not talk.cancelled() and isinstance(talk.exception(), TimeoutError)
        for task in (talk, *others):
            task.cancel()
        await asyncio.wait([talk, *others])
        if not self._failed.is_set():
            line.played.stalled, line.played.dropped = stalled, line.call.ended.is_set()

    async def _leave(self, line: _Line, failed_at: float = float("inf")) -> None:
        await line.call.hang_up()
        line.played.promise = promise_in(line.script, line.call, self.town, failed_at)

    # Callers once something failed

    async def _aftermath(self, failed_at: float, *, patient: bool) -> None:
        """Those who were cut off listen, one of them until a person answers; then they leave."""
        await asyncio.gather(*self._callers)
        if patient and self._cut_off:
            self._patient.add(self._cut_off[0].played.number)
        await asyncio.gather(*(self._hear_out(line, failed_at) for line in self._cut_off))

    async def _hear_out(self, line: _Line, failed_at: float) -> None:
        played, call = line.played, line.call
        played.owed_words = True
        if played.number in self._patient:
            played.human = await self._talks_with_somebody(line)
        else:
            await _at(failed_at + LISTEN_S)
        played.dropped = call.ended.is_set()
        await call.hang_up()
        until = self._with_somebody.get(played.number, call.ended_at)
        packets = call.rtp.heard_packets
        played.dead_air_s = dead_air_s(packets, failed_at, until)
        words_at = told_at(call, failed_at)
        if words_at is None:  # rung through to the humans before anybody had answered
            rings = (packet for packet in packets if packet.at >= failed_at)
            words_at = next((packet.at for packet in rings if sound_of(packet) is Sound.RING), None)
        played.words_s = None if words_at is None else words_at - failed_at
        await self._leave(line, failed_at)

    async def _talks_with_somebody(self, line: _Line) -> bool:
        """Whether a person answered, was heard, and was still there a while later."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HUMAN_WITHIN_S):
                while (since := self._with_somebody.get(line.played.number)) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await asyncio.sleep(TALKED_S)
            heard = likeness(sweep(1.0), line.call.heard(since)) > 0.8
            return heard and not line.call.ended.is_set()
        return False

    async def at_the_post(self) -> None:
        """A person who answers those that wait for one, and nobody else. Until it is cancelled."""
        while True:
            rung = await self.post.next_call(timeout_s=86_400)
            number = next((one for one in self._patient if one in rung.remote), None)
            if number is not None and not rung.ended.is_set():
                await rung.answer()
                self._with_somebody[number] = _now()
                await rung.say(sweep(1.0))

    # What is left, and what is there again

    async def _count_stuck(self, until: float) -> None:
        """Channels that are there still at that moment, and are no caller's who is there."""
        while (stuck := await self._stuck()) and _now() < until:  # noqa: ASYNC110 - only asking can tell
            await asyncio.sleep(0.2)
        if stuck:
            log.warning("left in Asterisk:\n%s", "\n".join(stuck))
        self.tally.stuck += len(stuck)

    async def _stuck(self) -> list[str]:
        """What is neither a caller who stays nor the post that they talk with."""
        here = {line.played.number for line in self._cut_off if not line.call.ended.is_set()}
        stuck = []
        for line in (await self._asked("core show channels concise")).splitlines():
            if "!" in line:
                name, *rest = line.split("!")
                with_somebody = here and name.startswith("PJSIP/poste-accueil")
                if rest[CALLER_ID] not in here and not with_somebody:
                    stuck.append(line)
        return stuck

    async def _asked(self, command: str) -> str:
        """Of Asterisk's console."""
        return await asyncio.to_thread(self.lab.cli, command)

    async def _served_again(self, since: float) -> None:
        """Rings until the agent answers, and notes how long that took since then."""
        while _now() < since + SERVED_WITHIN_S:
            with suppress(CallRefused):
                if (greeted := await self._greeted()) is not None:
                    self.tally.served_again_s.append(greeted - since)
                    return
            await asyncio.sleep(0.2)
        self.tally.unserved += 1

    async def _greeted(self) -> float | None:
        """When somebody who rings now hears the agent; None where it is not the agent. Raises CallRefused."""
        call = await self.phone.ring(self.lab.sip, NUMBER, self._number(), timeout_s=RING_S)
        deadline = _now() + GREETED_WITHIN_S
        while (greeted := greeted_at(call, self.town)) is None and _now() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await call.hang_up()
        return greeted


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _at(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - _now()))


@asynccontextmanager
async def open_bench(
    lab: AsteriskLab, folder: Path, random: Random, life_s: tuple[float, float] = LIFE_S
) -> AsyncIterator[CallBench]:
    """Everything in its place, and the agent ready."""
    town = load_town(write_town(folder / "commune"))
    database = f"sqlite:///{folder / 'standardiste.db'}"
    await lay_out_time_slots(database, town)
    async with (
        laid(("127.0.0.1", lab.http_port)) as link,
        supervised(lab, link, folder, database) as agent,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        await agent.ready()
        bench = CallBench(lab, link, agent, phone, post, town, database, random, life_s)
        at_the_post = asyncio.create_task(bench.at_the_post())
        try:
            yield bench
        finally:
            at_the_post.cancel()
            await asyncio.wait({at_the_post})
