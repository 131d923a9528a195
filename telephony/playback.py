"""What the caller has heard of what was sent, by our own clock: values in, values out, no I/O.

All times are seconds of one clock that never goes back; sound is 16 kHz.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from speech.audio import RATE_HZ, Samples

REMEMBERED_S = 1.2
"""How long what was played is kept, for its echo to be recognised."""
HEARD_SHARE = 0.5
"""Who heard so much of a sentence has heard what it says."""


@dataclass(eq=False)
class Spoken:
    """One sentence on its way to the caller's ear."""

    samples: Samples
    say: int = 0
    """The number of the saying that it belongs to; they are counted through the call."""
    opens: bool = True
    """It is the first sentence of that saying."""
    protected: bool = False
    """Never cut, and never made softer."""
    question: bool = False
    """The last words before it is the caller's turn."""
    announces_recording: bool = False
    """Once it was heard, the call may be recorded."""
    personal: bool = False
    """It is not recorded."""
    mark_id: str = ""
    n_sent: int = 0
    """Samples given to the line."""
    pieces: list["Piece"] = field(default_factory=list)


@dataclass(eq=False)
class Piece:
    """A stretch of sound given to the line."""

    spoken: Spoken
    samples: Samples
    begins: float
    ends_spoken: bool
    """The sentence's mark follows it."""

    @property
    def ends(self) -> float:
        return self.begins + len(self.samples) / RATE_HZ


class Playback:
    """Follows the sound of one call to the caller."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque()
        self._until = 0.0
        self.remembered_s = REMEMBERED_S
        """More where the call is recorded."""
        self.unheard: list[Spoken] = []
        """Sentences that are not known to have been heard to their end, in order."""
        self._last_say = -1
        """The saying of the last sentence that was heard to its end."""

    def ahead_s(self, now: float) -> float:
        """How much sound waits on the line."""
        return max(0.0, self._until - now)

    def begin(self, spoken: Spoken) -> None:
        """This sentence comes next."""
        self.unheard.append(spoken)

    def sent(self, spoken: Spoken, samples: Samples, now: float, *, last: bool) -> None:
        """These samples of it were given to the line; `last`: its end."""
        piece = Piece(spoken, samples, max(now, self._until), last)
        self._until = piece.ends
        spoken.n_sent += len(samples)
        spoken.pieces.append(piece)
        self._pieces.append(piece)
        while self._pieces and self._pieces[0].ends < now - self.remembered_s:
            self._pieces.popleft()

    def taken_back(self, now: float) -> list[tuple[Spoken, Samples, bool]]:
        """The line was flushed: what was sent and not heard, in order, the end of each sentence marked."""
        left: list[tuple[Spoken, Samples, bool]] = []
        for piece in list(self._pieces):
            if piece.ends <= now:
                continue
            n_heard = max(0, round((now - piece.begins) * RATE_HZ))
            left.append((piece.spoken, piece.samples[n_heard:], piece.ends_spoken))
            piece.samples = piece.samples[:n_heard]
            piece.spoken.n_sent -= len(left[-1][1])
            if not n_heard:
                self._pieces.remove(piece)
                piece.spoken.pieces.remove(piece)
        self._until = now
        return left

    def heard_to_end(self, mark_id: str) -> list[Spoken]:
        """The line says that all up to this mark was played: what was heard by that, in order."""
        names = [spoken.mark_id for spoken in self.unheard]
        heard = self.unheard[: names.index(mark_id) + 1] if mark_id in names else []
        if heard:
            self._last_say = heard[-1].say
            del self.unheard[: len(heard)]
        return heard

    def drop_unheard(self) -> None:
        """Nothing more of these is played, but for what is protected."""
        self.unheard = [spoken for spoken in self.unheard if spoken.protected]

    @property
    def current(self) -> Spoken | None:
        """The sentence that is being heard, None in silence."""
        return self.unheard[0] if self.unheard else None

    def heard_share(self, spoken: Spoken, now: float) -> float:
        """How much of a sentence was heard, 0 to 1."""
        heard_s = sum(
            min(max(now - piece.begins, 0.0), len(piece.samples) / RATE_HZ) for piece in spoken.pieces
        )
        return min(1.0, heard_s * RATE_HZ / max(1, len(spoken.samples)))

    def n_heard(self, first: int, n_says: int, now: float) -> int:
        """How many of an answer's sayings, the first of which has this number, were heard until now."""
        current = self.current
        if current is None:
            heard = self._last_say + 1
        else:
            heard = current.say + (not current.opens or self.heard_share(current, now) >= HEARD_SHARE)
        return max(0, min(n_says, heard - first))

    def again(self) -> list[Spoken]:
        """What was not heard to its end is to be said again from the beginnings of its sentences."""
        for spoken in self.unheard:
            spoken.n_sent = 0
            spoken.pieces.clear()
        return list(self.unheard)

    def played(self, now: float, seconds: float = 0.8) -> Samples:
        """What was played up to now, silence where nothing was: `seconds` of it."""
        return _heard_of(self._pieces, now, int(seconds * RATE_HZ))

    def recordable(self, until: float, n_samples: int) -> Samples:
        """The same, so many samples up to then, but silence for what says somebody's number or name."""
        pieces = [piece for piece in self._pieces if not piece.spoken.personal]
        return _heard_of(pieces, until, n_samples)


def _heard_of(pieces: Iterable[Piece], until: float, n_samples: int) -> Samples:
    sound = np.zeros(n_samples, np.int16)
    start = until - n_samples / RATE_HZ
    for piece in pieces:
        at = round((piece.begins - start) * RATE_HZ)
        first, end = max(0, at), min(len(sound), at + len(piece.samples))
        if first < end:
            sound[first:end] = piece.samples[first - at : end - at]
    return sound
