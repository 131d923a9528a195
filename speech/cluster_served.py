"""What Ray Serve runs of us: one engine behind one address, as many times as there is work for.

Of the utterances that wait in front of an ear, up to four are heard in one go (`NodeSettings.heard_at_once`),
the most urgent first, by a Whisper tuned for short windows: those that fill as many whole seconds and answer
the same kind of question, so that each is heard as it would be alone. That is the worker group's doing and
not that of `serve.batch`, which knows nothing of urgency. A lone one waits for nobody; who comes while
several are heard waits for all of them. Measured on one core (`python -m bench.cluster_batches`, 2026-11;
random weights, four at a time of much the same length): 90 % more a second in the shape of Whisper base, 76 %
in that of small. The built-in ears hear one by one: their decoder would gain 13 % where all are exactly as
long, and nothing (0.3 %) as they come. A Whisper with its usual window of 30 s hears one by one too.
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
