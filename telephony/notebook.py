"""The notebook that the dialplan keeps of its calls ([journal] in extensions.conf), read and crossed out.

It is in Asterisk's own database and outlives both programs: what happened while the agent was down is there
when it comes back. Reading needs nothing but ARI: a channel of Asterisk's own shows us one note after the
other, and goes on when we say that we took it.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from telephony.ari.caller_id import e164
from telephony.ari.calls import Ari
from telephony.ari.client import AriConnection, AsteriskSettings, connected
from telephony.ari.events import ChannelDestroyed, StasisStart
from telephony.errors import AriRequestFailed, AriTimeout

log = logging.getLogger(__name__)

READING_S = 60.0
"""For the whole notebook; what is left is read the next time."""
Stage = Literal["agent", "astreinte", "file", "messagerie"]
_STAGES: dict[str, Stage] = {stage: stage for stage in get_args(Stage)}


@dataclass(frozen=True)
class CallNote:
    """A call that is over, as the dialplan noted it."""

    call_id: str
    """Asterisk's channel, as in the log of calls."""
    arrived: datetime
    stage: Stage
    """Where it was last: with the agent, ringing who is on call, in the queue, in the voicemail."""
    service: str
    """Whose queue; empty before."""
    rescued: bool
    """It came to the humans because the agent was down or full."""
    message_s: int | None
    """How long the message is that was left, beep included; None where there is none."""
    caller: str | None
    """E.164; None when withheld."""
    caller_hung_up: bool = True
    """False: the agent did, a human did, or Asterisk itself went."""
    ended: datetime | None = None
    """None where Asterisk itself went before it could note that."""


def note_of(call_id: str, values: Sequence[str]) -> CallNote | None:
    """The note in these fields; None where they are none."""
    if len(values) != 8 or not _is_count(values[0]) or values[2] not in _STAGES:
        return None
    arrived, ended, stage, service, rescued, message_s, number, left = values
    return CallNote(
        call_id,
        datetime.fromtimestamp(int(arrived), UTC),
        _STAGES[stage],
        service,
        rescued == "oui",
        max(1, int(message_s)) if _is_count(message_s) else None,
        e164(number),
        left == "oui",
        datetime.fromtimestamp(int(ended), UTC) if _is_count(ended) else None,
    )


def _is_count(text: str) -> bool:
    """Seconds, since 1970 or of a message: no more digits than a clock has."""
    return text.isascii() and text.isdecimal() and len(text) <= 11


Take = Callable[[CallNote], Awaitable[bool]]
"""Does what a note calls for; True once that is done for good."""


async def started_at(settings: AsteriskSettings) -> datetime:
    """When Asterisk was started: the last notes before it broke down may be lost. Raises AriError."""
    async with connected(replace(settings, app=f"{settings.app}-carnet")) as connection:
        return await Ari(connection.request).started_at()


async def read_notebook(settings: AsteriskSettings, take: Take) -> int:
    """Shows every call that is over to `take`, and crosses out what it took; how many that were.

    Raises AriError: what was not taken is still there.
    """
    reader = replace(settings, app=f"{settings.app}-carnet")
    name = f"{reader.app}-{uuid.uuid4()}"
    showing, waiting = f"{name}-2", f"{name}-1"
    async with connected(reader) as connection:
        ari = Ari(connection.request)
        await ari.originate_in_dialplan(
            "Local/lire@journal/n",
            "journal",
            "attend",
            channel_id=waiting,
            other_channel_id=showing,
            variables={"LECTEUR": reader.app, "__VILLE": reader.town},
        )
        try:
            await ari.subscribe(reader.app, showing)
        except AriRequestFailed as error:
            log.debug("the notebook is empty: %s", error)
            return 0
        try:
            async with asyncio.timeout(READING_S):
                return await _read(connection, ari, showing, take)
        except TimeoutError as error:
            raise AriTimeout(f"the notebook was not read in {READING_S:g} s") from error
        finally:
            await _hang_up(ari, waiting)


async def _read(connection: AriConnection, ari: Ari, showing: str, take: Take) -> int:
    taken = 0
    async for event in connection.events():
        match event:
            case StasisStart(channel, (call_id, *values)) if channel.id == showing:
                if await _is_over(ari, call_id) and await _took(call_id, values, take):
                    await ari.set_variable(showing, "ECRIT", "oui")
                    taken += 1
                await ari.go_on(showing)
            case ChannelDestroyed(channel) if channel.id == showing:
                return taken
            case _:
                pass
    return taken


async def _took(call_id: str, values: Sequence[str], take: Take) -> bool:
    if not any(values):
        return False  # where Asterisk's list of calls is cut, too long for one variable: the next time
    note = note_of(call_id, values)
    if note is None:
        log.error("a note of Asterisk that cannot be read is thrown away: %s %r", call_id, values)
        return True
    return await take(note)


async def _is_over(ari: Ari, channel_id: str) -> bool:
    try:
        await ari.channel(channel_id)
    except AriRequestFailed as error:
        if error.status == 404:
            return True
        raise
    return False


async def _hang_up(ari: Ari, channel_id: str) -> None:
    try:
        await ari.hang_up(channel_id)
    except AriRequestFailed as error:
        log.debug("%s is gone: %s", channel_id, error)
