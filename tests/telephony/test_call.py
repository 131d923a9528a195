"""A whole call through the real pipeline, dialogue, listener and voice; the recogniser follows a script.

What is asserted is what the caller heard: sound on the line, when it began and when it stopped.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from dialog.actions import Action, Listen
from dialog.events import Event, Heard, HungUp, Keys, NobodyThere, Silence
from dialog.manager import State, step
from dialog.office import Reply, Request, Unavailable
from prompts.content import Town
from prompts.load import DEMO_TOWN, load_town
from speech.audio import RATE_HZ, Samples, Sound
from speech.diction import Diction
from speech.engine import Priority, Synthesiser, Transcript
from speech.errors import EngineFailed
from speech.listening import Listener
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from speech.spoken import sentences_in
from telephony.call import CallObserver, CallServices, run_call
from telephony.dialog_processor import Exchange, Step
from telephony.line import LineEvent
from telephony.rehearsal import CallerTurn, KeyedTurn, RehearsalLine, SpokenTurn

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # Tuesday, 10:00 in Martinique
VOICED = 300
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def no_records(_call_id: str, _request: Request) -> Reply:
    return Unavailable()


@dataclass
class ScriptedEar:
    """Writes what the script says, whatever is said; an exception in the script is raised."""

    script: list[str | Exception]
    decode_s: float = 0.05
    rejected: bool = False
    name: str = "script"

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,  # noqa: ARG002
        choices: Sequence[str] = (),  # noqa: ARG002
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        await asyncio.sleep(self.decode_s)
        said = (
            self.script[0] if len(self.script) == 1 or priority is not Priority.FINAL else self.script.pop(0)
        )
        if isinstance(said, Exception):
            raise said
        return Transcript(said, 0.95, rejected=self.rejected, audio_ms=len(samples) * 1000 // RATE_HZ)


@dataclass
class BrokenVoice:
    """Says the first sentences, then fails for ever."""

    voice: Synthesiser
    good: int
    name: str = "cassée"

    def pieces(self, text: str) -> list[str]:
        return self.voice.pieces(text)

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        if self.good == 0:
            raise EngineFailed("la voix est morte")
        self.good -= 1
        return await self.voice.synthesise(text, speed=speed)


@dataclass
class Played:
    line: RehearsalLine
    exchanges: list[Exchange] = field(default_factory=list)
    transferred: list[str] = field(default_factory=list)

    @property
    def agent(self) -> Samples:
        """What the caller heard, 16 kHz."""
        return self.line.recording()[1]

    def events(self, kind: type) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if isinstance(exchange.event, kind)]

    def voiced(self, start_s: float, end_s: float) -> bool:
        heard = self.agent[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)].astype(np.int32)
        return bool(len(heard)) and int(np.abs(heard).max()) > VOICED


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice() -> AsyncIterator[SpeechPool]:
    async with SpeechPool(SpeechSettings(ears="none", voice="fr")) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def question() -> Samples:
    """2 s of speech in another voice."""
    async with SpeechPool(SpeechSettings(ears="none", voice="fr+Hugo")) as pool:
        return (await pool.synthesiser.synthesise("Est-ce que la mairie est ouverte mardi ?")).samples


@pytest.fixture(scope="module")
def town() -> Town:
    """The demo town, in few words: calls are played at real time."""
    town = load_town(DEMO_TOWN)
    texts = town.sentences.model_dump()
    short = {name: " ".join(text.split()[:2]) for name, text in texts.items() if "{" not in text}
    short["disclosure"] = "Mairie, assistant automatique."
    return replace(town, sentences=town.sentences.model_copy(update=short))


async def play(
    turns: Iterable[CallerTurn],
    town: Town,
    synthesiser: Synthesiser,
    ear: ScriptedEar | None,
    line_class: type[RehearsalLine] = RehearsalLine,
    *,
    alone: bool = True,
    dialogue: Step = step,
) -> Played:
    """The whole call; one that is played `alone` must leave no task behind."""
    line = line_class(list(turns), call_id="essai", caller="+596696112233")
    played = Played(line)
    services = CallServices(
        town, synthesiser, ear, Listener, lambda: NOW.astimezone(town.tz), no_records, step=dialogue
    )
    await run_call(line, services, CallObserver(played.exchanges.append, line.on_callers_turn))
    left = [task for task in asyncio.all_tasks() if alone and belongs_to_a_call(task)]
    assert not left, f"left after the call: {left}"
    return played


def belongs_to_a_call(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return (
        code is not None
        and ("/telephony/" in code.co_filename or "/pipecat/" in code.co_filename)
        and ("/tests/" not in code.co_filename)
    )


async def test_a_question_is_answered_and_the_call_leaves_nothing_behind(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    ear = ScriptedEar(["est-ce que la mairie est ouverte mardi"])
    played = await play([SpokenTurn(question)], town, voice.synthesiser, ear)
    (heard,) = played.events(Heard)
    assert "7 h 30" in " ".join(say.text for say in heard.answer)
    turn = played.line.played[0]
    assert played.voiced(turn.end / RATE_HZ, turn.end / RATE_HZ + 2.0)
    assert isinstance(played.exchanges[-1].event, HungUp)


async def test_a_call_that_is_given_up_while_it_ends_leaves_nothing_behind(
    town: Town, voice: SpeechPool
) -> None:
    line = RehearsalLine([], call_id="essai", caller=None)
    services = CallServices(
        town, voice.synthesiser, ScriptedEar([""]), Listener, lambda: NOW.astimezone(town.tz), no_records
    )
    calling = asyncio.create_task(run_call(line, services))
    await asyncio.sleep(0.5)
    for _ in range(3):  # told to end, then given up again and again
        calling.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({calling})
    async with asyncio.timeout(10):
        while any(map(belongs_to_a_call, asyncio.all_tasks())):  # noqa: ASYNC110 - it clears up by itself
            await asyncio.sleep(0.02)


async def test_a_recorded_sentence_is_what_the_caller_hears(town: Town, voice: SpeechPool) -> None:
    tone = (8000 * np.sin(2 * np.pi * 800 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.int16)
    said = voice.voice(Diction(recorded={town.sentences.disclosure: tone}))
    played = await play([], town, said, None)
    loud = int(np.flatnonzero(np.abs(played.agent.astype(np.int32)) > VOICED)[0])
    spectrum = np.abs(np.fft.rfft(played.agent[loud : loud + RATE_HZ].astype(np.float64)))
    assert abs(int(spectrum.argmax()) - 800) <= 2


async def test_who_asks_for_slower_speech_hears_everything_slower_from_then_on(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    ear = ScriptedEar(["parlez plus lentement"])
    played = await play([SpokenTurn(question)], town, voice.synthesiser, ear)
    (heard,) = played.events(Heard)
    assert heard.answer
    assert all(say.slowly for say in heard.answer)
    sentences = [one for say in heard.answer for one in sentences_in(say.text)]
    usual = [await voice.synthesiser.synthesise(sentence) for sentence in sentences]
    usual_ms = sum(voiced_ms(sound.samples, sound.rate_hz) for sound in usual)
    heard_ms = voiced_ms(played.agent[played.line.played[0].end :], RATE_HZ)
    assert heard_ms > 1.12 * usual_ms


def voiced_ms(samples: Samples, rate_hz: int) -> int:
    """How much of the sound is no silence."""
    frame = rate_hz // 50
    whole = samples[: len(samples) // frame * frame].astype(np.int32).reshape(-1, frame)
    return 20 * int(np.count_nonzero(np.abs(whole).max(axis=1) > VOICED))


async def test_the_agent_is_silent_at_once_when_the_caller_speaks_over_it(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    ear = ScriptedEar(["est-ce que la mairie est ouverte mardi"])
    turns: list[CallerTurn] = [KeyedTurn("1"), SpokenTurn(question, barge_in_after_s=1.2)]
    played = await play(turns, town, voice.synthesiser, ear)
    began_s = played.line.played[1].start / RATE_HZ
    assert played.voiced(began_s - 0.3, began_s), "the agent was speaking"
    assert not played.voiced(began_s + 0.4, began_s + 1.2), "the agent speaks on over the caller"
    (heard,) = played.events(Heard)
    assert isinstance(heard.event, Heard)
    assert heard.event.barge_in


async def test_the_legal_notice_is_said_to_its_end_whatever_the_caller_does(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    notice = await voice.synthesiser.synthesise(town.sentences.disclosure.format(commune=town.name))
    ear = ScriptedEar(["est-ce que la mairie est ouverte mardi"])
    played = await play([SpokenTurn(question, barge_in_after_s=0.5)], town, voice.synthesiser, ear)
    lasts_s = notice.duration_ms / 1000
    assert played.voiced(lasts_s - 0.8, lasts_s - 0.2)
    assert played.events(Heard), "what was said meanwhile is understood"


async def test_a_key_interrupts_and_is_answered_at_once(town: Town, voice: SpeechPool) -> None:
    played = await play([KeyedTurn("1")], town, voice.synthesiser, None)
    (keyed,) = played.events(Keys)
    assert keyed.answer
    assert played.line.latency_ms(played.line.played[0]) is not None


async def test_what_the_recogniser_rejects_is_asked_again_and_never_acted_on(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    ear = ScriptedEar(["je voudrais parler à quelqu'un"], rejected=True)
    played = await play([SpokenTurn(question)], town, voice.synthesiser, ear, TransferringLine)
    (heard,) = played.events(Heard)
    assert heard.event == Heard("", 0.95, False)
    assert isinstance(played.line, TransferringLine)
    assert not hasattr(played.line, "given_to"), "nobody asked for a person"


async def test_an_engine_that_fails_costs_one_repeated_turn(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    ear = ScriptedEar([EngineFailed("mort")])
    played = await play([SpokenTurn(question)], town, voice.synthesiser, ear)
    (heard,) = played.events(Heard)
    assert heard.event == Heard("", 0.0, False)
    assert heard.answer, "the agent asks again"


class TransferringLine(RehearsalLine):
    """Notes to whom the caller was given."""

    given_to: list[str]

    async def transfer(self, service: str) -> bool:
        self.given_to = [*getattr(self, "given_to", []), service]
        return await super().transfer(service)


async def test_a_call_that_breaks_goes_to_a_person(town: Town, voice: SpeechPool, question: Samples) -> None:
    broken = BrokenVoice(voice.synthesiser, good=2)
    ear = ScriptedEar(["est-ce que la mairie est ouverte mardi"])
    played = await play([SpokenTurn(question)], town, broken, ear, TransferringLine)
    assert isinstance(played.line, TransferringLine)
    assert played.line.given_to == ["accueil"]


def impatient_step(town: Town, state: State, event: Event, now: datetime) -> tuple[State, tuple[Action, ...]]:
    """The dialogue's own next turn, waiting half a second for an answer."""
    state, actions = step(town, state, event, now)
    hasty = (replace(one, patience_s=0.5) if isinstance(one, Listen) else one for one in actions)
    return state, tuple(hasty)


