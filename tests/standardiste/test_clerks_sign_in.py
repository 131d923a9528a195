"""From the command line to the clerks' page: an account is made, `serve` lets it in, the page is live."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.desk import PASSWORD, sign_in
from tests.support.serve_process import serve_process


def user_add(folder: Path, *arguments: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "standardiste", "user", "add", *arguments],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        env={**os.environ, "STANDARDISTE_DATA": str(folder)},
        timeout=60,
        check=False,
    )


async def test_an_account_made_on_the_command_line_opens_the_page(tmp_path: Path) -> None:
    made = await asyncio.to_thread(user_add, tmp_path, "elodie", "--role", "clerk", "--service", "urbanisme")
    assert (made.returncode, made.stdout) == (0, '{"user": "elodie", "role": "clerk"}\n')
    # While the agent writes for longer than a caller may wait, as when it first lays out its agendas.
    writer = sqlite3.connect(tmp_path / "standardiste.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(asyncio.to_thread(user_add, tmp_path, "elodie", "--role", "clerk"))
    await asyncio.sleep(4)
    writer.execute("COMMIT")
    writer.close()
    again = await waiting
    weak = await asyncio.to_thread(user_add, tmp_path, "zoe", "--role", "admin", password="court")
    for refused, words in ((again, "existe déjà"), (weak, "12 caractères au moins")):
        assert refused.returncode == 2
        assert words in refused.stderr
        assert PASSWORD not in refused.stderr

    environment = {
        "STANDARDISTE_MODELS": "",
        "STANDARDISTE_DATA": str(tmp_path),
        "STANDARDISTE_DATABASE": f"sqlite:///{tmp_path / 'standardiste.db'}",
    }
    async with serve_process(environment=environment) as agent:
        await agent.until_listening()
        async with httpx.AsyncClient(base_url=agent.address, timeout=30) as web:
            page = await sign_in(web, "elodie")
            assert "Mes services" in page.text
            async with web.stream("GET", "/direct") as news:
                assert news.headers["content-type"].startswith("text/event-stream")
                async for line in news.aiter_lines():
                    assert line == "event: liste"
                    break
                assert await agent.stop() == 0
