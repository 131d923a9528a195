"""What is played in which order, and how long it takes: what matters most comes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bench.turn_runs import Run
from bench.turns.material import Recording

SWEPT_EVERY, AT_ONCE_EVERY, OTHERS_EVERY = 8, 4, 4
"""One turn of so many is played at each setting of a sweep, with several calls at once, and first to the
other systems."""
ASKED_S = 1.3
"""From the key to the caller's first word."""
ANSWERED_S: Mapping[str, float] = {"ours": 0.6, "silence": 3.0, "pipecat": 3.5}
"""From the caller's last word to the next key (seen on two cores, 2026-11)."""
SOUND_S = 9.0
"""One sound over the agent: the story begins, it is interrupted, and what was said is answered."""
BEGINS_S = 12.0
"""An agent starts, and stops."""


@dataclass(frozen=True)
class Part:
    """Some turns, and sounds over the agent, of one run."""

    run: Run
    turns: tuple[Recording, ...]
    over: tuple[Recording, ...] = ()

    @property
    def seconds(self) -> float:
        """About how long it takes where nothing of it is done."""
        said = sum(ASKED_S + one.label.voice_end_s + ANSWERED_S[self.run.system] for one in self.turns)
        # Several at once wait for each other's work: what they save is taken to be half of what they could.
        at_once = (1 + self.run.calls) / 2
        return BEGINS_S + said / at_once + SOUND_S * (len(self.over) + self.run.echoes * bool(self.over))


def parts(runs: Sequence[Run], played: Sequence[Recording], over: Sequence[Recording]) -> list[Part]:
    """Everything, in an order that a measurement may be stopped in: ours, then what it is compared with."""
    single = [run for run in runs if run.calls == 1 and not run.setting]
    at_once = [run for run in runs if run.calls > 1]
    swept = [run for run in runs if run.setting]
    ours, others = _split(single)
    our_crowd, other_crowds = _split(at_once)
    every, sounds = tuple(played), tuple(over)
    few, some = every[::SWEPT_EVERY], every[::OTHERS_EVERY]
    return [
        *(Part(run, every, sounds) for run in ours),
        *(Part(run, every[::AT_ONCE_EVERY]) for run in our_crowd),
        *(Part(run, some) for run in others),
        *(Part(run, few) for run in _by_turns(swept)),
        *(Part(run, every[::AT_ONCE_EVERY]) for run in other_crowds),
        *(Part(run, every) for run in others),
        *(Part(run, every, sounds) for run in others),
    ]


def _split(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """Those of the product, and those of other systems."""
    return (
        [run for run in runs if run.system == "ours"],
        [run for run in runs if run.system != "ours"],
    )


def _by_turns(runs: Sequence[Run]) -> list[Run]:
    """The first setting of each system, then the second of each."""
    systems = dict.fromkeys(run.system for run in runs)
    columns = [[run for run in runs if run.system == system] for system in systems]
    return [run for row in zip_longest(*columns) for run in row if run is not None]


def minutes(order: Sequence[Part]) -> float:
    """About how long all of it takes, what is in it twice counted once."""
    seconds, turns, sounds = 0.0, set[tuple[str, str]](), set[tuple[str, str]]()
    for part in order:
        new = Part(
            part.run,
            tuple(one for one in part.turns if (part.run.name, one.label.name) not in turns),
            tuple(one for one in part.over if (part.run.name, one.label.name) not in sounds),
        )
        turns |= {(part.run.name, one.label.name) for one in new.turns}
        sounds |= {(part.run.name, one.label.name) for one in new.over}
        seconds += new.seconds if new.turns or new.over else 0.0
    return seconds / 60
