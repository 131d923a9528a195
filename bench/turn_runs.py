"""One run: one system with its settings, so many calls at once, over all turns that are not done yet."""

import asyncio
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.turn_caller import Answered, Caller, Interrupted, Story
from bench.turn_journal import Journal
from bench.turn_process import Decision, MeasuredAgent, measured_agent
from bench.turn_scoring import OverRow, TurnRow
from bench.turns.material import Recording
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import CallRefused, PhoneCall, SipPhone

NUMBER = "0596000000"
TURNS_A_CALL = 12
SOUNDS_A_STORY = 3
"""Together shorter than the story, so that its own end is not taken for a stop."""
SOUNDS_A_CALL = 12
MOST_BROKEN = 10
"""Stories that were asked for and not heard, before the run is given up."""
ECHO_DELAY_S, ECHO_DB = 0.09, -20.0
TRIES = 2
"""How often a question is asked that is not heard, before the turn counts as unanswered."""


@dataclass(frozen=True)
class Run:
    """What is measured, and how its rows are called."""

    system: str
    calls: int
    setting: str = ""
    """The waiting that was swept; empty for the system as it is."""
    arguments: tuple[str, ...] = ()
    echoes: int = 0

    @property
    def name(self) -> str:
        return f"{self.system} {self.setting} x{self.calls}".replace("  ", " ")


async def measure(
    run: Run,
    lab: AsteriskLab,
    journal: Journal,
    turns: Sequence[Recording],
    over: Sequence[Recording],
    until: float = float("inf"),
) -> None:
    """Plays what is not in the journal yet to this system; nothing is begun after `until` (monotonic)."""
    left = deque(one for one in turns if one.label.name not in journal.names(run.name, "turns"))
    done = journal.names(run.name, "over")
    sounds = [one for one in over if one.label.name not in done]
    echoes = [name for name in _echo_names(run.echoes) if over and name not in done]
    if not (left or sounds or echoes) or time.monotonic() >= until:
        return
    async with measured_agent(lab, (run.system, *run.arguments), {}) as agent, SipPhone.opened() as phone:
        line = _Line(lab, phone, agent, journal, run, until)
        async with asyncio.TaskGroup() as callers:
            for number in range(run.calls):
                callers.create_task(line.answer_all(left, number))
        await line.keep_what_was_read()
        if sounds or echoes:
            await line.interrupt_all(sounds, echoes)


