"""The browser's telephone for admins: it rings the draft instead of what is published."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.templating import Jinja2Templates

from prompts.pages.guards import Reading
from standardiste.web.offers import answered
from standardiste.web.services import WebServices

PAGE = "/admin/essai/telephone"


def install_draft_telephone(app: FastAPI, services: WebServices, pages: Jinja2Templates) -> None:
    """The page and its calls. Whoever may read the draft may hear it."""

    @app.get(PAGE)
    async def draft_telephone(request: Request, _editor: Reading) -> Response:
        shown = {
            "town": services.town(),
            "offer": f"{PAGE}/appel",
            "heading": "Appeler le brouillon",
            "kept": "Rien n'est conservé.",
        }
        response = pages.TemplateResponse(request, "telephone.html", shown)
        response.headers["cache-control"] = "no-store"
        return response

    @app.post(f"{PAGE}/appel")
    async def offer(request: Request, _editor: Reading) -> JSONResponse:
        return await answered(request, services.start_draft_call)
