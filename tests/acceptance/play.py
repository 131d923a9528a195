"""Plays one call script on a line, and says what differed."""

from dataclasses import dataclass, field

from tests.acceptance.judge import call_problems, end_problems, missing, turn_problems, wanted_problems
from tests.acceptance.line import Line, LineWentDead, ring
from tests.acceptance.script import END, OPEN, Call, Expects, Goal, Json, Knows, Step
from tests.acceptance.words import read_groups, says

_AN_HOUR = read_groups([[{"re": r"\d\dh\d\d"}]])[0]
MOST_ANSWERS = 25
"""In one stretch of answering: a call asks for less."""


@dataclass
class Played:
    """What happened on one call."""

    call: Call
    lines: list[str] = field(default_factory=list)
    """The transcript."""
    problems: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[Expects] = field(default_factory=list)
    end: Json | None = None
    by_agent: bool = False
    turn: int = 0
    said_before: int = 0
    """How many sentences came before the last turn."""

    @property
    def expects(self) -> Expects:
        """What the agent waits for now."""
        if self.end is not None:
            return END
        return self.asked[-1] if self.asked else None


def play(call: Call, process: bool = False) -> Played:
    """The whole call; every problem found is in the answer."""
    with ring(call, process) as line:
        return play_on(line, call)


def play_on(line: Line, call: Call) -> Played:
    """The whole call on this line."""
    played = Played(call)
    try:
        _play(line, call, played)
    except LineWentDead as error:
        played.problems.append(str(error))
    played.problems += call_problems(call, played.said, played.asked)
    played.problems += end_problems(call, played.end, played.by_agent)
    return played


def _play(line: Line, call: Call, played: Played) -> None:
    greeting = _take(line.pick_up(), played, by_agent=True)
    for number, step in enumerate(call.steps, 1):
        problems = _step(line, step, played, greeting)
        if problems is None:
            continue
        played.problems += [f"step {number}: {problem}" for problem in problems]
        played.lines += [f"      ✗ {problem}" for problem in problems]
    if played.end is None:
        _take(line.close(), played, by_agent=False)


def _step(line: Line, step: Step, played: Played, greeting: list[str]) -> list[str] | None:
    """The problems of one step; None when it was not the moment for it."""
    if step.when is not None and played.expects not in step.when:
        return None
    if step.goal is not None:
        said, problems = _answer_until(line, step.goal, played)
        return problems + list(wanted_problems(step.wanted, said, played.expects))
    if step.give is None:
        return list(wanted_problems(step.wanted, greeting, played.expects))
    if played.end is not None:
        return None if step.optional or "hangup" in step.give else ["the call is already over"]
    said = _give(line, step.give, played)
    return list(wanted_problems(step.wanted, said, played.expects))


def _answer_until(line: Line, goal: Goal, played: Played) -> tuple[list[str], list[str]]:
    said: list[str] = []
    last = _last_said(played)
    used: set[int] = set()
    for _ in range(MOST_ANSWERS):
        if played.expects in goal.expects and not list(missing(goal.said, " ".join(last))):
            answer = _pending(played, last, used) if played.expects is None else None
            if answer is None:
                return said, []
        elif played.end is not None:
            return said, ["the call ended before the agent came to the point wanted"]
        else:
            answer = answer_to(played.call.knows, played.expects, " ".join(last), used)
        if answer is None:
            return said, [f"nothing to answer to {played.expects or 'null'}: « {' '.join(last)} »"]
        last = _give(line, answer, played)
        said += last
    return said, [f"still asking after {MOST_ANSWERS} answers"]


def _pending(played: Played, last: list[str], used: set[int]) -> Json | None:
    """An open question that the caller came prepared for, before they consider themselves served."""
    return answer_to(played.call.knows, None, " ".join(last), used)


def answer_to(knows: Knows, expects: Expects, said: str, used: set[int]) -> Json | None:
    """What the caller answers; an open question is answered the same way once only."""
    if expects in ("choice", "date", "time"):
        for rule in knows["offer"]:
            if says(said, rule.asks):
                return rule.give
    if expects == "yes_no" and _another_time(knows, said):
        return {"say": "non plutôt à une autre heure"}
    for rule in knows[expects or OPEN]:
        if rule.asks and not says(said, rule.asks):
            continue
        if expects is None:
            if id(rule) in used:
                continue
            used.add(id(rule))
        return rule.give
    return None


def _another_time(knows: Knows, said: str) -> bool:
    """Whether an hour is proposed that is none of those the caller wants."""
    return (
        bool(knows["offer"])
        and says(said, _AN_HOUR)
        and not any(says(said, rule.asks) for rule in knows["offer"])
    )


def _last_said(played: Played) -> list[str]:
    """What the agent said since the caller's last input."""
    return played.said[played.said_before :]


def _give(line: Line, given: Json, played: Played) -> list[str]:
    played.turn += "raw" not in given
    played.lines.append(f"  ▸ {_shown(given)}")
    return _take(line.give(given), played, by_agent="hangup" not in given)


def _take(answers: list[Json], played: Played, by_agent: bool) -> list[str]:
    played.problems += turn_problems(answers, played.turn)
    said = [str(answer["agent"]) for answer in answers if "agent" in answer]
    played.said_before = len(played.said)
    played.said += said
    played.lines += [f"    {sentence}" for sentence in said]
    for answer in answers:
        if "listening" in answer:
            played.asked.append(answer.get("expects"))
            played.lines.append(f"      [{answer.get('expects') or 'null'}]")
        elif "end" in answer:
            played.end, played.by_agent = answer, by_agent
            played.lines.append(f"      [end: {answer.get('outcome')} {answer.get('records')}]")
        elif "error" in answer:
            played.lines.append(f"      [error: {answer['error']}]")
    return said


def _shown(given: Json) -> str:
    kind = next(iter(given))
    value = str(given[kind])
    value = value if len(value) < 200 else f"{value[:200]}… ({len(value)} characters)"
    notes = "".join(f" ({key} {value})" for key, value in given.items() if key != kind)
    return f"{kind} {value}{notes}"