def _echo_names(count: int) -> list[str]:
    return [f"echo-{number:03}" for number in range(count)]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _Line:
    """The callers of one run."""

    def __init__(
        self,
        lab: AsteriskLab,
        phone: SipPhone,
        agent: MeasuredAgent,
        journal: Journal,
        run: Run,
        until: float,
    ) -> None:
        self._lab, self._phone, self._agent = lab, phone, agent
        self._journal, self._run, self._until = journal, run, until
        self._rung = self._broken = 0
        self._unasked: Counter[str] = Counter()
        self._answered: list[tuple[Answered, Decision | None]] = []

    @property
    def _in_time(self) -> bool:
        return time.monotonic() < self._until

    async def answer_all(self, left: deque[Recording], caller: int) -> None:
        """Call after call, a dozen turns each, until none is left."""
        await asyncio.sleep(0.7 * caller)
        while left and self._in_time:
            told: list[tuple[Answered, Decision | None]] = []
            call, number = await self._ring()
            try:
                talking = Caller(call, self._agent, number)
                while left and self._in_time and len(told) < TURNS_A_CALL and not call.ended.is_set():
                    turn = left.popleft()
                    try:
                        told.append(await talking.answers(turn))
                    except TimeoutError:
                        if not self._to_try_again(turn):
                            told.append((Answered(turn.label, None, None, False), None))
                        else:
                            left.append(turn)
                        break
            finally:
                await call.hang_up()
            self._answered += told
            if self._run.calls == 1:  # else others are still talking, and reading would cost them time
                await self.keep_what_was_read()
            cut = sum(one.cut_off for one, _ in told)
            _say(f"{self._run.name}: {len(left)} turns left ({cut} of {len(told)} cut off)")

    def _to_try_again(self, turn: Recording) -> bool:
        """Whether a question that was not heard is asked again; the second time it counts as unanswered."""
        self._unasked[turn.label.name] += 1
        _say(f"{self._run.name}: {turn.label.name} was not asked")
        return self._unasked[turn.label.name] < TRIES

    async def keep_what_was_read(self) -> None:
        """Keeps the turns of the calls that are over, once their words have been read."""
        await self._agent.all_read()
        while self._answered:
            self._keep("turns", _turn_row(*self._answered.pop(0)))

    async def interrupt_all(self, sounds: Sequence[Recording], echoes: Sequence[str]) -> None:
        """Every sound over the story, some of each kind in each call; then the story's own echo."""
        real = deque(one for one in sounds if one.label.kind == "speech")
        others = deque(one for one in sounds if one.label.kind != "speech")
        rng = random.Random(len(real))
        story: Story | None = None
        while (real or others or echoes) and self._in_time:
            call, number = await self._ring()
            told: list[tuple[Interrupted, Decision | None]] = []
            try:
                talking = Caller(call, self._agent, number)
                story = story or await talking.hears_the_story()
                while (real or others) and len(told) < SOUNDS_A_CALL and not call.ended.is_set():
                    for some in (real, others):
                        batch = [some.popleft() for _ in range(min(_a_story(some), len(some)))]
                        now = await self._over_a_story(talking, batch, story, rng)
                        told += now
                        some.extendleft(reversed(batch[len(now) :]))
                if not (real or others):
                    for name in echoes:
                        self._keep("over", asdict(await self._echo(talking, name, story)))
                    echoes = ()
            finally:
                await call.hang_up()
            await self._agent.all_read()
            for interrupted, decision in told:
                self._keep("over", _over_row(interrupted, decision))
            _say(f"{self._run.name}: {len(real) + len(others)} sounds over the agent left")

    async def _over_a_story(
        self, talking: Caller, batch: list[Recording], story: Story, rng: random.Random
    ) -> list[tuple[Interrupted, Decision | None]]:
        """Those of the batch that were heard; the rest is for another story."""
        if not batch:
            return []
        try:
            return await talking.interrupts(batch, story, rng.uniform(0.9, 2.2))
        except TimeoutError:
            self._broken += 1
            if self._broken > MOST_BROKEN:
                raise
            return []

    async def _echo(self, talking: Caller, name: str, story: Story) -> OverRow:
        stopped_ms = await talking.echoes(story, ECHO_DELAY_S, ECHO_DB)
        return OverRow(name, "echo", "", None, stopped_ms)

    async def _ring(self) -> tuple[PhoneCall, str]:
        self._rung += 1
        number = f"06961{self._rung:05}"
        for last in (False, False, True):
            try:
                call = await self._phone.ring(self._lab.sip, NUMBER, caller=number, timeout_s=20)
            except CallRefused:
                if last:
                    raise
                await asyncio.sleep(2)
            else:
                return call, "+596" + number[1:]
        raise AssertionError

    def _keep(self, part: str, row: dict[str, object]) -> None:
        self._journal.add({"run": self._run.name, "part": part, "row": row})


def _a_story(sounds: deque[Recording]) -> int:
    """How many of these go over one story: who really interrupts ends it."""
    return 1 if sounds and sounds[0].label.kind == "speech" else SOUNDS_A_STORY


def _turn_row(told: Answered, decision: Decision | None) -> dict[str, object]:
    label = told.label
    return asdict(
        TurnRow(
            label.name, label.kind, label.means, _ms(told.latency_ms), _ms(told.decided_ms), told.cut_off,
            decision.text if decision else None, told.filler, label.place, label.voice, label.longest_pause_s,
        )
    )  # fmt: skip


def _over_row(told: Interrupted, decision: Decision | None) -> dict[str, object]:
    label, text = told.label, decision.text if decision else None
    softer, silent = _ms(told.softer_ms), _ms(told.silent_ms)
    return asdict(OverRow(label.name, label.kind, label.means, softer, silent, text))


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
