"""A call script: what a caller does, and what must come back. Read from YAML, checked, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.acceptance.words import BadWord, Group, read_groups

FOLDER = Path(__file__).parent
INPUTS = ("say", "dtmf", "silence", "hangup", "raw")
KINDS = (
    "yes_no", "choice", "date", "time", "phone", "dossier", "reference", "name",
    "place", "count", "birth_date", "amount", "postcode", "age", "email",
)  # fmt: skip
OPEN = "open"
"""How a script names the open question (`expects` null)."""
END = "end"
_STEP_KEYS = {
    *INPUTS, "start", "answer_until", "times", "barge_in", "confidence", "when", "optional",
    "expects", "must", "must_not", "first", "max_sentences",
}  # fmt: skip
_CALL_KEYS = {
    "name", "subject", "story", "now", "caller", "who", "knows", "steps", "process",
    "said", "never_said", "said_twice", "asked", "never_asked", "end",
}  # fmt: skip
_END_KEYS = {"outcome", "records", "records_some", "no_records", "ended"}

Json = dict[str, Any]
Expects = str | None


class BadScript(ValueError):
    """A call script says something that cannot be played or compared."""


@dataclass(frozen=True)
class Rule:
    """When asked this way (any of the groups, none: however asked), the caller does that."""

    asks: Group
    give: Json


Knows = Mapping[str, tuple[Rule, ...]]
"""By the kind of answer expected, what the caller answers; the first rule that fits."""


@dataclass(frozen=True)
class Wanted:
    """What must come back after a step."""

    expects: tuple[Expects, ...] | None = None
    must: tuple[Group, ...] = ()
    must_not: tuple[Group, ...] = ()
    first: tuple[Group, ...] = ()
    """In the first sentence."""
    max_sentences: int | None = None


@dataclass(frozen=True)
class Goal:
    """The caller answers whatever is asked until the agent waits for one of these, having said that."""

    expects: tuple[Expects, ...]
    said: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Step:
    """One thing the caller does, or a stretch of answering; `give` None with no goal: the call begins."""

    give: Json | None
    goal: Goal | None
    when: tuple[Expects, ...] | None
    optional: bool
    wanted: Wanted


@dataclass(frozen=True)
class WantedEnd:
    """How the call must end; a record is a mapping of what its fields must be."""

    outcome: tuple[str, ...]
    records: tuple[Json, ...] | None
    """Exactly these, in this order (those marked `optional` may be missing); None: whatever."""
    records_some: tuple[Json, ...]
    no_records: tuple[str, ...]
    ended: bool | None
    """Whether the agent itself ended it; None: either."""


@dataclass(frozen=True)
class Call:
    """One call to play."""

    name: str
    subject: str
    story: str
    now: str
    caller: str
    knows: Knows
    steps: tuple[Step, ...]
    process: bool
    said: tuple[Group, ...]
    never_said: tuple[Group, ...]
    said_twice: tuple[Group, ...]
    asked: tuple[str, ...]
    never_asked: tuple[str, ...]
    end: WantedEnd = field(repr=False)


@cache
def read_calls(folder: Path = FOLDER) -> tuple[Call, ...]:
    """Every call of the suite, in the order of the files. Raises BadScript."""
    people = _yaml(folder / "callers.yaml")
    found: list[Call] = []
    for path in sorted((folder / "calls").glob("*.yaml")):
        for given in _yaml(path):
            try:
                found.append(_call(given, path.stem, people))
            except (BadScript, BadWord, KeyError, TypeError, AttributeError) as error:
                name = given.get("name", "?") if isinstance(given, dict) else given
                raise BadScript(f"{path.name}, {name}: {error}") from error
    names = [call.name for call in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadScript(f"two calls bear the same name: {', '.join(sorted(twice))}")
    return tuple(found)


def _yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def _call(given: Json, subject: str, people: Json) -> Call:
    _only(given, _CALL_KEYS)
    who = given.get("who")
    person: Json = people[who] if who is not None else {}
    owners = (given, person, people.get(subject, {}), people["everybody"])
    sources = [owner.get("knows") or {} for owner in owners]
    kinds = (*KINDS, OPEN, "offer")
    for source in sources:
        _only(source, set(kinds))
    steps = tuple(_step(step) for step in given["steps"])
    if not steps:
        raise BadScript("a call has steps")
    return Call(
        name=given["name"],
        subject=given.get("subject", subject),
        story=given["story"],
        now=str(given.get("now", "2026-11-24T10:00")),
        caller=str(given.get("caller", person.get("caller", "+596696203040"))),
        knows={kind: _rules([source.get(kind) for source in sources]) for kind in kinds},
        steps=steps,
        process=bool(given.get("process", False)),
        said=read_groups(given.get("said")),
        never_said=read_groups(given.get("never_said")),
        said_twice=read_groups(given.get("said_twice")),
        asked=_kinds(given.get("asked", [])),
        never_asked=_kinds(given.get("never_asked", [])),
        end=_end(given["end"]),
    )


def _rules(given: list[Any]) -> tuple[Rule, ...]:
    """Rules that need a wording first, the call's own before the person's before everybody's."""
    found = [rule for source in given if source is not None for rule in _source(source)]
    return (*(rule for rule in found if rule.asks), *(rule for rule in found if not rule.asks))


