"""Who looks, who changes, and the desk, for the pages' functions."""

from typing import Annotated

from fastapi import Depends, Request

from prompts.pages.checking import Checks
from prompts.pages.desk import AdminDesk, Editor


def admin_of(request: Request) -> AdminDesk:
    desk: AdminDesk = request.app.state.admin
    return desk


def checks_of(request: Request) -> Checks:
    checks: Checks = request.app.state.checks
    return checks


TheAdmin = Annotated[AdminDesk, Depends(admin_of)]
TheChecks = Annotated[Checks, Depends(checks_of)]


async def reading(request: Request, desk: TheAdmin) -> Editor:
    return await desk.reader(request)


async def acting(request: Request, desk: TheAdmin) -> Editor:
    return await desk.editor(request)


Reading = Annotated[Editor, Depends(reading)]
Acting = Annotated[Editor, Depends(acting)]
