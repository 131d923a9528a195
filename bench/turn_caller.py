"""The caller of the bench: asks for a question by key, answers it with a recording, listens with a watch.

All instants are CLOCK_MONOTONIC, in seconds.
"""

import asyncio
import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bench.turn_dialogue import LONG, QUESTIONS
from bench.turn_process import Decision, MeasuredAgent
from bench.turns.material import Label, Recording
from speech.audio import RATE_HZ
from tests.support.g711 import Samples
from tests.support.sip_caller import PhoneCall

REACTION_S = 0.05
"""The caller's, once it is sure that the question is over: 250 ms after it."""
QUIET_S = 0.2
"""Silence after which a short question is over."""
FLUSHED_S = 0.06
"""After that nothing of an answer that was taken back is heard."""
ASKED_WITHIN_S = 8.0
ANSWER_WITHIN_S = 10.0
AFTER_CUT_S = 4.0
"""How long a caller who was interrupted waits for what the agent makes of the rest."""
MISSED_S = 1.5
"""Who is spoken to so long after having begun to interrupt has not interrupted anything."""
STOPPED_S = 0.5
"""A silence this long in the story, which has no pause, is the agent that stopped."""
WATCHED_S = 1.2
"""After the end of a sound, whether the agent goes on is seen in so long."""
PACKET_S = 0.02


@dataclass(frozen=True)
class Answered:
    """One turn as the caller had it; milliseconds after the labelled end of speech."""

    label: Label
    latency_ms: float | None
    """To the first voiced packet of the answer; None where it was cut off or not answered."""
    decided_ms: float | None
    cut_off: bool
    filler: bool = False
    """Something was heard before the dialogue had the words."""


@dataclass(frozen=True)
class Interrupted:
    """One sound over the agent's story; milliseconds after the sound's voice began."""

    label: Label
    softer_ms: float | None
    """To the first of the packets that are clearly softer, or to silence."""
    silent_ms: float | None
    """To the end of the last packet before the story stopped; None where it went on."""


@dataclass
class Story:
    """The story as it sounds uninterrupted, to tell when it is softer. Empty until it was heard."""

    samples: Samples = field(default_factory=lambda: np.zeros(0, np.int16))


