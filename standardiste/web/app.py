"""The web application, made from the ports it is given."""

import time
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.requests import ClientDisconnect

from callbacks.pages.install import install
from prompts.pages.install import install as install_admin
from standardiste.web.doorbell import Doorbell
from standardiste.web.draft_telephone import install_draft_telephone
from standardiste.web.head_requests import HeadAsGet
from standardiste.web.headers import SecurityHeaders
from standardiste.web.health import install_health
from standardiste.web.offers import answered
from standardiste.web.services import WebServices

HERE = Path(__file__).parent


async def _nobody_there(_request: Request, _error: Exception) -> Response:
    """For whoever left while sending, as a page does that checks what is typed: nothing of ours failed."""
    return Response(status_code=400)


def create_app(services: WebServices) -> FastAPI:
    """The pages and endpoints of `standardiste serve`.

    Public, as nothing in them is about anybody: /healthz, /readyz, /metrics, /etat, and the browser's
    telephone, which reaches what any telephone reaches. All else asks who is there (`pages.guards`).
    """
    app = FastAPI(title="standardiste", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(HeadAsGet)
    app.add_exception_handler(ClientDisconnect, _nobody_there)
    app.add_middleware(SecurityHeaders, secure=(services.desk.public_url or "").startswith("https://"))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    pages = Jinja2Templates(directory=HERE / "templates")

    install_health(app, services.readiness, services.metrics)

    @app.get("/etat", response_class=HTMLResponse)
    async def state(request: Request) -> Response:
        return pages.TemplateResponse(
            request,
            "state.html",
            {"town": services.town(), "parts": await services.readiness(), "notices": services.notices()},
        )

    @app.get("/telephone", response_class=HTMLResponse)
    async def telephone(request: Request) -> Response:
        shown = {
            "town": services.town(),
            "offer": "/telephone/offer",
            "heading": "Appeler la mairie",
            "kept": "La mairie en garde ce qu'elle garde de tout appel.",
        }
        return pages.TemplateResponse(request, "telephone.html", shown)

    bell = Doorbell(time.monotonic)

    @app.post("/telephone/offer")
    async def offer(request: Request) -> JSONResponse:
        return await answered(request, services.start_browser_call, bell)

    install(app, services.desk)
    if services.admin is not None:
        install_admin(app, services.admin)
        install_draft_telephone(app, services, pages)
    return app
