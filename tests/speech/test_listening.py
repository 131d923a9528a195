"""A caller's voice followed through a call, with real sound and the real detector."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ, Samples
from speech.engines.espeak import Espeak, EspeakVoice
from speech.listening import (
    BargeIn,
    Interim,
    Listener,
    ListenerEvent,
    Resumed,
    SpeaksOver,
    Speculate,
    SpeechStarted,
    UtteranceEnded,
)
from speech.telephone_band import at_level, over_telephone
from tests.support.sounds import hum


def silence(ms: int) -> Samples:
    return np.zeros(RATE_HZ * ms // 1000, np.int16)


def heard(samples: Samples, *, expects: str | None = None, agent: bool = False) -> list[ListenerEvent]:
    listener = Listener()
    listener.expect(expects)
    return listener.feed(samples, agent_speaking=agent)


def ends(events: list[ListenerEvent]) -> list[UtteranceEnded]:
    return [event for event in events if isinstance(event, UtteranceEnded)]


@pytest.fixture(scope="module")
def sentence() -> Samples:
    return over_telephone(Espeak(EspeakVoice("fr+Annie")).synthesise("Je voudrais parler à quelqu'un."))


def test_a_sentence_becomes_one_utterance(sentence: Samples) -> None:
    events = heard(np.concatenate((silence(1000), sentence, silence(1000))))
    assert isinstance(events[0], SpeechStarted)
    [end] = ends(events)
    assert events[-1] is end
    said_ms = len(sentence) * 1000 // RATE_HZ
    assert abs(events[0].at_ms - 1000) < 200  # « je » begins softly
    assert abs(end.speech_end_ms - (1000 + said_ms)) < 150
    assert said_ms < len(end.samples) * 1000 / RATE_HZ < said_ms + 600


def test_the_final_samples_are_those_last_speculated_on(sentence: Samples) -> None:
    events = heard(np.concatenate((silence(500), sentence, silence(1000))))
    guess = [event for event in events if isinstance(event, Speculate)][-1]
    [end] = ends(events)
    assert np.array_equal(guess.samples, end.samples)
    assert end.at_ms - guess.at_ms == 520


def test_a_pause_within_a_sentence_is_waited_for(sentence: Samples) -> None:
    events = heard(np.concatenate((silence(500), sentence, silence(400), sentence, silence(1000))))
    assert len(ends(events)) == 1
    assert any(isinstance(event, Resumed) for event in events)


def test_a_yes_is_done_sooner_than_an_open_answer(say: Callable[..., Samples]) -> None:
    sound = np.concatenate((silence(2000), over_telephone(say("Oui.", "fr+Annie")), silence(1000)))
    [quick], [slow] = ends(heard(sound, expects="yes_no")), ends(heard(sound))
    assert len(quick.samples) > 0
    assert 140 <= slow.at_ms - quick.at_ms <= 160


@pytest.mark.parametrize("level_dbfs", [-20.0, -35.0])
def test_who_speaks_over_the_agent_is_noticed_at_once_and_sure_soon_after(
    say: Callable[..., Samples], level_dbfs: float
) -> None:
    """The median over words with hard and soft beginnings: espeak never says a sentence twice alike."""
    softer_after_ms, silent_after_ms = [], []
    for words in ("Attendez.", "Non, pas ça.", "Oui d'accord.", "Je voudrais parler à quelqu'un.", "Stop."):
        caller = at_level(over_telephone(say(words, "fr+Annie")), level_dbfs)
        events = heard(np.concatenate((silence(1000), caller, silence(1000))), agent=True)
        softer_after_ms += [event.at_ms - 1000 for event in events if isinstance(event, SpeaksOver)]
        silent_after_ms += [event.at_ms - 1000 for event in events if isinstance(event, BargeIn)]
    assert len(softer_after_ms) == len(silent_after_ms) == 5
    assert sorted(softer_after_ms)[2] <= 200
    assert sorted(silent_after_ms)[2] <= 320
    assert max(silent_after_ms) <= 500


@pytest.mark.parametrize("above_room_db", [12, 18, 24])
def test_a_voice_in_a_noisy_place_ends_as_soon_as_on_a_quiet_line(
    sentence: Samples, above_room_db: int
) -> None:
    voice = at_level(sentence, -23)
    rumble = np.random.default_rng(4).normal(0, 1, len(voice) + 2 * RATE_HZ)
    room = np.convolve(rumble, np.hanning(12), "same").astype(np.float64)
    room *= 32768 * 10 ** ((-23 - above_room_db) / 20) / np.sqrt(np.mean(room**2))
    clean = np.concatenate((silence(1000), voice, silence(1000))).astype(np.float64)
    [quiet] = ends(heard(clean.astype(np.int16)))
    [noisy] = ends(heard(over_telephone((clean + room).astype(np.int16))))
    assert noisy.speech_end_ms <= quiet.speech_end_ms + 60


@pytest.mark.parametrize("hertz", [110, 150, 210])
def test_a_hum_makes_the_agent_softer_at_most(hertz: float) -> None:
    caller = over_telephone(hum(0.45, hertz, RATE_HZ))
    events = heard(np.concatenate((silence(1000), caller, silence(1000))), agent=True)
    assert not [event for event in events if isinstance(event, BargeIn)]


def test_a_cough_over_the_agent_does_not_silence_it() -> None:
    t = np.arange(RATE_HZ * 350 // 1000) / RATE_HZ
    bursts = np.exp(-t / 0.05) + 0.4 * np.exp(-(((t - 0.12) / 0.06) ** 2))
    cough = np.random.default_rng(5).normal(0, 6000, len(t)) * bursts
    line = np.concatenate((silence(1000), over_telephone(cough.astype(np.int16)), silence(1000)))
    assert not [event for event in heard(line, agent=True) if isinstance(event, BargeIn)]


def with_echo(agent: Samples, caller: Samples, echo_db: float, delay_ms: int) -> list[ListenerEvent]:
    """What is announced while the agent speaks and its voice comes back, so much fainter and later."""
    n = len(agent)
    echo = np.concatenate((silence(delay_ms), agent))[:n] * 10 ** (echo_db / 20)
    line = over_telephone((echo + np.concatenate((caller, np.zeros(n, np.int16)))[:n]).astype(np.int16))
    listener, events = Listener(), []
    for at in range(0, n - 320, 320):
        before = np.concatenate((silence(800), agent[: at + 320]))[-12_800:]
        listener.played = lambda before=before: before  # type: ignore[misc]
        events += listener.feed(line[at : at + 320], True)
    return events


@pytest.mark.parametrize(("echo_db", "delay_ms"), [(-20, 60), (-20, 300), (-12, 150)])
def test_the_agents_own_voice_come_back_does_not_interrupt_it(
    say: Callable[..., Samples], echo_db: float, delay_ms: int
) -> None:
    agent = at_level(say("La mairie vous accueille du lundi au vendredi, de neuf heures à midi.", "fr"), -20)
    assert with_echo(agent, silence(0), echo_db, delay_ms) == []


def test_a_caller_is_heard_through_the_agents_echo(say: Callable[..., Samples]) -> None:
    agent = at_level(say("La mairie vous accueille du lundi au vendredi, de neuf heures à midi.", "fr"), -20)
    caller = at_level(say("Attendez, je voudrais autre chose.", "fr+Annie"), -26)
    events = with_echo(agent, np.concatenate((silence(1000), caller)), -20, 120)
    stopped = [event.at_ms for event in events if isinstance(event, BargeIn)]
    assert len(stopped) == 1
    assert 1150 < stopped[0] < 1500


def test_the_agents_echo_is_no_caller(sentence: Samples) -> None:
    echo = np.concatenate((silence(500), at_level(sentence, -50), silence(1000)))
    assert heard(echo, agent=True) == []


def test_without_the_agent_speaking_nothing_is_interrupted(sentence: Samples) -> None:
    events = heard(np.concatenate((silence(500), sentence, silence(1000))))
    assert not any(isinstance(event, BargeIn) for event in events)


def test_who_speaks_all_the_time_is_heard_in_order_and_whole(sentence: Samples) -> None:
    sound = np.concatenate((*[sentence] * 24, silence(2000)))
    events = ends(heard(sound, expects="phone"))
    assert len(events) >= 2
    assert [event.utterance_id for event in events] == list(range(1, len(events) + 1))
    assert all(len(event.samples) <= 20.5 * RATE_HZ for event in events)
    whole = sum(len(event.samples) for event in events)
    assert abs(whole - len(sentence) * 24) < RATE_HZ


def test_noise_and_clicks_start_nothing() -> None:
    noise = np.random.default_rng(3).normal(0, 300, RATE_HZ * 5)
    noise[RATE_HZ : RATE_HZ + 160] += 12000
    assert heard(noise.astype(np.int16)) == []


def test_a_line_that_closes_in_mid_sentence_still_ends_the_utterance(sentence: Samples) -> None:
    listener = Listener()
    assert listener.finish() == []
    started = listener.feed(np.concatenate((silence(500), sentence[: len(sentence) // 2])), False)
    assert len(ends(started)) == 0
    [end] = ends(listener.finish())
    assert len(end.samples) > 0
    assert not listener.in_utterance


def seen(event: ListenerEvent) -> tuple[object, ...]:
    return (type(event), *(bytes(v) if isinstance(v, np.ndarray) else v for v in vars(event).values()))


@given(cuts=st.lists(st.integers(1, 40_000), max_size=30))
@settings(max_examples=15, deadline=None)
def test_cutting_the_stream_into_other_pieces_changes_nothing(sentence: Samples, cuts: list[int]) -> None:
    sound = np.concatenate((silence(300), sentence, silence(900)))
    listener = Listener()
    events: list[ListenerEvent] = []
    for start, end in zip([0, *np.cumsum(cuts)], [*np.cumsum(cuts), None], strict=True):
        events += listener.feed(sound[start:end], False)
    assert [seen(event) for event in events] == [seen(event) for event in heard(sound)]


def test_an_utterance_is_offered_for_reading_while_it_lasts(sentence: Samples) -> None:
    events = heard(np.concatenate((silence(500), sentence, silence(1000))))
    interims = [event for event in events if isinstance(event, Interim)]
    assert len(interims) >= len(sentence) / RATE_HZ / 0.32 - 2
    assert all(b.at_ms - a.at_ms >= 320 for a, b in itertools.pairwise(interims))
    assert all(np.array_equal(e.samples, ends(events)[0].samples[: len(e.samples)]) for e in interims)


def keys(digits: str, level: float, tone_ms: int = 100, pause_ms: int = 100) -> Samples:
    """The tones of telephone keys, as a line brings them."""
    rows = ("123A", "456B", "789C", "*0#D")
    time = np.arange(RATE_HZ * tone_ms // 1000) / RATE_HZ
    parts = []
    for digit in digits:
        [(row, column)] = [(i, keys.index(digit)) for i, keys in enumerate(rows) if digit in keys]
        low, high = (697, 770, 852, 941)[row], (1209, 1336, 1477, 1633)[column]
        pair = np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time)
        parts += [(level * pair).astype(np.int16), silence(pause_ms)]
    return over_telephone(np.concatenate(parts))


@pytest.mark.parametrize("level", [200.0, 3000.0, 12000.0])
@pytest.mark.parametrize(("tone_ms", "pause_ms"), [(60, 60), (100, 100), (400, 150)])
def test_keys_that_are_pressed_are_no_voice(level: float, tone_ms: int, pause_ms: int) -> None:
    sound = keys("0696201234#*", level, tone_ms, pause_ms)
    noise = np.random.default_rng(1).normal(0, 20, len(sound) + 2 * RATE_HZ)
    noise[RATE_HZ : RATE_HZ + len(sound)] += sound
    assert ends(heard(noise.astype(np.int16))) == []


def test_who_speaks_after_pressing_a_key_is_heard_from_the_first_word(sentence: Samples) -> None:
    sound = np.concatenate((silence(500), keys("5", 5000), sentence, silence(1000)))
    [end] = ends(heard(sound))
    assert len(end.samples) >= len(sentence) - RATE_HZ // 10
