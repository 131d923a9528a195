"""The life of calls on Asterisk: connect, take calls, hand them over, leave nothing behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from telephony.ari.caller_id import caller_of
from telephony.ari.calls import Ari
from telephony.ari.client import AriConnection, AsteriskSettings, connected
from telephony.ari.events import (
    ApplicationReplaced,
    ChannelDestroyed,
    Dialling,
    Event,
    StasisEnd,
    StasisStart,
)
from telephony.ari.models import Application
from telephony.asterisk_call import AsteriskCall, Parting, release
from telephony.bridge_status import BridgeStatus, Connection, error_in_french, replaced_in_french
from telephony.claim import Claim
from telephony.errors import AriClosed, AriError, AriRequestFailed, MediaUnreachable, TelephonyError
from telephony.fates import Arrival, Fates
from telephony.media import open_media
from telephony.refuge import LEFT_BEHIND, refuge
from telephony.sign_of_life import keep_alive

__all__ = ["AsteriskBridge", "AsteriskCall", "AsteriskSettings", "BridgeStatus", "Connection"]

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.25
LAST_RETRY_S = 2.0
"""An Asterisk that is back has its agent again after no more than this."""
SETUP_TIMEOUT_S = 5.0
PATIENCE_S = 5.0
"""How long a handler may take to finish after its call ended: it may be storing a request."""
RELEASE_TIMEOUT_S = 3.0
ARRIVAL_S = 0.2
"""Within this a channel that Asterisk lists has its StasisStart with us."""


RELIEF = "-releve"
"""What ends the name of the application beside ours: the agent that is there while one takes over."""


class Door(Protocol):
    """Who may come in: asked before a call is answered, told when it is over."""

    def admits(self, call_id: str) -> bool: ...

    def leaves(self, call_id: str) -> None: ...


class Room:
    """A door for so many calls at once."""

    def __init__(self, most_calls: int) -> None:
        self._most_calls = most_calls
        self._inside: set[str] = set()

    def admits(self, call_id: str) -> bool:
        if len(self._inside) >= self._most_calls:
            return False
        self._inside.add(call_id)
        return True

    def leaves(self, call_id: str) -> None:
        self._inside.discard(call_id)


class AsteriskBridge:
    """Takes the calls of one Asterisk application and hands each to `on_call`.

    When `on_call` returns, a call it neither hung up nor gave away is hung up; when it raises, or the
    caller's sound is lost, the caller goes to the humans. When the call ends first, `call.ended` is set,
    and `on_call` has PATIENCE_S to return before it is cancelled.
    """

    def __init__(
        self,
        settings: AsteriskSettings,
        on_call: Callable[[AsteriskCall], Awaitable[None]],
        *,
        door: Door | None = None,
        on_call_number: Callable[[], str | None] = lambda: None,
        first: Callable[[str, str], tuple[str, str] | None] = lambda _dialled, _rung: None,
    ) -> None:
        """`door`: None for thirty calls. `on_call_number`: of the on-call people, as it is dialled.

        `first`: where in the dialplan a call goes before it is answered here, by what was dialled and how
        the reception answered (extensions.conf, SONNE); None for a call that is ours at once.
        """
        self._settings = settings
        self._on_call = on_call
        self._on_call_number = on_call_number
        self._first = first
        self.fates = Fates()
        self._door = door or Room(30)
        self._draining = False
        self._ari = Ari(self._request)
        self._claim = Claim(self._ari, settings.app)
        self._live: AriConnection | None = None
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._legs: dict[str, AsteriskCall] = {}
        self._media_up: dict[str, asyncio.Event] = {}
        self._refusals: set[asyncio.Task[None]] = set()
        self._to_hang_up: set[str] = set()
        self._connection = Connection.CONNECTING
        self._last_error: str | None = None
        self._total = self._refused = self._relieved = self._failed = self._recovered = self._malformed = 0
        self.connected = asyncio.Event()
        """Set while calls can come."""

    @property
    def status(self) -> BridgeStatus:
        return BridgeStatus(
            connection=self._connection,
            last_error=self._last_error,
            active_calls=len(self._calls),
            total_calls=self._total,
            refused_calls=self._refused,
            relieved_calls=self._relieved,
            failed_calls=self._failed,
            recovered_calls=self._recovered,
            malformed_events=self._malformed + (self._live.malformed if self._live else 0),
        )

    async def run(self) -> None:
        """Serve for ever; cancel it to stop: the callers who are there then go to the humans."""
        retry_s = FIRST_RETRY_S
        try:
            while self._connection is not Connection.REPLACED:
                try:
                    await self._serve_one_connection()
                except AriError as error:
                    if self.connected.is_set():
                        retry_s = FIRST_RETRY_S
                    self._lost(error)
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, LAST_RETRY_S)
            log.error(self._last_error)
            await asyncio.Event().wait()
        finally:
            await self._end_all_calls()

    def take_no_more(self) -> None:
        """Who calls from now on goes to who takes over from us, or to the humans."""
        self._draining = True

    async def drain(self) -> None:
        """Takes no more calls, and returns once those that run are over. `run` goes on meanwhile."""
        self.take_no_more()
        while running := [*self._calls.values(), *self._refusals]:
            await asyncio.wait(running)

    # The connection

    async def _request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Any:
        if self._live is None:
            raise AriClosed(f"{method} {path}: not connected to Asterisk")
        return await self._live.request(method, path, query, body)

    async def _serve_one_connection(self) -> None:
        async with connected(self._settings) as connection:
            self._live = connection
            try:
                await self._claim.stake()
                await self._recover(connection)
                self._connection, self._last_error = Connection.CONNECTED, None
                self.connected.set()
                log.info("connected to Asterisk at %s", self._settings.url)
                async for event in connection.events():
                    if isinstance(event, ApplicationReplaced):
                        return await self._replaced()
                    self._on_event(event)
            except asyncio.CancelledError:
                await self._end_all_calls()  # while Asterisk can still be told
                raise
            finally:
                self._malformed += connection.malformed
                self._live = None

    async def _replaced(self) -> None:
        """Raises AriClosed where it was by a connection of our own that came late."""
        if await self._claim.stands():
            raise AriClosed("replaced by a connection of our own")
        self.connected.clear()
        self._connection = Connection.REPLACED
        self._last_error = replaced_in_french(self._settings)
        await self._end_all_calls()

    def _lost(self, error: AriError) -> None:
        self.connected.clear()
        self._connection = Connection.CONNECTING
        told = error_in_french(error, self._settings)
        if told != self._last_error:
            log.warning("%s (%s)", told, error)
        self._last_error = told

    async def _recover(self, connection: AriConnection) -> None:
        """Set right what a lost connection, or an agent that died before us, left in Asterisk."""
        held = await self._ari.application(self._settings.app)
        self._take_waiting(connection)
        if self._unknown(held):
            # A call that came this very moment is listed too: its StasisStart is on its way.
            await asyncio.sleep(ARRIVAL_S)
            self._take_waiting(connection)
        for channel_id in self._unknown(held):
            stray = channel_id.startswith(f"{self._settings.app}-media-") or channel_id in self._to_hang_up
            if stray:
                await self._if_there(self._ari.hang_up(channel_id))
            elif await self._if_there(self._ari.continue_in_dialplan(channel_id, *LEFT_BEHIND)):
                self._recovered += 1
                log.warning("call %s was left behind and goes to the humans", channel_id)
        self._to_hang_up.clear()
        bridges = {leg.bridge_id for leg in self._legs.values()}
        for bridge in await self._ari.bridges():
            if bridge.id.startswith(f"{self._settings.app}-bridge-") and bridge.id not in bridges:
                await self._if_there(self._ari.delete_bridge(bridge.id))
        for channel_id, leg in self._legs.items():
            if channel_id not in held.channel_ids:
                leg.left()

    def _take_waiting(self, connection: AriConnection) -> None:
        for event in connection.take_waiting():
            self._on_event(event)

    def _unknown(self, held: Application) -> list[str]:
        """The channels Asterisk holds for us that belong to no call of ours."""
        ours = {leg.media_channel_id for leg in self._legs.values()} | self._legs.keys()
        return [channel_id for channel_id in held.channel_ids if channel_id not in ours]

    async def _if_there(self, request: Awaitable[None]) -> bool:
        try:
            await request
        except AriRequestFailed as error:
            log.debug("gone meanwhile: %s", error)
            return False
        return True

    # Events

    def _on_event(self, event: Event) -> None:
        match event:
            case StasisStart(channel, args):
                if (up := self._media_up.get(channel.id)) is not None:
                    up.set()
                elif (leg := self._legs.get(channel.id)) is not None:
                    leg.came_back()
                elif channel.id.startswith(f"{self._settings.app}-media-"):
                    log.info("media channel %s came too late", channel.id)
                else:
                    self._admit(channel.id, channel.caller_number, args)
            case StasisEnd(channel):
                if (leg := self._legs.get(channel.id)) is not None and leg.is_with_us:
                    leg.left()
            case ChannelDestroyed(channel):
                if (leg := self._legs.get(channel.id)) is not None:
                    leg.left()
            case Dialling(str() as channel_id, _, "ANSWER"):
                if (leg := self._legs.get(channel_id)) is not None:
                    leg.on_call_answered()
            case _:
                pass

    def _admit(self, channel_id: str, number: str, args: tuple[str, ...]) -> None:
        dialled = args[0] if args else ""
        if self._draining:
            self._relieved += 1
            self._send_on(channel_id, refuge(dialled, relief=not self._settings.app.endswith(RELIEF)))
            return
        if (place := self._first(dialled, args[3] if len(args) > 3 else "")) is not None:
            log.info("call %s goes to the reception first", channel_id)
            self._send_on(channel_id, place)
            return
        if not self._door.admits(channel_id):
            self._refused += 1
            log.warning("call %s is not for us: %d calls are active", channel_id, len(self._calls))
            self._send_on(channel_id, refuge(dialled, relief=False))
            return
        self._total += 1
        caller = caller_of(number, args[1] if len(args) > 1 else "")
        call = AsteriskCall(
            self._ari, channel_id, caller, dialled, self._settings.app, self._on_call_number()
        )
        self._legs[channel_id] = call
        outside = dialled.lstrip("+").isdecimal()
        self.fates.begins(channel_id, Arrival(caller, datetime.now(UTC)) if outside else None)
        self._calls[channel_id] = asyncio.create_task(self._one_call(call), name=f"call {channel_id}")

    def _send_on(self, channel_id: str, place: tuple[str, str] | None) -> None:
        refusal = asyncio.create_task(self._sent_on(channel_id, place), name=f"refuse {channel_id}")
        self._refusals.add(refusal)
        refusal.add_done_callback(self._refusals.discard)

    async def _sent_on(self, channel_id: str, place: tuple[str, str] | None) -> None:
        """To the reception, to who takes over from us, or to the humans; None: nobody is to be rung."""
        try:
            if place is None:
                await self._ari.hang_up(channel_id)
            else:
                await self._ari.continue_in_dialplan(channel_id, *place)
        except AriError as error:
            log.info("call %s left before it was turned away: %s", channel_id, error)

    # One call

    async def _one_call(self, call: AsteriskCall) -> None:
        """Whatever happens in here, the caller is not dropped silently and nothing stays behind."""
        alive = asyncio.create_task(keep_alive(call, self._ari), name=f"alive {call.channel_id}")
        try:
            await self._set_up(call)
            await self._handle(call)
        except TelephonyError as error:
            if not call.ended.is_set():
                self._failed += 1
                log.error("call %s goes to the humans: %s", call.channel_id, error)
        except Exception:
            self._failed += 1
            log.exception("call %s goes to the humans", call.channel_id)
        finally:
            alive.cancel()
            await self._release(call)

    async def _set_up(self, call: AsteriskCall) -> None:
        """Answer, and bring the call's sound up: all at once where Asterisk allows it."""
        up = self._media_up[call.media_channel_id] = asyncio.Event()
        try:
            async with asyncio.timeout(SETUP_TIMEOUT_S):
                answered, bridged, media = await asyncio.gather(
                    self._ari.answer(call.channel_id),
                    self._ari.create_bridge(call.bridge_id),
                    self._ari.create_media_channel(self._settings.app, call.media_channel_id),
                    return_exceptions=True,
                )
                for outcome in (answered, bridged, media):
                    if isinstance(outcome, BaseException):
                        raise outcome
                assert not isinstance(media, BaseException)
                connection_id = media.variables.get("MEDIA_WEBSOCKET_CONNECTION_ID")
                if connection_id is None:
                    raise MediaUnreachable("Asterisk did not say where its media socket is")
                call.use(await open_media(self._settings.media_url(connection_id)))
                await up.wait()  # addChannel answers 422 before the channel's StasisStart
                await self._ari.add_to_bridge(call.bridge_id, call.channel_id, call.media_channel_id)
        except TimeoutError as error:
            raise MediaUnreachable(f"not set up in {SETUP_TIMEOUT_S:g} s") from error
        finally:
            del self._media_up[call.media_channel_id]

    async def _handle(self, call: AsteriskCall) -> None:
        handler = asyncio.ensure_future(self._on_call(call))
        ended = asyncio.create_task(call.ended.wait())
        lost = asyncio.create_task(call.media.closed.wait())
        try:
            await asyncio.wait({handler, ended, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not handler.done():
                call.end()
                await asyncio.wait({handler}, timeout=PATIENCE_S)
        finally:
            for task in (handler, ended, lost):
                task.cancel()
            await asyncio.wait({handler, ended, lost})
            error = None if handler.cancelled() else handler.exception()
        if handler.cancelled():
            log.error("call %s: its handler did not end in %g s", call.channel_id, PATIENCE_S)
        elif error is not None:
            raise error
        elif not call.media.closed.is_set():
            await call.hang_up()

    async def _release(self, call: AsteriskCall) -> None:
        told = False
        try:
            async with asyncio.timeout(RELEASE_TIMEOUT_S):
                told = await release(call, self._ari)
        except TimeoutError:
            log.error("call %s: Asterisk took too long to let it go", call.channel_id)
        finally:
            self.fates.ends(call.channel_id, call.parting, told=told)
            if call.has_media:
                await call.media.close()
            del self._legs[call.channel_id]
            del self._calls[call.channel_id]
            self._door.leaves(call.channel_id)
        if not told and call.parting is Parting.HUNG_UP:
            self._to_hang_up.add(call.channel_id)

    async def _end_all_calls(self) -> None:
        """Cancel what runs and wait until each caller was given away."""
        running = [*self._calls.values(), *self._refusals]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
