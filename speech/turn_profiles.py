"""How patient to be with whom: what the endpointing and the interruptions are tuned by, and nothing else.

Plain values: a town's content fills them in (`tours_de_parole.yaml`), the bench sweeps them. All times are in
milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Completeness(Enum):
    """What was said so far, as an answer to what was asked."""

    UNKNOWN = "unknown"
    """Nobody has judged it yet."""
    WHOLE = "whole"
    """It can stand as it is."""
    ENOUGH = "enough"
    """It can stand as it is, and often goes on: a day before its date, letters one by one."""
    BEGUN = "begun"
    """Something is missing."""
    UNHEARD = "unheard"
    """None of it was understood: nobody knows whether something is missing."""
    HANGING = "hanging"
    """It ends on « euh », « et », « pour »…: more is coming."""


RHYTHM, RHYTHM_MS = 1.2, 100
"""The pauses of somebody who spells are alike: the end is one that is longer by so many times and so much."""
UNHEARD_MS = 520
"""At least so long a silence ends what was not understood."""


@dataclass(frozen=True)
class Profile:
    """How patient to be with the answer to one kind of question."""

    whole_ms: int
    """Silence after which a whole answer is over."""
    begun_ms: int
    """Silence after which any other is, as is one that nobody has judged."""
    hanging_ms: int
    """Silence after which one that announces more is over."""
    enough_ms: int | None = None
    """Silence after which one that may go on is; None: half-way between a whole one and any other."""
    least_ms: int | None = None
    """Speech that a whole answer takes at least: one of which none was understood is then over after a pause
    longer than the caller's own, instead of `begun_ms`. None: it never is."""
    min_speech_ms: int = 100
    """Less speech than this is a cough or a knock: the utterance ends empty."""
    max_utterance_ms: int = 20_000
    """Who speaks longer is heard in pieces of this length."""
    speculate_after_ms: int = 80
    """Silence after which a decode may begin, to be thrown away if speech resumes."""

    def silence_ms(
        self,
        completeness: Completeness,
        stretch: float = 1.0,
        longest_pause_ms: float = 0.0,
        speech_ms: float = 0.0,
    ) -> float:
        """The silence to wait for; `stretch`, 1 and more, is for who speaks slowly.

        A whole answer is never waited for longer: who has said « oui » has said it, however slowly. What may
        go on is waited for in the caller's own rhythm: clearly longer than their longest pause in it.
        """
        if completeness is Completeness.WHOLE:
            return self.whole_ms
        in_rhythm = RHYTHM * longest_pause_ms + RHYTHM_MS
        if completeness is Completeness.ENOUGH:
            enough = (self.whole_ms + self.begun_ms) / 2 if self.enough_ms is None else self.enough_ms
            return stretch * max(enough, min(in_rhythm, self.begun_ms))
        if completeness is Completeness.UNHEARD and self.least_ms is not None and speech_ms >= self.least_ms:
            return stretch * min(max(UNHEARD_MS, in_rhythm), self.begun_ms)
        return stretch * (self.hanging_ms if completeness is Completeness.HANGING else self.begun_ms)


@dataclass(frozen=True)
class Interruption:
    """How soon who speaks over the agent is given way to."""

    soften_after_ms: int = 60
    """So much speech over the agent, and it goes on more softly."""
    soften_db: float = 12.0
    """By so much."""
    stop_after_ms: int = 200
    """So much, and it is silent."""
    hum_stop_after_ms: int = 700
    """The same where all of it is a hum or a breath, which seldom begins a sentence."""


@dataclass(frozen=True)
class TurnProfiles:
    """All that turns are taken by."""

    open: Profile = Profile(whole_ms=450, begun_ms=600, hanging_ms=1200, min_speech_ms=140)
    """After an open question, and a kind without a profile of its own."""
    kinds: Mapping[str, Profile] = field(
        default_factory=lambda: {
            "yes_no": Profile(200, 450, 900, speculate_after_ms=60),
            "choice": Profile(200, 450, 900, speculate_after_ms=60),
            "count": Profile(300, 600, 1000),
            "age": Profile(300, 600, 1000),
            "time": Profile(280, 700, 1200, 480, least_ms=350),
            "amount": Profile(400, 700, 1200),
            "date": Profile(300, 1000, 1400, 550, least_ms=350),
            "name": Profile(500, 1000, 1500, 550, least_ms=500),
            "place": Profile(600, 900, 1400),
            "postcode": Profile(300, 1100, 1600, least_ms=900),
            "birth_date": Profile(350, 1000, 1500, least_ms=1000),
            # Numbers are said in groups, with pauses to remember or read the next one.
            "phone": Profile(300, 1500, 2200, 550, least_ms=2400),
            "dossier": Profile(450, 1300, 1900, 550, least_ms=600),
            "reference": Profile(450, 1300, 1900, 550, least_ms=600),
            "email": Profile(500, 1300, 1900, least_ms=1500),
        }
    )
    interruption: Interruption = Interruption()
    most_stretch: float = 1.6
    """The slowest caller is given so many times as long."""
    patience_s: float = 8.0
    """Silence before the question is asked again…"""
    most_patience_s: float = 10.0
    """…and with the slowest caller."""

    def of(self, kind: str | None) -> Profile:
        """The profile of a kind of answer; the open question's for None and for kinds without their own."""
        return self.kinds.get(kind or "", self.open)


DEFAULT_PROFILES = TurnProfiles()
