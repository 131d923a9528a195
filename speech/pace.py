"""How slowly this caller speaks, learned from their own pauses in the call. Arithmetic, no clock."""

from dataclasses import dataclass, replace

from speech.turn_profiles import Profile

SEEN_MS = 240
"""Shorter gaps are within words and between them."""
USUAL_PAUSE = 0.75
"""Pauses up to this share of what a profile waits for are what it is made for."""
CUT_OFF_MS = 900
"""Who goes on so soon after we thought they had finished had not."""
USUAL_REACTION_MS = 2500
FORGETS = 0.7
"""Of what one pause taught, so much is left at the next one."""


@dataclass(frozen=True)
class Pace:
    """What is known of one caller; the initial value is a caller like most."""

    stretch: float = 1.0
    """How much longer than usual to wait, 1 to the town's most."""
    hesitation: float = 0.0
    """0 to 1: how long they take to begin an answer, 1 for who needs all patience there is."""

    def patience_s(self, usual_s: float, most_s: float) -> float:
        """Silence in seconds after which the question is asked again."""
        return usual_s + max(0.0, most_s - usual_s) * min(1.0, max(self.hesitation, 2 * (self.stretch - 1)))


def after_pause(pace: Pace, pause_ms: float, profile: Profile, most_stretch: float) -> Pace:
    """The pace once the caller has gone on after a pause within an utterance, or was cut off by us in it."""
    if pause_ms < SEEN_MS:
        return pace
    wanted = min(max(pause_ms / (USUAL_PAUSE * profile.begun_ms), 1.0), most_stretch)
    # Slowness is believed at once and forgotten by and by.
    faded = 1.0 + FORGETS * (pace.stretch - 1.0)
    return replace(pace, stretch=max(wanted, faded))


def after_reaction(pace: Pace, reaction_ms: float) -> Pace:
    """The pace once the caller has begun to answer, so long after it was their turn."""
    seen = min(max((reaction_ms - USUAL_REACTION_MS) / USUAL_REACTION_MS, 0.0), 1.0)
    return replace(pace, hesitation=max(seen, FORGETS * pace.hesitation))
