"""Other services of towns, as their documents say they answer, on real sockets of loopback.

The de-duplication service of France Titres and RDV-Service-Public: neither can be run here, both are spoken
to over HTTP.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from tests.support.desk import QuietServer

TOKEN = "une-cle-d-essai"
PASSWORD = "un mot de passe d'essai"


@dataclass
class Services:
    address: str = ""
    statuses: dict[str, str] = field(default_factory=dict)
    """Of pre-demandes."""
    declared: list[tuple[str, str, str]] = field(default_factory=list)
    """Number, meeting point, date."""
    rdvs: list[dict[str, Any]] = field(default_factory=list)
    per_page: int = 2
    down: bool = False


def _app(world: Services) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def may_be_down(request: Request, go_on: Any) -> Response:
        if world.down:
            return JSONResponse({"error": "maintenance"}, 503)
        coordination = request.url.path in ("/status", "/appointments")
        if coordination and request.headers.get("x-rdv-opt-auth-token") != TOKEN:
            return JSONResponse({"error": "unauthorised"}, 401)
        answer: Response = await go_on(request)
        return answer

    @app.get("/status")
    async def status(request: Request) -> Response:
        def one(number: str) -> dict[str, Any]:
            booked = [
                {"meeting_point_id": point, "appointment_date": at}
                for n, point, at in world.declared
                if n == number
            ]
            return {"status": world.statuses.get(number, "unknown"), "appointments": booked}

        return JSONResponse(
            {number: one(number) for number in request.query_params.getlist("application_ids")}
        )

    @app.post("/appointments")
    async def declare(application_id: str, meeting_point_id: str, appointment_date: str) -> Response:
        world.declared.append((application_id, meeting_point_id, appointment_date))
        return JSONResponse({"success": True})

    @app.delete("/appointments")
    async def withdraw(application_id: str, meeting_point_id: str, appointment_date: str) -> Response:
        before = len(world.declared)
        row = (application_id, meeting_point_id, appointment_date)
        world.declared[:] = [each for each in world.declared if each != row]
        return JSONResponse({"rowcount": before - len(world.declared)})

    @app.post("/api/v1/auth/sign_in")
    async def sign_in(request: Request) -> Response:
        if (await request.json())["password"] != PASSWORD:
            return JSONResponse({"errors": ["Identifiants invalides"]}, 401)
        return JSONResponse({}, headers={"access-token": "a", "client": "b", "uid": "c"})

    @app.get("/api/v1/organisations/{organisation}/rdvs")
    async def rdvs(request: Request, organisation: int, page: int = 1) -> Response:
        if request.headers.get("access-token") != "a" or organisation != 2:
            return JSONResponse({}, 401)
        shown = world.rdvs[(page - 1) * world.per_page : page * world.per_page]
        pages = max(1, -(-len(world.rdvs) // world.per_page))
        return JSONResponse({"rdvs": shown, "meta": {"current_page": page, "total_pages": pages}})

    return app


@asynccontextmanager
async def outside_services() -> AsyncIterator[Services]:
    world, door = Services(), socket.create_server(("127.0.0.1", 0))
    world.address = f"http://127.0.0.1:{door.getsockname()[1]}"
    config = uvicorn.Config(_app(world), log_config=None, access_log=False, lifespan="off")
    server = QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[door]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield world
    finally:
        server.should_exit = True
        await running
