"""One of many callers: rings, listens, asks aloud, confirms by key, and asks again; listens with a watch."""

import asyncio
from dataclasses import dataclass

from bench.load_scoring import PlayedCall
from speech.audio import RATE_HZ, Samples
from telephony.rehearsal import last_voiced
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import CallRefused, PhoneCall, SipPhone

NUMBER = "0596000000"
LOOK_S = 0.04
QUIET_S = 0.8
"""Silence after which it is the caller's turn."""
GREETED_WITHIN_S = 15.0
ANSWERED_WITHIN_S = 8.0
SAID_WITHIN_S = 40.0
TURNS_A_CALL = 4
BETWEEN_CALLS_S = 1.5
ANSWER_WITHIN_S = 20.0
PACKET_S = 0.02


@dataclass(frozen=True)
class Question:
    samples: Samples
    """16 kHz."""

    @property
    def voice_end_s(self) -> float:
        return last_voiced(self.samples) / RATE_HZ


class Watch:
    """When a voice is heard, without looking twice at a packet: sixty callers share one process."""

    def __init__(self, call: PhoneCall) -> None:
        self._call, self._seen = call, 0
        self.last = 0.0
        """When a voice was last heard; 0 before."""

    def first_since(self, at: float) -> float | None:
        """The first voiced packet since that moment among those not looked at yet."""
        packets = self._call.rtp.heard_packets
        fresh, self._seen = packets[self._seen :], len(packets)
        voiced = [packet.at for packet in fresh if packet.voiced]
        self.last = voiced[-1] if voiced else self.last
        return next((one for one in voiced if one >= at), None)

    async def until_voice(self, at: float, within_s: float) -> float | None:
        """When a voice was heard after that moment; None where none was in time, or the call ended."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while loop.time() < deadline:
            if (first := self.first_since(at)) is not None:
                return first
            if self._call.ended.is_set():
                return None
            await asyncio.sleep(LOOK_S)
        return None

    async def until_quiet(self) -> None:
        """Until it is the caller's turn, or the call is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SAID_WITHIN_S
        while loop.time() < deadline and not self._call.ended.is_set():
            self.first_since(0.0)
            if loop.time() - self.last >= QUIET_S:
                return
            await asyncio.sleep(LOOK_S)


class LoadCaller:
    def __init__(self, phone: SipPhone, lab: AsteriskLab, questions: list[Question]) -> None:
        self._phone, self._lab, self._questions = phone, lab, questions

    async def call(self, number: str, until: float) -> PlayedCall:
        """One call, hung up when all was asked or, at the loop's clock, at `until`."""
        played = PlayedCall(number)
        try:
            call = await self._phone.ring(self._lab.sip, NUMBER, number, timeout_s=ANSWER_WITHIN_S)
        except CallRefused as refused:
            played.refused = refused.status
            return played
        played.set_up_ms = 1000 * (call.answered_at - call.rung_at)
        # What is being said is cancelled where the agent hangs up: that must not end more than this.
        talking = asyncio.create_task(self._talk(call, played))
        left_s = max(0.0, until - asyncio.get_running_loop().time())  # the run is over then
        await asyncio.wait({talking}, timeout=left_s)
        talking.cancel()
        await asyncio.wait({talking})
        if not talking.cancelled():
            talking.result()
        played.over_by_us = not call.ended.is_set()
        await call.hang_up()
        return played

    async def _talk(self, call: PhoneCall, played: PlayedCall) -> None:
        watch = Watch(call)
        greeted = await watch.until_voice(call.answered_at, GREETED_WITHIN_S)
        self._silence(played, call.answered_at, greeted)
        if greeted is None:
            played.unanswered += 1
        await watch.until_quiet()
        for turn in range(TURNS_A_CALL):
            if call.ended.is_set():
                return
            await self._ask(call, watch, played, self._questions[turn % len(self._questions)])
            if call.ended.is_set():
                return
            await self._press(call, watch, played)

    async def _ask(self, call: PhoneCall, watch: Watch, played: PlayedCall, question: Question) -> None:
        played.said += 1
        watch.first_since(0.0)
        said_from, _ = await call.say(question.samples, RATE_HZ)
        end = said_from + question.voice_end_s
        early = watch.first_since(said_from + 0.2)
        if early is not None and early < end:
            played.cut_off += 1
            await watch.until_quiet()
            return
        first = early or await watch.until_voice(end, ANSWERED_WITHIN_S)
        self._silence(played, end, first)
        if first is None:
            played.unanswered += not call.ended.is_set()
        else:
            played.latencies_ms.append(1000 * (first - end))
            await watch.until_quiet()

    async def _press(self, call: PhoneCall, watch: Watch, played: PlayedCall) -> None:
        watch.first_since(0.0)
        await call.press("1", gap_s=0)
        pressed = asyncio.get_running_loop().time()
        first = await watch.until_voice(pressed, ANSWERED_WITHIN_S)
        self._silence(played, pressed, first)
        if first is None:
            played.unanswered += not call.ended.is_set()
        else:
            played.key_latencies_ms.append(1000 * (first - pressed))
            await watch.until_quiet()

    @staticmethod
    def _silence(played: PlayedCall, since: float, heard: float | None) -> None:
        until = heard if heard is not None else asyncio.get_running_loop().time()
        played.longest_silence_s = max(played.longest_silence_s, until - since)
