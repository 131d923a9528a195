"""What the caller did not hear was not told: the state of a call whose answer was cut short."""

from dataclasses import replace

from dialog.talk import State


def as_heard(before: State, after: State, n_heard: int) -> State:
    """The state after an answer of which only the first `n_heard` sayings were heard.

    Where none was, no fact was told and none has a source: it is as `before` the answer in that. What was
    done stays done, and what was asked stays asked; « répétez » repeats the whole answer.
    """
    if n_heard:
        return after
    return replace(
        after,
        told=before.told,
        statuses=before.statuses,
        source=before.source,
        told_of=before.told_of,
        hours_of=before.hours_of,
    )
