"""The calls that come from the browser's telephone."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from standardiste.errors import CallRefused
from telephony.browser_line import BrowserLine, answer_browser
from telephony.call import CallObserver
from telephony.dialog_processor import Exchange
from telephony.line import Line

MAX_BROWSER_CALLS = 8
"""The browser's telephone is for trying the agent: it must not take the real line's engines."""


class BrowserCalls:
    """The calls that come from the page."""

    def __init__(self, take: Callable[[Line, CallObserver], Coroutine[Any, Any, None]]) -> None:
        self._take = take
        self._calls: set[asyncio.Task[None]] = set()

    async def start(self, offer_sdp: str) -> str:
        """Answers the browser's offer and begins its call; raises CallRefused and UnusableOffer."""
        if len(self._calls) >= MAX_BROWSER_CALLS:
            raise CallRefused("Trop d'appels d'essai en même temps : réessayez dans un instant.")
        line, answer = await answer_browser(offer_sdp, f"navigateur-{uuid.uuid4().hex[:8]}")
        call = asyncio.create_task(self._take(line, transcript_for(line)), name=line.call_id)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return answer

    async def aclose(self) -> None:
        """Ends the calls that are left."""
        for call in self._calls:
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)


def transcript_for(line: BrowserLine) -> CallObserver:
    """Shows the page what was heard and answered, as it happens."""

    def on_exchange(exchange: Exchange) -> None:
        if exchange.transcript is not None:
            heard = {"text": exchange.transcript.text, "confidence": exchange.transcript.confidence}
            line.send_event({"heard": heard})
        if exchange.answer:
            line.send_event({"agent": " ".join(say.text for say in exchange.answer)})

    return CallObserver(on_exchange)
