"""The clerks' pages as part of a web application, with what it says when it must say no."""

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from callbacks.errors import DatabaseUnavailable, NoSuchRecord
from callbacks.pages import (
    account_page,
    accounts_page,
    acting,
    agenda_page,
    calendar_feed,
    calls_page,
    closing_page,
    dashboard,
    documents_page,
    export,
    files_page,
    hub,
    inbound_sms,
    link_pages,
    list_page,
    messages_page,
    person_page,
    place_page,
    rdvsp_page,
    signing_in,
    sound_page,
    story_page,
    test_set_page,
    ticket_page,
    tickets_page,
    titles_page,
    visit_deeds,
    voicemail_page,
    waiting_page,
)
from callbacks.pages.desk import Desk, desk_of
from callbacks.pages.drawing import DrawnLists
from callbacks.pages.guards import CodeMissing, NotSignedIn, PageRefused
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import STATIC, page

log = logging.getLogger("standardiste.records")


def install(app: FastAPI, desk: Desk) -> None:
    """Puts the pages and their words for what goes wrong into the application."""
    app.state.desk = desk
    app.state.drawn = DrawnLists()
    app.mount("/guichet", StaticFiles(directory=STATIC), name="guichet")
    for room in (
        signing_in, account_page, list_page, export, acting, story_page, agenda_page, tickets_page, dashboard,
        ticket_page, files_page, messages_page, link_pages, inbound_sms, documents_page, waiting_page,
        closing_page, place_page, accounts_page, calendar_feed, test_set_page, hub, titles_page, rdvsp_page,
        voicemail_page, person_page, visit_deeds, calls_page, sound_page,
    ):  # fmt: skip
        app.include_router(room.router)
    app.add_exception_handler(PageRefused, _refused)
    app.add_exception_handler(NoSuchRecord, _gone)
    app.add_exception_handler(DatabaseUnavailable, _database_away)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PageRefused)
    if isinstance(error, NotSignedIn):
        return await _sign_in_first(request, error)
    if isinstance(error, CodeMissing):
        return _go(request, f"/connexion/code?suite={_wanted(request)}")
    await _note(request, error)
    return _say(request, error.status, "Accès refusé", str(error))


async def _note(request: Request, error: PageRefused) -> None:
    """Who was refused what, by the name of the page: its address may hold a key."""
    person, desk = getattr(request.state, "signed_in", None), desk_of(request)
    if person is None or error.status != PageRefused.status:
        return
    page_name = getattr(request.scope.get("route"), "path", "?")
    try:
        await write_note(desk.database, desk.now(), person.clerk_id, "accès refusé", page_name)
    except DatabaseUnavailable:
        log.warning("a refusal cannot be noted: the database is away")


async def _sign_in_first(request: Request, error: NotSignedIn) -> Response:
    address = f"/connexion?suite={_wanted(request)}{'&expire=1' if error.expired else ''}"
    if "text/event-stream" in request.headers.get("accept", ""):
        return PlainTextResponse(str(error), 401)
    if request.method in ("GET", "HEAD"):
        return _go(request, address)
    # What was typed is shown once more, so that it is not lost; nothing was done with it.
    note = (await request.form()).get("note") if request.method == "POST" else None
    lost = note if isinstance(note, str) else ""
    return _say(request, 401, "Session terminée", str(error), address, "Se connecter", lost)


def _go(request: Request, address: str) -> Response:
    if "hx-request" in request.headers:
        return PlainTextResponse("", headers={"hx-redirect": address})
    return RedirectResponse(address, 303)


def _wanted(request: Request) -> str:
    if request.method != "GET":
        return "/"
    return quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


async def _gone(request: Request, error: Exception) -> Response:
    return _say(request, 404, "Introuvable", str(error))


async def _database_away(request: Request, _error: Exception) -> Response:
    sentence = "La base de données ne répond pas : rien n'a été changé. Réessayez dans un instant."
    return _say(request, 503, "Un instant", sentence)


async def _unreadable(request: Request, _error: Exception) -> Response:
    return _say(
        request, 422, "Demande illisible", "Cette adresse ou ce formulaire n'a pas la forme attendue."
    )


_SENTENCES = {
    404: ("Page introuvable", "Il n'y a rien à cette adresse."),
    405: ("Demande refusée", "Cette adresse ne se demande pas ainsi."),
}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title, sentence = _SENTENCES.get(error.status_code, ("Demande refusée", "Cette demande n'a pas abouti."))
    response = _say(request, error.status_code, title, sentence)
    response.headers.update(error.headers or {})
    return response


def _say(
    request: Request,
    status: int,
    title: str,
    sentence: str,
    onward: str = "/",
    onward_words: str = "Revenir aux rappels",
    note: str = "",
) -> Response:
    return page(
        "refused.html",
        request,
        desk_of(request),
        status=status,
        title=title,
        sentence=sentence,
        onward=onward,
        onward_words=onward_words,
        note=note,
    )
