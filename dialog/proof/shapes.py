"""What of a state matters for what can follow: two states of one shape go on alike.

Values that a caller gave are only known or unknown, counters are capped, lists are counted; the kind of
question, of task and of service stays.
"""

from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, get_type_hints

from dialog.actions import Ask
from dialog.flows.booking_times import TimeSlotTask
from dialog.flows.callback import CallbackTask
from dialog.flows.confirm import ChooseTask, ConfirmTask
from dialog.flows.file_status import FileTask
from dialog.flows.person import ON_CALL
from dialog.flows.procedure import ProcedureTask
from dialog.flows.visits import VisitTask
from dialog.talk import State, Task

_MANY = 3
_INTERRUPTING = (CallbackTask, ConfirmTask, ChooseTask, ProcedureTask)
"""What most often interrupts another task, which is then taken up again."""
_TOLD = frozenset(
    {"service", "category", "subject", "wish", "persons", "about", "moment", "language", "urgent",
     "extension", "reason", "motif"}
)  # fmt: skip
"""Fields that only say whose people are rung, what for, or when would suit."""
_SOUGHT = _TOLD | {field.name for field in fields(TimeSlotTask)}


def shape_of(state: State, asked: tuple[Ask, ...]) -> Hashable:
    """Equal for states that go on alike. What only counts (misses, silences, rounds of offers, times a person
    could not be had) is left out: it is walked from each state."""
    task = state.task
    if state.stage == "ended":
        return "ended"
    if state.stage == "transfer":
        return "transfer", state.extension == ON_CALL, state.reason, state.paused is None
    return (
        state.stage,
        _shape(task),
        state.paused is None if task is None or isinstance(task, _INTERRUPTING) else None,
        state.expects,
        tuple(type(one.request).__name__ for one in asked) if state.stage == "records" else None,
        state.tries if isinstance(task, FileTask | VisitTask) else 0,
        _between(state) if task is None else None,
    )


def _between(state: State) -> Hashable:
    """What is remembered between two tasks."""
    return (
        min(state.insults, 1), state.name is None, state.phone is None, bool(state.said),
        state.hours_of is None, state.source is None,
    )  # fmt: skip


def _shape(value: Any) -> Hashable:
    match value:
        case None | bool():
            return value
        case int():
            return min(value, _MANY)
        case str():
            return value != ""
        case date():
            return "date"
        case tuple() | frozenset():
            return min(len(value), _MANY)
        case ConfirmTask():
            return "ConfirmTask", value.found.intent  # what a yes begins is explored from the greeting too
        case ChooseTask():
            return "ChooseTask", tuple(choice.found.intent for choice in value.choices)
        case ProcedureTask():
            return "ProcedureTask", len(value.topic.answers)  # its ways are walked one by one elsewhere
        case TimeSlotTask():
            return _of_time_slots(value)
        case Task():
            return type(value).__name__, *_parts(value, _TOLD)
    if is_dataclass(value):
        return type(value).__name__
    raise AssertionError(f"une valeur sans forme : {value!r}")


def _of_time_slots(task: TimeSlotTask) -> Hashable:
    """While a time is sought, what was offered; once it is held, the rest."""
    kind = type(task).__name__
    if task.at is None:
        return kind, task.search, min(len(task.offers), 2), task.otherwise != "", task.is_complete
    return kind, task.sooner is not None, *_parts(task, _SOUGHT)


def _parts(task: Task, left_out: frozenset[str]) -> Iterator[Hashable]:
    kind = type(task)
    closed = _closed(kind)
    for name in _fields(kind):
        if name not in left_out:
            value = getattr(task, name)
            yield value if name in closed else _shape(value)


@cache
def _fields(kind: type[Task]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


@cache
def _closed(kind: type[Task]) -> frozenset[str]:
    """Fields with a closed list of values, which are kept as they are."""
    hints = get_type_hints(kind)
    return frozenset(name for name in _fields(kind) if "Literal" in str(hints[name]))
