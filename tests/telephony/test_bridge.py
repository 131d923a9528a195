"""Calls through a real Asterisk: what a caller hears, and what is left when they are gone."""

import asyncio

import numpy as np
import pytest

from telephony.bridge import AsteriskCall
from telephony.line import AudioFrame, Digit, MarkPlayed
from tests.support.echo_app import serving
from tests.support.g711 import Samples
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone

pytestmark = pytest.mark.asterisk


def sweep(seconds: float, rate_hz: int = 8000) -> Samples:
    """A tone that rises: its place in a recording can be told to the millisecond."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    sound: Samples = (8000 * np.sin(2 * np.pi * (300 + 600 * time) * time)).astype(np.int16)
    return sound


def match(needle: Samples, haystack: Samples) -> float:
    """How well the sound is found in the recording at its best place: 1 is the same, 0 unlike."""
    needle, haystack = needle.astype(np.float64), haystack.astype(np.float64)
    size = 1 << (len(needle) + len(haystack)).bit_length()
    product = np.fft.irfft(np.fft.rfft(haystack, size) * np.conj(np.fft.rfft(needle, size)), size)
    place = int(np.argmax(product[: max(1, len(haystack) - len(needle) + 1)]))
    window = haystack[place : place + len(needle)]
    scale = float(np.linalg.norm(needle) * np.linalg.norm(window))
    return float(needle[: len(window)] @ window) / scale if scale else 0.0


async def test_what_the_caller_says_is_heard_back(lab: AsteriskLab) -> None:
    async with serving(lab.settings), SipPhone.opened() as phone:
        call = await phone.ring(lab.sip, "0596000000")
        said = sweep(1.0)
        await call.say(said)
        await asyncio.sleep(0.3)
        await call.hang_up()
        assert match(said, call.heard(call.answered_at)) > 0.9
        await asyncio.to_thread(lab.wait_until_empty)
