"""The town's way of taking turns, as the Ear needs it: profiles, and what a text is worth as an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dialog.aside import wants_no_turn
from dialog.completeness import completeness
from prompts.content import Town
from prompts.labels import Expects
from prompts.turn_taking import Questions, TurnTaking
from speech.audio import Samples
from speech.engine import Transcript
from speech.turn_profiles import DEFAULT_PROFILES, Completeness, Interruption, Profile, TurnProfiles

HALF_SURE = 0.5
"""A reading that is rejected with less confidence is no reading: at pauses inside a number most have less
than 0.3, at its end more than 0.6 (seen on synthetic voices, 2026-11)."""

Judge = Callable[[Transcript, str | None, Sequence[str]], Completeness]
"""What a transcript is worth as an answer of this kind, with these choices."""


def profiles_of(content: TurnTaking) -> TurnProfiles:
    """The waits that the town chose; what is not its choice stays as it ships."""
    questions = {name: _profile(name, content.questions) for name in Questions.model_fields if name != "open"}
    rules = content.interruption
    return TurnProfiles(
        open=_profile("open", content.questions),
        kinds=questions,
        interruption=Interruption(
            rules.soften_after_ms, rules.soften_db, rules.stop_after_ms, rules.hum_stop_after_ms
        ),
        most_stretch=content.most_stretch,
        patience_s=content.patience_s,
        most_patience_s=content.most_patience_s,
    )


def _profile(name: str, questions: Questions) -> Profile:
    waits, usual = getattr(questions, name), DEFAULT_PROFILES.of(name)
    return Profile(
        waits.whole_ms,
        waits.begun_ms,
        waits.hanging_ms,
        waits.enough_ms,
        min_speech_ms=usual.min_speech_ms,
        max_utterance_ms=usual.max_utterance_ms,
        least_ms=usual.least_ms,
        speculate_after_ms=min(usual.speculate_after_ms, waits.whole_ms),
    )


def judge_of(town: Town, now: Callable[[], datetime]) -> Judge:
    """The dialogue's own judgement, on the town's content."""

    def judge(transcript: Transcript, expects: str | None, choices: Sequence[str]) -> Completeness:
        # What the recogniser itself doubts is not the whole answer, however like one it looks.
        if transcript.rejected and transcript.confidence < HALF_SURE:
            return Completeness.UNHEARD
        if not transcript.text:
            return Completeness.UNHEARD
        kind = cast(Expects | None, expects)
        said = Completeness(completeness(transcript.text, kind, tuple(choices), town, now()))
        return Completeness.ENOUGH if transcript.rejected and said is Completeness.WHOLE else said

    return judge


@dataclass(frozen=True)
class EarPorts:
    """What the Ear is told by the rest of the call."""

    judge: Judge
    wants_turn: Callable[[Transcript], bool]
    """Whether what was said over the agent asks for the word."""
    played: Callable[[], Samples]
    """What the agent played last, up to now."""
    softer: float
    """The gain of its voice while somebody may be speaking over it."""


def ear_ports(town: Town, now: Callable[[], datetime], played: Callable[[], Samples]) -> EarPorts:
    """Those of a call to this town."""

    def wants_turn(transcript: Transcript) -> bool:
        said = transcript.text if transcript.sound == "speech" and not transcript.rejected else ""
        return not wants_no_turn(said, town, to_question=False)

    softer = 10 ** (-town.turn_taking.interruption.soften_db / 20)
    return EarPorts(judge_of(town, now), wants_turn, played, softer)
