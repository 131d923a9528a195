"""Two numbers of one Asterisk, two towns: each call is taken, and given to people, where it belongs."""

import asyncio
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from standardiste.cli import main
from tests.support.lab import PASSWORD, AsteriskLab, free_port
from tests.support.short_town import NOW
from tests.support.sip_caller import CallRefused, SipPhone
from tests.support.towns import TOWNS, platform_process, write_town
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk
ONE, OTHER = TOWNS
NOBODYS = "0299000009"
RELOADED = (
    "dialplan reload",
    "module reload app_queue.so",
    "module reload app_voicemail.so",
    "module reload res_pjsip.so",
)


async def figure(watched: str, town: str) -> float:
    """How many calls the platform says that this town took."""
    async with httpx.AsyncClient() as client:
        told = (await client.get(f"{watched}/metrics")).text
    found = re.search(rf'^standardiste_calls_total{{commune="{town}"}} (\S+)$', told, re.MULTILINE)
    return float(found[1]) if found else 0.0


def of_database(folder: Path, town: str, question: str) -> set[str]:
    """What this town's database answers."""
    with closing(sqlite3.connect(folder / town / "donnees" / "standardiste.db")) as database:
        return {row[0] for row in database.execute(question)}


async def test_a_call_reaches_the_town_of_its_number_and_that_town_s_people_and_an_unknown_number_nobody(
    lab: AsteriskLab, tmp_path: Path
) -> None:
    folder, posts = tmp_path / "villes", {town: free_port(socket.SOCK_DGRAM) for town in TOWNS}
    for town, number in TOWNS.items():
        write_town(folder, town, number, None, POST=f"sip:accueil@127.0.0.1:{posts[town]}")
    local = lab.config / "local"
    asked = ["platform", "asterisk", str(folder), "--into", str(local)]
    assert await asyncio.to_thread(main, asked) == 0
    for command in RELOADED:
        lab.cli(command)
    environment = {
        "STANDARDISTE_ARI_URL": lab.settings.url,
        "STANDARDISTE_ARI_USER": lab.settings.user,
        "STANDARDISTE_ARI_PASSWORD": PASSWORD,
    }
    try:
        async with (
            platform_process(folder, tmp_path / "data", "--now", NOW, environment=environment) as platform,
            SipPhone.opened() as phone,
            SipPhone.opened(port=posts[ONE]) as post,
            SipPhone.opened(port=posts[OTHER]) as elsewhere,
        ):
            await platform.until_served(2)
            await until(lambda: lab.cli("ari show apps").count(".accueil") >= 2, 10)
            with pytest.raises(CallRefused) as refused:
                await phone.ring(lab.sip, NOBODYS)
            assert refused.value.status == 404
            calls = [
                await phone.ring(lab.sip, TOWNS[town], caller=f"069611000{index}", timeout_s=20)
                for index, town in enumerate(TOWNS)
            ]
            for call in calls:
                await call.first_voiced_after(call.answered_at)
            await calls[0].press("0")
            at_post = await post.next_call(timeout_s=20)
            assert f"{ONE}.accueil" in lab.cli(f"queue show {ONE}.accueil")
            assert [await figure(platform.watched, town) for town in TOWNS] == [1.0, 1.0]
            at_post.reject()
            for call in calls:
                await call.hang_up()
            await asyncio.to_thread(lab.wait_until_empty)
            missed = "SELECT phone FROM callbacks"  # who hung up in the queue
            await until(lambda: of_database(folder, ONE, missed) == {"+596696110000"}, 20)
            assert of_database(folder, OTHER, missed) == set()
            with pytest.raises(TimeoutError):
                await elsewhere.next_call(timeout_s=0.1)
        for index, town in enumerate(TOWNS):
            assert of_database(folder, town, "SELECT caller FROM calls") == {f"+59669611000{index}"}
    finally:
        for file in local.glob("villes-*.conf"):
            file.unlink()
        for command in RELOADED:
            lab.cli(command)
