"""What a caller does while the agent lives: books, asks to be called back, asks for the hours. And what of it
they heard confirmed.

Keys wherever a key will do: what is tried here is what becomes of calls, not how well they are understood.
"""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dialog.talk import phrase
from prompts.content import Town
from speech.spoken import sentences_in
from tests.support.g711 import Samples
from tests.support.hearing import ALIKE, HOP, Spectra, find, likenesses, sound_of, spectra
from tests.support.lab import ASTERISK
from tests.support.rtp_stream import RATE_HZ
from tests.support.sip_caller import PhoneCall
from tests.support.sounds import wav

NUMBER = "0596000000"
Kind = Literal["booking", "callback", "question"]
KINDS: tuple[Kind, ...] = ("booking", "callback", "question")
VOICE = "fr+Hugo"
NAME = "R, T, I, N."
"""Spelled, it is heard by the built-in recogniser."""
OPENING_S = 0.7
HEARD_WITHIN_S = 8.0
AFTER_A_KEY_S = 0.3
"""Until then what is heard may be the sentence that the key cuts short."""
BEFORE_A_KEY_S = 0.8
QUIET_S = 0.5
DONE_S = 1.5
SAID_WITHIN_S = 40.0
WHOLE = 0.7
"""Share of a sentence from which it was heard (tests/support/hearing.py)."""


@dataclass
class Script:
    """One caller's errand."""

    kind: Kind
    committed_at: float | None = None
    """When the key went out that has something written down."""
    offer: str = "1"
    """The key of the time that is taken, of those offered."""

    async def talk(self, call: PhoneCall) -> None:
        """To its end. Raises TimeoutError where nothing is heard any more."""
        await call.first_voiced_after(call.answered_at, HEARD_WITHIN_S)
        match self.kind:
            case "booking":
                await self._book(call)
            case "callback":
                await self._press(call, "0")
                await self._commit(call)
            case "question":
                await self._press(call, "1")
        await call.silent_after(_now(), DONE_S, SAID_WITHIN_S)

    async def _book(self, call: PhoneCall) -> None:
        for key in ("3", "1", self.offer):  # an appointment, for the first subject, at one of three times
            await self._press(call, key)
        await call.silent_after(_now(), QUIET_S, SAID_WITHIN_S)
        _, said = await call.say(sound_of(NAME, VOICE), RATE_HZ)
        await call.first_voiced_after(said + AFTER_A_KEY_S, HEARD_WITHIN_S)
        await self._press(call, "1")  # the number they call from
        await self._commit(call)

    async def _commit(self, call: PhoneCall) -> None:
        await asyncio.sleep(BEFORE_A_KEY_S)
        self.committed_at = _now()
        await self._press(call, "1")

    async def _press(self, call: PhoneCall, key: str) -> None:
        """And waits until there is an answer."""
        await asyncio.sleep(BEFORE_A_KEY_S)
        await call.press(key)
        await call.first_voiced_after(_now() + AFTER_A_KEY_S, HEARD_WITHIN_S)


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True)
class Promise:
    """Something that a caller heard is done."""

    kind: Kind
    heard: Samples
    """From its first word on, until all went wrong."""

    def is_of(self, told: str) -> bool:
        """Whether this is what they heard, as far as they heard it."""
        sentences = sentences_in(told)
        lasts = sum(len(sound_of(sentence)) + QUIET_S * RATE_HZ for sentence in sentences)
        cut_short = len(self.heard) < lasts
        return cut_short or all(find(sentence, self.heard).share >= WHOLE for sentence in sentences)


def promise_in(script: Script, call: PhoneCall, town: Town, until: float = float("inf")) -> Promise | None:
    """What the caller heard confirmed; None where they heard nothing of the kind.

    `until`: after this it may break off.
    """
    if script.committed_at is None:
        return None
    template = town.booking.booked if script.kind == "booking" else town.requests.callback_promised
    place = _place(_opening(template.partition("{")[0]), call.heard(script.committed_at))
    if place is None:
        return None
    return Promise(script.kind, call.heard(script.committed_at, until)[int(place * RATE_HZ) :])


def greeted_at(call: PhoneCall, town: Town) -> float | None:
    """When this caller heard the agent's first words."""
    opening = _opening(sentences_in(phrase(town, town.sentences.disclosure))[0])
    place = _place(opening, call.heard(call.answered_at))
    return None if place is None else call.answered_at + place


def told_at(call: PhoneCall, since: float) -> float | None:
    """When this caller began to hear the dialplan say that the agent is gone.

    By any piece of it: on a machine that is too busy, sound comes torn.
    """
    heard = call.heard(since)
    found = ((_place(piece, heard), offset_s) for offset_s, piece in _words().items())
    return next((since + max(0.0, place - offset) for place, offset in found if place is not None), None)


def _place(piece: Spectra, heard: Samples) -> float | None:
    """Seconds from the beginning; None where it is not there."""
    places = likenesses(piece, spectra(heard))
    if not len(places) or float(places.max()) < ALIKE:
        return None
    return int(places.argmax()) * HOP / RATE_HZ


@lru_cache(maxsize=4)
def _opening(words: str) -> Spectra:
    return spectra(sound_of(words)[: int(OPENING_S * RATE_HZ)])


@lru_cache(maxsize=1)
def _words() -> dict[float, Spectra]:
    """Pieces of the announcement, by where they begin in it."""
    words = wav(ASTERISK / "sounds" / "coupure.wav")
    pieces = {}
    for offset_s in (0.1, 0.4, 0.7, 1.0):
        first = int(offset_s * RATE_HZ)
        pieces[offset_s] = spectra(words[first:][: int(OPENING_S * RATE_HZ)])
    return pieces
