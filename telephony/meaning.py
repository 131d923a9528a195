"""Which of what was heard is nothing that anybody meant to say to us."""

from dialog.aside import wants_no_turn
from prompts.content import Town
from speech.engine import SoundKind, Transcript
from telephony.frames import HeardFrame

NOISE_MS = 500
"""An utterance shorter than this that holds no word is taken for a cough or a door, not for a miss."""
OVER_AGENT_NOISE_MS = 1500
"""The same while the agent speaks: whoever wants something says more, or says it again."""
_MACHINES: frozenset[SoundKind] = frozenset({"music", "fax", "tone"})


def is_machine(heard: Transcript) -> bool:
    """Whether it is hold music, a fax, or the tone of a line that somebody has left."""
    return heard.sound in _MACHINES


def means_nothing(frame: HeardFrame, town: Town, *, to_question: bool) -> bool:
    """Whether the call goes on as if nothing had been heard.

    `to_question`: it began when the agent was asking, or silent.
    """
    heard = frame.transcript
    if is_machine(heard) or heard.sound == "dtmf":
        return True
    said = "" if heard.rejected else heard.text
    if said:
        return frame.over_agent and wants_no_turn(said, town, to_question=to_question)
    return heard.audio_ms < (OVER_AGENT_NOISE_MS if frame.over_agent else NOISE_MS)
