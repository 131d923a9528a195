"""How far the present recogniser may be believed; the dialogue changes its questions with it."""

from dataclasses import dataclass
from typing import Literal

from prompts.labels import Expects, Trust

Crowd = Literal["none", "keys", "call_back"]
"""Whether so many call at once that this call is held by keys, or may only leave a number."""


@dataclass(frozen=True)
class Ears:
    """Trust for each kind of answer; a kind that is not named is believed."""

    open: Trust = "free"
    """Answers to an open question."""
    kinds: tuple[tuple[Expects, Trust], ...] = ()
    crowd: Crowd = "none"

    def of(self, expects: Expects | None) -> Trust:
        """How far an answer of this kind may be believed."""
        return self.open if expects is None else dict(self.kinds).get(expects, "free")


GOOD_EARS = Ears()
