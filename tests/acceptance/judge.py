"""Pure comparison: what came back against what had to come back. Every problem is one sentence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tests.acceptance.office import clerks_work
from tests.acceptance.script import KINDS, Call, Expects, Json, Wanted
from tests.acceptance.words import Group, folded, read_groups, says, sentences, shown

OUTCOMES = (
    "emergency", "transferred", "booked", "moved", "cancelled",
    "ticket", "callback", "status", "answered", "refused", "ended",
)  # fmt: skip
FIELDS = {
    "appointment": {"action", "ref", "motif", "at", "name", "phone"},
    "ticket": {"ref", "category", "place", "name"},
    "callback": {"ref", "service", "phone", "due", "reason"},
    "transfer": {"service", "reached"},
}
REASONS = {"no_answer", "closed", "low_confidence", "requested", "sensitive", "language", "unavailable"}
_LEFTOVERS = ("{", "}", "None", "null", "nan", "undefined")
_DECIDING = read_groups([["vous avez droit", "vous y avez droit", "votre demande est acceptée"]])[0]
LONGEST_SENTENCE = 240
"""Characters; 12 s of telephone speech at some 18 to 20 characters a second, the most issue 4 allows."""


def turn_problems(answers: Sequence[Json], turn: int) -> Iterator[str]:
    """What is wrong with the shape of the lines of one turn, whatever the call."""
    for answer in answers:
        if "agent" in answer:
            yield from _sentence_problems(answer, turn)
        elif "listening" in answer:
            if answer["listening"] is not True or answer.get("expects", "?") not in (None, *KINDS):
                yield f"not a listening line: {answer}"
        elif "end" not in answer and "error" not in answer:
            yield f"no such line: {answer}"
    if not answers or not {"listening", "end", "error"} & set(answers[-1]):
        yield f"turn {turn}: the last line says neither whose turn it is nor that the call is over"
    if any({"listening", "end"} & set(answer) for answer in answers[:-1]):
        yield f"turn {turn}: something comes after the caller's turn or the end"


def _sentence_problems(answer: Json, turn: int) -> Iterator[str]:
    text = answer["agent"]
    if answer.get("turn") != turn:
        yield f"turn {answer.get('turn')} is written where the caller's inputs make {turn}"
    if not text.strip():
        yield f"turn {turn}: an empty sentence"
    if left := [mark for mark in _LEFTOVERS if mark in text.split() or (mark in "{}" and mark in text)]:
        yield f"turn {turn}: {left[0]!r} is heard in « {text} »"
    for sentence in sentences(text):
        if len(sentence) > LONGEST_SENTENCE:
            yield f"turn {turn}: {len(sentence)} characters in one sentence, « {sentence[:60]}… »"
    if says(text, _DECIDING):
        yield f"turn {turn}: decides for the administration, « {text} »"


def wanted_problems(wanted: Wanted, said: Sequence[str], expects: Expects) -> Iterator[str]:
    """How what came back differs from what a step wanted."""
    text = " ".join(said)
    if wanted.expects is not None and expects not in wanted.expects:
        yield f"expects {expects or 'null'}, wanted {_kinds(wanted.expects)}"
    yield from missing(wanted.must, text)
    yield from heard(wanted.must_not, text)
    opening = sentences(text)[:1]
    for group in wanted.first:
        if not opening or not says(opening[0], group):
            yield f"the first sentence lacks {shown(group)}"
    if wanted.max_sentences is not None and len(sentences(text)) > wanted.max_sentences:
        yield f"{len(sentences(text))} sentences, {wanted.max_sentences} at most were wanted"


def call_problems(call: Call, said: Sequence[str], asked: Sequence[Expects]) -> Iterator[str]:
    """What the call as a whole lacks, or should never have had in it."""
    text = " ".join(said)
    yield from missing(call.said, text)
    yield from heard(call.never_said, text)
    for group in call.said_twice:
        if (times := sum(says(sentence, group) for sentence in sentences(text))) < 2:
            yield f"{shown(group)} is said {times} time(s), two were wanted"
    for kind in call.asked:
        if kind not in asked:
            yield f"never asks for {kind}"
    for kind in call.never_asked:
        if kind in asked:
            yield f"asks for {kind}"


def end_problems(call: Call, end: Json | None, by_agent: bool) -> Iterator[str]:
    """How the end line differs from the wanted end."""
    if end is None:
        yield "no end line came"
        return
    outcome, records = end.get("outcome"), end.get("records")
    if outcome not in OUTCOMES or not isinstance(records, list):
        yield f"not an end line: {end}"
        return
    wanted = call.end
    if outcome not in wanted.outcome:
        yield f"outcome {outcome}, wanted {' or '.join(wanted.outcome)}"
    if wanted.ended is not None and by_agent is not wanted.ended:
        yield "the agent ended the call" if by_agent else "the agent did not end the call"
    for record in records:
        yield from _record_shape(record, datetime.fromisoformat(call.now))
        if record.get("kind") in wanted.no_records:
            yield f"a {record['kind']} was committed: {record}"
    yield from _outcome_of_records(outcome, records)
    if wanted.records is not None:
        yield from _same_records(wanted.records, records)
    for one in wanted.records_some:
        if not any(_matches(one, record) for record in records):
            yield f"no record like {one} among {records}"


def missing(groups: Iterable[Group], text: str) -> Iterator[str]:
    """The groups of which nothing is said."""
    for group in groups:
        if not says(text, group):
            yield f"never says {shown(group)}"


def heard(groups: Iterable[Group], text: str) -> Iterator[str]:
    """The words that should not have been said."""
    for group in groups:
        if says(text, group):
            yield f"says {shown(group)}"


def _record_shape(record: Json, now: datetime) -> Iterator[str]:
    kind = str(record.get("kind"))
    if kind not in FIELDS:
        yield f"no such record: {record}"
        return
    if lacking := FIELDS[kind] - set(record):
        yield f"a {kind} lacks {', '.join(sorted(lacking))}: {record}"
        return
    phone = record.get("phone")
    if phone is not None and not (isinstance(phone, str) and phone.startswith("+") and phone[1:].isdigit()):
        yield f"not an E.164 number: {phone!r}"
    if kind != "callback":
        return
    if record["reason"] not in REASONS:
        yield f"no such reason: {record['reason']}"
    yield from _due_problems(record, now.replace(tzinfo=None))


def _due_problems(record: Json, now: datetime) -> Iterator[str]:
    try:
        due = datetime.fromisoformat(str(record["due"]))
    except ValueError:
        yield f"a callback is due {record['due']!r}, which is no local time"
        return
    if due.tzinfo is not None:
        yield f"due {due.isoformat()} carries an offset"
    elif due < now:
        yield f"a callback due in the past: {due.isoformat()}"
    elif not clerks_work(due, record["service"]):
        yield f"a callback due when nobody works: {due:%A %Y-%m-%d %H:%M}"


def _outcome_of_records(outcome: str, records: Sequence[Json]) -> Iterator[str]:
    """The outcome is the most committal thing that happened: never less than a record says."""
    for record in records:
        least = _least_outcome(record)
        if least is not None and OUTCOMES.index(outcome) > OUTCOMES.index(least):
            yield f"outcome {outcome}, while the records hold {least}"


def _least_outcome(record: Json) -> str | None:
    match record.get("kind"):
        case "appointment":
            return {"created": "booked", "moved": "moved", "cancelled": "cancelled"}.get(
                str(record.get("action"))
            )
        case "ticket" | "callback" as kind:
            return str(kind)
        case "transfer" if record.get("reached") is True:
            return "transferred"
    return None


def _same_records(wanted: Sequence[Json], records: Sequence[Json]) -> Iterator[str]:
    """Every wanted record in its order and no other."""
    left = list(records)
    for one in wanted:
        if left and _matches(one, left[0]):
            left.pop(0)
        elif not one.get("optional"):
            yield f"wanted the record {one}, got {left[0] if left else 'none'}"
            return
    if left:
        yield f"one record too many: {left[0]}"


def _matches(wanted: Json, record: Json) -> bool:
    return all(_fits(value, record.get(key)) for key, value in wanted.items() if key != "optional")


def _fits(wanted: object, value: object) -> bool:
    """`*` anything but null; a list: one of these; `has`: these words; `from`/`to`: between two moments."""
    if isinstance(wanted, list):
        return any(_fits(one, value) for one in wanted)
    if isinstance(wanted, dict):
        text = str(value)
        inside = wanted.get("from", text) <= text <= wanted.get("to", text)
        return inside and all(folded(str(w)) in folded(text) for w in wanted.get("has", ()))
    if wanted == "*":
        return value is not None
    if isinstance(wanted, str) and isinstance(value, str):
        return folded(wanted) == folded(value)
    return wanted == value


def _kinds(expects: Iterable[Expects]) -> str:
    return " or ".join(kind or "null" for kind in expects)
