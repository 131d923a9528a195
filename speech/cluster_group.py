"""Engines on machines of their own, asked over HTTP: to their clients the same as this machine's workers.

A process that serves calls holds nothing of the cluster but connections: whatever falls there, it stands. A
machine that is lost in mid-work costs that work another try elsewhere, within the time that it had anyway.
Nor is one waited for that may be lost, or stand before one that is: after about twice the usual time another
is asked as well, and who answers first is heard.
"""

import asyncio
import io
import itertools
import logging
import socket
import time
from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

import httpx

from speech.cluster_settings import ClusterSettings
from speech.engine import Priority
from speech.errors import EngineBusy, EngineFailed, UnusableModel
from speech.usual_time import UsualTime
from speech.worker import SILENT, Message, read_message
from speech.worker_group import GroupStatus

log = logging.getLogger(__name__)

START_S = 60.0
"""A cluster that starts with us may take so long to be there."""
CONNECT_S = 1.0
LOOK_EVERY_S = 2.0
LOOK_S = 2.0
"""A machine that does not say within this that it is well is asked last."""
SPARE = 2
"""The replica that is asked knows its own load, and refuses what can wait while it works."""
MOST_TRIES = 3
"""The second may meet the same loss: another machine that has not noticed it yet sends work there."""
AGAIN_AFTER_S = 0.2
NOT_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout)
SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 2500),
)
"""A machine whose power or cable went says nothing any more: it is given up after three seconds (tcp(7))."""


_Try = asyncio.Task[Message]
"""Named after the machine that is asked."""


class _Lost(Exception):
    """What had been asked there will not be answered."""


