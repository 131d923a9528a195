"""What is recorded of a call: both sides together, from the announcement on, without keys and names."""

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from speech.audio import FRAME_SAMPLES, RATE_HZ, Samples
from telephony import tape as tapes
from telephony.playback import Playback, Spoken
from telephony.tape import Tape

CALLER, AGENT = 1000, 2000


@dataclass
class Kept:
    """Keeps what it is given."""

    stretches: list[tuple[Samples, Samples]] = field(default_factory=list)
    finished: bool = False
    erased: bool = False

    def add(self, caller: Samples, agent: Samples) -> None:
        assert not self.finished
        assert len(caller) == len(agent)
        self.stretches.append((caller, agent))

    def finish(self) -> None:
        self.finished = True

    async def erase(self) -> None:
        self.stretches.clear()
        self.erased = True

    def sides(self) -> tuple[Samples, Samples]:
        caller, agent = zip(*self.stretches, strict=True)
        return np.concatenate(caller), np.concatenate(agent)


class Call:
    """A call whose time is ours; both sides are a steady tone each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tapes, "TICK_S", 0.0)
        self.now = 100.0
        self.kept: list[Kept] = []
        self.playback = Playback()
        self.tape = Tape(self._record, self.playback, lambda: self.now)

    def _record(self) -> Kept:
        self.kept.append(Kept())
        return self.kept[-1]

    async def lasts(self, seconds: float, *, line_brings: bool = True, **said: bool) -> None:
        """So much of it, the agent speaking all the while."""
        for _ in range(round(seconds * 10)):
            spoken = Spoken(np.full(RATE_HZ // 10, AGENT, np.int16), **said)  # type: ignore[arg-type]
            self.playback.begin(spoken)
            self.playback.sent(spoken, spoken.samples, self.now, last=True)
            for _ in range(5):
                self.now += 0.02
                if line_brings:
                    self.tape.hear(np.full(FRAME_SAMPLES, CALLER, np.int16))
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    def shares(self) -> tuple[float, float]:
        """How much of each side is its tone; the rest is silence."""
        caller, agent = self.kept[0].sides()
        return float((caller == CALLER).mean()), float((agent == AGENT).mean())


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    return Call(monkeypatch)


async def test_both_sides_are_kept_together_from_the_beginning_to_the_end(call: Call) -> None:
    await call.lasts(2.0)
    assert call.kept == [], "nothing before it was told"
    call.tape.begin()
    await call.lasts(5.0)
    call.tape.end()
    (kept,) = call.kept
    caller, _ = kept.sides()
    assert abs(len(caller) - 5 * RATE_HZ) <= 2
    assert call.shares() > (0.99, 0.99)
    assert kept.finished
    await call.lasts(1.0)
    call.tape.begin()
    assert len(call.kept) == 1, "what has ended does not begin again"


async def test_a_key_takes_its_tone_out_of_what_the_caller_says(call: Call) -> None:
    call.tape.begin()
    await call.lasts(3.0)
    call.tape.key_pressed()
    await call.lasts(3.0)
    call.tape.end()
    caller, agent = call.kept[0].sides()
    pressed = 3 * RATE_HZ
    around = caller[round(pressed - 0.9 * RATE_HZ) : round(pressed + 0.25 * RATE_HZ)]
    assert not around.any()
    assert (caller[: round(1.5 * RATE_HZ)] == CALLER).all()
    assert (caller[round(4 * RATE_HZ) : -1000] == CALLER).all()
    assert (agent == AGENT).mean() > 0.99


async def test_what_identifies_somebody_is_silence_on_both_sides(call: Call) -> None:
    call.tape.begin()
    await call.lasts(2.0)
    call.tape.hide(True)
    await call.lasts(2.0, personal=True)
    call.tape.hide(False)
    await call.lasts(2.0)
    call.tape.end()
    # The caller may add a letter to a name that was taken for whole.
    for side, tone, again in zip(call.kept[0].sides(), (CALLER, AGENT), (5.0, 4.0), strict=True):
        assert not side[round(2.05 * RATE_HZ) : round((again - 0.05) * RATE_HZ)].any()
        assert (side[: round(1.95 * RATE_HZ)] == tone).all()
        assert (side[round((again + 0.05) * RATE_HZ) : -1000] == tone).all()


async def test_a_line_that_brings_nothing_for_a_while_does_not_shift_the_sides(call: Call) -> None:
    call.tape.begin()
    await call.lasts(1.0)
    await call.lasts(2.0, line_brings=False)
    await call.lasts(1.0)
    call.tape.end()
    caller, agent = call.kept[0].sides()
    assert not caller[round(1.1 * RATE_HZ) : round(2.9 * RATE_HZ)].any()
    assert (caller[round(3.1 * RATE_HZ) :] == CALLER).all()
    assert (agent == AGENT).mean() > 0.99


async def test_what_the_line_brings_late_leaves_no_hole(call: Call) -> None:
    call.tape.begin()
    await call.lasts(2.0)
    await call.lasts(0.1, line_brings=False)
    for _ in range(5):  # what was said meanwhile, in one go
        call.tape.hear(np.full(FRAME_SAMPLES, CALLER, np.int16))
    await call.lasts(2.0)
    call.tape.end()
    caller, _ = call.kept[0].sides()
    assert (caller == CALLER).mean() > 0.999
    assert abs(len(caller) - 4.1 * RATE_HZ) <= 2


async def test_what_the_agent_says_is_not_lost_where_the_process_is_held_up(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call.tape.begin()
    await call.lasts(1.0)
    monkeypatch.setattr(tapes, "TICK_S", 60.0)
    await call.lasts(4.0)
    call.tape.end()
    assert call.shares()[1] > 0.98


async def test_who_refuses_is_no_longer_recorded_and_what_was_is_erased(call: Call) -> None:
    call.tape.begin()
    await call.lasts(3.0)
    assert call.kept[0].stretches
    await call.tape.refuse()
    assert (call.kept[0].erased, call.tape.runs) == (True, False)
    await call.lasts(1.0)
    call.tape.begin()
    call.tape.end()
    assert (call.kept[0].stretches, call.kept[0].finished, len(call.kept)) == ([], False, 1)


async def test_who_refuses_before_it_began_is_never_recorded_and_after_it_ended_it_goes(call: Call) -> None:
    refused = Call.__new__(Call)
    refused.__dict__.update(call.__dict__, kept=[])
    refused.tape = Tape(refused._record, Playback(), lambda: 0.0)
    await refused.tape.refuse()
    refused.tape.begin()
    assert refused.kept == []
    call.tape.begin()
    await call.lasts(1.0)
    call.tape.end()
    await call.tape.refuse()
    assert call.kept[0].erased


async def test_a_call_that_nobody_records_costs_nothing() -> None:
    tape = Tape(None, Playback(), lambda: 0.0)
    tape.begin()
    tape.hear(np.ones(FRAME_SAMPLES, np.int16))
    tape.key_pressed()
    tape.end()
    await tape.refuse()
    assert not tape.runs
