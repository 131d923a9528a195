"""A caller of the bench at the lab's real Asterisk, with the product and with the other systems."""

from pathlib import Path

import pytest

from bench.random_whisper import random_whisper
from bench.turn_caller import Caller, Story
from bench.turn_process import measured_agent
from bench.turns.material import Plan, interruptions, turns
from speech.engines.whisper_conversion import WhisperSizes
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone

pytestmark = pytest.mark.asterisk

PLAN = Plan({"yes_no": 1}, interruptions=1, noises_of_throat=0, canteens=0)
SMALL = WhisperSizes(64, 1, 1, 2, 51_865)
CALLER, NUMBER = "0696112233", "+596696112233"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recordings, and a Whisper that knows nothing."""
    folder = tmp_path_factory.mktemp("turns")
    random_whisper(SMALL, folder)
    return folder


@pytest.mark.parametrize("system", ["ours", "pipecat"])
async def test_a_caller_is_answered_and_makes_the_agent_stop(
    system: str, lab: AsteriskLab, work: Path
) -> None:
    (turn,), (interruption,) = turns(PLAN, (), work), interruptions(PLAN, work)
    arguments = (system,) if system == "ours" else (system, "--whisper", str(work), "--silence-s", "0.3")
    async with measured_agent(lab, arguments, {}) as agent, SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, "0596000000", caller=CALLER, timeout_s=20)
        caller = Caller(call, agent, NUMBER)
        answered, decision = await caller.answers(turn)
        ((interrupted, _),) = await caller.interrupts([interruption], Story(), after_s=0.8)
        await call.hang_up()
        assert await agent.all_read()
    assert decision is not None
    assert answered.cut_off or (answered.latency_ms is not None and answered.latency_ms > 0)
    assert decision.text == turn.label.means
    assert interrupted.silent_ms is not None
