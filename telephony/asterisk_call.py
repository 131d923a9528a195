"""One caller's leg on Asterisk: the line the pipeline talks over, and the way the call leaves us."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from enum import Enum

from dialog.flows.person import ON_CALL
from speech.audio import Samples
from telephony.ari.calls import Ari
from telephony.errors import AriError, AriRequestFailed
from telephony.line import LineEvent
from telephony.media import MediaLink

log = logging.getLogger(__name__)


class Parting(Enum):
    """What becomes of the caller when we let go of them."""

    UNDECIDED = "undecided"
    HUNG_UP = "hung up"
    CONTINUED = "continued"
    """They are in the dialplan again."""
    LEFT = "left"
    """They hung up, or Asterisk is gone."""


class AsteriskCall:
    """A call that is up, both ways. Satisfies `telephony.line.Line`."""

    def __init__(
        self,
        ari: Ari,
        channel_id: str,
        caller: str | None,
        dialled: str,
        app: str,
        on_call_number: str | None = None,
    ) -> None:
        own = uuid.uuid4()
        self.channel_id = channel_id
        self.caller = caller
        """E.164, None when withheld."""
        self.dialled = dialled
        """The number that was rung."""
        self.media_channel_id = f"{app}-media-{own}"
        self.bridge_id = f"{app}-bridge-{own}"
        self.ended = asyncio.Event()
        """Set when the caller is no longer with us, or their sound is lost: finish and return."""
        self.parting = Parting.UNDECIDED
        self._hung_up = False
        self._ari = ari
        self._app = app
        self._on_call_number = on_call_number
        """As it is dialled; None where the town has nobody on call."""
        self._ringing: asyncio.Future[bool] | None = None
        """While those on call are rung: whether they answer."""
        self._media: MediaLink | None = None

    @property
    def call_id(self) -> str:
        return self.channel_id

    @property
    def media(self) -> MediaLink:
        assert self._media is not None, "a call is handed over once its sound is up"
        return self._media

    @property
    def has_media(self) -> bool:
        return self._media is not None

    def use(self, media: MediaLink) -> None:
        self._media = media

    def received(self) -> AsyncIterator[LineEvent]:
        return self.media.received()

    async def send_audio(self, samples: Samples) -> None:
        await self.media.send_audio(samples)

    async def flush(self) -> None:
        await self.media.flush()

    async def mark(self, mark_id: str) -> None:
        await self.media.mark(mark_id)

    async def hang_up(self) -> None:
        """End the call now; sound that waits is not played.

        Does nothing on a call that left us or is being given to those on call, nor on one whose sound is
        lost: that one goes to the humans.
        """
        if not self.is_with_us or self.ended.is_set():
            return
        self.parting = Parting.HUNG_UP
        try:
            await self.tell_hang_up()
        except AriError as error:
            log.error("call %s cannot be hung up, another try follows: %s", self.channel_id, error)
        finally:
            self.end()

    async def tell_hang_up(self) -> None:
        """Have Asterisk hang up, unless it has. Raises AriError where it cannot be told.

        The dialplan is told first (CONGE): it hangs up itself where we go before we could. That is refused
        for a caller whom it has taken back meanwhile, and they are not hung up on: our words come late.
        """
        if not self._hung_up:
            try:
                await self._ari.set_variable(self.channel_id, "CONGE", "oui")
                await self._ari.hang_up(self.channel_id)
            except AriRequestFailed as error:
                log.info("call %s was already gone: %s", self.channel_id, error)
            self._hung_up = True

    async def continue_in_dialplan(self, context: str, extension: str = "accueil") -> None:
        """Give the caller back to the dialplan.

        Raises AriError where that cannot be done: the call is still ours, or gone (`ended`).
        """
        before, self.parting = self.parting, Parting.CONTINUED
        try:
            await self._ari.continue_in_dialplan(self.channel_id, context, extension)
        except AriError:
            self.parting = before
            raise
        self.end()

    @property
    def is_with_us(self) -> bool:
        """Whether the caller is in our hands: neither gone, nor in the dialplan."""
        return self.parting is Parting.UNDECIDED and self._ringing is None

    async def transfer(self, service: str) -> bool:
        """Give the caller to the people of this service: its own queue, else the town hall's.

        True: the call has left us. False: Asterisk cannot do it, or those on call did not answer; the caller
        is still ours or gone.
        """
        if self.ended.is_set() or not self.is_with_us:
            return False
        if service == ON_CALL:
            return await self._ring_on_call()
        try:
            await self.continue_in_dialplan("humains", service)
        except AriError as error:
            log.error("call %s cannot be given to %s: %s", self.channel_id, service, error)
            return False
        return True

    async def _ring_on_call(self) -> bool:
        """Have the dialplan ring those on call; it gives the caller back when they do not answer."""
        if self._on_call_number is None:
            log.error("call %s: nobody is on call", self.channel_id)
            return False
        ringing = self._ringing = asyncio.get_running_loop().create_future()
        try:
            await self._ari.subscribe(self._app, self.channel_id)
            await self._ari.continue_in_dialplan(self.channel_id, ON_CALL, self._on_call_number)
        except AriError as error:
            self._ringing = None
            log.error("call %s cannot be given to those on call: %s", self.channel_id, error)
            return False
        if await ringing:
            return True
        if not self.ended.is_set():
            try:
                await self._ari.add_to_bridge(self.bridge_id, self.channel_id)
            except AriError as error:
                log.error("call %s came back and cannot be heard: %s", self.channel_id, error)
                self.end()
        return False

    def on_call_answered(self) -> None:
        """Those on call are talking with the caller: nothing more is ours to do."""
        if self._ringing is not None:
            self.parting = Parting.CONTINUED
            self._settle(reached=True)
            self.end()

    def came_back(self) -> None:
        """Those on call did not answer, and the dialplan gave the caller back."""
        if not self._settle(reached=False):
            self.end()  # nobody of ours talks with them any more: to the humans

    def _settle(self, *, reached: bool) -> bool:
        """Tell who waits whether those on call answered; False where nobody waits."""
        ringing, self._ringing = self._ringing, None
        if ringing is None or ringing.done():
            return False
        ringing.set_result(reached)
        return True

    def left(self) -> None:
        """Note that the caller's channel is no longer in our hands."""
        if self.parting is Parting.UNDECIDED:
            self.parting = Parting.LEFT
        self.end()
        self._settle(reached=False)

    def end(self) -> None:
        """Let whoever serves this call see that it is over."""
        self.ended.set()
        if self._media is not None:
            self._media.finish()


async def release(call: AsteriskCall, ari: Ari) -> bool:
    """Free all that the call holds in Asterisk; a caller who is still there goes to the humans.

    False where Asterisk could not be told: what is left is found again at the next connection.
    """
    told = True
    try:
        if call.parting is Parting.UNDECIDED:
            await call.continue_in_dialplan("humains")
            log.info("call %s goes on with the humans", call.channel_id)
        elif call.parting is Parting.HUNG_UP:
            await call.tell_hang_up()
    except AriRequestFailed as error:
        log.info("call %s was already gone: %s", call.channel_id, error)
    except AriError as error:
        log.error("call %s is left in Asterisk: %s", call.channel_id, error)
        told = False
    for free, name in ((ari.hang_up, call.media_channel_id), (ari.delete_bridge, call.bridge_id)):
        try:
            await free(name)
        except AriRequestFailed as error:
            log.debug("%s was already gone: %s", name, error)
        except AriError as error:
            log.error("%s is left in Asterisk: %s", name, error)
            told = False
    return told
