"""How long an admin waits: from the click that publishes to the next call that says it, and before the click.

The town has sixty démarches. The pages, the store, the voice and the calls are those of `serve`, in one
process; the click is the form itself. What comes before it (the check as one types, the proof of the whole
menu, the replay of stored calls, learning new phrases) is measured beside, each as the pages run it.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from prometheus_client import CollectorRegistry

from bench import replay, report
from callbacks.accounts import NewAccount, add_account
from callbacks.sessions import open_session
from prompts.pages.checking import Checks
from prompts.pages.desk import AdminDesk
from prompts.versions import VersionStore
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part
from speech.audio import FRAME_SAMPLES, Samples
from standardiste.admin import AdminParts, admin_desk
from standardiste.admin_adopting import Adopting
from standardiste.admin_check import Proofs
from standardiste.admin_learning import CallsToLearnFrom, LearningParts
from standardiste.admin_live import LiveTown, open_live
from standardiste.admin_replay import DraftReplays
from standardiste.desk import desk_of
from standardiste.settings import Settings
from standardiste.web.app import create_app
from standardiste.web.services import Part as Readiness
from standardiste.web.services import WebServices
from standardiste.wiring import OpenSwitchboard, call_services
from telephony.call import CallServices, run_call
from telephony.line import AudioFrame, LineEvent
from tests.support.desk import field_of
from tests.support.large_town import large_town

Json = dict[str, Any]
PUBLICATIONS, QUICK_PUBLICATIONS = 5, 1
CHECKS = 10
GREETING = Part("phrases.yaml", ("accueil_mention",))
AUDIBLE = 300
"""A sample beyond that is somebody speaking (-40 dBFS)."""
HEARD_WITHIN_S = 30.0
_NUMBERS = ("premier", "deuxième", "troisième", "quatrième", "cinquième")


def run(settings: Settings, *, quick: bool) -> Json:
    """The whole measurement; a quick one publishes once and replays fewer calls."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        town = large_town(place / "ville")
        mine = Settings(
            data_dir=place / "data",
            models_dirs=settings.models_dirs,
            ears=settings.ears,
            commune_dir=town,
            database_url=f"sqlite:///{place / 'mairie.db'}",
            ari=None,
            host="127.0.0.1",
            port=0,
            log_level="error",
        )
        figures = asyncio.run(_published(mine, QUICK_PUBLICATIONS if quick else PUBLICATIONS))
        figures["learn_seconds"] = _learned(town)
    n_calls = replay.QUICK_CALLS if quick else replay.CALLS
    figures |= {"replay_calls": n_calls, "replay_seconds": replay.measured(n_calls)["seconds"]}
    return report.keep("publish", {**figures, "reached": _reached(figures)})


def _reached(figures: Json) -> dict[str, bool]:
    """Each of the four figures that were asked for."""
    per_1000 = figures["replay_seconds"] * 1000 / figures["replay_calls"]
    return {
        "check within 1 s": figures["check_seconds"]["p95"] <= 1,
        "published sentence heard within 3 s": figures["click_to_next_call_seconds"]["p95"] <= 3,
        "1,000 calls replayed within 60 s": per_1000 <= 60,
        "learned within 60 s": figures["learn_seconds"] <= 60,
    }


async def _published(settings: Settings, n_times: int) -> Json:
    """A sentence changed and published again and again, and the next call each time."""
    before: dict[str, list[float]] = {"check": [], "proof": []}
    after: dict[str, list[float]] = {"answered": [], "said": [], "cpu": []}
    async with _office(settings) as (live, admin, opened, web):
        draft = live.store.open_draft(datetime.now(UTC))
        checks = Checks(admin)
        for number in range(CHECKS):
            begun = time.perf_counter()
            checks.with_parts(draft.content, ((GREETING, f"Bonjour, essai {number}."),))
            before["check"].append(time.perf_counter() - begun)
        for number in range(n_times):
            text = f"Bonjour, mairie de Sainte-Aurore, assistant automatique, {_NUMBERS[number]} essai."
            _change(live.store, text)
            begun = time.perf_counter()
            await web.get("/admin/publier/preuve")
            before["proof"].append(time.perf_counter() - begun)
            page = (await web.get("/admin/publier")).text
            fields = {name: field_of(page, name) for name in ("jeton", "vu")}
            clicked, cpu = time.perf_counter(), time.process_time()
            answer = await _spoken(
                web, await web.post("/admin/publier", data={**fields, "quand": "maintenant"})
            )
            after["answered"].append(time.perf_counter() - clicked)
            assert answer.headers.get("location") == "/admin?fait=publie", answer.text[:2000]
            services = opened.services_for(live.town)
            after["said"].append(await _heard(services) - clicked)
            after["cpu"].append(time.process_time() - cpu)
            assert live.town.sentences.disclosure == text
    return {
        "demarches": len(live.town.procedures),
        "click_to_page_seconds": report.summary(after["answered"], 2),
        "click_to_next_call_seconds": report.summary(after["said"], 2),
        "of_which_cpu_seconds": report.summary(after["cpu"], 2),
        "check_seconds": report.summary(before["check"], 2),
        "proof_seconds": report.summary(before["proof"], 1),
    }


