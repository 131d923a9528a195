"""Announcements: said first to every caller within a minute, silent by themselves at their end."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.announcements import MAX_ANNOUNCED
from prompts.errors import ContentError
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of, needed_text, sent_file
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.recordings_port import UnusableUpload
from prompts.versions_announcements import announce, read_announcements, stop
from prompts.versions_code import has_code, set_code
from prompts.versions_errors import VersionsError

router = APIRouter(prefix="/admin/annonces")
Word = Annotated[str, Query(max_length=60)]


@router.get("")
async def announcements_page(request: Request, desk: TheAdmin, editor: Reading, prete: Word = "") -> Response:
    view = view_of(desk)
    text = ready_texts(view).get(prete, ("", ""))[1]
    return await _show(request, desk, editor, {"texte": text}, "")


@router.post("")
async def say_announcement(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """From now on, or from the moment that was chosen, whatever the draft."""
    async with request.form() as form:
        fields, data = fields_of(form), await sent_file(form)
    try:
        text = needed_text(fields, "texte", "Annonce")
        start, end = _window(fields, desk)
        sound = await desk.recording.ready(data) if desk.recording and data is not None else None
        await asyncio.to_thread(announce, desk.store.root, text, start, end, editor.name, desk.now(), sound)
    except (Unreadable, VersionsError, UnusableUpload) as error:
        return await _show(request, desk, editor, fields, str(error), 422)
    await desk.note(editor, "annoncer", f"announcement until {end:%Y-%m-%dT%H:%M}")
    problem = await desk.adopted()
    if problem:
        return await _show(request, desk, editor, fields, problem, 500)
    return RedirectResponse("/admin/annonces?fait=annonce", 303)


@router.post("/code")
async def choose_code(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """The code for announcing by telephone; none: nobody can."""
    fields = fields_of(await request.form())
    try:
        await asyncio.to_thread(set_code, desk.store.root, "".join(fields.get("code", "").split()))
    except VersionsError as error:
        return await _show(request, desk, editor, {}, str(error), 422)
    await desk.note(editor, "changer le code", "announcement code")
    return RedirectResponse("/admin/annonces?fait=code", 303)


@router.post("/{key}/arreter")
async def stop_announcement(
    desk: TheAdmin, editor: Acting, key: Annotated[str, InPath(pattern=r"^[0-9a-f]{8}$")]
) -> Response:
    await asyncio.to_thread(stop, desk.store.root, key, desk.now())
    await desk.note(editor, "arrêter une annonce", f"announcement {key}")
    await desk.adopted()
    return RedirectResponse("/admin/annonces?fait=tue", 303)


def ready_texts(view: ContentView) -> dict[str, tuple[str, str]]:
    """The announcements written beforehand, by key: name and text."""
    found: dict[str, tuple[str, str]] = {}
    for source in (view.shipped("annonces.yaml"), view.own("annonces.yaml")):
        ready = source.get("pretes")
        for key, one in ready.items() if isinstance(ready, dict) else ():
            if isinstance(one, dict):
                found[key] = (str(one.get("nom", key)), str(one.get("texte", "")))
    return found


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, fields: Fields, refused: str, status: int = 200
) -> Response:
    values = await asyncio.to_thread(_shown, desk)
    return await show(
        request,
        editor,
        "announcements.html",
        status=status,
        refused=refused,
        fields=fields,
        most=MAX_ANNOUNCED,
        ends=ends(desk.now().astimezone(desk.tz)),
        **values,
    )


def _shown(desk: AdminDesk) -> dict[str, Any]:
    now = desk.now()
    found = read_announcements(desk.store.root)
    try:
        name = desk.load(desk.store.served_folder()).name
    except ContentError:
        name = ""
    return {
        "current": [each for each in found if each.end > now],
        "past": [each for each in found if each.end <= now][:10],
        "ready": [(key, *told) for key, told in ready_texts(view_of(desk)).items()],
        "commune": name,
        "has_code": has_code(desk.store.root),
    }


def ends(now: datetime) -> tuple[tuple[str, str], ...]:
    """The usual ends to choose from: their value, and how they are called. Pure; `now` is local."""
    evening = datetime.combine(now.date(), time(20), now.tzinfo)
    morning = datetime.combine(now.date() + timedelta(days=1), time(8), now.tzinfo)
    choices = [("1", "pendant une heure"), ("3", "pendant trois heures")]
    if now < evening - timedelta(hours=3):
        choices.append((evening.isoformat(timespec="minutes"), "jusqu'à ce soir, 20 h"))
    choices += [(morning.isoformat(timespec="minutes"), "jusqu'à demain, 8 h"), ("24", "pendant 24 heures")]
    return tuple(choices)


def end_of(value: str, start: datetime) -> datetime:
    """The instant that one of these values means: so many hours, or a moment. Raises ValueError."""
    if value.isdecimal() and len(value) < 4:
        return start + timedelta(hours=int(value))
    return datetime.fromisoformat(value)


def _window(fields: Fields, desk: AdminDesk) -> tuple[datetime, datetime]:
    """From when until when. Raises Unreadable."""
    now = desk.now().astimezone(desk.tz)
    start = _instant(fields.get("debut", ""), desk, "début") if fields.get("debut") else now
    chosen = fields.get("jusque", "")
    if chosen == "date" or not chosen:
        return start, _instant(fields.get("fin", ""), desk, "fin")
    if chosen.isdecimal() and len(chosen) < 4:
        return start, end_of(chosen, start)
    return start, _instant(chosen, desk, "fin")


def _instant(text: str, desk: AdminDesk, what: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"Choisissez le jour et l'heure de {what}.") from error
    if not 2020 <= at.year <= 2100:
        raise Unreadable(f"L'année de {what} n'est pas possible.")
    return at if at.tzinfo is not None else at.replace(tzinfo=desk.tz)
