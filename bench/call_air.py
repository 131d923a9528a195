"""What a caller's telephone heard, and for how long it heard nothing. Pure."""

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

import numpy as np

from tests.support.rtp_stream import PACKET_S, RATE_HZ, Heard

RING_HZ = 440
RING_PAUSE_S = 3.6
"""Between two rings of a French telephone (indications.conf: 1.5 s of tone, 3.5 s of pause)."""
PURE = 0.9
"""Share of a packet's power in one tone from which it is that tone."""


class Sound(Enum):
    NOTHING = "nothing"
    VOICE = "voice"
    RING = "ring"


def sound_of(packet: Heard) -> Sound:
    """What 20 ms of the line are."""
    if not packet.voiced:
        return Sound.NOTHING
    samples = packet.samples.astype(np.float64)
    wave = np.exp(-2j * np.pi * RING_HZ * np.arange(len(samples)) / RATE_HZ)
    tone = 2 * abs(samples @ wave) ** 2 / len(samples)
    return Sound.RING if tone > PURE * float(samples @ samples) else Sound.VOICE


def dead_air_s(packets: Sequence[Heard], start: float, end: float) -> float:
    """The longest time between these moments in which the caller heard nothing.

    The pause between two rings is ringing; where the telephone then rings no more, it was silence.
    """
    heard = [(start, start, Sound.NOTHING)]
    for packet in packets:
        if start <= packet.at < end and (sound := sound_of(packet)) is not Sound.NOTHING:
            heard.append((packet.at, packet.at + PACKET_S, sound))
    longest = 0.0
    for (_, left, before), (came, _, _) in pairwise([*heard, (end, end, Sound.NOTHING)]):
        gap = came - left
        if not (before is Sound.RING and gap <= RING_PAUSE_S):
            longest = max(longest, gap)
    return longest
