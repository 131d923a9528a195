"""Sentences recognised again in what was heard, by the spectrum of the very voice that says them.

Not by the waveform: espeak-ng never says a sentence twice with the same pitch to the hertz.
"""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import soxr

from speech.engines.espeak import Espeak, EspeakVoice
from speech.spoken import sentences_in, spoken
from tests.support.g711 import Samples
from tests.support.rtp_stream import RATE_HZ
from tests.support.sip_caller import PhoneCall

PIECE_S = 0.8
ALIKE = 0.85
"""The same words through A-law correlate at 0.91 and more, other words of the same voice at 0.80 at most."""
HOP = 80
"""Samples from one spectrum to the next: 10 ms."""
WINDOW = 256
BANDS = 20

Spectra = npt.NDArray[np.float32]
"""(n, BANDS): the logarithm of the power in each band, every 10 ms."""


@lru_cache(maxsize=256)
def sound_of(sentence: str, voice: str = "fr") -> Samples:
    """The sentence in one of the built-in voices, at the telephone's rate."""
    said = Espeak(EspeakVoice(voice)).synthesise(spoken(sentence))
    sound: Samples = soxr.resample(said, 16_000, RATE_HZ).astype(np.int16)
    return sound


@lru_cache(maxsize=256)
def _spectra_of(sentence: str, voice: str = "fr") -> Spectra:
    return spectra(sound_of(sentence, voice))


@lru_cache(maxsize=1)
def _bands() -> Spectra:
    """(WINDOW // 2 + 1, BANDS): which frequencies belong to which band, wider as they rise (mel scale)."""
    edges_mel = np.linspace(_mel(200), _mel(3400), BANDS + 1)
    bins_mel = _mel(np.fft.rfftfreq(WINDOW, 1 / RATE_HZ))
    inside = (bins_mel[:, None] >= edges_mel[None, :-1]) & (bins_mel[:, None] < edges_mel[None, 1:])
    return inside.astype(np.float32)


def _mel(hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    mel: npt.NDArray[np.float64] = 1127 * np.log1p(np.asarray(hz, np.float64) / 700)
    return mel


def spectra(samples: Samples) -> Spectra:
    """What the ear has of a sound."""
    if len(samples) < WINDOW:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32))) ** 2
    faint = (20.0 * WINDOW) ** 2 / 10
    bands: Spectra = np.log10(power @ _bands() + faint).astype(np.float32)
    return bands


@dataclass(frozen=True)
class Found:
    share: float
    """Of the sentence's pieces, those that were heard; 1 is all."""
    end_heard: bool
    start_s: float
    """Where the sentence begins in the recording, judged by the first of its pieces that was found."""
    end_s: float


def find(sentence: str, recording: Samples, voice: str = "fr") -> Found:
    """The sentence in this recording. A hiccup of a busy machine costs a piece, not the whole."""
    said, heard = _spectra_of(sentence, voice), spectra(recording)
    offsets = _cuts(said)
    places = [_place(said[start:end], heard) for start, end in pairwise(offsets)]
    found = [(offset, place) for offset, place in zip(offsets, places, strict=False) if place is not None]
    if not found:
        return Found(0.0, False, 0.0, 0.0)
    (first, start), (last, end) = found[0], found[-1]
    hop_s = HOP / RATE_HZ
    return Found(
        share=len(found) / len(places),
        end_heard=places[-1] is not None,
        start_s=(start - first) * hop_s,
        end_s=(end - last + len(said)) * hop_s,
    )


def _cuts(said: Spectra) -> list[int]:
    """Where the sentence is cut into pieces, its two ends included."""
    n_pieces = max(1, round(len(said) * HOP / RATE_HZ / PIECE_S))
    return [len(said) * n // n_pieces for n in range(n_pieces + 1)]


def _place(piece: Spectra, heard: Spectra) -> int | None:
    """Where the piece is found best, None where it is not there."""
    alike = likenesses(piece, heard)
    if not len(alike):
        return None
    place = int(np.argmax(alike))
    return place if alike[place] >= ALIKE else None


def likenesses(piece: Spectra, heard: Spectra) -> npt.NDArray[np.float32]:
    """How well the piece fits at each place: the correlation of the changes in each band."""
    n = len(piece)
    if len(heard) < n:
        return np.zeros(0, np.float32)
    changes = piece - piece.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(heard, n, axis=0)  # (places, BANDS, n)
    product = np.einsum("pbn,nb->p", windows, changes, optimize=True)
    power = (n * windows.var(axis=2)).sum(axis=1)
    own = float((changes**2).sum())
    # A silence is like nothing.
    alike: npt.NDArray[np.float32] = product / np.sqrt(np.maximum(power, own / 10) * own)
    return alike


async def hears(
    call: PhoneCall, texts: list[str], since: float, timeout_s: float = 30.0
) -> tuple[float, float]:
    """Waits until the texts were heard, one after the other; when the first began and the last ended.

    Fails the test where one of them is not heard, or in another order. `since` is a moment of the loop's
    clock, and so are the answers.
    """
    loop = asyncio.get_running_loop()
    # As the Mouth says them: the pause between two sentences is its own, not the voice's.
    sentences = [sentence for text in texts for sentence in sentences_in(text)]
    last = _spectra_of(sentences[-1])
    ending = last[_cuts(last)[-2] :]
    deadline = loop.time() + timeout_s
    while loop.time() < deadline and not call.ended.is_set():
        recent = max(since, loop.time() - 2 * PIECE_S - 1.0)
        # Another sentence may end alike: only the whole tells.
        if _place(ending, spectra(call.heard(recent))) is not None:
            found = [find(sentence, call.heard(since)) for sentence in sentences]
            if _all_in_order(found):
                break
        await asyncio.sleep(0.15)
    found = [find(sentence, call.heard(since)) for sentence in sentences]
    told = ", ".join(f"« {text} » {place.share:.0%}" for text, place in zip(sentences, found, strict=True))
    assert _all_in_order(found), f"not heard whole and in order: {told}"
    return since + found[0].start_s, since + found[-1].end_s


def _all_in_order(found: list[Found]) -> bool:
    starts = [place.start_s for place in found]
    return all(place.share >= 0.7 for place in found) and found[-1].end_heard and starts == sorted(starts)


def heard_share(call: PhoneCall, sentence: str, since: float = 0.0) -> float:
    """How much of a sentence was heard."""
    return find(sentence, call.heard(since)).share
