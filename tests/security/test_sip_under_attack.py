"""Strangers on the SIP port of a real Asterisk with our configuration: nobody who rings pays for them."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from tests.security.sip_torture import TOWN, request, torture
from tests.support.echo_app import is_echoed, serving
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone
from tests.support.sip_messages import parse
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
N_FLOOD = 3000
SCANNERS = ("poste-accueil", "operateur", "100", "admin", "asterisk", "sipvicious")
"""Whom those who look for a door say to be; the first two are names of ours."""


class Stranger(asyncio.DatagramProtocol):
    """An address that nobody knows."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    @asynccontextmanager
    async def at(cls, host: str) -> AsyncIterator["Stranger"]:
        loop = asyncio.get_running_loop()
        transport, stranger = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        try:
            yield stranger
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    @property
    def transport(self) -> asyncio.DatagramTransport:
        assert self._transport is not None
        return self._transport

    @property
    def here(self) -> tuple[str, int]:
        host, port = self.transport.get_extra_info("sockname")
        return host, port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002
        if data.strip():
            self.statuses.append(parse(data).status)


async def last_of(stranger: Stranger) -> int:
    """What the stranger was answered in the end."""
    await until(lambda: any(status >= 200 for status in stranger.statuses), 3)
    return next(status for status in stranger.statuses if status >= 200)


@pytest.mark.parametrize(
    ("caller", "number"),
    [("poste-accueil", "0612345678"), ("poste-accueil", "15"), ("poste-accueil", "*2"), ("operateur", TOWN)],
)
async def test_who_takes_the_name_of_the_post_or_of_the_operator_from_elsewhere_rings_nobody(
    lab: AsteriskLab, caller: str, number: str
) -> None:
    async with (
        serving(lab.settings) as bridge,
        SipPhone.opened(port=lab.trunk_port) as public,
        Stranger.at("127.0.0.2") as stranger,
    ):
        before = bridge.status.total_calls
        message = request(stranger.here, lab.sip, to=number, caller=caller)
        stranger.transport.sendto(message, lab.sip)
        assert await last_of(stranger) in (401, 403)
        assert lab.channels() == []
        assert bridge.status.total_calls == before
        with pytest.raises(TimeoutError):
            await public.next_call(timeout_s=0.1)


async def test_after_malformed_messages_and_a_flood_a_caller_is_served_at_once(lab: AsteriskLab) -> None:
    async with (
        serving(lab.settings) as bridge,
        SipPhone.opened() as phone,
        Stranger.at("127.0.0.3") as stranger,
    ):
        pid, before = lab.pid, bridge.status.total_calls
        for message in torture(stranger.here, lab.sip).values():
            stranger.transport.sendto(message, lab.sip)
        async with Stranger.at("127.0.0.4") as one, Stranger.at("127.0.0.5") as other:
            who = itertools.cycle((one, other))
            methods = itertools.cycle(("INVITE", "OPTIONS", "REGISTER"))
            for n, caller in zip(range(N_FLOOD), itertools.cycle(SCANNERS), strict=False):
                sender, method = next(who), next(methods)
                message = request(sender.here, lab.sip, method, caller=caller, to=f"00{n:08}")
                sender.transport.sendto(message, lab.sip)
                if n % 100 == 0:
                    await asyncio.sleep(0.01)
            call = await phone.ring(lab.sip, TOWN, timeout_s=5)
            assert await is_echoed(call)
            await call.hang_up()
            statuses = {*stranger.statuses, *one.statuses, *other.statuses}
        assert lab.pid == pid
        assert bridge.status.total_calls == before + 1
        assert not statuses & {100, 180, 183, 200, 202}
        await asyncio.to_thread(lab.wait_until_empty)
