"""A clerk's own account, as they see it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from callbacks.pages.desk import TheDesk
from callbacks.pages.guards import Person
from callbacks.pages.rendering import page

router = APIRouter()


@router.get("/compte")
async def account_page(request: Request, desk: TheDesk, person: Person) -> Response:
    return page("account.html", request, desk, person)
