"""One connection to Asterisk: answers, failures, and messages that are not what they should be."""

import asyncio
import dataclasses
import json
import socket

import pytest
from websockets.asyncio.server import ServerConnection

from telephony.ari import client
from telephony.ari.calls import Ari
from telephony.ari.client import AsteriskSettings, connected
from telephony.ari.events import ApplicationReplaced, Event
from telephony.errors import (
    AriClosed,
    AriRefused,
    AriRequestFailed,
    AriTimeout,
    AriUnreachable,
    MalformedAriMessage,
)
from tests.support.fake_asterisk import answer_to, hold, listening, soon
from tests.support.lab import AsteriskLab, free_port


@pytest.mark.asterisk
async def test_asterisk_is_asked_and_answers(lab: AsteriskLab) -> None:
    async with connected(lab.settings) as connection:
        ari = Ari(connection.request)
        await ari.ping()
        assert (await ari.version()).startswith("22.")
        assert (await ari.application("accueil")).channel_ids == ()
        bridge = await ari.create_bridge("essai/avec espace")
        assert bridge.id in {held.id for held in await ari.bridges()}
        await ari.delete_bridge(bridge.id)
        # Asterisk says yes before it has let it go.
        while bridge.id in {held.id for held in await ari.bridges()}:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.02)


@pytest.mark.asterisk
async def test_a_request_that_cannot_be_done_says_why(lab: AsteriskLab) -> None:
    async with connected(lab.settings) as connection:
        ari = Ari(connection.request)
        with pytest.raises(AriRequestFailed) as failed:
            await ari.answer("nobody")
        assert failed.value.status == 404
        assert failed.value.message == "Channel not found"
        assert await ari.channels() == ()


@pytest.mark.asterisk
async def test_a_wrong_password_is_told_from_an_absent_asterisk(lab: AsteriskLab) -> None:
    with pytest.raises(AriRefused, match="password"):
        async with connected(dataclasses.replace(lab.settings, password="faux")):
            pass
    with pytest.raises(AriUnreachable):
        async with connected(AsteriskSettings(f"http://127.0.0.1:{free_port(socket.SOCK_STREAM)}")):
            pass


@pytest.mark.parametrize(
    "odd", ["not json", "{}", '{"type":"StasisStart","args":[]}', b"\xff\x00", "[" * 9000]
)
async def test_a_malformed_event_is_counted_and_the_connection_lives_on(odd: str | bytes) -> None:
    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.send(odd)
        await asterisk.send('{"type":"ApplicationReplaced","application":"accueil","timestamp":""}')
        async for request in asterisk:
            await asterisk.send(answer_to(request))

    async with listening(handler) as settings, connected(settings) as connection, soon():
        event: Event = await anext(connection.events())
        assert event == ApplicationReplaced()
        assert connection.malformed == 1
        await Ari(connection.request).ping()


async def test_a_connection_that_closes_in_mid_request_says_so() -> None:
    async def handler(asterisk: ServerConnection) -> None:
        await asterisk.recv()

    async with listening(handler) as settings, connected(settings) as connection, soon():
        with pytest.raises(AriClosed):
            await Ari(connection.request).ping()
        with pytest.raises(AriClosed):
            await anext(connection.events())
        with pytest.raises(AriClosed):
            await Ari(connection.request).ping()


async def test_a_request_without_answer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REQUEST_TIMEOUT_S", 0.05)
    async with listening(hold) as settings, connected(settings) as connection, soon():
        with pytest.raises(AriTimeout):
            await Ari(connection.request).ping()


async def test_answers_find_their_requests_in_any_order() -> None:
    async def handler(asterisk: ServerConnection) -> None:
        first, second = await asterisk.recv(), await asterisk.recv()
        for request in (second, first):
            await asterisk.send(answer_to(request, body={"value": json.loads(request)["uri"]}))
        await hold(asterisk)

    async with listening(handler) as settings, connected(settings) as connection, soon():
        ari = Ari(connection.request)
        values = await asyncio.gather(ari.variable("a", "X"), ari.variable("b", "X"))
        assert list(values) == ["channels/a/variable", "channels/b/variable"]


async def test_an_answer_of_the_wrong_form_is_refused() -> None:
    async def handler(asterisk: ServerConnection) -> None:
        async for request in asterisk:
            await asterisk.send(answer_to(request, body={"name": "accueil"}))

    async with listening(handler) as settings, connected(settings) as connection, soon():
        with pytest.raises(MalformedAriMessage):
            await Ari(connection.request).application("accueil")
        for lists in (Ari(connection.request).channels, Ari(connection.request).bridges):
            with pytest.raises(MalformedAriMessage):
                await lists()
