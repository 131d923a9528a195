"""What is said over the agent or beside the keys: which of it asks for an answer."""

from datetime import datetime

from dialog.kept import kept_by_content
from dialog.matching import plain
from dialog.understanding import understand
from prompts.content import Town


def wants_no_turn(text: str, town: Town, *, to_question: bool) -> bool:
    """Whether who says this while the agent speaks only listens.

    `to_question`: the agent was asking; then « oui » is an answer, and only a hum is nothing.
    """
    words = plain(text).split()
    turns = town.turn_taking
    allowed = turns.hums if to_question else (*turns.hums, *turns.encouragements)
    return _made_of(words, _phrases(allowed))


def outweighs_keys(text: str, town: Town, now: datetime) -> bool:
    """Whether this counts although keys were pressed meanwhile: a danger, or a call for a person.

    All else that is said while typing is « alors je tape le un »: the keys are the answer.
    """
    found = understand(text, now, town.tz, None, town)
    return found.danger is not None or (
        found.intent in ("urgence", "humain") and found.confidence >= town.thresholds.answer
    )


def _made_of(words: list[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words are some of these phrases, one after the other; no words are."""
    reached = {0}
    for end in range(1, len(words) + 1):
        if any(start in reached and tuple(words[start:end]) in phrases for start in range(end)):
            reached.add(end)
    return len(words) in reached


@kept_by_content
def _phrases(said: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(plain(phrase).split()) for phrase in said)