class QuietRoom(TransferringLine):
    """A telephone lies in a room, and nobody says anything."""

    def _next_caller_frame(self) -> Samples:
        super()._next_caller_frame()
        self._caller_side[-1] = np.random.default_rng(self._n_frames).normal(0, 40, 320).astype(np.int16)
        return self._caller_side[-1]


async def never_speaks(
    town: Town, voice: SpeechPool, line_class: type[RehearsalLine], monkeypatch: pytest.MonkeyPatch
) -> Played:
    monkeypatch.setattr(RehearsalLine, "on_callers_turn", lambda _line: None)
    return await play([], town, voice.synthesiser, ScriptedEar([""]), line_class, dialogue=impatient_step)


async def test_a_caller_who_never_speaks_is_asked_again_and_then_handed_over(
    town: Town, voice: SpeechPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = await never_speaks(town, voice, QuietRoom, monkeypatch)
    assert 1 <= len(played.events(Silence)) <= 3
    assert isinstance(played.line, TransferringLine)
    assert played.line.given_to == ["accueil"]


async def test_a_line_with_nobody_at_its_end_is_ended_politely_and_given_to_no_one(
    town: Town, voice: SpeechPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = await never_speaks(town, voice, TransferringLine, monkeypatch)
    (nobody,) = played.events(NobodyThere)
    assert nobody.answer[0].text == town.turn_taking.nobody_there
    assert not hasattr(played.line, "given_to")


async def test_a_line_that_dies_in_mid_sentence_ends_the_call(
    town: Town, voice: SpeechPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = RehearsalLine.received

    async def dies(line: RehearsalLine) -> AsyncIterator[LineEvent]:
        async for event in received(line):
            yield event
            if line.recording_s > 0.5:
                return

    monkeypatch.setattr(RehearsalLine, "received", dies)
    played = await play([], town, voice.synthesiser, None)
    assert isinstance(played.exchanges[-1].event, HungUp)
