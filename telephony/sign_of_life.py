"""The agent's sign of life to the dialplan, call by call: without it, Asterisk takes the caller back itself.

Asterisk keeps a caller in Stasis for ever when the agent dies, freezes, or cannot be reached any more. So
each call has a time limit, TIMEOUT(absolute), that is put off again and again; where it runs out the caller
hears words, then a human is looked for (extensions.conf, [coupure]).
"""

import asyncio
import logging

from telephony.ari.calls import Ari
from telephony.asterisk_call import AsteriskCall
from telephony.errors import AriError

log = logging.getLogger(__name__)

ALIVE_EVERY_S = 0.5
ALIVE_FOR_S = 2.5
"""As the dialplan has it before Stasis(): what a caller hears of a dead agent is under 3 s of silence. A
frozen agent would leave them in silence just as well, so it is given no longer."""


async def keep_alive(call: AsteriskCall, ari: Ari) -> None:
    """Puts the limit off until the call is over, or this is cancelled.

    A request that reaches Asterisk late, when the caller is with the humans already, does nothing there: a
    channel outside Stasis is refused (409).
    """
    while not call.ended.is_set():
        try:
            if call.is_with_us:
                await ari.set_variable(call.channel_id, "TIMEOUT(absolute)", f"{ALIVE_FOR_S:g}")
        except AriError as error:
            log.debug("call %s: %s", call.channel_id, error)
        await asyncio.sleep(ALIVE_EVERY_S)
