"""From what a Listener announces to transcripts: exactly one final an utterance, whatever the engine does."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.endpointing import Progress, Signal, step
from speech.engine import Priority, Transcript
from speech.errors import EngineBusy, EngineFailed, SpeechError
from speech.hearing import Hearing
from speech.listening import (
    Interim,
    Listener,
    ListenerEvent,
    Resumed,
    Speculate,
    SpeechStarted,
    UtteranceEnded,
)
from speech.telephone_band import over_telephone
from speech.turn_profiles import Profile


class Scripted:
    """An engine whose answers, delays and failures are written beforehand; answers how much it heard."""

    name = "scripted"

    def __init__(self, outcomes: Iterator[tuple[int, SpeechError | None]]) -> None:
        """Each outcome: loop passes until the answer, and the failure or None."""
        self._outcomes = outcomes
        self.asked: list[tuple[Priority, int]] = []
        self.interims_at_once = 0
        self.most_interims_at_once = 0

    async def transcribe(
        self,
        samples: Samples,
        *,
        expects: str | None = None,
        choices: Sequence[str] = (),  # noqa: ARG002
        priority: Priority = Priority.FINAL,
    ) -> Transcript:
        assert expects == "date"
        self.asked.append((priority, len(samples)))
        interim = priority is Priority.INTERIM
        self.interims_at_once += interim
        self.most_interims_at_once = max(self.most_interims_at_once, self.interims_at_once)
        passes, failure = next(self._outcomes)
        try:
            for _ in range(passes):
                await asyncio.sleep(0)
            if failure:
                raise failure
        finally:
            self.interims_at_once -= interim
        return Transcript("mot " * (1 + len(samples) // RATE_HZ), 1.0)


PROFILE = Profile(300, 300, 300, min_speech_ms=140, max_utterance_ms=5000, speculate_after_ms=100)


def announced(pattern: list[tuple[bool, int]]) -> Iterator[ListenerEvent | None]:
    """A Listener's events for stretches of speech and silence, by the real endpointing; None is a frame."""
    progress, utterance, length = Progress(), 0, 0
    guessed: Samples | None = None
    for speech, frames in [*pattern, (False, 40)]:
        for _ in range(frames):
            length += 320
            sound = np.zeros(length, np.int16)
            progress, signals = step(progress, PROFILE, speech=speech, frame_ms=20)
            for signal in signals:
                if signal is Signal.STARTED:
                    utterance, length, guessed = utterance + 1, 960, None
                    yield SpeechStarted(utterance, 0)
                elif signal is Signal.SPECULATE:
                    guessed = sound
                    yield Speculate(utterance, 0, sound)
                elif signal is Signal.RESUMED:
                    guessed = None
                    yield Resumed(utterance, 0)
                else:
                    short = guessed is None and length <= 6400
                    sound = sound if guessed is None else guessed
                    yield UtteranceEnded(utterance, 0, sound[:0] if short else sound, 0)
            if speech and progress.speaking and length % 5120 == 0:
                yield Interim(utterance, 0, sound)
            yield None


outcomes = st.tuples(
    st.integers(0, 60), st.sampled_from([None, None, None, EngineBusy("pleine"), EngineFailed("mort")])
)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12),
    st.lists(outcomes, min_size=1, max_size=20),
    st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_every_utterance_has_exactly_one_final_whatever_fails(
    pattern: list[tuple[bool, int]], script: list[tuple[int, SpeechError | None]], wanted: bool
) -> None:
    async def call() -> None:
        def forever() -> Iterator[tuple[int, SpeechError | None]]:
            while True:
                yield from script

        engine = Scripted(forever())
        partials: list[str] = []
        on_partial = (lambda text, _at: partials.append(text)) if wanted else None
        hearing = Hearing(engine, on_partial)
        hearing.expects = "date"
        ended: list[UtteranceEnded] = []
        finals: list[asyncio.Task[Transcript] | None] = []
        for event in announced(pattern):
            if event is None:
                await asyncio.sleep(0)
                continue
            final = hearing.follow(event)
            if isinstance(event, UtteranceEnded):
                ended.append(event)
                finals.append(final)
            else:
                assert final is None
        results = await asyncio.gather(*(final for final in finals if final), return_exceptions=True)
        hearing.close()
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1
        assert [final is not None for final in finals] == [len(event.samples) > 0 for event in ended]
        for result, event in zip(results, [e for e in ended if len(e.samples)], strict=True):
            assert isinstance(result, Transcript | EngineBusy | EngineFailed)
            if isinstance(result, Transcript):
                assert len(result.text.split()) == 1 + len(event.samples) // RATE_HZ
        assert engine.most_interims_at_once <= 1
        assert wanted or Priority.INTERIM not in [priority for priority, _ in engine.asked]

    asyncio.run(call())


def script(*outcomes: tuple[int, SpeechError | None]) -> Scripted:
    return Scripted(iter(outcomes))


async def heard(engine: Scripted) -> Transcript:
    hearing = Hearing(engine)
    hearing.expects = "date"
    hearing.follow(SpeechStarted(1, 0))
    sound = np.zeros(RATE_HZ, np.int16)
    hearing.follow(Speculate(1, 0, sound))
    final = hearing.follow(UtteranceEnded(1, 0, sound, 0))
    assert final is not None
    return await final


async def test_the_guess_is_the_final_and_nothing_is_decoded_twice() -> None:
    engine = script((3, None))
    assert (await heard(engine)).text.split() == ["mot", "mot"]
    assert [priority for priority, _ in engine.asked] == [Priority.SPECULATIVE]


async def test_a_guess_that_gave_way_to_other_callers_is_asked_again_as_a_final() -> None:
    engine = script((1, EngineBusy("pleine")), (1, None))
    assert (await heard(engine)).text
    assert [priority for priority, _ in engine.asked] == [Priority.SPECULATIVE, Priority.FINAL]


async def test_an_engine_that_died_on_an_utterance_is_not_given_it_again() -> None:
    engine = script((1, EngineFailed("mort")))
    results = await asyncio.gather(heard(engine), return_exceptions=True)
    assert isinstance(results[0], EngineFailed)
    assert len(engine.asked) == 1


async def test_a_sentence_is_read_while_it_is_said(say: Callable[..., Samples]) -> None:
    engine = Scripted(iter([(0, None)] * 100))
    partials: list[tuple[str, int]] = []
    hearing = Hearing(engine, lambda text, at_ms: partials.append((text, at_ms)))
    hearing.expects = "date"
    voice = over_telephone(say("Je voudrais prendre un rendez-vous pour refaire mon passeport mardi matin."))
    sound = np.concatenate((np.zeros(RATE_HZ, np.int16), voice, np.zeros(RATE_HZ, np.int16)))
    listener = Listener()
    for start in range(0, len(sound), 320):
        for event in listener.feed(sound[start : start + 320], False):
            hearing.follow(event)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    interims = [size for priority, size in engine.asked if priority is Priority.INTERIM]
    assert len(interims) >= len(voice) / RATE_HZ / 0.32 - 4
    assert interims == sorted(interims)
    assert [text for text, _ in partials] == ["mot" + n * " mot" for n in range(len(partials))]
    assert len(partials) >= 2
    hearing.close()