class Caller:
    """One call to an agent under measurement."""

    def __init__(self, call: PhoneCall, agent: MeasuredAgent, number: str) -> None:
        self._call, self._agent, self._number = call, agent, number

    @property
    def _decisions(self) -> list[Decision]:
        return self._agent.told[self._number].decisions

    async def answers(self, turn: Recording) -> tuple[Answered, Decision | None]:
        """One question and its answer. Raises TimeoutError where the question is not heard."""
        await self._ask(turn.label.kind)
        n_before = len(self._decisions)
        speaking = asyncio.create_task(self._call.say(turn.samples, RATE_HZ))
        label = turn.label
        begun = time.monotonic()
        await asyncio.sleep(label.voice_end_s)
        heard = await self._wait_for_answer(begun + label.voice_end_s, n_before)
        self._call.stop_saying()
        said_from, _ = await speaking
        end, start = said_from + label.voice_end_s, said_from + label.voice_start_s
        decisions = self._decisions[n_before:]
        heard_early = any(start <= one.at < end and one.voiced for one in self._call.rtp.heard_packets)
        cut_off = heard_early or any(one.at < end for one in decisions)
        if cut_off:
            await asyncio.sleep(max(0.0, end + AFTER_CUT_S - time.monotonic()))
            decisions = self._decisions[n_before:]
        last = decisions[-1] if decisions else None
        decided_ms = 1000 * (decisions[0].at - end) if decisions else None
        if cut_off or heard is None or last is None:
            return Answered(label, None, decided_ms, cut_off), last
        answer = await self._first_voiced(max(end, decisions[0].answered), 1.0) or heard
        filler = heard < answer - PACKET_S
        return Answered(label, 1000 * (answer - end), decided_ms, False, filler), last

    async def _ask(self, kind: str) -> float:
        """Have this question asked; when it was heard to its end (of the story: when it begins)."""
        n_asked = len(self._agent.told[self._number].asked)
        await self._call.press(QUESTIONS[kind].key, gap_s=0)
        asked = await self._agent.asked(self._number, n_asked, ASKED_WITHIN_S)
        first = await self._call.first_voiced_after(asked + FLUSHED_S, ASKED_WITHIN_S)
        if kind == LONG:
            return first
        over = await self._call.silent_after(first, quiet_s=QUIET_S)
        await asyncio.sleep(max(0.0, over + REACTION_S - time.monotonic()))
        return over

    async def _wait_for_answer(self, end: float, n_before: int) -> float | None:
        """When the caller heard something after a decision; None where nothing came."""
        deadline = end + ANSWER_WITHIN_S
        while time.monotonic() < deadline and not self._call.ended.is_set():
            if len(self._decisions) > n_before:
                return await self._first_voiced(end, deadline - time.monotonic())
            await asyncio.sleep(0.01)
        return None

    async def _first_voiced(self, at: float, timeout_s: float) -> float | None:
        try:
            return await self._call.first_voiced_after(at, max(timeout_s, 0.05))
        except TimeoutError:
            return None

    # ---- over the agent ---------------------------------------------------------------------

    async def hears_the_story(self) -> Story:
        """The story to its end."""
        begun = await self._ask(LONG)
        over = await self._call.silent_after(begun, quiet_s=STOPPED_S, timeout_s=60)
        return Story(self._call.heard(begun, over))

    async def interrupts(
        self, sounds: list[Recording], story: Story, after_s: float
    ) -> list[tuple[Interrupted, Decision | None]]:
        """Sounds over one telling of the story, until it stops."""
        begun = await self._ask(LONG)
        await asyncio.sleep(after_s)
        told: list[tuple[Interrupted, Decision | None]] = []
        for sound in sounds:
            n_before = len(self._decisions)
            said_from, _ = await self._say_for(sound)
            label = sound.label
            start = said_from + label.voice_start_s
            over = said_from + label.voice_end_s + WATCHED_S
            await asyncio.sleep(max(0.0, over - time.monotonic()))
            silent_at = self._stopped(start)
            softer_at = self._softer(story, begun, start) or silent_at
            if label.kind == "speech":
                await self._wait_for_answer(said_from + label.voice_end_s, n_before)
            decisions = self._decisions[n_before:]
            one = Interrupted(
                label,
                None if softer_at is None else 1000 * (softer_at - start),
                None if silent_at is None else 1000 * (silent_at - start),
            )
            told.append((one, decisions[-1] if decisions else None))
            if silent_at is not None:
                break
        return told

    async def echoes(self, story: Story, delay_s: float, gain_db: float) -> float | None:
        """The story comes back to the agent as a line's echo; how far into it the agent stopped, in ms."""
        n_before = len(self._decisions)
        begun = await self._ask(LONG)
        await asyncio.sleep(max(0.0, begun + delay_s - time.monotonic()))
        echo = np.rint(story.samples * 10 ** (gain_db / 20)).astype(np.int16)
        await self._call.say(echo[: 8000 * 8], 8000)
        stopped = self._stopped(begun)
        interrupted = stopped is not None or len(self._decisions) > n_before
        return 1000 * ((stopped or time.monotonic()) - begun) if interrupted else None

    async def _say_for(self, sound: Recording) -> tuple[float, float]:
        """Says the voice and what noise follows it for a moment, not for as long as a turn's answer takes."""
        count = int((sound.label.voice_end_s + 0.5) * RATE_HZ)
        return await self._call.say(sound.samples[:count], RATE_HZ)

    def _stopped(self, start: float) -> float | None:
        """When the story stopped after that moment, None where it went on."""
        voiced = [
            packet.at for packet in self._call.rtp.heard_packets if packet.voiced and packet.at >= start - 0.2
        ]
        for at, following in zip(voiced, [*voiced[1:], time.monotonic()], strict=True):
            if following - at >= STOPPED_S and at + PACKET_S >= start - 0.1:
                return at + PACKET_S
        return None

    def _softer(self, story: Story, begun: float, start: float) -> float | None:
        """When the story became softer than it is when nobody interrupts."""
        heard = self._call.heard(begun, start + MISSED_S)
        at_s = softer_after(heard, story.samples, start - begun)
        return None if at_s is None else begun + at_s


SOFTER = 0.6
"""Of the uninterrupted level (−4.4 dB)."""
ALIGNED_S = 0.8
ALIKE = 0.6
"""Correlation of the beginning with the story's own, below which they are not the same recording."""
SOFT_PACKETS = 4


def softer_after(heard: Samples, story: Samples, since_s: float) -> float | None:
    """When, in seconds from the beginning of `heard`, it stays softer than the same place of the story."""
    head = heard[: int(ALIGNED_S * 8000)].astype(np.float64)
    if len(story) < len(head) or not len(head):
        return None
    product = np.correlate(story[: len(head) + 4000].astype(np.float64), head, "valid")
    shift = int(np.argmax(product))
    same = story[shift : shift + len(head)].astype(np.float64)
    if float(same @ head) < ALIKE * float(np.linalg.norm(same) * np.linalg.norm(head)):
        return None
    packet = int(PACKET_S * 8000)
    ours, theirs = _levels(heard, packet), _levels(story[shift:], packet)
    softer = [bool(a < SOFTER * b) for a, b in zip(ours, theirs, strict=False) if b > 400 or a > 400]
    places = [n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if b > 400 or a > 400]
    for n in range(len(softer) - SOFT_PACKETS):
        if places[n] * PACKET_S >= since_s and all(softer[n : n + SOFT_PACKETS]):
            return places[n] * PACKET_S
    return None


def _levels(sound: Samples, packet: int) -> npt.NDArray[np.float64]:
    """The effective amplitude of each packet, smoothed over three."""
    count = len(sound) // packet
    power = (sound[: count * packet].astype(np.float64).reshape(count, packet) ** 2).mean(axis=1)
    smooth: npt.NDArray[np.float64] = np.sqrt(np.convolve(power, np.ones(3) / 3, "same"))
    return smooth
