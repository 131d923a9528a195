"""What the framework costs a call through a real Asterisk, by the caller's ear.

Set-up, the framework's share of a turn, how soon the agent is silent when interrupted, memory, and what
is left behind after many calls. All instants are CLOCK_MONOTONIC, which both processes share.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.report import summary
from bench.turns.material import voice_bounds
from speech.audio import RATE_HZ, Samples
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from tests.support.lab import AsteriskLab
from tests.support.serve_process import ServeProcess, agent_behind
from tests.support.sip_caller import PhoneCall, SipPhone

NUMBER = "0596000000"
VOICES = ("fr+Hugo", "fr+linda", "fr+steph")
"""Voices that no training hears (speech/training/HELD_OUT.md)."""
QUESTIONS = (
    "Est-ce que la mairie est ouverte mardi ?",
    "Quels sont les horaires de la déchèterie samedi ?",
    "Quels sont les documents nécessaires pour un passeport ?",
)
SETTLED_S = 0.7
"""Silence after which the agent has said all it had to say."""
BEFORE_INTERRUPTING_S = 1.0
MISSED_S = 1.0
"""Who is still spoken to after that has not interrupted anything."""


@dataclass(frozen=True)
class Plan:
    calls: int
    turns_a_call: int
    """The first is asked in silence, the others over the answer before."""
    calls_for_leaks: int
    calls_at_once: int = 4


FULL = Plan(calls=6, turns_a_call=6, calls_for_leaks=200)
QUICK = Plan(calls=1, turns_a_call=2, calls_for_leaks=4)


@dataclass(frozen=True)
class Utterance:
    samples: Samples
    """16 kHz."""
    voice_end_s: float
    """After the last voiced sample, from the start of `samples`."""
    voice_start_s: float


async def measure(lab: AsteriskLab, plan: Plan) -> dict[str, Any]:
    """The product as it is served, with a town's own dialogue."""
    utterances = await _utterances()
    calls: list[_Call] = []
    async with agent_behind(lab) as agent, SipPhone.opened() as phone:
        ready = await agent.readiness()
        for n in range(plan.calls):
            said = [utterances[(n + turn) % len(utterances)] for turn in range(plan.turns_a_call)]
            calls.append(await _one_call(agent, phone, lab, said))
        memory = agent.rss_mib()
        leaks = await _leaks(agent, phone, lab, plan)
    turns = [turn for call in calls for turn in call.turns]
    return {
        "speech": ready["speech"],
        "set_up_ms": summary([call.set_up_ms for call in calls]),
        "turn_latency_ms": summary([turn.latency_ms for turn in turns if turn.latency_ms is not None]),
        "framework_ms": summary([turn.framework_ms for turn in turns if turn.framework_ms is not None]),
        "unanswered_turns": sum(turn.latency_ms is None for turn in turns),
        "barge_in_stop_ms": summary([turn.stop_ms for turn in turns if turn.stop_ms is not None]),
        "missed_barge_ins": sum(turn.missed_barge_in for turn in turns),
        "main_process_mib": round(memory, 1),
        "leaks": leaks,
        "limits": {"set_up_ms": 400, "framework_ms": 30, "barge_in_stop_ms": 250, "main_process_mib": 400},
    }


@dataclass(frozen=True)
class _Turn:
    latency_ms: float | None
    """End of the voice as it was sent to the first voiced packet heard; None where no answer came."""
    framework_ms: float | None
    """The end of turn as the agent judged it to the first voiced packet, less transcription and synthesis."""
    stop_ms: float | None = None
    """The caller's first voiced sample to the agent's last; None where nothing was interrupted."""
    missed_barge_in: bool = False


@dataclass(frozen=True)
class _Call:
    set_up_ms: float
    """INVITE sent to the first voiced packet heard."""
    turns: list[_Turn]


async def _one_call(
    agent: ServeProcess, phone: SipPhone, lab: AsteriskLab, said: Sequence[Utterance]
) -> _Call:
    call = await phone.ring(lab.sip, NUMBER)
    try:
        set_up_ms = 1000 * (await call.first_voiced_after(call.rung_at) - call.rung_at)
        await _settled(call)
        turns: list[_Turn] = []
        for utterance in said:
            if call.ended.is_set():
                break
            turns.append(await _one_turn(agent, call, utterance, interrupts=bool(turns)))
        return _Call(set_up_ms, turns)
    finally:
        await call.hang_up()


async def _one_turn(agent: ServeProcess, call: PhoneCall, said: Utterance, *, interrupts: bool) -> _Turn:
    """Ask; with `interrupts`, over the answer that has been playing for a while."""
    n_turns = len(agent.turns)
    begun, _ = await call.say(said.samples, RATE_HZ)
    voice_start, voice_end = begun + said.voice_start_s, begun + said.voice_end_s
    stop_ms, missed = None, False
    if interrupts:
        over = [packet.at for packet in call.rtp.heard_packets if packet.voiced and packet.at >= voice_start]
        during = [at for at in over if at < voice_end]
        missed = bool(during) and during[-1] - voice_start > MISSED_S
        if during and not missed:
            stop_ms = 1000 * (during[-1] - voice_start)
    try:
        first = await call.first_voiced_after(voice_end + 0.05)
        logged = await agent.turn_of(n_turns)
    except TimeoutError:
        return _Turn(None, None, stop_ms, missed)
    await asyncio.sleep(BEFORE_INTERRUPTING_S)
    if missed:
        return _Turn(None, None, None, missed)
    engines_ms = logged["decode_ms"] + logged["synthesis_ms"]
    framework_ms = 1000 * (first - logged["endpointed_s"]) - engines_ms
    return _Turn(1000 * (first - voice_end), framework_ms, stop_ms, missed)


async def _settled(call: PhoneCall) -> None:
    """Until the agent has said what it had to say."""
    await call.silent_after(asyncio.get_running_loop().time(), quiet_s=SETTLED_S, timeout_s=60)


async def _leaks(agent: ServeProcess, phone: SipPhone, lab: AsteriskLab, plan: Plan) -> dict[str, Any]:
    """What the process and Asterisk hold before and after many calls, ended anywhere in the greeting."""

    async def short(number: int) -> None:
        call = await phone.ring(lab.sip, NUMBER, timeout_s=20)
        await asyncio.sleep(0.3 + 0.2 * (number % 8))
        await call.hang_up()

    await short(0)
    await asyncio.sleep(1)
    before = await _holdings(agent, lab)
    for start in range(0, plan.calls_for_leaks, plan.calls_at_once):
        await asyncio.gather(*(short(start + n) for n in range(plan.calls_at_once)))
    await asyncio.sleep(2)
    return {"calls": plan.calls_for_leaks, "before": before, "after": await _holdings(agent, lab)}


async def _holdings(agent: ServeProcess, lab: AsteriskLab) -> dict[str, float]:
    return {
        "open_files": agent.open_files(),
        "tasks": await agent.metric("standardiste_tasks"),
        "channels": len(lab.channels()),
        "bridges": len(lab.bridges()),
        "rss_mib": round(agent.rss_mib(), 1),
    }


async def _utterances() -> list[Utterance]:
    """The questions in voices the recogniser has not heard."""
    return list(await asyncio.gather(*map(_utterance, VOICES, QUESTIONS)))


async def _utterance(voice: str, question: str) -> Utterance:
    async with SpeechPool(SpeechSettings(ears="none", voice=voice)) as pool:
        samples = (await pool.synthesiser.synthesise(question)).samples
    start, end = voice_bounds(samples)
    return Utterance(samples, end / RATE_HZ, start / RATE_HZ)
