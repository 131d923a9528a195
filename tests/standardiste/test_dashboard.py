"""The dashboard and the alerts ask for figures that the product really gives."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from callbacks.database import open_database
from callbacks.migrating import migrate
from callbacks.models import Callback, Message
from speech.pool import SpeechPool
from speech.settings import SpeechSettings
from standardiste.admitting import Admitting
from standardiste.metrics import CallMetrics
from standardiste.metrics_state import RecordsWatch, StateCollector
from standardiste.records import TownRecords
from standardiste.synthetic_watch import WitnessMetrics
from standardiste.town import read_town
from telephony.asterisk_call import AsteriskCall
from telephony.bridge import AsteriskBridge, AsteriskSettings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
_NAME = re.compile(r"\b(?:standardiste|process|python)_[a-z0-9_]+")
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[RecordsWatch]:
    database = open_database(f"sqlite:///{tmp_path / 'essai.db'}")
    await migrate(database)
    yield RecordsWatch(TownRecords(read_town(None), database, lambda: NOW, Random(1)))
    await database.close()


@pytest.fixture
def registry(watch: RecordsWatch) -> CollectorRegistry:
    """All that `serve` registers."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    CallMetrics(registry)
    WitnessMetrics(registry)
    Admitting(None, None, frozenset, registry)
    bridge = AsteriskBridge(AsteriskSettings(), never)
    pool = SpeechPool(SpeechSettings((), ears="builtin"))
    registry.register(StateCollector(pool, lambda: bridge.status, watch))
    return registry


async def never(_call: AsteriskCall) -> None:
    raise AssertionError("nobody rings")


def sample_names(registry: CollectorRegistry) -> set[str]:
    return {f"{family.name}{suffix}" for family in registry.collect() for suffix in _SUFFIXES[family.type]}


def queries_of_the_dashboard() -> Iterator[str]:
    dashboard = json.loads((DEPLOY / "grafana" / "standardiste.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alertes.yml").read_text("utf-8"))
    return [rule for group in rules["groups"] for rule in group["rules"]]


async def test_every_query_asks_for_a_figure_that_is_given(
    registry: CollectorRegistry, watch: RecordsWatch
) -> None:
    await watch.count()
    given = sample_names(registry)
    queries = [*queries_of_the_dashboard(), *(alert["expr"] for alert in alerts())]
    assert len(queries) > 30
    for query in queries:
        asked = set(_NAME.findall(query))
        assert asked or query.startswith("up{"), query
        assert asked <= given, f"{query}: {asked - given}"


async def test_every_figure_of_ours_is_on_the_dashboard(
    registry: CollectorRegistry, watch: RecordsWatch
) -> None:
    await watch.count()
    shown = {name for query in queries_of_the_dashboard() for name in _NAME.findall(query)}
    ours = {family.name for family in registry.collect() if family.name.startswith("standardiste_")}
    unseen = {name for name in ours if not any(each.startswith(name) for each in shown)}
    assert unseen <= {"standardiste_witness_last_success_timestamp_seconds",
                      "standardiste_asterisk_malformed_events"}  # fmt: skip


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for alert in alerts():
        assert alert["labels"]["severity"] in ("critique", "attention")
        assert alert["annotations"]["summary"]
        assert alert["annotations"]["description"]


async def test_what_waits_in_the_records_is_counted(watch: RecordsWatch, registry: CollectorRegistry) -> None:
    def callback(ref: str, phone: str, due: datetime, status: str = "a_rappeler") -> Callback:
        return Callback(ref=ref, service="accueil", phone=phone, reason="requested", created_at=NOW,
                        due_at=due, status=status)  # fmt: skip

    def message(key: str, **more: Any) -> Message:
        return Message(key=key, channel="sms", recipient="+596696000000", template="rendez_vous_pris",
                       created_at=NOW, not_before=NOW, **more)  # fmt: skip

    hour = timedelta(hours=1)
    async with watch.records.database.transaction() as session:
        session.add_all([
            callback("C1", "+596696000001", NOW + hour),
            callback("C2", "+596696000002", NOW - hour),
            callback("C3", "+596696000003", NOW - hour, "clos"),
            message("attend"),
            message("parti", sent_at=NOW),
            message("perdu", given_up_at=NOW - hour, last_error="refusé"),
            message("de trop", given_up_at=NOW - hour, last_error="la personne ne veut pas de messages"),
        ])  # fmt: skip
    await watch.count()
    told = generate_latest(registry).decode()
    for line in (
        'standardiste_callbacks{state="ouvert"} 2.0',
        'standardiste_callbacks{state="en_retard"} 1.0',
        'standardiste_outbox{state="en_attente"} 1.0',
        'standardiste_outbox{state="en_echec"} 1.0',
        "standardiste_asterisk_up 0.0",
        "standardiste_database_up 1.0",
        "standardiste_last_backup_timestamp_seconds 0.0",
        'standardiste_calls_given_up_total{reason="complet"} 0.0',
    ):
        assert line in told.splitlines()


async def test_a_database_that_is_gone_is_seen(
    watch: RecordsWatch, registry: CollectorRegistry, tmp_path: Path
) -> None:
    (tmp_path / "essai.db").rename(tmp_path / "ailleurs.db")
    await watch.count()
    told = generate_latest(registry).decode()
    assert "standardiste_database_up 0.0" in told
    assert 'standardiste_database_errors_total{kind="indisponible"} 1.0' in told
    assert "standardiste_callbacks{" not in told
