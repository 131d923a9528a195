"""The door of the agent: it counts who is inside, follows the machine, and tells the clerks of a crowd."""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from prometheus_client import CollectorRegistry

from dialog.ears import Ears
from dialog.events import Heard
from dialog.manager import State
from dialog.office import Reply, Request, Unavailable
from prompts.load import load_town
from speech.engine import Transcript
from speech.listening import Listener
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from standardiste.admitting import Admitting
from standardiste.cpu_meter import CpuMeter, used_s
from standardiste.errors import Unusable
from standardiste.light_ears import light_ears
from standardiste.load_settings import LoadSettings, read_load
from telephony.admission import Limits, Step, having
from telephony.call import CallServices
from telephony.dialog_processor import Exchange
from telephony.stepped import LightEars
from telephony.timings import TurnTimings
from tests.support.waiting import until

LIMITS = having(Limits(cores=2.0, most_calls=3), hears=True, light=False)


def door(limits: Limits | None = LIMITS) -> tuple[Admitting, CollectorRegistry]:
    registry = CollectorRegistry()
    return Admitting(limits, None, frozenset, registry), registry


def value(registry: CollectorRegistry, name: str, step: str) -> float | None:
    return registry.get_sample_value(name, {"palier": step})


def test_calls_are_counted_in_and_out() -> None:
    admitting, registry = door()
    assert [admitting.admits(name) for name in "abcd"] == [True, True, True, False]
    assert value(registry, "standardiste_calls_running", "parole") == 3
    assert value(registry, "standardiste_calls_admitted_total", "file") == 1
    admitting.leaves("a")
    admitting.leaves("never came")
    assert value(registry, "standardiste_calls_running", "parole") == 2
    assert admitting.admits("e")


def test_without_steps_every_call_is_served_in_full() -> None:
    admitting, registry = door(None)
    assert all(admitting.admits(str(n)) for n in range(60))
    assert value(registry, "standardiste_calls_running", "parole") == 60
    assert admitting.notice() is None


def test_without_steps_more_calls_than_the_town_allows_are_the_queues() -> None:
    registry = CollectorRegistry()
    admitting = Admitting(None, None, frozenset, registry, most_calls=2)
    assert [admitting.admits(name) for name in "abc"] == [True, True, False]
    assert value(registry, "standardiste_calls_admitted_total", "file") == 1
    admitting.leaves("a")
    assert admitting.admits("d")


@pytest.mark.models
async def test_the_smaller_ears_count_among_the_engines(recogniser_dir: Path) -> None:
    async with light_ears(SpeechSettings(ears=str(recogniser_dir))) as light:
        assert light is not None
        (worker,) = light.worker_pids
        assert psutil.Process(worker).ppid() == os.getpid()
        assert light.status().ready == 1
        assert light.light_for(load_town()).transcriber.name == light.status().engine


async def test_while_the_machines_that_hear_are_gone_a_new_caller_has_the_ears_of_this_one() -> None:
    town, here, gone = load_town(), Ears("keys"), [True]
    limits = having(Limits(cores=2.0), hears=True, light=True)
    async with SpeechPool(SpeechSettings(ears="builtin", voice="espeak")) as pool:
        assert pool.transcriber is not None
        own = LightEars(pool.transcriber, here)
        registry = CollectorRegistry()
        admitting = Admitting(limits, lambda _town: own, frozenset, registry, deaf=lambda: gone[0])
        usual = CallServices(town, pool.synthesiser, pool.transcriber, Listener, town_time, no_records)
        assert admitting.admits("a")
        assert admitting.services_at("a", usual).ears == here
        gone[0] = False
        assert admitting.services_at("a", usual).ears == usual.ears != here


def town_time() -> datetime:
    return datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


async def no_records(_call_id: str, _request: Request) -> Reply:
    return Unavailable()


async def test_late_answers_show_the_clerks_a_crowd_and_the_next_caller_gets_less() -> None:
    admitting, registry = door()
    admitting.admits("a")
    admitting.admits("b")
    watcher = admitting.watching()
    now = time.monotonic()
    for _ in range(5):
        timings = TurnTimings(speech_end=now - 3, endpointed=now - 2.5, transcribed=now - 0.5, sent=now)
        transcript = Transcript("oui", 0.9, decode_ms=100)
        watcher.on_exchange(Exchange(Heard("oui"), State(), (), transcript, timings))
        watcher.on_answer_sent(timings)
    assert admitting.notice() is None
    running = asyncio.create_task(admitting.run())
    await until(lambda: admitting.step is Step.KEYS)
    running.cancel()
    await asyncio.wait({running})
    assert admitting.notice() == (
        "Beaucoup d'appels : les nouveaux appelants répondent par les touches (2 appels en cours)."
    )
    assert registry.get_sample_value("standardiste_step") == Step.KEYS
    assert admitting.admits("c")
    assert value(registry, "standardiste_calls_running", "touches") == 1


def test_processor_time_is_read_as_the_system_counts_it() -> None:
    begun, spent = used_s(os.getpid()), time.process_time()
    while time.process_time() < spent + 0.1:
        sum(range(1000))
    assert 0.05 <= used_s(os.getpid()) - begun <= 1.0
    assert used_s(2**22 + 1) == 0.0
    assert CpuMeter(clock=lambda: 1.0).cores({os.getpid()}) == 0.0


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("STANDARDISTE_OVERLOAD", "peut-être"),
        ("STANDARDISTE_CPU_SHARE", "120"),
        ("STANDARDISTE_MAX_CALLS", "0"),
        ("STANDARDISTE_DRAIN_S", "dix"),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, wrong: str) -> None:
    with pytest.raises(Unusable, match=name):
        read_load({name: wrong})


def test_the_settings_become_limits() -> None:
    assert LoadSettings() == read_load({})
    limits = read_load({"STANDARDISTE_CPU_SHARE": "50", "STANDARDISTE_MAX_CALLS": "12"}).limits()
    assert limits is not None
    assert (limits.cpu_share, limits.most_calls) == (0.5, 12)
    assert read_load({"STANDARDISTE_OVERLOAD": "non"}).limits() is None
