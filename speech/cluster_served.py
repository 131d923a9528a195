"""What Ray Serve runs of us: one engine behind one address, as many times as there is work for.

Utterances are heard one by one, the most urgent first, not in batches (`serve.batch`). On one core, four of
the same length at once save the built-in Whisper 12 % of its time (90 ms each become 79; 2026-11), and each
would wait for the other three. A graphics processor would be another matter.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from speech.cluster_replica import EngineReplica, Refused


class ServedEngine:
    """A deployment of Ray Serve; the names of its methods are Serve's."""

    def __init__(self, secret: str | None) -> None:
        self._replica = EngineReplica(secret)

    async def reconfigure(self, config: dict[str, Any]) -> None:
        """Loads the engine. Raises UnusableModel: Serve then tries another machine."""
        await self._replica.load(config)

    async def __call__(self, request: Request) -> Response:
        """One message's answer."""
        headers = request.headers
        try:
            answer = await self._replica.ask(
                await request.body(), headers.get("x-priority", ""), headers.get("authorization", "")
            )
        except Refused:
            return Response(status_code=401)
        return Response(answer, media_type="application/octet-stream")

    async def check_health(self) -> None:
        """Raises EngineFailed: Serve then ends this one and starts another."""
        await self._replica.examine()
