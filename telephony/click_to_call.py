"""A clerk calls somebody back from their page: their own telephone rings, then the citizen's.

The dialplan makes the call ([rappels] in extensions.conf) and ends it, so that it goes on should the agent
end; here it is begun, and watched as it goes.
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum

from prompts.phones import NotDialable, dialled
from telephony.ari.caller_id import e164
from telephony.ari.calls import Ari
from telephony.ari.client import AriConnection, AsteriskSettings, connected
from telephony.ari.events import ChannelDestroyed, ChannelStateChange, Dialling, Event
from telephony.errors import AriClosed, AriRequestFailed

log = logging.getLogger(__name__)

CLERK_RINGS_S = 30
"""How long the clerk's own telephone rings."""
_ENDPOINT = re.compile(r"PJSIP/[A-Za-z0-9._-]{1,40}")


class Step(Enum):
    """How far a call has come."""

    CLERK_RINGS = "clerk rings"
    CITIZEN_RINGS = "citizen rings"
    TALKING = "talking"


class End(Enum):
    """How it ended."""

    TALKED = "talked"
    CITIZEN_BUSY = "citizen busy"
    CITIZEN_SILENT = "citizen did not answer"
    CLERK_SILENT = "clerk did not answer"
    CLERK_LEFT = "clerk hung up before the citizen answered"
    FAILED = "the operator could not put it through"
    UNKNOWN = "Asterisk was lost from sight; the call may go on"


@dataclass(frozen=True)
class CallOrder:
    """Whom to ring; made by `order_of`, so that only what may be dialled is."""

    clerk: str
    """An endpoint of Asterisk's."""
    clerk_sees: str
    number: str
    """The citizen's, as dialled."""
    citizen_sees: str
    """The town hall's number, as dialled."""


@dataclass(frozen=True)
class Ended:
    how: End
    talked_s: float = 0.0


OnStep = Callable[[Step], Awaitable[None]]


def order_of(
    clerk_phone: str, citizen_phone: str, ref: str, town_phone: str, own_posts: str = ""
) -> CallOrder:
    """The call that these numbers make; `citizen_phone` and `town_phone` are E.164. `own_posts`: what the
    names of this town's posts begin with: no other town's can be rung.

    Raises NotDialable: its message is for the clerk.
    """
    try:
        number = dialled(citizen_phone)
    except NotDialable as error:
        raise NotDialable(f"Ce numéro ne s'appelle pas d'ici : {error}.") from error
    try:
        town = dialled(town_phone)
    except NotDialable:
        town = ""  # a short or special number of the town's own: the operator shows what it will
    if _ENDPOINT.fullmatch(clerk_phone):
        post = f"PJSIP/{own_posts}{clerk_phone.removeprefix('PJSIP/').removeprefix(own_posts)}"
        return CallOrder(post, f'"Rappel {ref}" <{number}>', number, town)
    try:
        own = dialled(e164(clerk_phone) or "")
    except NotDialable as error:
        raise NotDialable(
            f"Le poste de votre compte, « {clerk_phone} », ne peut pas sonner : {error}."
        ) from error
    return CallOrder(f"PJSIP/{own}@operateur", town, number, town)


async def call(settings: AsteriskSettings, order: CallOrder, on_step: OnStep) -> Ended:
    """Rings the clerk, then the citizen; how it ended, once it has.

    Raises AriError where the clerk's telephone could not even be made to ring.
    """
    watcher = replace(settings, app=f"{settings.app}-rappel-{uuid.uuid4().hex[:12]}")
    async with connected(watcher) as connection:
        ari, channel_id = Ari(connection.request), watcher.app
        await ari.originate_in_dialplan(
            order.clerk,
            "rappels",
            order.number,
            channel_id=channel_id,
            caller_id=order.clerk_sees,
            timeout_s=CLERK_RINGS_S,
            variables={"MAIRIE": order.citizen_sees},
        )
        watching = _Watching(channel_id, on_step)
        try:
            await ari.subscribe(watcher.app, channel_id)
            # What happened before we looked.
            await watching.clerk_is((await ari.channel(channel_id)).state)
            await watching.follow(connection)
        except AriRequestFailed as error:
            log.info("the clerk's telephone was gone at once: %s", error)
        except AriClosed as error:
            log.error("a call-back under way is lost from sight: %s", error)
            return Ended(End.UNKNOWN)
        return watching.ended()


class _Watching:
    """What one call has come to, event by event."""

    def __init__(self, channel_id: str, on_step: OnStep) -> None:
        self._channel_id, self._on_step = channel_id, on_step
        self._steps: list[Step] = []
        self._answered = False
        self._status = ""
        self._talking_since = self._over_at = 0.0

    async def follow(self, connection: AriConnection) -> None:
        async for event in connection.events():
            if await self._is_over(event):
                self._over_at = asyncio.get_running_loop().time()
                return

    async def clerk_is(self, state: str) -> None:
        if state == "Ringing":
            await self._reached(Step.CLERK_RINGS)
        self._answered = self._answered or state == "Up"

    async def _is_over(self, event: Event) -> bool:
        match event:
            case ChannelStateChange(channel) if channel.id == self._channel_id:
                await self.clerk_is(channel.state)
            case Dialling(caller, _, status) if caller == self._channel_id:
                await self._citizen_is(status)
            case ChannelDestroyed(channel) if channel.id == self._channel_id:
                return True
            case _:
                pass
        return False

    async def _citizen_is(self, status: str) -> None:
        self._answered, self._status = True, status
        if status in ("RINGING", "PROGRESS"):
            await self._reached(Step.CITIZEN_RINGS)
        elif status == "ANSWER":
            self._talking_since = asyncio.get_running_loop().time()
            await self._reached(Step.TALKING)

    async def _reached(self, step: Step) -> None:
        if step not in self._steps:
            self._steps.append(step)
            await self._on_step(step)

    def ended(self) -> Ended:
        if Step.TALKING in self._steps:
            return Ended(End.TALKED, self._over_at - self._talking_since)
        match self._status:
            case "BUSY":
                return Ended(End.CITIZEN_BUSY)
            case "NOANSWER":
                return Ended(End.CITIZEN_SILENT)
            case "CANCEL" | "" | "RINGING" | "PROGRESS" if self._answered:
                return Ended(End.CLERK_LEFT)
            case "":
                return Ended(End.CLERK_SILENT)
            case _:
                return Ended(End.FAILED)
