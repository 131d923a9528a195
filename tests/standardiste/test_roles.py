"""A town's work shared by several processes: calls here and there, pages and jobs elsewhere."""

import asyncio
import os
import signal
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from standardiste.errors import Unusable
from standardiste.roles import Role, check_role
from standardiste.settings import Settings, read_settings
from tests.support.lab import AsteriskLab
from tests.support.postgres import PostgresServer
from tests.support.real_calls import TOWN_HALL
from tests.support.serve_process import ServeProcess, behind, serve_process
from tests.support.sip_caller import PhoneCall, SipPhone

POSTGRES = "postgresql://mairie@base/mairie"


def settings_of(folder: Path, **more: str) -> Settings:
    return read_settings({"STANDARDISTE_DATA": str(folder), **more}, Namespace())


def test_a_part_of_the_work_is_refused_where_it_cannot_be_shared(tmp_path: Path) -> None:
    alone = settings_of(tmp_path)
    for role in (Role.TELEPHONY, Role.WEB):
        with pytest.raises(Unusable, match="Indiquez une base PostgreSQL"):
            check_role(role, alone)
    shared = replace(alone, database_url=POSTGRES)
    with pytest.raises(Unusable, match="sans Asterisk il n'y a pas d'appels"):
        check_role(Role.TELEPHONY, shared)
    check_role(Role.WEB, shared)
    check_role(Role.ALL, alone)
    check_role(Role.SPEECH, alone)


def test_each_that_may_be_drained_apart_has_a_file_of_its_own(tmp_path: Path) -> None:
    ari = {"STANDARDISTE_ARI_URL": "http://127.0.0.1:8088", "STANDARDISTE_ARI_PASSWORD": "x"}
    first, second = (
        settings_of(tmp_path, **ari),
        settings_of(tmp_path, **ari, STANDARDISTE_ARI_APP="accueil-2"),
    )
    files = [
        Role.ALL.pid_file(first), Role.WEB.pid_file(first), Role.TELEPHONY.pid_file(first),
        Role.TELEPHONY.pid_file(second),
    ]  # fmt: skip
    assert len(set(files)) == 4
    assert files[0] == "standardiste.pid"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"STANDARDISTE_SPEECH": "parole-1"}, "STANDARDISTE_SPEECH vaut « parole-1 »"),
        ({"STANDARDISTE_SPEECH": "http://10.0.0.11:8090"}, "les voix des appelants y passeraient en clair"),
        ({"STANDARDISTE_SPEECH_HEAD": "parole-1"}, "STANDARDISTE_SPEECH_HEAD vaut « parole-1 »"),
        ({"STANDARDISTE_SPEECH_REPLICAS": "8-1"}, "STANDARDISTE_SPEECH_REPLICAS vaut « 8-1 »"),
        ({"STANDARDISTE_SPEECH_CORES": "deux"}, "STANDARDISTE_SPEECH_CORES vaut « deux »"),
        ({"STANDARDISTE_SPEECH_AT_ONCE": "0"}, "STANDARDISTE_SPEECH_AT_ONCE vaut « 0 »"),
        ({"STANDARDISTE_SPEECH_SECRET_FILE": "/absent", "STANDARDISTE_SPEECH": "http://127.0.0.1:8090"},
         "STANDARDISTE_SPEECH_SECRET_FILE"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_the_machines_is_named(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    with pytest.raises(Unusable, match=told):
        settings_of(tmp_path, **environment)


def test_the_machines_that_speak_are_read_and_their_password_is_a_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("entre-nous\n", encoding="utf-8")
    settings = settings_of(
        tmp_path,
        STANDARDISTE_SPEECH="http://10.0.0.11:8090/, https://parole-2:8090",
        STANDARDISTE_SPEECH_PRIVATE_NETWORK="1",
        STANDARDISTE_SPEECH_SECRET_FILE=str(secret),
    )
    assert settings.speech_cluster is not None
    assert settings.speech_cluster.addresses == ("http://10.0.0.11:8090", "https://parole-2:8090")
    assert "entre-nous" in settings.secrets()
    assert "entre-nous" not in repr(settings)


@contextmanager
def sharing(lab: AsteriskLab, agents: int) -> Iterator[None]:
    """The dialplan gives the calls to so many agents meanwhile."""
    try:
        lab.agents = agents
        lab.render()
        lab.cli("dialplan reload")
        yield
    finally:
        lab.agents = 1
        lab.render()
        lab.cli("dialplan reload")


@asynccontextmanager
async def a_part(
    folder: Path, url: str, role: str, *arguments: str, environment: dict[str, str]
) -> AsyncIterator[ServeProcess]:
    own = {
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_EARS": "none",
        "STANDARDISTE_OVERLOAD": "non",  # a busy machine's steps are tried elsewhere
        "STANDARDISTE_DATA": str(folder),
        "STANDARDISTE_DATABASE": url,
    }
    async with serve_process("--role", role, *arguments, environment={**own, **environment}) as agent:
        yield agent


async def calls_of(agent: ServeProcess) -> float:
    return await agent.metric('standardiste_calls_running{palier="parole"}')


async def rung(phone: SipPhone, lab: AsteriskLab) -> PhoneCall:
    """A call that the voice has begun to speak in."""
    call = await phone.ring(lab.sip, TOWN_HALL, timeout_s=20)
    await call.first_voiced_after(call.rung_at, 10)
    return call


@pytest.mark.asterisk
async def test_two_processes_share_the_calls_and_a_third_has_the_pages(
    lab: AsteriskLab, postgres: PostgresServer, tmp_path: Path
) -> None:
    url, ari = postgres.new_database(), behind(lab)
    async with AsyncExitStack() as stack:
        stack.enter_context(sharing(lab, 2))

        async def part(role: str, *arguments: str) -> ServeProcess:
            return await stack.enter_async_context(
                a_part(tmp_path / "data", url, role, *arguments, environment=ari)
            )

        first, second, web = await asyncio.gather(
            part("telephony"), part("telephony", "--name", "accueil-2"), part("web")
        )
        await asyncio.gather(*(one.until_ready() for one in (first, second, web)))
        phone = await stack.enter_async_context(SipPhone.opened())
        async with httpx.AsyncClient(follow_redirects=True) as browser:
            assert (await browser.get(web.address)).status_code == 200
            assert (await browser.get(first.address)).status_code == 404
        assert (await web.readiness())["asterisk"] == "not configured"
        states = {(await one.readiness())["witness"] for one in (first, second)}
        assert states == {"pas encore d'appel témoin", "fait par un autre agent"}

        calls = [await rung(phone, lab) for _ in range(2)]
        assert [await calls_of(one) for one in (first, second)] == [1, 1]
        for call in calls:
            await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)

        os.kill(first.pid, signal.SIGKILL)
        await asyncio.sleep(
            0.5
        )  # Asterisk learns of it from its connection: whoever comes from then on is served
        calls = [await rung(phone, lab) for _ in range(2)]
        assert await calls_of(second) == 2
        for call in calls:
            await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        async with asyncio.timeout(10):
            while (await second.readiness())["witness"] != "pas encore d'appel témoin":  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert await second.stop() == 0
        assert await web.stop() == 0
        assert list((tmp_path / "data").glob("*.pid")) == [
            tmp_path / "data" / "standardiste-telephony-accueil.pid"
        ], "what was killed could not take its own away"
