"""The town's own test calls, held with both versions: one that passed and fails now is a regression."""

from datetime import UTC, datetime, timedelta

from dialog.events import Heard, Keys, Silence
from dialog.matching import plain
from dialog.replay.compare import Compared, Rehearsed, Verdict, shown
from dialog.replay.kept import Given, KeptCall
from dialog.replay.line import Answer, ReplayLine
from prompts.content import Town
from prompts.trial_calls import TrialCall, TrialTurn


def rehearse_trial(published: Town, draft: Town, trial: TrialCall) -> Rehearsed:
    """The test call with both versions, each to its end."""
    at = trial.at.replace(tzinfo=published.tz)
    ones, others = _answers(published, trial, at), _answers(draft, trial, at)
    before, now = _problem(trial, ones), _problem(trial, others)
    turns = tuple(
        Compared(heard, one, other, "same" if one.said == other.said else "to_read", "")
        for heard, one, other in zip(
            ["", *(shown(_event(turn)) for turn in trial.turns)], ones, others, strict=False
        )
    )
    verdict, why = _verdict(before, now, any(turn.verdict != "same" for turn in turns))
    return Rehearsed(trial.name, at, "test", verdict, why, turns)


def _verdict(before: str, now: str, otherwise: bool) -> tuple[Verdict, str]:
    if now and not before:
        return "worse", f"l'essai passait, il échoue : {now}"
    if before and not now:
        return "better", f"l'essai échouait, il passe ({before})"
    if now:
        return "to_read", f"l'essai échoue avec les deux : {now}"
    return ("to_read", "dit autrement, l'essai passe") if otherwise else ("same", "")


def _answers(town: Town, trial: TrialCall, at: datetime) -> list[Answer]:
    """The greeting's and each turn's; fewer where the call is over before."""
    line = ReplayLine(town, KeptCall(trial.name, at, ()))
    answers, now = [line.begin()], at
    for turn in trial.turns:
        if answers[-1].ended:
            break
        event = _event(turn)
        if isinstance(event, Silence):
            now = (now.astimezone(UTC) + timedelta(seconds=event.seconds)).astimezone(town.tz)
        answers.append(line.feed(event, now))
    return answers


def _event(turn: TrialTurn) -> Given:
    if turn.says is not None:
        return Heard(turn.says)
    return Keys(turn.keys) if turn.keys is not None else Silence(float(turn.silence_s or 0))


def _problem(trial: TrialCall, answers: list[Answer]) -> str:
    """The first thing that is not as wanted; empty where the test passes."""
    for number, turn in enumerate(trial.turns, 1):
        if number >= len(answers):
            return f"l'appel est fini avant le tour {number}"
        said = f" {plain(' '.join(answers[number].said))}"
        for wanted in turn.wanted:
            ways = (wanted,) if isinstance(wanted, str) else wanted
            if not any(f" {plain(way)}" in said for way in ways):
                return f"au tour {number}, « {' » ou « '.join(ways)} » n'est pas dit"
        for unwanted in turn.unwanted:
            if f" {plain(unwanted)}" in said:
                return f"au tour {number}, « {unwanted} » est dit"
    return ""
