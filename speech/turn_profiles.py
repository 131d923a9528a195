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
    BEGUN = "begun"
    """Something is missing, or it was not understood."""
    HANGING = "hanging"
    """It ends on « euh », « et », « pour »…: more is coming."""


@dataclass(frozen=True)
class Profile:
    """How patient to be with the answer to one kind of question."""

    whole_ms: int
    """Silence after which a whole answer is over."""
    begun_ms: int
    """Silence after which any other is, as is one that nobody has judged."""
    hanging_ms: int
    """Silence after which one that announces more is over."""
    min_speech_ms: int = 100
    """Less speech than this is a cough or a knock: the utterance ends empty."""
    max_utterance_ms: int = 20_000
    """Who speaks longer is heard in pieces of this length."""
    speculate_after_ms: int = 80
    """Silence after which a decode may begin, to be thrown away if speech resumes."""

    def silence_ms(self, completeness: Completeness, stretch: float = 1.0) -> float:
        """The silence to wait for; `stretch`, 1 and more, is for who speaks slowly.

        A whole answer is never waited for longer: who has said « oui » has said it, however slowly.
        """
        if completeness is Completeness.WHOLE:
            return self.whole_ms
        return stretch * (self.hanging_ms if completeness is Completeness.HANGING else self.begun_ms)


@dataclass(frozen=True)
class Interruption:
    """How soon who speaks over the agent is given way to."""

    soften_after_ms: int = 80
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
            "time": Profile(400, 700, 1200),
            "amount": Profile(400, 700, 1200),
            "date": Profile(450, 1000, 1400),
            "name": Profile(600, 1000, 1500),
            "place": Profile(600, 900, 1400),
            "postcode": Profile(300, 1100, 1600),
            "birth_date": Profile(350, 1000, 1500),
            # Numbers are said in groups, with pauses to remember or read the next one.
            "phone": Profile(300, 1500, 2200),
            "dossier": Profile(450, 1300, 1900),
            "reference": Profile(450, 1300, 1900),
            "email": Profile(500, 1300, 1900),
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
