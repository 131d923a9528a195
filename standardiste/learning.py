"""What callers said and got no answer to, from the stored calls."""

from collections.abc import Sequence

from callbacks.models import CallTurn
from callbacks.stored_words import StoredCall
from dialog.replay.grouping import Unanswered

_UNANSWERED = ("ask", "refuse_redirect")
_FOR_A_PERSON = ("humain", "rappel", "sensible", "langue", "insulte", "decision")


def unanswered(stored: Sequence[StoredCall]) -> tuple[Unanswered, ...]:
    """The sentences of these calls that were not understood, or had no answer of ours."""
    return tuple(
        Unanswered(one.call.id, turn.heard)
        for one in stored
        for turn, after in zip(one.turns, [*one.turns[1:], None], strict=False)
        if turn.kind == "voice" and turn.heard and _had_no_answer(turn, after)
    )


def _had_no_answer(turn: CallTurn, after: CallTurn | None) -> bool:
    put_through = after is not None and after.kind == "transfer" and turn.intent not in _FOR_A_PERSON
    return turn.decision in _UNANSWERED or put_through
