"""The admins' pages, wired to the rest of the product: who comes, how they look, what they may ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.responses import HTMLResponse, Response

from callbacks.database import Database
from callbacks.pages.desk import desk_of
from callbacks.pages.guards import (
    FORM_FIELD,
    PageRefused,
    TooMuch,
    acting,
    current,
    form_token,
    look,
    someone,
)
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import HERE as CLERKS_PAGES
from callbacks.pages.rendering import Clock, environment
from callbacks.sessions import SignedIn
from prompts.annuaire import MAX_BYTES as MOST_RECORDS
from prompts.content import Town
from prompts.errors import ContentError
from prompts.pages.checking import complaints
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.install import TEMPLATES
from prompts.pages.to_look_at import PersonToCall, ToLookAt
from speech.engine import Synthesiser
from standardiste.admin_check import Proofs
from standardiste.admin_hearing import TextTrial, spoken_wav, told_hours, told_menu
from standardiste.admin_learning import CallsToLearnFrom
from standardiste.admin_live import Check, LiveTown
from standardiste.admin_recording import MAX_BYTES, AdminRecordings, too_big
from standardiste.admin_relying import relying_on
from standardiste.admin_replay import DraftReplays
from standardiste.review import to_look_at
from standardiste.town import read_town

MAX_FORM_BYTES = 2_000_000
"""A démarche with all its cases, or a file as it is."""
PATIENCE_BYTES = 300_000_000
"""Of something too long, read so that who sends it is told so; then the line is cut."""
SOUNDS_TO = ("/admin/enregistrements/", "/admin/annonces")
"""Where sounds are sent to."""
RECORDS_TO = "/admin/importer"
"""Where official data are sent to."""
TOO_MANY_RECORDS = (
    f"Ce fichier dépasse {MOST_RECORDS // 1_000_000} Mo : donnez la fiche de votre mairie seule, pas "
    "l'annuaire de tout le pays, ou quelques fiches de service-public à la fois."
)
JOINED = "Avec ce qui a été publié entre-temps, il y a un point à corriger."
"""Why a publication was not made at its date."""

_pages = environment.overlay(
    loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(CLERKS_PAGES / "templates")])
)


@dataclass(frozen=True)
class AdminParts:
    """What the pages ask of the running program."""

    live: LiveTown
    proofs: Proofs
    voice: Callable[[Town], Synthesiser]
    """Saying a content."""
    database: Database
    now: Callable[[], datetime]
    replays: DraftReplays
    learning: CallsToLearnFrom
    speak_ahead: Callable[[Town, Callable[[int, int], None]], Awaitable[int]]
    """Has all that is the same in every call spoken and kept; how much of it could not be."""


def admin_desk(parts: AdminParts) -> AdminDesk:
    """The desk of this program's admins."""
    live, now = parts.live, parts.now

    async def adopted() -> str:
        await live.refresh()
        return live.problem

    async def speak(text: str, telephone: bool) -> bytes:
        voice = await asyncio.to_thread(lambda: parts.voice(drafted(live)))
        return await spoken_wav(voice, text, telephone)

    async def hit_by(content: Path) -> tuple[PersonToCall, ...]:
        town = await asyncio.to_thread(read_town, content)
        return (await to_look_at(town, parts.database, now())).to_call

    async def ahead(content: Path, progress: Callable[[int, int], None]) -> int:
        return await parts.speak_ahead(await asyncio.to_thread(read_town, content), progress)

    async def note(who: Editor, action: str, subject: str) -> None:
        await write_note(parts.database, now(), who.clerk_id, action, subject)

    async def review() -> ToLookAt:
        return await to_look_at(live.town, parts.database, now())

    return AdminDesk(
        store=live.store,
        now=now,
        reader=reader,
        editor=editor,
        draw=draw,
        part=draw_part,
        load=read_town,
        prove=parts.proofs.of,
        speak=speak,
        told_hours=lambda town, place: told_hours(town, place, now()),
        told_menu=lambda town: told_menu(town, now()),
        trial=lambda folder: TextTrial(folder, now),
        adopted=adopted,
        note=note,
        replays=parts.replays,
        learning=parts.learning,
        recording=AdminRecordings(),
        review=review,
        hit_by=hit_by,
        speak_ahead=ahead,
        relying=lambda kind, key: relying_on(kind, key, live.town, parts.database, now()),
    )


def check_of(proofs: Proofs) -> Check:
    """What the publication's page checks, for what is published at its date, where nobody looks at a page."""

    async def check(content: Path) -> str:
        found = complaints(content, await proofs.of(content))
        return f"{JOINED} {found[0].title} : {found[0].message}" if found else ""

    return check


def drafted(live: LiveTown) -> Town:
    """The draft as it is now; what callers hear where there is none, or where it cannot be read yet."""
    draft = live.store.draft()
    if draft is None:
        return live.town
    try:
        return replace(read_town(draft.content), announcements=live.town.announcements)
    except ContentError:
        return live.town


async def reader(request: Request) -> Editor:
    """Who looks. Raises NotSignedIn, CodeMissing, PageRefused."""
    found = await current(await someone(request, await look(request, desk_of(request))))
    if not found.may("supervisor"):
        raise PageRefused("Cette page est réservée aux responsables.")
    return _editor(found)


async def editor(request: Request) -> Editor:
    """Who sends this form. Raises NotSignedIn, CodeMissing, ForgedForm, TooMuch, PageRefused."""
    most, words = _bounds(request.url.path)
    length = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers or not length.isdecimal():
        raise TooMuch("Ce formulaire est trop long.")
    found = await current(await someone(request, await look(request, desk_of(request))))
    if int(length[:12]) > most:
        await _let_pass(request)
        raise TooMuch(words)
    await acting(request, found)
    if not found.may("admin"):
        raise PageRefused("Seul un administrateur peut changer ce que disent les appels.")
    return _editor(found)


def _bounds(path: str) -> tuple[int, str]:
    """How many bytes may be sent there, and what is said of more."""
    if path.startswith(SOUNDS_TO):
        return MAX_BYTES + MAX_FORM_BYTES, too_big()
    if path.startswith(RECORDS_TO):
        return MOST_RECORDS + MAX_FORM_BYTES, TOO_MANY_RECORDS
    return MAX_FORM_BYTES, "Ce formulaire est trop long."


async def _let_pass(request: Request) -> None:
    """Reads what is too much and forgets it: a browser that is still sending hears no answer."""
    n_bytes = 0
    async for chunk in request.stream():
        n_bytes += len(chunk)
        if n_bytes > PATIENCE_BYTES:
            return


def _editor(found: SignedIn) -> Editor:
    return Editor(found.clerk_id, found.shown_name, found.may("admin"))


def draw(request: Request, template: str, status: int, values: Mapping[str, Any]) -> Response:
    """A whole page, with what the clerks' pages have around theirs; it stays in no cache."""
    desk = desk_of(request)
    shown = _pages.get_template(template).render(
        clock=Clock(desk),
        town=desk.town,
        person=getattr(request.state, "signed_in", None),
        path=request.url.path,
        form_field=FORM_FIELD,
        form_token=form_token(request),
        **values,
    )
    return HTMLResponse(shown, status, {"cache-control": "no-store"})


def draw_part(request: Request, template: str, values: Mapping[str, Any]) -> Response:
    """A piece of a page."""
    return draw(request, template, 200, values)