class ClusterGroup:
    """One kind of engine, at `/ROUTE` of every machine."""

    def __init__(self, cluster: ClusterSettings, route: str, *, timeout_s: float, wait_s: float) -> None:
        """`timeout_s` is for one piece of work, `wait_s` for its turn to come."""
        self._cluster, self._route = cluster, route
        self._timeout_s, self._wait_s = timeout_s, wait_s
        self._well = set(cluster.addresses)
        self._turns = itertools.count()
        self._client: httpx.AsyncClient | None = None
        self._looking: asyncio.Task[None] | None = None
        self._usual = UsualTime()
        self._known: dict[str, Any] = {}
        self._in_hand = self._repeated = self._refused = 0
        self._last_error: str | None = None

    @property
    def name(self) -> str:
        """The engine's name, known once it is started."""
        return str(self._known.get("ready", ""))

    @property
    def known(self) -> Mapping[str, Any]:
        """What the engine says of itself (see `speech.cluster_replica`), once it is started."""
        return self._known

    @property
    def pids(self) -> frozenset[int]:
        """None: nothing of it runs on this machine."""
        return frozenset()

    def spare(self, _in_hand: int) -> int:
        """See `speech.engine_group.EngineGroup`."""
        return SPARE

    def status(self) -> GroupStatus:
        """Of the machines; `restarts` is how often work had to be given to a second one."""
        return GroupStatus(
            engine=self.name,
            workers=len(self._cluster.addresses),
            ready=len(self._well),
            waiting=self._in_hand,
            restarts=self._repeated,
            refused=self._refused,
            last_error=self._last_error,
        )

    async def start(self) -> None:
        """Raises UnusableModel where no machine answers in a minute."""
        secret = self._cluster.secret
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=30),
                socket_options=SOCKET_OPTIONS,
                trust_env=False,
            ),
            headers={"authorization": f"Bearer {secret}"} if secret else {},
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            trust_env=False,
        )
        try:
            async with asyncio.timeout(START_S):
                await self._ask_who()
        except TimeoutError as error:
            await self.aclose()
            raise UnusableModel(
                f"les machines de parole ne répondent pas ({self._last_error or 'aucune réponse'}) : "
                "vérifier STANDARDISTE_SPEECH, et qu'un « serve --role speech » y tourne"
            ) from error
        self._looking = asyncio.create_task(self._look_again_and_again(), name="machines")

    async def ask(self, request: Message, priority: Priority) -> Message:
        """The engine's answer.

        Raises EngineBusy when no engine was free in time, EngineFailed when none could do it. Cancelling
        takes back work that still waits.
        """
        if self._client is None:
            raise EngineFailed("le moteur est arrêté")
        self._in_hand += 1
        try:
            async with asyncio.timeout(self._wait_s + self._timeout_s):
                answer = await self._somewhere(self._client, request.to_bytes(), priority)
        except TimeoutError as error:
            raise EngineBusy("aucun moteur n'a été libre à temps") from error
        finally:
            self._in_hand -= 1
        if "busy" in answer.values:
            self._refused += 1
            raise EngineBusy(answer.values["busy"])
        if "failed" in answer.values:
            raise EngineFailed(answer.values["failed"])
        return answer

    async def aclose(self) -> None:
        """Lets go of the machines."""
        client, self._client = self._client, None
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        if client is not None:
            await client.aclose()

    async def _ask_who(self) -> None:
        who = Message({"who": True}, SILENT)
        while True:
            try:
                self._known = (await self.ask(who, Priority.FINAL)).values
            except (EngineBusy, EngineFailed) as error:
                self._last_error = str(error)
                await asyncio.sleep(1.0)
            else:
                return

    async def _somewhere(self, client: httpx.AsyncClient, body: bytes, priority: Priority) -> Message:
        """At one machine; where it is lost with the work, or lets us wait, at another as well."""
        left, tries, n_lost = deque(self._in_turn()), set[_Try](), 0
        refusal: Message | None = None
        try:
            while left or tries:
                if left and n_lost + len(tries) < MOST_TRIES:
                    tries.add(self._try(client, left.popleft(), body, priority))
                done, _ = await asyncio.wait(
                    tries,
                    timeout=self._patience_s(left, n_lost + len(tries), priority),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not done:
                    self._repeated += 1
                for one in done:
                    tries.discard(one)
                    try:
                        answer = one.result()
                    except NOT_BEGUN as error:
                        self._gone(one.get_name(), error)
                    except (httpx.TransportError, _Lost) as error:
                        self._gone(one.get_name(), error)
                        n_lost += 1
                        if n_lost < MOST_TRIES:
                            self._repeated += 1
                            left.append(one.get_name())  # behind it there may be another machine by then
                            await asyncio.sleep(AGAIN_AFTER_S)
                    else:
                        # Who has no room takes nothing from another that is at it.
                        if not tries or not _is_refusal(answer):
                            return answer
                        refusal = answer
                if n_lost == MOST_TRIES:
                    break
        finally:
            for one in tries:
                if not one.cancel() and not one.cancelled():
                    one.exception()  # it came too late to be news
        if refusal is not None:
            return refusal
        raise EngineFailed("aucune machine de parole n'a pu faire ce travail")

    def _try(self, client: httpx.AsyncClient, address: str, body: bytes, priority: Priority) -> _Try:
        return asyncio.create_task(self._at(client, address, body, priority), name=address)

    def _patience_s(self, left: Collection[str], n_tried: int, priority: Priority) -> float | None:
        """How long to wait for those that were asked; None where nobody else would be asked anyway."""
        may_repeat = left and n_tried < MOST_TRIES and priority is not Priority.INTERIM
        return self._usual.patience_s if may_repeat else None

    async def _at(self, client: httpx.AsyncClient, address: str, body: bytes, priority: Priority) -> Message:
        began = time.monotonic()
        response = await client.post(
            f"{address}/{self._route}", content=body, headers={"x-priority": str(int(priority))}
        )
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise EngineFailed("les machines de parole refusent le mot de passe (STANDARDISTE_SPEECH_SECRET)")
        answer = read_message(io.BytesIO(response.content)) if response.is_success else None
        if answer is None:
            raise _Lost(f"{address} répond {response.status_code}")
        if not _is_refusal(answer):  # which says nothing of how long work takes
            self._usual.took(time.monotonic() - began)
        return answer

    def _in_turn(self) -> list[str]:
        """Every machine once: those that are well first, each time another one in front."""
        addresses = self._cluster.addresses
        start = next(self._turns) % len(addresses)
        turned = addresses[start:] + addresses[:start]
        return sorted(turned, key=lambda address: address not in self._well)

    def _gone(self, address: str, error: Exception) -> None:
        self._well.discard(address)
        self._last_error = f"{address} : {error or type(error).__name__}"
        log.warning("speech machine lost: %s", self._last_error)

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await asyncio.gather(*(self._look(address) for address in self._cluster.addresses))

    async def _look(self, address: str) -> None:
        assert self._client is not None
        try:
            answer = await self._client.get(f"{address}/-/healthz", timeout=LOOK_S)
            well = answer.is_success
        except httpx.TransportError:
            well = False
        if well and address not in self._well:
            log.warning("speech machine is back: %s", address)
        (self._well.add if well else self._well.discard)(address)


def _is_refusal(answer: Message) -> bool:
    """Whether the work was not done: no engine was free, or it failed at it."""
    return not answer.values.keys().isdisjoint(("busy", "failed"))
