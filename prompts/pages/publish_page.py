"""The publication: what changes for callers, in words; now or at a date; what two versions both changed."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from prompts.errors import ContentError
from prompts.pages.checking import complaints
from prompts.pages.content_view import shipped_values
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of, said_text
from prompts.pages.guards import Acting, Reading, TheAdmin, TheChecks
from prompts.pages.publishing import Publishing, publications_of
from prompts.pages.recordings_page import outdated
from prompts.pages.replay_page import replayed_by, to_be_replayed
from prompts.pages.to_look_at import PersonToCall
from prompts.pages.words import changes_told, shown_whole, title_of
from prompts.versions_draft import Edit, values_of
from prompts.versions_errors import MergeConflict, VersionsError
from prompts.versions_files import content_digest
from prompts.versions_merge import Clash

router = APIRouter(prefix="/admin/publier")
FARTHEST = timedelta(days=366)


@router.get("")
async def publish_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor)


@router.get("/preuve")
async def proof(request: Request, desk: TheAdmin, checks: TheChecks, _editor: Reading) -> Response:
    """What the whole proof of the draft says; it takes half a minute where the draft is new."""
    folder = desk.store.draft_or_served()
    wrong = bool(await asyncio.to_thread(checks.of, folder))
    found = () if wrong else complaints(folder, await desk.prove(folder))
    return desk.part(request, "admin/proof.html", {"found": found, "wrong": wrong})


@router.post("")
async def publish(request: Request, desk: TheAdmin, checks: TheChecks, editor: Acting) -> Response:
    fields = fields_of(await request.form())
    why = said_text(fields, "pourquoi", "Pourquoi") or ""
    chosen = fields.get("date", "") if fields.get("quand") == "date" else ""
    seen, now, draft = fields.get("vu", ""), desk.now(), desk.store.draft()
    refused = ""
    if draft is not None:
        if await asyncio.to_thread(checks.of, draft.content):
            refused = "Il reste des points à corriger : rien n'a été publié."
        elif found := complaints(draft.content, await desk.prove(draft.content)):
            refused = f"Rien n'a été publié. {found[0].title} : {found[0].message}"
    if refused:
        return await _show(request, desk, editor, refused=refused, why=why, chosen=chosen)
    replayed = draft is not None and await to_be_replayed(desk, draft.content)
    if replayed and draft is not None and not replayed_by(desk, draft.content):
        return RedirectResponse("/admin/rejeu", 303)
    if fields.get("quand") != "date":

        async def published() -> None:
            number = await asyncio.to_thread(
                desk.store.publish, editor.name, why, now, seen, replayed=replayed
            )
            problem = await desk.adopted()
            await desk.note(editor, "publier", f"content version {number}")
            if problem:
                raise NotTakenUp(problem)

        content = desk.store.draft_or_served()
        it = await publications_of(request).make(desk, content, editor.name, published)
        return await _ended(request, desk, editor, it, why)
    try:
        at = _moment(fields, desk)
        await asyncio.to_thread(desk.store.schedule, editor.name, why, at, seen, replayed=replayed)
    except MergeConflict as conflict:
        return await _both(request, desk, editor, conflict.clashes)
    except VersionsError as error:
        return await _show(request, desk, editor, refused=str(error), why=why, chosen=chosen)
    await desk.note(editor, "prévoir une publication", f"content {at:%Y-%m-%dT%H:%M}")
    return RedirectResponse("/admin?fait=prevu", 303)


@router.get("/voix")
async def speaking(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    """How far a publication is that is being spoken; where it led once it is over."""
    it = publications_of(request).last
    return RedirectResponse("/admin/publier", 303) if it is None else await _ended(request, desk, editor, it)


@router.get("/voix/etat")
async def speaking_state(request: Request, desk: TheAdmin, _editor: Reading) -> Response:
    """How far it is; the whole page again once it is over."""
    it = publications_of(request).under_way
    answer = desk.part(request, "admin/publishing_state.html", {"publishing": it})
    if it is None:
        answer.headers["HX-Redirect"] = "/admin/publier/voix"
    return answer


async def _ended(
    request: Request, desk: AdminDesk, editor: Editor, it: Publishing, why: str = ""
) -> Response:
    """What a publication came to, or its bar."""
    if not it.over:
        if request.method == "POST":
            return RedirectResponse("/admin/publier/voix", 303)
        return await show(request, editor, "publishing.html", publishing=it)
    match it.error:
        case None:
            return RedirectResponse("/admin?fait=publie", 303)
        case MergeConflict(clashes=clashes):
            return await _both(request, desk, editor, clashes)
        case NotTakenUp() as error:
            return await show(
                request, editor, "said.html", status=500, refused=str(error), title="Publication"
            )
        case error:
            return await _show(request, desk, editor, refused=str(error), why=why)


@router.post("/trancher")
async def settle(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """Where the draft and a newer version both changed a part: which counts. Then the publication again."""
    fields = fields_of(await request.form())
    chosen = (name for name, choice in fields.items() if name.startswith("choix-") and choice == "publie")
    try:
        theirs = frozenset(tuple(json.loads(name.removeprefix("choix-"))) for name in chosen)
    except (ValueError, TypeError, RecursionError) as error:
        raise VersionsError("Ce choix n'est plus lisible : relisez et recommencez.") from error
    await asyncio.to_thread(desk.store.settle, theirs, desk.now())
    await desk.note(editor, "trancher", "content draft")
    return RedirectResponse("/admin/publier", 303)


@router.post("/annuler")
async def unschedule(desk: TheAdmin, editor: Acting) -> Response:
    await asyncio.to_thread(desk.store.unschedule)
    await desk.note(editor, "annuler une publication", "content")
    return RedirectResponse("/admin?fait=deprevu", 303)


@router.post("/ecarter")
async def discard(desk: TheAdmin, editor: Acting) -> Response:
    await asyncio.to_thread(desk.store.discard_draft, desk.now())
    await desk.note(editor, "écarter le brouillon", "content draft")
    return RedirectResponse("/admin?fait=jete", 303)


@router.post("/remarque")
async def comment(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    fields = fields_of(await request.form())
    text = said_text(fields, "texte", "Remarque")
    on = int(fields["sur"]) if fields.get("sur", "").isdecimal() and len(fields["sur"]) < 6 else 0
    if text:
        await asyncio.to_thread(desk.store.comment, on, editor.name, text[:1000], desk.now())
    back = f"/admin/historique/{on}" if on else "/admin/publier"
    return RedirectResponse(f"{back}?fait=remarque", 303)


class NotTakenUp(VersionsError):
    """What is published is not what callers hear."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"C'est publié, mais l'agent n'a pas pu le prendre : {problem}")


