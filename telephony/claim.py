"""Which agent an Asterisk application belongs to: told apart when Asterisk says that we were replaced.

An Asterisk that was frozen, or cut off, works through all our attempts to connect once it is back, in any
order: one that we gave up long ago may replace the one that lives. Only another agent is a reason to stop.
"""

import asyncio
import uuid

from telephony.ari.calls import Ari

OTHERS_SAY_SO_WITHIN_S = 1.0
"""An agent says who it is right after it has connected."""


class Claim:
    """One agent's name, in a global variable of Asterisk's. Methods raise what `Ari` does."""

    def __init__(self, ari: Ari, app: str) -> None:
        self._ari = ari
        self._variable = f"STANDARDISTE_AGENT_{app}"
        self._name = uuid.uuid4().hex

    async def stake(self) -> None:
        """From now on the application is ours."""
        await self._ari.set_global_variable(self._variable, self._name)

    async def stands(self) -> bool:
        """Whether nobody else has said so since."""
        await asyncio.sleep(OTHERS_SAY_SO_WITHIN_S)
        return await self._ari.global_variable(self._variable) == self._name
