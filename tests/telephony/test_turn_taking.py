"""Whole calls in which both speak at once, type and speak, or wait: what is heard and what is understood."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pytest
import soxr

from dialog.actions import Action, Listen, Say, Transfer
from dialog.events import CallStarted, Event, Heard, Keys, TransferFinished
from dialog.manager import State
from prompts.content import Town
from speech.audio import RATE_HZ, Samples, Sound
from speech.engine import Synthesiser, Transcript
from speech.pool import SpeechPool
from telephony.rehearsal import KeyedTurn, RehearsalLine, SpokenTurn
from tests.support.hearing import find
from tests.telephony.test_call import Played, ScriptedEar, play, question, town, voice

__all__ = ["question", "town", "voice"]

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOURS = KeyedTurn("1")


def heard_times(played: Played, text: str) -> int:
    """How many times the caller heard a sentence whole."""
    recording = soxr.resample(played.agent, RATE_HZ, 8000).astype(np.int16)
    times, at = 0, 0
    while (found := find(text, recording[at:])).share >= 0.7 and found.end_heard:
        times += 1
        at += int(found.end_s * 8000)
    return times


async def test_who_only_encourages_hears_the_sentence_again_and_who_asks_is_answered(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    over = SpokenTurn(question, barge_in_after_s=0.5)
    ears = ScriptedEar(["d'accord"]), ScriptedEar(["est-ce que la mairie est ouverte mardi"])
    encouraged, asked = await asyncio.gather(
        *(play([HOURS, over], town, voice.synthesiser, ear, alone=False) for ear in ears)
    )
    (keyed,) = encouraged.events(Keys)
    assert not encouraged.events(Heard)
    for say in keyed.answer:
        assert heard_times(encouraged, say.text) == 1
    (answered,) = asked.events(Heard)
    assert isinstance(answered.event, Heard)
    assert answered.event.barge_in
    assert answered.state.told == 1, "what was cut off before it was heard is not told"


class MusicalEar(ScriptedEar):
    """Hears music."""

    async def transcribe(self, samples: Samples, **how: object) -> Transcript:
        said = await super().transcribe(samples, **how)  # type: ignore[arg-type]
        return replace(said, text="", sound="music")


async def test_an_answer_that_takes_long_is_announced_and_a_quick_one_is_not(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    said = "est-ce que la mairie est ouverte mardi"
    ears = ScriptedEar([said], 1.6), ScriptedEar([said])
    slow, quick = await asyncio.gather(
        *(play([SpokenTurn(question)], town, voice.synthesiser, ear, alone=False) for ear in ears)
    )
    fillers = town.turn_taking.fillers
    assert [sum(heard_times(slow, filler) for filler in fillers)] == [1]
    assert not any(heard_times(quick, filler) for filler in fillers)
    for played in (slow, quick):
        (heard,) = played.events(Heard)
        assert heard_times(played, heard.answer[0].text) == 1


async def test_who_waits_for_lost_work_hears_words_all_the_while_and_is_asked_again(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    # A sound too short to be speech, while they wait, changes nothing of it.
    sound = question[int(0.9 * RATE_HZ) : int(RATE_HZ)]
    said = SpokenTurn(np.concatenate((question, np.zeros(2 * RATE_HZ, np.int16), sound)))
    played = await play([said], town, voice.synthesiser, ScriptedEar(["perdu"], 60.0))
    (heard,) = played.events(Heard)
    assert isinstance(heard.event, Heard)
    assert heard.event.text == ""
    again = heard.answer[-1].text
    recording = soxr.resample(played.agent, RATE_HZ, 8000).astype(np.int16)
    fillers = town.turn_taking.fillers
    assert sum(heard_times(played, filler) for filler in fillers) >= 3
    first = min(
        place.start_s for place in (find(filler, recording) for filler in fillers) if place.share == 1
    )
    asked = find(again, recording)
    assert asked.share >= 0.7
    waited = recording[int(first * 8000) : int(asked.start_s * 8000) + 800]
    assert len(waited) < 9 * 8000
    assert longest_silence_s(waited) < 3.0


@dataclass
class LateVoice:
    """Takes its time with what is said to fill."""

    voice: Synthesiser
    fillers: tuple[str, ...]
    name: str = "en retard"

    def pieces(self, text: str) -> list[str]:
        return self.voice.pieces(text)

    async def synthesise(self, text: str, *, speed: float = 1.0) -> Sound:
        if text in self.fillers:
            await asyncio.sleep(1.0)
        return await self.voice.synthesise(text, speed=speed)


class NobodyAnswers(RehearsalLine):
    """People are rung for a while."""

    async def transfer(self, service: str) -> bool:  # noqa: ARG002
        await asyncio.sleep(2.0)
        return False


def rings(_town: Town, state: State, event: Event, _now: datetime) -> tuple[State, tuple[Action, ...]]:
    """Gives everybody to somebody, without a word; who speaks meanwhile is not answered."""
    match event:
        case Heard():
            return state, (Transfer("accueil"),)
        case CallStarted() | TransferFinished():
            return state, (Say("Mairie."), Listen(None, 8.0))
    return state, ()


async def test_words_while_one_waits_are_not_piled_up_before_the_answer(
    town: Town, voice: SpeechPool, question: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telephony.dialog_processor.FILL_AGAIN_S", 0.3)
    late, fillers = LateVoice(voice.synthesiser, town.turn_taking.fillers), town.turn_taking.fillers
    said, rung = await asyncio.gather(
        play([SpokenTurn(question)], town, late, ScriptedEar(["bonjour"], 2.5), alone=False),
        play(
            [SpokenTurn(question)], town, voice.synthesiser, ScriptedEar(["bonjour"], 1.0), NobodyAnswers,
            alone=False, dialogue=rings,
        ),
    )  # fmt: skip
    assert sum(heard_times(said, filler) for filler in fillers) in (1, 2)
    assert sum(heard_times(rung, filler) for filler in fillers) == 1, "nor while somebody is rung"
    assert isinstance(rung.exchanges[2].event, TransferFinished)


def longest_silence_s(recording: Samples) -> float:
    """In a recording at 8 kHz."""
    loud = np.flatnonzero(np.abs(recording) > 100)
    return float(np.diff(loud, prepend=0, append=len(recording)).max()) / 8000


async def test_a_star_takes_back_what_was_typed_of_a_number(town: Town, voice: SpeechPool) -> None:
    played = await play([KeyedTurn("22"), KeyedTurn("3*"), KeyedTurn("45#")], town, voice.synthesiser, None)
    typed = [exchange.event.keys for exchange in played.events(Keys) if isinstance(exchange.event, Keys)]
    assert typed[-1] == "45#"
    assert heard_times(played, "J'efface.") == 1


async def test_music_is_no_caller_and_the_call_ends_politely(
    town: Town, voice: SpeechPool, question: Samples
) -> None:
    music = np.tile(question, 2)
    turns = [SpokenTurn(np.concatenate((music, np.zeros(RATE_HZ, np.int16), music)))]
    played = await play(turns, town, voice.synthesiser, MusicalEar([""]))
    assert not played.events(Heard)
    assert heard_times(played, "Je n'entends personne.") == 1
