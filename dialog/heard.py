"""What the caller did not hear was not told: the state of a call whose answer was cut short."""

from dataclasses import replace

from dialog.talk import State


def as_heard(before: State, after: State, n_heard: int, n_said: int) -> State:
    """The state after an answer of `n_said` sayings, of which only the first `n_heard` were heard.

    Where none was, no fact was told and none has a source: it is as `before` the answer in that. What was
    done stays done, and what was asked stays asked; « répétez » repeats from what was being said.
    """
    after = replace(after, unheard=_from_the_cut(after, n_heard, n_said))
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


def _from_the_cut(after: State, n_heard: int, n_said: int) -> tuple[str, ...]:
    """The lines from the one that was being said; none where all were heard, or only a question was said.

    The last saying that counts as heard may have been cut in its middle, or have ended just before
    « répétez »: either way it is the one that is meant.
    """
    first = n_said - 1 - len(after.said)
    if first < 0 or n_heard >= n_said - 1:
        return ()
    return after.said[max(0, n_heard - 1 - first) :]
