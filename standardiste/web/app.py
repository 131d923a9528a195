"""The web application, made from the ports it is given."""

import json
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from callbacks.pages.install import install
from prompts.pages.install import install as install_admin
from standardiste.errors import CallRefused
from standardiste.web.headers import SecurityHeaders
from standardiste.web.services import WebServices
from telephony.browser_line import UnusableOffer

HERE = Path(__file__).parent
MAX_OFFER_BYTES = 64 * 1024
"""A browser's offer of one audio track and one data channel is about 3 KB."""


def create_app(services: WebServices) -> FastAPI:
    """The pages and endpoints of `standardiste serve`.

    Public, as nothing in them is about anybody: /healthz, /readyz, /metrics, /etat, and the browser's
    telephone, which reaches what any telephone reaches. All else asks who is there (`pages.guards`).
    """
    app = FastAPI(title="standardiste", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    pages = Jinja2Templates(directory=HERE / "templates")

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        parts = await services.readiness()
        ready = all(part.ready for part in parts.values())
        states = {name: part.state for name, part in parts.items()}
        return JSONResponse({"ready": ready, **states}, status_code=200 if ready else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(services.metrics), headers={"content-type": CONTENT_TYPE_LATEST})

    @app.get("/etat", response_class=HTMLResponse)
    async def state(request: Request) -> Response:
        return pages.TemplateResponse(
            request, "state.html", {"town": services.town, "parts": await services.readiness()}
        )

    @app.get("/telephone", response_class=HTMLResponse)
    async def telephone(request: Request) -> Response:
        return pages.TemplateResponse(request, "telephone.html", {"town": services.town})

    @app.post("/telephone/offer")
    async def offer(request: Request) -> JSONResponse:
        sdp = await _offered_sdp(request)
        if sdp is None:
            return _refused("Il faut l'offre du navigateur : un objet JSON avec « sdp ».", 400)
        try:
            return JSONResponse({"sdp": await services.start_browser_call(sdp)})
        except UnusableOffer as error:
            return _refused(str(error), 400)
        except CallRefused as error:
            return _refused(str(error), 503)

    install(app, services.desk)
    if services.admin is not None:
        install_admin(app, services.admin)
    return app


async def _offered_sdp(request: Request) -> str | None:
    """The SDP, None if the body is too long or something else.

    The content type is asked for because no page of another site can send it unasked (Fetch, CORS-safelisted
    request headers): otherwise any page could make the town hall's telephone ring.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_OFFER_BYTES:
            return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    sdp = content.get("sdp") if isinstance(content, dict) else None
    return sdp if isinstance(sdp, str) else None


def _refused(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
