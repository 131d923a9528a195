"""How a serving process is doing, for those that watch it: nothing in it is about anybody."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from standardiste.web.services import Part


def install_health(
    app: FastAPI, readiness: Callable[[], Awaitable[Mapping[str, Part]]], registry: CollectorRegistry
) -> None:
    """/healthz (live), /readyz (200 or 503, JSON per part) and /metrics (Prometheus)."""

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        parts = await readiness()
        ready = all(part.ready for part in parts.values())
        states = {name: part.state for name, part in parts.items()}
        return JSONResponse({"ready": ready, **states}, status_code=200 if ready else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})


def health_app(
    readiness: Callable[[], Awaitable[Mapping[str, Part]]], registry: CollectorRegistry
) -> FastAPI:
    """Only that: for a process that has no pages."""
    app = FastAPI(title="standardiste", docs_url=None, redoc_url=None, openapi_url=None)
    install_health(app, readiness, registry)
    return app
