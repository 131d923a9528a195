"""`standardiste bench turn`: what a caller's ear measures of a call through a real Asterisk.

Set-up, the framework's share of a turn, how soon the agent is silent when interrupted, memory, and what
is left behind after many calls. All instants are CLOCK_MONOTONIC, which both processes share.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.agent_process import AgentProcess, agent_behind
from bench.report import keep, summary
from speech.audio import RATE_HZ, Samples
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from telephony.rehearsal import last_voiced
from tests.support.lab import AsteriskLab
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


@dataclass(frozen=True)
class Plan:
    turns: int
    barge_ins: int
    calls_for_leaks: int
    calls_at_once: int = 4


FULL = Plan(turns=60, barge_ins=30, calls_for_leaks=200)
QUICK = Plan(turns=4, barge_ins=3, calls_for_leaks=12)


@dataclass(frozen=True)
class Utterance:
    samples: Samples
    """16 kHz."""
    voice_end_s: float
    """After the last voiced sample, from the start of `samples`."""
    voice_start_s: float


def run(quick: bool) -> dict[str, Any]:
    """The whole bench; gives the report, which is kept in bench/results/ too."""
    return keep("turn", asyncio.run(_measure(QUICK if quick else FULL)))


async def _measure(plan: Plan) -> dict[str, Any]:
    utterances = await _utterances()
    async with _lab() as lab, agent_behind(lab) as agent, SipPhone.opened() as phone:
        ready = await agent.readiness()
        turns = [
            await _one_turn(agent, phone, lab, utterances[n % len(utterances)]) for n in range(plan.turns)
        ]
        stops = [
            await _one_barge_in(phone, lab, utterances[n % len(utterances)]) for n in range(plan.barge_ins)
        ]
        memory = agent.rss_mib()
        leaks = await _leaks(agent, phone, lab, plan)
    heard = [turn for turn in turns if turn.latency_ms is not None]
    return {
        "speech": ready["speech"],
        "set_up_ms": summary([turn.set_up_ms for turn in turns]),
        "turn_latency_ms": summary([turn.latency_ms for turn in heard if turn.latency_ms is not None]),
        "framework_ms": summary([turn.framework_ms for turn in heard if turn.framework_ms is not None]),
        "unanswered_turns": len(turns) - len(heard),
        "barge_in_stop_ms": summary([stop for stop in stops if stop is not None]),
        "missed_barge_ins": sum(stop is None for stop in stops),
        "main_process_mib": round(memory, 1),
        "leaks": leaks,
        "limits": {
            "set_up_ms": 400,
            "framework_ms": 30,
            "barge_in_stop_ms": 250,
            "main_process_mib": 400,
        },
    }


@dataclass(frozen=True)
class _Turn:
    set_up_ms: float
    """INVITE sent to the first voiced packet heard."""
    latency_ms: float | None
    """End of the voice as it was sent to the first voiced packet heard; None where no answer came."""
    framework_ms: float | None
    """The end of turn as the agent judged it to the first voiced packet, less transcription and synthesis."""


async def _one_turn(agent: AgentProcess, phone: SipPhone, lab: AsteriskLab, said: Utterance) -> _Turn:
    call = await phone.ring(lab.sip, NUMBER)
    try:
        set_up_ms = 1000 * (await call.first_voiced_after(call.rung_at) - call.rung_at)
        await _settled(call)
        n_turns = len(agent.turns)
        begun, _ = await call.say(said.samples, RATE_HZ)
        voice_end = begun + said.voice_end_s
        try:
            first = await call.first_voiced_after(voice_end + 0.05)
            await _settled(call)
            logged = await agent.turn_of(n_turns)
        except TimeoutError:
            return _Turn(set_up_ms, None, None)
        engines_ms = logged["decode_ms"] + logged["synthesis_ms"]
        framework_ms = 1000 * (first - logged["endpointed_s"]) - engines_ms
        return _Turn(set_up_ms, 1000 * (first - voice_end), framework_ms)
    finally:
        await call.hang_up()


async def _one_barge_in(phone: SipPhone, lab: AsteriskLab, said: Utterance) -> float | None:
    """How long after the caller's voice begins the agent is silent; None where it speaks on for 2 s."""
    call = await phone.ring(lab.sip, NUMBER)
    try:
        await _settled(call)
        await call.press("1")  # opening hours: a long answer that may be interrupted
        answer = await call.first_voiced_after(asyncio.get_running_loop().time())
        await asyncio.sleep(1.0)
        saying = asyncio.ensure_future(call.say(said.samples, RATE_HZ))
        begun = asyncio.get_running_loop().time()
        silent = await call.silent_after(answer, quiet_s=0.3, timeout_s=30)
        await saying
        stop_ms = 1000 * (silent - begun - said.voice_start_s)
        return stop_ms if stop_ms < 2000 else None
    finally:
        await call.hang_up()


async def _settled(call: PhoneCall) -> None:
    """Until the agent has said what it had to say."""
    await call.silent_after(asyncio.get_running_loop().time(), quiet_s=SETTLED_S, timeout_s=60)


async def _leaks(agent: AgentProcess, phone: SipPhone, lab: AsteriskLab, plan: Plan) -> dict[str, Any]:
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


async def _holdings(agent: AgentProcess, lab: AsteriskLab) -> dict[str, float]:
    return {
        "open_files": agent.open_files(),
        "tasks": await agent.metric("standardiste_tasks"),
        "channels": len(lab.channels()),
        "bridges": len(lab.bridges()),
        "rss_mib": round(agent.rss_mib(), 1),
    }


async def _utterances() -> list[Utterance]:
    """The questions in voices the recogniser has not heard."""
    utterances = []
    for voice, question in zip(VOICES, QUESTIONS, strict=True):
        async with SpeechPool(SpeechSettings(ears="none", voice=voice)) as pool:
            samples = (await pool.synthesiser.synthesise(question)).samples
        backwards = np.ascontiguousarray(samples[::-1])
        start = len(samples) - last_voiced(backwards)
        utterances.append(Utterance(samples, last_voiced(samples) / RATE_HZ, start / RATE_HZ))
    return utterances


@asynccontextmanager
async def _lab() -> AsyncIterator[AsteriskLab]:
    folder = Path(tempfile.mkdtemp(prefix="standardiste-bench-"))
    lab = AsteriskLab(f"bench-{os.getpid()}", folder / "etc")
    lab.render()
    try:
        lab.start()
        yield lab
    finally:
        lab.clean()
        shutil.rmtree(folder)