async def _spoken(web: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Where a publication leads, once its bar is full."""
    if answer.headers.get("location") != "/admin/publier/voix":
        return answer
    while "HX-Redirect" not in (await web.get("/admin/publier/voix/etat")).headers:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return await web.get("/admin/publier/voix")


def _change(store: VersionStore, text: str) -> None:
    now = datetime.now(UTC)
    seen = digest_of_part(store.open_draft(now).value(GREETING))
    store.edit(GREETING, text, seen, "Léa", now)


async def _heard(services: CallServices) -> float:
    """When a call that begins now says its first word."""
    caller = _Caller()
    call = asyncio.create_task(run_call(caller, services))
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            return await caller.heard
    finally:
        caller.gone.set()
        await call


@dataclass
class _Caller:
    """A line on which nobody speaks; it knows when something is first heard there."""

    call_id: str = "banc"
    caller: str | None = None
    heard: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def received(self) -> AsyncIterator[LineEvent]:
        while not self.gone.is_set():
            await asyncio.sleep(0.02)
            yield AudioFrame(np.zeros(FRAME_SAMPLES, np.int16))

    async def send_audio(self, samples: Samples) -> None:
        if not self.heard.done() and int(np.abs(samples.astype(np.int32)).max(initial=0)) > AUDIBLE:
            self.heard.set_result(time.perf_counter())

    async def flush(self) -> None:
        pass

    async def mark(self, mark_id: str) -> None:
        pass

    async def hang_up(self) -> None:
        self.gone.set()

    async def transfer(self, service: str) -> bool:  # noqa: ARG002
        return False


@asynccontextmanager
async def _office(
    settings: Settings,
) -> AsyncIterator[tuple[LiveTown, AdminDesk, OpenSwitchboard, httpx.AsyncClient]]:
    """What `serve` serves, without its door, and an admin signed in."""
    live = open_live(settings)
    async with call_services(settings, None, live.town) as opened:
        records, now = opened.records, opened.services.now
        proofs = Proofs(settings, now)
        replays = DraftReplays(settings, live.store, records.database, now)
        learning = CallsToLearnFrom(
            LearningParts(settings, live.store, records.database, now, lambda: live.town)
        )
        admin = admin_desk(
            AdminParts(
                live,
                proofs,
                lambda town: opened.services_for(town).synthesiser,
                records.database,
                now,
                replays,
                learning,
                opened.speak_ahead,
            )
        )
        web = WebServices(
            lambda: live.town.name,
            _ready,
            CollectorRegistry(),
            _no_call,
            desk_of(settings, records, None),
            admin=admin,
        )
        app = create_app(web)
        adopting = Adopting(live, opened, records, app)
        clerk = await add_account(
            records.database, NewAccount("lea", "admin", None, "Léa", email="lea@mairie.example"), now()
        )
        async with records.database.transaction() as session:
            token = await open_session(session, clerk, now(), code_given=True)
        transport = httpx.ASGITransport(app)
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", timeout=600
            ) as browser:
                browser.cookies.set("standardiste", token)
                yield live, admin, opened, browser
        finally:
            await adopting.aclose()
            await proofs.aclose()


async def _ready() -> dict[str, Readiness]:
    return {}


async def _no_call(_offer_sdp: str) -> str:
    raise AssertionError("nobody calls from the pages here")


def _learned(town: Path) -> float:
    """Seconds that the quick learning of one new phrase takes."""
    (town / "phrases").mkdir()
    (town / "phrases" / "ville.yaml").write_text(
        "sujets:\n  - service: dechets\n    phrases:\n      horaires: |\n"
        "        la benne à gravats ouvre quand\n        les gravats on peut les déposer à quelle heure\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "standardiste", "train", "--vite", "--commune", str(town)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])
