"""One connection to Asterisk: a socket that carries its events and our requests."""

import asyncio
import base64
import itertools
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import quote, urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from telephony.ari.events import ApplicationReplaced, Event
from telephony.ari.protocol import RestResponse, message_of, rest_request
from telephony.errors import (
    AriClosed,
    AriRefused,
    AriRequestFailed,
    AriTimeout,
    AriUnreachable,
    AriUntrusted,
    MalformedAriMessage,
)

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 2.5
"""On a link that is cut no answer comes: a new try soon after it is mended is worth more than patience."""
PING_EVERY_S = 2.0
PING_PATIENCE_S = 3.0
"""An Asterisk that is gone without a word, or a link that is cut, is known after both at the latest."""
MAX_WAITING_EVENTS = 10_000


@dataclass(frozen=True)
class AsteriskSettings:
    """Where Asterisk is and who we are there."""

    url: str = "http://127.0.0.1:8088"
    """As in asterisk/conf/http.conf, without path."""
    user: str = "accueil"
    password: str = ""
    app: str = "accueil"
    """The application's name, as the dialplan's Stasis() says it."""
    town: str = ""
    """What everything of this town's in Asterisk is called by first (its queues, posts, mailbox, notebook),
    where one Asterisk serves several towns."""

    @property
    def _ws_url(self) -> str:
        return "ws" + self.url.removeprefix("http").rstrip("/")

    @property
    def events_url(self) -> str:
        return f"{self._ws_url}/ari/events?{urlencode({'app': self.app})}"

    def media_url(self, connection_id: str) -> str:
        return f"{self._ws_url}/media/{quote(connection_id, safe='')}"


class AriConnection:
    """A live connection; made by `connected`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[RestResponse]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(MAX_WAITING_EVENTS)
        self._closed = False
        self.malformed = 0
        """Messages that were dropped because they are not what ARI says."""
        self.dropped = 0
        """Events that were dropped because nobody took them."""

    async def request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Any:
        """What Asterisk answers, parsed; None where it answers nothing.

        Raises AriRequestFailed, AriTimeout, AriClosed.
        """
        if self._closed:
            raise AriClosed(f"{method} {path}: the connection is closed")
        request_id = str(next(self._numbers))
        answer = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await self._socket.send(rest_request(request_id, method, path, query, body))
                response = await answer
        except TimeoutError as error:
            raise AriTimeout(f"{method} {path}: no answer in {REQUEST_TIMEOUT_S:g} s") from error
        except ConnectionClosed as error:
            raise AriClosed(f"{method} {path}: {error}") from error
        finally:
            del self._waiting[request_id]
        if not 200 <= response.status < 300:
            raise AriRequestFailed(method, path, response.status, response.message)
        return response.body

    async def events(self) -> AsyncIterator[Event]:
        """Events until the connection ends, which raises AriClosed. Iterated once."""
        while (event := await self._events.get()) is not None:
            yield event
        raise AriClosed(
            f"{self._socket.close_code or ''} {self._socket.close_reason or ''}".strip() or "lost"
        )

    def take_waiting(self) -> list[Event]:
        """The events that have come already and that `events` has not given; that we were replaced is left to
        `events`, as it ends this connection's work."""
        taken: list[Event] = []
        while not self._events.empty():
            event = self._events.get_nowait()
            if event is None or isinstance(event, ApplicationReplaced):
                self._events.put_nowait(event)
                break
            taken.append(event)
        return taken

    async def read(self) -> None:
        """Take messages until the socket closes; whoever waits then learns of it."""
        try:
            async for text in self._socket:
                self._take(text)
        except ConnectionClosed as error:
            log.info("ARI connection closed: %s", error)
        finally:
            self._closed = True
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(AriClosed("the connection closed in mid-request"))
            if self._events.full():
                self._events.get_nowait()
            self._events.put_nowait(None)

    def _take(self, text: str | bytes) -> None:
        try:
            message = message_of(text)
        except MalformedAriMessage as error:
            self.malformed += 1
            log.warning("malformed ARI message dropped (%s): %.200r", error, text)
            return
        if isinstance(message, RestResponse):
            answer = self._waiting.get(message.request_id)
            if answer is not None and not answer.done():
                answer.set_result(message)
        elif self._events.full():
            self.dropped += 1
            log.error("ARI event dropped, %d already wait: %s", MAX_WAITING_EVENTS, type(message).__name__)
        else:
            self._events.put_nowait(message)


@asynccontextmanager
async def connected(settings: AsteriskSettings) -> AsyncIterator[AriConnection]:
    """A connection to Asterisk, closed at the end.

    Raises AriRefused (wrong password), AriUntrusted and AriUnreachable.
    """
    credentials = base64.b64encode(f"{settings.user}:{settings.password}".encode()).decode()
    try:
        socket = await connect(
            settings.events_url,
            additional_headers={"Authorization": f"Basic {credentials}"},
            open_timeout=CONNECT_TIMEOUT_S,
            close_timeout=1,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_PATIENCE_S,
            compression=None,
            proxy=None,
            max_size=4 * 1024 * 1024,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status in (401, 403):
            raise AriRefused(f"{settings.url}: user {settings.user!r} or its password is refused") from error
        raise AriRefused(f"{settings.url}: ARI answers {status}; is it enabled there?") from error
    except SSLCertVerificationError as error:
        raise AriUntrusted(f"{settings.url}: {error.verify_message}", error.verify_code) from error
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
        raise AriUnreachable(f"{settings.url}: {error}") from error
    connection = AriConnection(socket)
    reader = asyncio.create_task(connection.read(), name="ari-reader")
    try:
        yield connection
    finally:
        await socket.close()
        await reader
