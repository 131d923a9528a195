"""A telephone of our own: rings, speaks, presses keys, hears and answers, over real SIP and RTP.

    async with SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, "0596000000", caller="0696112233")
        await call.say(samples, 16_000)
        await call.hang_up()

Times are the event loop's clock (`loop.time()`, seconds).
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from tests.support.g711 import PCMA, Codec, Samples
from tests.support.rtp_stream import VOICED_RMS, Heard, Network, RtpStream
from tests.support.sip_messages import SipMessage, media_in, offer, parse, response_to, tag_of, uri_in

__all__ = ["VOICED_RMS", "CallRefused", "Heard", "Network", "PhoneCall", "SipPhone"]

Address = tuple[str, int]


class CallRefused(Exception):
    """The other side answered with an error, or not at all (status 408)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status


class PhoneCall:
    """One call, from either side."""

    def __init__(self, phone: "SipPhone", rtp: RtpStream, call_id: str, server: Address) -> None:
        self.phone, self.rtp, self.call_id, self.server = phone, rtp, call_id, server
        self.rung_at = self.answered_at = self.ended_at = 0.0
        self.ended = asyncio.Event()
        """Set when the call is over, whoever ended it."""
        self.ended_by_them = False
        self.ringing = asyncio.Event()
        self.local_tag = uuid.uuid4().hex[:10]
        self.local = self.remote = ""
        self.target = ""
        self.invite: SipMessage | None = None
        self.answer_status: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()
        self.cseq = 1
        self.branch = ""

    async def say(self, samples: Samples, rate_hz: int = 8000) -> tuple[float, float]:
        """Speak; when the first sound left and when the last one ended."""
        return await self.rtp.say(samples, rate_hz)

    def stop_saying(self) -> None:
        self.rtp.stop_saying()

    async def press(self, keys: str, *, duration_ms: int = 100, gap_s: float = 0.1) -> None:
        for key in keys:
            await self.rtp.press(key, duration_ms)
            await asyncio.sleep(gap_s)

    def heard(self, start: float = 0.0, end: float = float("inf")) -> Samples:
        """What was heard between two moments, (n,) int16 8 kHz."""
        return self.rtp.heard(start, end)

    async def first_voiced_after(self, at: float, timeout_s: float = 5.0) -> float:
        """When a voice was first heard after that moment. Raises TimeoutError."""
        return (await self.rtp.until_heard(lambda packet: packet.voiced, at, timeout_s)).at

    async def silent_after(self, at: float, quiet_s: float = 0.3, timeout_s: float = 10) -> float:
        """When the voice heard at that moment stopped, for `quiet_s` at least. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout_s):
            while True:
                voiced = [packet.at for packet in self.rtp.heard_packets if packet.voiced and packet.at >= at]
                last = voiced[-1] + 0.02 if voiced else at
                if loop.time() - last >= quiet_s:
                    return last
                await asyncio.sleep(0.02)

    async def answer(self) -> None:
        """Pick up a call that rings here."""
        assert self.invite is not None, "only a call that came in can be answered"
        remote, self.rtp.codec = media_in(self.invite.body)
        self.phone.respond(self, self.invite, 200, "OK", with_sdp=True)
        self.answered_at = asyncio.get_running_loop().time()
        self.rtp.start(remote)

    def reject(self, status: int = 486, reason: str = "Busy Here") -> None:
        assert self.invite is not None, "only a call that came in can be rejected"
        self.phone.respond(self, self.invite, status, reason)
        self.over(by_them=False)

    async def hang_up(self) -> None:
        """End the call; cancels it where nobody has answered. Does nothing on a call that is over."""
        if self.ended.is_set():
            return
        if self.answered_at:
            self.phone.request(self, "BYE")
        elif self.invite is None:
            self.phone.request(self, "CANCEL")
        else:
            self.reject()
        self.over(by_them=False)

    async def renegotiate(self) -> None:
        """A re-INVITE with the same voice, as operators send for session timers."""
        self.answer_status = asyncio.get_running_loop().create_future()
        self.phone.request(self, "INVITE", sdp=offer(self.rtp.port, self.rtp.codec, version=self.cseq + 1))
        async with asyncio.timeout(5):
            response = await self.answer_status
        if response.status >= 300:
            raise CallRefused(response.status, response.reason)

    def over(self, *, by_them: bool) -> None:
        if not self.ended.is_set():
            self.ended_by_them = by_them
            self.ended_at = asyncio.get_running_loop().time()
            self.ended.set()
            self.rtp.close()


class SipPhone(asyncio.DatagramProtocol):
    """One telephone line; made by `opened`."""

    def __init__(self, codec: Codec, network: Network) -> None:
        self._codec, self._network = codec, network
        self._calls: dict[str, PhoneCall] = {}
        self._incoming: asyncio.Queue[PhoneCall] = asyncio.Queue()
        self._opening: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, port: int = 0, codec: Codec = PCMA, network: Network | None = None
    ) -> AsyncIterator["SipPhone"]:
        """A telephone that hangs up its calls at the end."""
        loop = asyncio.get_running_loop()
        _, phone = await loop.create_datagram_endpoint(
            lambda: cls(codec, network or Network()), local_addr=("127.0.0.1", port)
        )
        try:
            yield phone
        finally:
            for call in list(phone._calls.values()):
                await call.hang_up()
            await asyncio.sleep(0)
            phone.transport.close()

    @property
    def transport(self) -> asyncio.DatagramTransport:
        assert self._transport is not None
        return self._transport

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # 3.11 does not register its own class as one
        self._transport = cast(asyncio.DatagramTransport, transport)

    async def dial(
        self,
        server: Address,
        number: str,
        caller: str = "0696112233",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> PhoneCall:
        """Send the INVITE; the call then rings (`answered` waits for the answer)."""
        rtp = await RtpStream.open(self._codec, self._network)
        call = PhoneCall(self, rtp, uuid.uuid4().hex, server)
        call.local = f"<sip:{caller}@127.0.0.1:{self.port}>;tag={call.local_tag}"
        call.remote = f"<sip:{number}@{server[0]}:{server[1]}>"
        call.target = f"sip:{number}@{server[0]}:{server[1]}"
        self._calls[call.call_id] = call
        call.rung_at = asyncio.get_running_loop().time()
        self.request(call, "INVITE", sdp=offer(rtp.port, self._codec), extra=headers)
        return call

    async def answered(self, call: PhoneCall, timeout_s: float = 10.0) -> None:
        """Wait until the other side picks up. Raises CallRefused."""
        try:
            async with asyncio.timeout(timeout_s):
                response = await call.answer_status
        except TimeoutError:
            await call.hang_up()
            raise CallRefused(408, "nobody answered") from None
        if response.status >= 300:
            call.over(by_them=True)
            raise CallRefused(response.status, response.reason)

    async def ring(
        self,
        server: Address,
        number: str,
        caller: str = "0696112233",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        timeout_s: float = 10.0,
    ) -> PhoneCall:
        """A call that was answered. Raises CallRefused."""
        call = await self.dial(server, number, caller, headers)
        await self.answered(call, timeout_s)
        return call

    async def next_call(self, timeout_s: float = 10.0) -> PhoneCall:
        """The next call that rings here: answer or reject it. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            return await self._incoming.get()

    # SIP

    def request(
        self, call: PhoneCall, method: str, *, sdp: str = "", extra: tuple[tuple[str, str], ...] = ()
    ) -> None:
        if method not in ("ACK", "CANCEL"):
            call.cseq += 1
        if method != "CANCEL":
            call.branch = f"z9hG4bK{uuid.uuid4().hex[:12]}"
        headers = (
            ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.port};branch={call.branch};rport"),
            ("Max-Forwards", "70"),
            ("From", call.local),
            ("To", call.remote),
            ("Call-ID", call.call_id),
            ("CSeq", f"{call.cseq} {method}"),
            ("Contact", f"<sip:{self.port}@127.0.0.1:{self.port}>"),
            *extra,
            *((("Content-Type", "application/sdp"),) if sdp else ()),
        )
        self._send(SipMessage(method, 0, "", call.target, headers, sdp), call.server)

    def respond(
        self, call: PhoneCall, request: SipMessage, status: int, reason: str, *, with_sdp: bool = False
    ) -> None:
        sdp = offer(call.rtp.port, call.rtp.codec) if with_sdp else ""
        contact = f"<sip:{self.port}@127.0.0.1:{self.port}>"
        self._send(response_to(request, status, reason, call.local_tag, contact, sdp), call.server)

    def _send(self, message: SipMessage, to: Address) -> None:
        if not self.transport.is_closing():
            self.transport.sendto(message.serialise(), to)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there; the call times out as with a real operator."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not data.strip() or data[0] >> 6 == 2:  # what keeps a way open, or RTCP for the port next to ours
            return
        message = parse(data)
        call = self._calls.get(message.call_id)
        if message.status:
            if call is not None:
                self._on_response(call, message)
        elif message.method == "INVITE" and call is None:
            opening = asyncio.ensure_future(self._on_invite(message, addr))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)
        else:
            self._on_request(call, message, addr)

    def _on_response(self, call: PhoneCall, response: SipMessage) -> None:
        if response.cseq_method != "INVITE":
            return
        if response.status == 180:
            call.ringing.set()
        if response.status < 200:
            return
        call.remote = response.header("To")
        if response.status < 300:
            call.target = uri_in(response.header("Contact")) or call.target
            self.request(call, "ACK")
            if not call.answered_at:
                call.answered_at = asyncio.get_running_loop().time()
                remote, call.rtp.codec = media_in(response.body)
                if not call.ended.is_set():
                    call.rtp.start(remote)
                else:  # cancelled too late
                    self.request(call, "BYE")
        else:
            self._acknowledge_failure(call)
        if not call.answer_status.done():
            call.answer_status.set_result(response)

    def _acknowledge_failure(self, call: PhoneCall) -> None:
        """The ACK of an error belongs to the INVITE's own transaction (RFC 3261 §17.1.1.3)."""
        branch = call.branch
        headers = (
            ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch};rport"),
            ("Max-Forwards", "70"),
            ("From", call.local),
            ("To", call.remote),
            ("Call-ID", call.call_id),
            ("CSeq", f"{call.cseq} ACK"),
        )
        self._send(SipMessage("ACK", 0, "", call.target, headers), call.server)

    async def _on_invite(self, request: SipMessage, addr: Address) -> None:
        rtp = await RtpStream.open(self._codec, self._network)
        call = PhoneCall(self, rtp, request.call_id, addr)
        call.invite, call.rung_at = request, asyncio.get_running_loop().time()
        call.remote, call.local = request.header("From"), f"{request.header('To')};tag={call.local_tag}"
        call.target = uri_in(request.header("Contact"))
        self._calls[call.call_id] = call
        self.respond(call, request, 180, "Ringing")
        self._incoming.put_nowait(call)

    def _on_request(self, call: PhoneCall | None, request: SipMessage, addr: Address) -> None:
        if request.method == "ACK":
            return
        if call is None:
            status = (200, "OK") if request.method == "OPTIONS" else (481, "No such call")
            contact = f"<sip:{self.port}@127.0.0.1:{self.port}>"
            self._send(response_to(request, *status, "none", contact), addr)
            return
        if request.method == "INVITE" and tag_of(request.header("To")):
            self.respond(call, request, 200, "OK", with_sdp=True)
            return
        if request.method == "INVITE":  # sent again because our answer was slow
            return
        self.respond(call, request, 200, "OK")
        if request.method == "CANCEL" and call.invite is not None and not call.answered_at:
            self.respond(call, call.invite, 487, "Request Terminated")
            call.over(by_them=True)
        elif request.method == "BYE":
            call.over(by_them=True)