async def adopted(request: Request, desk: AdminDesk, editor: Editor, done: str) -> Response:
    """On, once the running agent has taken it up; a page that says so where it could not."""
    problem = await desk.adopted()
    if problem:
        refused = str(NotTakenUp(problem))
        return await show(request, editor, "said.html", status=500, refused=refused, title="Publication")
    return RedirectResponse(f"/admin?fait={done}", 303)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, *, refused: str = "", why: str = "", chosen: str = ""
) -> Response:
    """`chosen`: the date that was asked for, kept where it was refused."""
    values = await asyncio.to_thread(_shown, desk)
    return await show(
        request,
        editor,
        "publish.html",
        status=409 if refused else 200,
        refused=refused,
        why=why,
        chosen=chosen,
        to_call=await _hit(desk),
        **values,
    )


async def _hit(desk: AdminDesk) -> tuple[PersonToCall, ...]:
    """Who is to be called before the closures of the draft, the published ones included."""
    draft = desk.store.draft()
    if draft is None or desk.hit_by is None:
        return ()
    try:
        return await desk.hit_by(draft.content)
    except ContentError:
        return ()  # what is wrong with it is shown instead


def _shown(desk: AdminDesk) -> dict[str, Any]:
    draft = desk.store.draft()
    if draft is None:
        return {"changes": (), "seen": "", "edits": (), "comments": (), "tomorrow": "", "replay": None}
    changed = changes_told(values_of(desk.store.served_folder()), values_of(draft.content), shipped_values())
    tomorrow = (desk.now().astimezone(desk.tz) + timedelta(days=1)).date()
    return {
        "changes": changed,
        "seen": content_digest(draft.content),
        "edits": edits_told(tuple(reversed(draft.edits)), values_of(draft.content)),
        "comments": desk.store.comments(0),
        "tomorrow": f"{tomorrow}T00:00",
        "replay": desk.replays.state(draft.content) if desk.replays else None,
        "outdated": outdated(desk),
    }


def edits_told(edits: tuple[Edit, ...], values: dict[str, Any]) -> tuple[tuple[Edit, str], ...]:
    """Each change with what it was about, for people."""
    return tuple((edit, title_of(edit.part.file, edit.part.path, values)) for edit in edits)


def scheduled_changes(desk: AdminDesk) -> tuple[str, ...]:
    """What callers will hear otherwise once the publication that waits is made."""
    waiting = desk.store.scheduled_content()
    if waiting is None:
        return ()
    return changes_told(values_of(desk.store.served_folder()), values_of(waiting), shipped_values())


async def _both(request: Request, desk: AdminDesk, editor: Editor, clashes: tuple[Clash, ...]) -> Response:
    draft = desk.store.draft()
    values = values_of(draft.content) if draft else {}
    rows = [
        (
            json.dumps(each.path),
            title_of(str(each.path[0]), each.path[1:], values),
            shown_whole(each.mine),
            shown_whole(each.theirs),
        )
        for each in clashes
    ]
    return await show(request, editor, "merge.html", status=409, rows=rows)


def _moment(fields: dict[str, str], desk: AdminDesk) -> datetime:
    """The date asked for, on the town's clock. Raises VersionsError."""
    try:
        at = datetime.fromisoformat(fields.get("date", ""))
    except ValueError as error:
        raise VersionsError("Choisissez le jour et l'heure de la publication.") from error
    aware = at.replace(tzinfo=desk.tz) if at.tzinfo is None else at
    if not desk.now() < aware < desk.now() + FARTHEST:
        raise VersionsError("Choisissez une date à venir, à moins d'un an : celle-ci ne l'est pas.")
    return aware
