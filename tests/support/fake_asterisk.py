"""A small WebSocket server that says what the real Asterisk was seen to say, and what a test slips in."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from telephony.ari.client import AsteriskSettings

MEDIA_START = json.dumps(
    {
        "event": "MEDIA_START",
        "connection_id": "f75580c1-ff76-4f99-a1d6-d36471081b07",
        "channel": "WebSocket/INCOMING/0x7f0abc016ea0",
        "channel_id": "m1",
        "format": "slin16",
        "optimal_frame_size": 640,
        "ptime": 20,
        "channel_variables": {},
    }
)


@asynccontextmanager
async def listening(
    handler: Callable[[ServerConnection], Awaitable[None]],
) -> AsyncIterator[AsteriskSettings]:
    """The settings that lead to a server which treats each connection so."""
    async with serve(handler, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield AsteriskSettings(f"http://127.0.0.1:{port}", "accueil", "secret", "accueil")


def answer_to(request: str | bytes, status: int = 200, body: object = None) -> str:
    """Asterisk's answer to a REST request on the socket."""
    asked: dict[str, Any] = json.loads(request)
    return json.dumps(
        {
            "type": "RESTResponse",
            "transaction_id": asked["transaction_id"],
            "request_id": asked["request_id"],
            "status_code": status,
            "reason_phrase": "OK" if status < 300 else "Error",
            "uri": asked["uri"],
            "content_type": "application/json",
            "message_body": json.dumps(body) if body is not None else "",
        }
    )


async def hold(connection: ServerConnection) -> None:
    """Keep a connection open until the client leaves."""
    await connection.wait_closed()


def soon() -> asyncio.Timeout:
    return asyncio.timeout(5)
