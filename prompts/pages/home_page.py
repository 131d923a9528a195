"""The first page of the admins: what callers hear now, where the draft stands, what must be put right."""

import asyncio
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.content import Town
from prompts.errors import ContentError
from prompts.pages.desk import AdminDesk, Said
from prompts.pages.drawing import show
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.publish_page import scheduled_changes
from prompts.versions_announcements import read_announcements
from prompts.versions_errors import VersionsError

router = APIRouter()
SOON = timedelta(days=45)


@router.get("/admin")
async def home_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await show(request, editor, "home.html", **await asyncio.to_thread(_shown, desk))


def _shown(desk: AdminDesk) -> dict[str, Any]:
    now = desk.now()
    on = [each for each in read_announcements(desk.store.root) if each.end > now]
    number = desk.store.in_service()
    greeting: tuple[Said, ...] = ()
    expiring: tuple[tuple[str, str, date], ...] = ()
    trouble = ""
    try:
        folder = desk.store.source if number is None else desk.store.content_of(number)
        town = desk.load(folder)
        greeting = desk.told_menu(town)[:2]
        expiring = expiring_sheets(town, now.astimezone(desk.tz).date())
    except (ContentError, VersionsError) as error:
        trouble = str(error)
    return {
        "announcements": on,
        "version": desk.store.version(number) if number else None,
        "greeting": greeting,
        "expiring": expiring,
        "trouble": trouble,
        "coming": scheduled_changes(desk),
    }


def expiring_sheets(town: Town, today: date) -> tuple[tuple[str, str, date], ...]:
    """Fiches that are soon told no more, or are not now: the démarche's key, what it is about, until when."""
    found = [
        (key, sheet.name, until)
        for key, procedure in town.procedures.items()
        for sheet in procedure.sheets
        if (until := procedure.expiry_of(sheet)) is not None and until < today + SOON
    ]
    return tuple(sorted(found, key=lambda each: each[2]))
