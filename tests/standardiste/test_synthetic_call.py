"""The call that the agent makes to itself: what it finds, whom it tells, and that it is nobody's call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import func, select

from callbacks.channels import Channel
from callbacks.database import open_database
from callbacks.messages.claims import claim
from callbacks.messages.wording import write
from callbacks.migrating import migrate
from callbacks.models import Call, Message
from dialog.actions import Say
from dialog.events import Heard
from dialog.manager import State
from prompts.load import load_town
from speech.engine import Transcript
from standardiste.records import TownRecords
from standardiste.settings import Settings
from standardiste.synthetic_asterisk import AsteriskWitness
from standardiste.synthetic_call import Judging, WitnessResult, rehearsed_witness, told_facts
from standardiste.synthetic_watch import WitnessMetrics, WitnessWatch
from standardiste.watch_settings import DEFAULT_QUESTION, WitnessSettings, read_witness
from standardiste.web.services import Part
from standardiste.wiring import OpenSwitchboard, call_services
from telephony.bridge import AsteriskBridge
from telephony.dialog_processor import Exchange
from tests.support.lab import AsteriskLab
from tests.support.short_town import NOW as TUESDAY
from tests.support.short_town import write_short_town
from tests.support.sip_caller import SipPhone

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[OpenSwitchboard]:
    """A town that says very little, its keys alone understood."""
    folder = write_short_town(tmp_path)
    greeting = 'accueil_mention: "Automatique."\naccueil_invitation: "Tapez 1."\n'
    (folder / "phrases.yaml").write_text(greeting, encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path,
        models_dirs=(),
        ears="none",
        commune_dir=folder,
        database_url="sqlite://",
        ari=None,
        host="127.0.0.1",
        port=0,
        log_level="warning",
    )
    async with call_services(settings, datetime.fromisoformat(TUESDAY)) as services:
        yield services


async def test_a_whole_call_hears_the_towns_hours_and_leaves_no_trace_in_the_records(
    opened: OpenSwitchboard,
) -> None:
    result = await rehearsed_witness(opened.services, DEFAULT_QUESTION)
    assert result.problem is None
    assert result.latency_ms is not None
    async with opened.records.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Call)) == 0
        assert await session.scalar(select(func.count()).select_from(Message)) == 0


async def test_a_voice_that_is_gone_is_found(opened: OpenSwitchboard) -> None:
    await opened.pool.aclose()
    result = await rehearsed_witness(opened.services, DEFAULT_QUESTION)
    assert result.problem is not None
    assert "interrompu" in result.problem


def test_the_fact_is_the_towns_own(tmp_path: Path) -> None:
    town = load_town(write_short_town(tmp_path))
    now = datetime.fromisoformat(TUESDAY).replace(tzinfo=town.tz)
    (fact,) = told_facts(town, now, DEFAULT_QUESTION)
    assert "9 h" in fact
    assert "12 h" in fact or "midi" in fact
    assert not told_facts(town, now, "Blabla ?")


async def test_what_failed_is_told_apart(opened: OpenSwitchboard) -> None:
    services = opened.services
    judging = Judging(services, DEFAULT_QUESTION, services.now())
    (fact,) = told_facts(services.town, services.now(), DEFAULT_QUESTION)

    def exchange(heard: str, *said: str) -> Exchange:
        transcript = Transcript(heard, 0.9)
        return Exchange(Heard(heard, 0.9, False), State(), tuple(map(Say, said)), transcript, None)

    assert judging.of([exchange("à quelle heure", fact)], 500) == WitnessResult(None, 500)
    silent = judging.of([exchange("à quelle heure", fact)], None)
    assert silent.problem is not None
    assert "aucun son" in silent.problem
    other = judging.of([exchange("acte honoraire", "Pouvez-vous répéter ?")], 500)
    assert other.problem == "la réponse attendue n'est pas venue ; entendu : « acte honoraire »"
    unheard = judging.of([exchange("", "Pouvez-vous répéter ?")], 500)
    assert unheard.problem == "la question du témoin n'a pas été entendue : voir l'écoute"
    unknown = Judging(services, "Blabla ?", services.now()).of([], None)
    assert unknown.problem is not None
    assert "STANDARDISTE_WITNESS_QUESTION" in unknown.problem


class Script:
    """What the calls will find, one after the other."""

    def __init__(self, *problems: str | None) -> None:
        self._problems = list(problems)

    async def __call__(self) -> WitnessResult:
        return WitnessResult(self._problems.pop(0), 480)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[TownRecords]:
    database = open_database(f"sqlite:///{tmp_path / 'essai.db'}")
    await migrate(database)
    town = load_town(write_short_town(tmp_path))
    yield TownRecords(town, database, lambda: NOW, Random(1))
    await database.close()


async def told(records: TownRecords) -> list[str]:
    async with records.database.reading() as session:
        return list(await session.scalars(select(Message.template).order_by(Message.id)))


async def test_two_failures_raise_one_alarm_and_the_next_success_clears_it(records: TownRecords) -> None:
    registry = CollectorRegistry()
    script = Script("sourd", "sourd", "muet", None, "sourd")
    watch = WitnessWatch(script, records, WitnessSettings(), WitnessMetrics(registry))
    assert watch.part().state == "pas encore d'appel témoin"
    await watch.once()
    assert await told(records) == []
    assert not watch.part().trouble
    await watch.once()
    await watch.once()
    assert await told(records) == ["appel_temoin_en_panne"]
    assert watch.part().trouble
    assert watch.part().state == "échoue : muet"
    assert "ne répond plus comme il faut à l'appel d'essai depuis 15:00" in (watch.trouble() or "")
    assert "standardiste_witness_failing 1.0" in generate_latest(registry).decode()
    await watch.once()
    assert await told(records) == ["appel_temoin_en_panne", "appel_temoin_retabli"]
    assert watch.part().state.startswith("réussi à 15:00")
    assert watch.trouble() is None
    await watch.once()
    assert await told(records) == ["appel_temoin_en_panne", "appel_temoin_retabli"]
    figures = generate_latest(registry).decode()
    assert 'standardiste_witness_calls_total{result="echec"} 4.0' in figures
    assert "standardiste_witness_failing 0.0" in figures


async def test_whatever_breaks_is_a_failure_and_the_watch_goes_on(
    records: TownRecords, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks() -> WitnessResult:
        raise ZeroDivisionError("jamais vu")

    watch = WitnessWatch(breaks, records, WitnessSettings(), WitnessMetrics(CollectorRegistry()))
    await watch.once()
    await watch.once()
    assert watch.part().trouble
    assert "erreur imprévue" in watch.part().state
    assert await told(records) == ["appel_temoin_en_panne"]
    assert "jamais vu" in caplog.text


async def test_a_watch_that_has_not_succeeded_for_long_is_in_trouble(records: TownRecords) -> None:
    now = NOW
    records.now = lambda: now
    watch = WitnessWatch(Script(None), records, WitnessSettings(), WitnessMetrics(CollectorRegistry()))
    now += timedelta(minutes=21)
    assert not watch.part().trouble
    now += timedelta(minutes=10)
    assert watch.part().trouble
    assert watch.part().state == "aucun n'a réussi depuis 15:00 : voir le journal"
    await watch.once()
    assert not watch.part().trouble
    now += timedelta(minutes=21)
    assert not watch.part().trouble
    now += timedelta(minutes=10)
    assert watch.part().trouble
    assert WitnessWatch(
        Script(), records, WitnessSettings(every_min=0), WitnessMetrics(CollectorRegistry())
    ).part() == Part("not configured")


async def test_an_alarm_that_the_database_cannot_take_is_told_once_it_is_back(
    records: TownRecords, tmp_path: Path
) -> None:
    watch = WitnessWatch(
        Script("sourd", "sourd", "sourd"), records, WitnessSettings(), WitnessMetrics(CollectorRegistry())
    )
    await records.database.engine.dispose()  # or part of it would stay beside the file
    kept = (tmp_path / "essai.db").rename(tmp_path / "ailleurs.db")
    await watch.once()
    await watch.once()
    assert watch.is_failing
    kept.rename(tmp_path / "essai.db")
    await watch.once()
    assert await told(records) == ["appel_temoin_en_panne"]


async def test_the_alarm_goes_to_the_address_that_was_configured_and_can_be_read(
    records: TownRecords,
) -> None:
    settings = read_witness({"STANDARDISTE_ALARMS": "dsi@vauclair.example"})
    watch = WitnessWatch(Script("sourd", "sourd"), records, settings, WitnessMetrics(CollectorRegistry()))
    await watch.once()
    await watch.once()
    channels: tuple[Channel, ...] = ("clerks",)
    taken = await records.database.write(
        lambda session: claim(session, records.town, channels, NOW + timedelta(minutes=1))
    )
    (message,) = taken.messages
    assert message.to == ("dsi@vauclair.example",)
    written = write(records.town, message.template, message.values, "http://pages.example")
    assert written is not None
    assert "deux fois de suite : sourd." in written.text
    assert "standardiste doctor" in written.text


@asynccontextmanager
async def agent_on(lab: AsteriskLab, opened: OpenSwitchboard) -> AsyncIterator[AsteriskWitness]:
    """An agent behind this Asterisk that serves nothing but its own calls."""
    witness = AsteriskWitness(lab.settings, lambda: opened.services, DEFAULT_QUESTION)
    bridge = AsteriskBridge(lab.settings, witness.take)
    running = asyncio.create_task(bridge.run())
    try:
        await asyncio.wait_for(bridge.connected.wait(), 20)
        yield witness
        await asyncio.to_thread(lab.wait_until_empty)
    finally:
        running.cancel()
        await asyncio.wait({running})


@pytest.mark.asterisk
async def test_the_call_goes_through_asterisk_where_there_is_one(
    lab: AsteriskLab, opened: OpenSwitchboard
) -> None:
    async with agent_on(lab, opened) as witness:
        result = await witness.call()
    assert result.problem is None
    assert result.latency_ms is not None


@pytest.mark.asterisk
async def test_whatever_happens_to_it_nobody_is_rung(
    lab: AsteriskLab, opened: OpenSwitchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("standardiste.synthetic_asterisk.TAKEN_WITHIN_S", 1.0)
    async with SipPhone.opened(port=lab.post_port) as post:
        async with agent_on(lab, opened) as witness:
            await opened.pool.aclose()
            broken = await witness.call()
            assert broken.problem is not None
            assert "interrompu" in broken.problem
        absent = await witness.call()
        assert absent.problem is not None
        assert "[temoin]" in absent.problem
        await asyncio.to_thread(lab.wait_until_empty)
        with pytest.raises(TimeoutError):
            await post.next_call(timeout_s=0.5)
