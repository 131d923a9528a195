"""How a serving process ends: its pages hold up neither its calls nor its end."""

import asyncio
import os
import signal
import socket

import pytest
from fastapi import FastAPI, Request

from standardiste import doors
from standardiste.doors import WebServer, serve_pages
from standardiste.ending import Ending
from telephony.bridge import AsteriskBridge, AsteriskSettings
from tests.support.desk import empty_desk
from tests.support.echo_app import echo
from tests.support.waiting import until

ANNOUNCES_A_BODY = b"POST / HTTP/1.1\r\nHost: mairie\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize(("patience_s", "told_again"), [(1, False), (60, True)])
async def test_a_request_that_never_ends_holds_up_neither_the_calls_nor_the_end(
    monkeypatch: pytest.MonkeyPatch, patience_s: int, told_again: bool
) -> None:
    monkeypatch.setattr(doors, "PAGES_END_S", patience_s)
    app, begun, ending = FastAPI(), asyncio.Event(), Ending()

    @app.post("/")
    async def waits(request: Request) -> None:
        begun.set()
        await request.body()

    bridge = AsteriskBridge(AsteriskSettings("http://127.0.0.1:1", "accueil", "x", "accueil"), echo)
    with socket.create_server(("127.0.0.1", 0)) as door, ending.listening():
        server = WebServer(app, empty_desk().live)
        serving = asyncio.create_task(serve_pages(server, door, ending, bridge))
        _, sender = await asyncio.open_connection(*door.getsockname())
        sender.write(ANNOUNCES_A_BODY)
        await asyncio.wait_for(begun.wait(), 10)
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: bridge._draining)
        assert not serving.done()
        if told_again:
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 10)
        sender.close()
        await sender.wait_closed()
        await until(lambda: not server.server_state.connections)