def _source(given: Any) -> list[Rule]:
    if isinstance(given, str):
        return [Rule((), {"say": given})]
    rules = []
    for rule in given if isinstance(given, list) else [given]:
        _only(rule, {*INPUTS, "asks", "barge_in", "confidence"})
        asks = read_groups([rule["asks"]])[0] if "asks" in rule else ()
        rules.append(Rule(asks, _give(rule)))
    return rules


def _step(given: Json) -> Step:
    _only(given, _STEP_KEYS)
    doing = [key for key in (*INPUTS, "start", "answer_until") if key in given]
    if len(doing) != 1:
        raise BadScript(f"a step does one thing: {given}")
    goal = _goal(given["answer_until"]) if doing == ["answer_until"] else None
    return Step(
        give=_give(given) if doing[0] in INPUTS else None,
        goal=goal,
        when=_expects(given["when"]) if "when" in given else None,
        optional=bool(given.get("optional", False)),
        wanted=Wanted(
            expects=_expects(given["expects"]) if "expects" in given else None,
            must=read_groups(given.get("must")),
            must_not=read_groups(given.get("must_not")),
            first=read_groups(given.get("first")),
            max_sentences=given.get("max_sentences"),
        ),
    )


def _give(given: Json) -> Json:
    """The line of input, as `converse` reads it."""
    found = {key: given[key] for key in (*INPUTS, "barge_in", "confidence") if key in given}
    if "dtmf" in found:
        found["dtmf"] = str(found["dtmf"])
    if "times" in given:
        found["say"] = " ".join([found["say"]] * given["times"])
    return found


def _goal(given: Any) -> Goal:
    """`listening-null` (the agent waits for anything), `end`, a list of kinds, or kinds and words."""
    if given == "listening-null":
        return Goal((None, END))
    if isinstance(given, dict):
        _only(given, {"expects", "said"})
        return Goal(_expects(given["expects"]), read_groups(given.get("said")))
    return Goal(_expects([given] if isinstance(given, str) else given))


def _expects(given: Any) -> tuple[Expects, ...]:
    for kind in given:
        if kind is not None and kind not in (*KINDS, END):
            raise BadScript(f"no such kind of answer: {kind}")
    return tuple(given)


def _kinds(given: Any) -> tuple[str, ...]:
    return tuple(kind for kind in _expects(given) if kind is not None)


def _end(given: Json) -> WantedEnd:
    _only(given, _END_KEYS)
    records = given.get("records")
    return WantedEnd(
        outcome=tuple(given["outcome"]),
        records=tuple(records) if records is not None else None,
        records_some=tuple(given.get("records_some", ())),
        no_records=tuple(given.get("no_records", ())),
        ended=given.get("ended"),
    )


def _only(given: Json, allowed: set[str]) -> None:
    if strange := set(given) - allowed:
        raise BadScript(f"unknown key: {', '.join(sorted(map(str, strange)))}")
