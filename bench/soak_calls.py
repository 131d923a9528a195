"""What people do who call a town hall, in short: a mixture of calls, and whether the agent was there."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Literal

from bench.call_air import dead_air_s
from bench.call_scripts import Script, promise_in
from bench.load_caller import Question
from prompts.content import Town
from speech.audio import RATE_HZ
from tests.support.lab import AsteriskLab
from tests.support.real_calls import TOWN_HALL
from tests.support.sip_caller import CallRefused, PhoneCall, SipPhone

Kind = Literal["hangs_up_at_once", "silent", "keys", "question", "call_back", "leaves"]
MIXTURE: tuple[Kind, ...] = (
    "keys", "question", "call_back", "leaves", "hangs_up_at_once", "keys", "question", "call_back", "silent",
    "leaves",
)  # fmt: skip
"""In these shares."""
PICKED_UP_WITHIN_S = 20.0
HEARD_WITHIN_S = 8.0
LISTENS_S = (0.6, 2.0)
PROMISED_S = (3.0, 5.0)
"""Who wants to be called back hears that they will be, after the greeting that is never cut short."""
AT_ONCE_S = (0.0, 0.4)
LEAVES_S = (0.1, 4.0)
SILENT_S = 4.0
KEYS = "121"
KEY_PAUSE_S = 0.4
AFTER_A_KEY_S = 0.2


@dataclass
class SoakCall:
    kind: Kind
    number: str
    refused: int | None = None
    unanswered: int = 0
    """Times at which nothing was heard though it was the agent's turn."""
    dropped: bool = False
    """The agent hung up, where the caller had more to say."""
    promised: bool = False
    """The caller heard that they will be called back."""
    silence_s: float = 0.0
    """The longest time in which nothing was heard."""
    set_up_s: float | None = None

    @property
    def lost(self) -> bool:
        return self.refused is not None or self.unanswered > 0 or self.dropped


@dataclass(frozen=True)
class SoakCaller:
    phone: SipPhone
    lab: AsteriskLab
    town: Town
    questions: list[Question]

    async def call(self, kind: Kind, number: str, random: Random) -> SoakCall:
        """One call, hung up by the caller."""
        done = SoakCall(kind, number)
        if kind == "hangs_up_at_once" and random.random() < 0.5:
            ringing = await self.phone.dial(self.lab.sip, TOWN_HALL, number)
            await asyncio.sleep(random.uniform(*AT_ONCE_S))
            await ringing.hang_up()
            return done
        try:
            call = await self.phone.ring(self.lab.sip, TOWN_HALL, number, timeout_s=PICKED_UP_WITHIN_S)
        except CallRefused as refused:
            done.refused = refused.status
            return done
        done.set_up_s = call.answered_at - call.rung_at
        # What is being said is cancelled where the agent hangs up: that must not end more than this.
        talking = asyncio.create_task(self._talk(call, done, random))
        await asyncio.wait({talking})
        if not talking.cancelled():
            talking.result()
        done.dropped = call.ended_by_them
        end = call.ended_at or asyncio.get_running_loop().time()
        if kind not in ("hangs_up_at_once", "leaves", "silent"):
            done.silence_s = dead_air_s(call.rtp.heard_packets, call.answered_at, end)
        await call.hang_up()
        return done

    async def _talk(self, call: PhoneCall, done: SoakCall, random: Random) -> None:
        match done.kind:
            case "hangs_up_at_once":
                await asyncio.sleep(random.uniform(*AT_ONCE_S))
            case "leaves":
                await self._leaves(call, random)
            case "silent":
                await asyncio.sleep(SILENT_S)
            case "keys":
                for key in KEYS:
                    await self._press(call, done, key)
                await asyncio.sleep(random.uniform(*LISTENS_S))
            case "call_back":
                await self._press(call, done, "0")
                agreed_at = asyncio.get_running_loop().time()
                await self._press(call, done, "1")
                await asyncio.sleep(random.uniform(*PROMISED_S))
                done.promised = promise_in(Script("callback", agreed_at), call, self.town) is not None
            case "question":
                await self._hears(call, done, call.answered_at)
                _, ended = await call.say(random.choice(self.questions).samples, RATE_HZ)
                await self._hears(call, done, ended)
                await asyncio.sleep(random.uniform(*LISTENS_S))

    async def _leaves(self, call: PhoneCall, random: Random) -> None:
        """In the middle of something: the greeting, their own sentence, the answer."""
        left = random.uniform(*LEAVES_S)
        speaks = asyncio.create_task(call.say(random.choice(self.questions).samples, RATE_HZ))
        await asyncio.sleep(left)
        call.stop_saying()
        speaks.cancel()
        await asyncio.wait({speaks})

    async def _press(self, call: PhoneCall, done: SoakCall, key: str) -> None:
        await asyncio.sleep(KEY_PAUSE_S)
        await call.press(key)
        await self._hears(call, done, asyncio.get_running_loop().time() + AFTER_A_KEY_S)

    async def _hears(self, call: PhoneCall, done: SoakCall, since: float) -> None:
        try:
            await call.first_voiced_after(since, HEARD_WITHIN_S)
        except TimeoutError:
            done.unanswered += 1
