"""One party's voice on the network: RTP with G.711 and RFC 4733 digits, every packet stamped with its time.

Times are the event loop's clock (`loop.time()`, seconds).
"""

import asyncio
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import numpy as np
import soxr

from tests.support.g711 import PCMA, PCMU, Codec, Samples

RATE_HZ = 8000
PACKET_SAMPLES = 160
PACKET_S = 0.020
DIGITS_TYPE = 101
KEYS = "0123456789*#ABCD"
VOICED_RMS = 200
"""Of a 20 ms packet; comfort noise and codec noise are far below, speech at −40 dB above."""


@dataclass(frozen=True)
class Heard:
    at: float
    samples: Samples
    """(n,) int16, 8 kHz."""
    timestamp: int

    @property
    def voiced(self) -> bool:
        return float(np.sqrt(np.mean(self.samples.astype(np.float64) ** 2))) > VOICED_RMS


@dataclass
class Network:
    """What happens to packets on their way out: scripted, from a seed."""

    loss: float = 0.0
    """Share of packets that are lost, 0 to 1."""
    jitter_ms: float = 0.0
    """Each packet is late by up to this."""
    dice: random.Random = field(default_factory=lambda: random.Random(7))


class RtpStream(asyncio.DatagramProtocol):
    """Sends a packet every 20 ms, silence or voice, as long as it is open."""

    def __init__(self, codec: Codec, network: Network) -> None:
        self.codec = codec
        self.network = network
        self.heard_packets: list[Heard] = []
        self.keys_heard: list[str] = []
        self.remote: tuple[str, int] | None = None
        self._loop = asyncio.get_running_loop()
        self._to_say = np.zeros(0, np.int16)
        self._said: asyncio.Future[tuple[float, float]] | None = None
        self._said_from = 0.0
        self._sequence, self._timestamp = random.randrange(1 << 16), random.randrange(1 << 31)
        self._ssrc = random.randrange(1 << 32)
        self._keys: list[tuple[int, int]] = []
        self._key_starts = 0
        self._pressed: asyncio.Future[None] | None = None
        self._last_key_timestamp = -1
        self._transport: asyncio.DatagramTransport | None = None
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    async def open(cls, codec: Codec, network: Network) -> "RtpStream":
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_datagram_endpoint(
            lambda: cls(codec, network), local_addr=("127.0.0.1", 0)
        )
        return stream

    @property
    def port(self) -> int:
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # 3.11 does not register its own class as one
        self._transport = cast(asyncio.DatagramTransport, transport)

    def start(self, remote: tuple[str, int]) -> None:
        self.remote = remote
        if self._timer is None:
            self._next_at = self._loop.time()
            self._tick()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()
        for waiting in (self._said, self._pressed):
            if waiting is not None and not waiting.done():
                waiting.cancel()

    # Speaking

    async def say(self, samples: Samples, rate_hz: int) -> tuple[float, float]:
        """Speak; the times at which the first packet left and the last one ended."""
        if rate_hz != RATE_HZ:
            samples = soxr.resample(samples, rate_hz, RATE_HZ).astype(np.int16)
        missing = -len(samples) % PACKET_SAMPLES
        self._to_say = np.concatenate([samples, np.zeros(missing, np.int16)])
        self._said_from = 0.0
        self._said = self._loop.create_future()
        return await self._said

    def stop_saying(self) -> None:
        self._to_say = self._to_say[:0]

    async def press(self, key: str, duration_ms: int = 100) -> None:
        """Press one key and release it (RFC 4733 §2.5)."""
        event, n_packets = KEYS.index(key), max(1, duration_ms // 20)
        self._keys = [(event, PACKET_SAMPLES * (i + 1)) for i in range(n_packets)]
        self._key_starts = self._timestamp
        self._pressed = self._loop.create_future()
        await self._pressed

    def _tick(self) -> None:
        now = self._loop.time()
        if now - self._next_at > 0.2:  # the machine was busy: go on from here, not faster than a telephone
            self._next_at = now
        if self._keys:
            self._send_key(*self._keys.pop(0))
        else:
            self._send_voice(now)
        self._timestamp += PACKET_SAMPLES
        self._next_at += PACKET_S
        self._timer = self._loop.call_at(self._next_at, self._tick)

    def _send_voice(self, now: float) -> None:
        payload = self.codec.silence * PACKET_SAMPLES
        if len(self._to_say):
            if not self._said_from:
                self._said_from = now
            payload = self.codec.encode(self._to_say[:PACKET_SAMPLES])
            self._to_say = self._to_say[PACKET_SAMPLES:]
        elif self._said is not None and not self._said.done():
            self._said.set_result((self._said_from, now))
        self._send(self.codec.payload_type, self._timestamp, payload)

    def _send_key(self, event: int, duration: int) -> None:
        first, last = duration == PACKET_SAMPLES, not self._keys
        payload = struct.pack("!BBH", event, (0x80 if last else 0) | 10, duration)
        for _ in range(3 if last else 1):  # the end is sent three times, §2.5.1.4
            self._send(DIGITS_TYPE, self._key_starts, payload, marker=first)
        if last and self._pressed is not None and not self._pressed.done():
            self._pressed.set_result(None)

    def _send(self, payload_type: int, timestamp: int, payload: bytes, *, marker: bool = False) -> None:
        header = struct.pack(
            "!BBHII",
            0x80,
            payload_type | (0x80 if marker else 0),
            self._sequence & 0xFFFF,
            timestamp & 0xFFFFFFFF,
            self._ssrc,
        )
        self._sequence += 1
        if self.network.loss and self.network.dice.random() < self.network.loss:
            return
        if self.network.jitter_ms:
            late_s = self.network.dice.random() * self.network.jitter_ms / 1000
            self._loop.call_later(late_s, self._put, header + payload)
        else:
            self._put(header + payload)

    def _put(self, packet: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(packet, self.remote)

    # Hearing

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - asyncio's name
        if len(data) < 12 or data[0] >> 6 != 2:
            return
        payload_type, timestamp = data[1] & 0x7F, struct.unpack("!I", data[4:8])[0]
        payload = data[12 + 4 * (data[0] & 0x0F) :]
        if payload_type in (PCMA.payload_type, PCMU.payload_type):
            codec = PCMA if payload_type == PCMA.payload_type else PCMU
            self.heard_packets.append(Heard(self._loop.time(), codec.decode(payload), timestamp))
        elif payload_type == DIGITS_TYPE and len(payload) >= 4 and payload[1] & 0x80:
            new, self._last_key_timestamp = timestamp != self._last_key_timestamp, timestamp
            if new:
                self.keys_heard.append(KEYS[payload[0]])

    def error_received(self, exc: Exception) -> None:
        """The other side closed its port before we did: the end of the call tells us."""

    def heard(self, start: float = 0.0, end: float = float("inf")) -> Samples:
        """What was heard between two moments, (n,) int16 8 kHz; moments without packets are silence."""
        packets = [packet for packet in self.heard_packets if start <= packet.at < end]
        if not packets:
            return np.zeros(0, np.int16)
        # Packets lie where their RTP time puts them: jitter of arrival is not heard. A silence of the other
        # side may restart its RTP clock (marker, new SSRC): then arrival decides.
        origin = packets[0]
        places = [0]
        for before, packet in pairwise(packets):
            by_clock = (packet.timestamp - before.timestamp) & 0xFFFFFFFF
            by_arrival = round((packet.at - before.at) * RATE_HZ)
            step = by_clock if abs(by_clock - by_arrival) < RATE_HZ else by_arrival
            places.append(places[-1] + step)
        sound = np.zeros(max(places) + max(len(packet.samples) for packet in packets), np.int16)
        for place, packet in zip(places, packets, strict=True):
            sound[place : place + len(packet.samples)] = packet.samples
        lead = round((origin.at - start) * RATE_HZ) if start > 0 else 0
        return np.concatenate([np.zeros(lead, np.int16), sound])

    async def until_heard(self, match: Callable[[Heard], bool], after: float, timeout_s: float) -> Heard:
        """The first packet after that moment that matches. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            seen = 0
            while True:
                for packet in self.heard_packets[seen:]:
                    if packet.at >= after and match(packet):
                        return packet
                seen = len(self.heard_packets)
                await asyncio.sleep(0.005)
