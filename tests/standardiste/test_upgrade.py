"""One agent takes over from another: who is on the line is served to the end, who rings is served at once."""

import asyncio
import json
import os
import signal
import sys
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path

import pytest

from standardiste.errors import Unusable
from standardiste.in_charge import drain, in_charge
from standardiste.relief import named
from standardiste.settings import Settings, read_settings
from tests.support.hearing import hears
from tests.support.lab import AsteriskLab
from tests.support.real_calls import now, open_line
from tests.support.serve_process import ServeProcess, behind, serve_process
from tests.support.short_town import NOW


async def told_to_drain(data: Path) -> dict[str, int]:
    """What `standardiste drain` prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "standardiste", "drain"),
        env={**os.environ, "STANDARDISTE_DATA": str(data)},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    line: dict[str, int] = json.loads(printed)
    return line


async def until_it_says(agent: ServeProcess, words: str) -> None:
    async with asyncio.timeout(60):
        while not any(words in line for line in agent.other_lines):
            agent.news.clear()
            await agent.news.wait()


@pytest.mark.asterisk
async def test_an_upgrade_in_mid_call_is_heard_by_nobody(lab: AsteriskLab, tmp_path: Path) -> None:
    async with open_line(lab, tmp_path, ears=None) as line:
        old = line.agent
        port = old.address.rsplit(":", 1)[1]
        environment = {
            **behind(lab),
            "STANDARDISTE_MODELS": "",
            "STANDARDISTE_EARS": "none",
            "STANDARDISTE_DATA": str(tmp_path / "data"),
        }
        arguments = ("--beside", "--port", port, "--now", NOW, "--commune", str(line.town))
        during = await line.greeted()
        async with serve_process(*arguments, environment=environment) as new:
            await until_it_says(new, "prend la relève")
            assert (await told_to_drain(tmp_path / "data"))["drained"] == old.pid
            after = await line.greeted()
            await new.until_ready()
            assert await new.metric("standardiste_calls_active") == 1
            for call in (during, after):
                pressed = now()
                await call.press("1")
                await hears(call, line.expected({"dtmf": "1"})[1], pressed)
            assert old.process.returncode is None
            await during.hang_up()
            assert await asyncio.wait_for(old.process.wait(), 20) == 0
            assert not after.ended.is_set()
            await after.hang_up()
            await asyncio.to_thread(lab.wait_until_empty)
        assert "Traceback" not in "\n".join([*old.other_lines, *new.other_lines])


def test_two_agents_beside_each_other_have_two_names_and_a_third_has_none(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "STANDARDISTE_DATA": str(tmp_path),
            "STANDARDISTE_ARI_URL": "http://127.0.0.1:1",
            "STANDARDISTE_ARI_PASSWORD": "x",
        },
        Namespace(),
    )

    def app(own: Settings) -> str:
        assert own.ari is not None
        return own.ari.app

    with named(settings, beside=False) as first, named(settings, beside=True) as second:
        assert (app(first), app(second)) == ("accueil", "accueil-releve")
        with pytest.raises(Unusable, match="côte à côte"), named(settings, beside=True):
            pass
    with named(settings, beside=True) as one:
        assert app(one) == "accueil"
        with pytest.raises(Unusable, match="sous le nom « accueil »"), named(settings, beside=False):
            pass
    with named(settings, beside=True) as third:
        assert app(third) == "accueil"


def test_nobody_in_charge_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="Aucun standardiste n'est en service"):
        drain(tmp_path, 0.0)
    with in_charge(tmp_path):
        assert (tmp_path / "standardiste.pid").read_text() == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []


async def test_a_process_that_only_has_the_number_of_a_dead_agent_is_left_alone(tmp_path: Path) -> None:
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    (tmp_path / "standardiste.pid").write_text(f"{stranger.pid}\n")
    try:
        with pytest.raises(Unusable, match="Aucun standardiste n'est en service"):
            drain(tmp_path, 0.0)
        assert stranger.returncode is None
    finally:
        stranger.kill()
        assert await stranger.wait() == -signal.SIGKILL


def test_who_takes_over_is_in_charge_though_the_other_still_ends(tmp_path: Path) -> None:
    own = tmp_path / "standardiste.pid"
    with in_charge(tmp_path):
        first = own.stat()
        with in_charge(tmp_path):
            assert not os.path.samestat(first, own.stat())
        assert not own.exists()
    with ExitStack() as other:
        with in_charge(tmp_path):
            other.enter_context(in_charge(tmp_path))
        assert own.exists()
    assert list(tmp_path.iterdir()) == []
