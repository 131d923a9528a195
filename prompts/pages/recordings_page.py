"""Recorded sentences: somebody's own voice instead of the synthesised one."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import sent_file
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.recordable import SPOKEN_GROUPS, Kept, Recordable, kept_in, part_of, recordable
from prompts.pages.recordings_port import RecordingTools, UnusableUpload
from prompts.recordings import MOST_S, path_of
from prompts.versions_errors import EditConflict

router = APIRouter(prefix="/admin/enregistrements")
Key = Annotated[str, InPath(pattern=r"^[a-z_]{1,20}-[A-Za-z0-9_.~-]{1,100}$")]
Word = Annotated[str, Query(max_length=80)]


@dataclass(frozen=True)
class _Look:
    """One look at the draft's recordings."""

    view: ContentView
    tools: RecordingTools
    commune: str

    def sentences(self, group: str) -> list[Recordable]:
        return list(recordable(self.view, self.tools.pieces, self.commune, group))

    def kept(self) -> tuple[Kept, ...]:
        return kept_in(self.view, self.tools.pieces, self.commune)


@router.get("")
async def recordings_page(
    request: Request, desk: TheAdmin, editor: Reading, groupe: Word = "phrases", q: Word = ""
) -> Response:
    look = look_at(desk)
    group = groupe if groupe in SPOKEN_GROUPS else "phrases"
    words = q.casefold().strip()
    kept = await asyncio.to_thread(look.kept)
    rows = [
        each
        for each in await asyncio.to_thread(look.sentences, group)
        if not words or words in each.text.casefold() or words in each.name.casefold()
    ]
    return await show(
        request,
        editor,
        "recordings.html",
        kept=kept,
        recorded={each.key for each in kept},
        rows=rows,
        groups=SPOKEN_GROUPS,
        group=group,
        q=q,
        seconds=sum(each.seconds for each in kept),
        most_minutes=MOST_S // 60,
    )


@router.get("/{key}")
async def recording_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _show(request, desk, editor, key)


@router.post("/{key}")
async def record(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """The file that was sent, made ready and put into the draft."""
    look = look_at(desk)
    sentence, kept = await asyncio.to_thread(_found, look, key)
    async with request.form() as form:
        seen, data = str(form.get("vu", "")), await sent_file(form)
    if sentence is None or sentence.changing:
        raise NoSuchPage("Cette phrase ne peut pas être enregistrée.")
    try:
        if data is None:
            raise UnusableUpload("Choisissez d'abord le fichier de l'enregistrement.")
        sound = await look.tools.ready(data)
        if sum(each.seconds for each in look.kept() if each != kept) > MOST_S:
            raise UnusableUpload(
                f"Il y a déjà {MOST_S // 60} minutes d'enregistrements : retirez-en avant d'en ajouter."
            )
        edit = await asyncio.to_thread(
            desk.store.record, part_of(key), sentence.text, sound, seen, editor.name, desk.now()
        )
    except UnusableUpload as error:
        return await _show(request, desk, editor, key, str(error), 422)
    except EditConflict as conflict:
        refused = f"{conflict.who or 'Quelqu’un'} a enregistré cette phrase entre-temps : écoutez-la d'abord."
        return await _show(request, desk, editor, key, refused, 409)
    if edit is not None:
        await desk.note(editor, "enregistrer une voix", f"recording {key}"[:120])
    return RedirectResponse(f"/admin/enregistrements/{key}?fait=voix", 303)


@router.post("/{key}/retirer")
async def take_away(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """The voice says it again."""
    seen = str((await request.form()).get("vu", ""))
    try:
        await asyncio.to_thread(desk.store.edit, part_of(key), None, seen, editor.name, desk.now())
    except EditConflict as conflict:
        refused = (
            f"{conflict.who or 'Quelqu’un'} a changé cet enregistrement entre-temps : écoutez-le d'abord."
        )
        return await _show(request, desk, editor, key, refused, 409)
    await desk.note(editor, "retirer une voix", f"recording {key}"[:120])
    return RedirectResponse("/admin/enregistrements?fait=sans_voix", 303)


@router.get("/{key}/son")
async def sound(
    desk: TheAdmin, _editor: Reading, key: Key, telephone: Annotated[str, Query(max_length=1)] = ""
) -> Response:
    """The recording of the draft; `telephone=1`: with what a telephone line leaves of it."""
    look = look_at(desk)
    _, kept = await asyncio.to_thread(_found, look, key)
    path = path_of(look.view.folder, kept.sound) if kept else None
    if path is None or not path.is_file():
        raise NoSuchPage("Cet enregistrement n'existe pas.")
    wav = await look.tools.heard(await asyncio.to_thread(path.read_bytes), telephone=bool(telephone))
    return Response(wav, media_type="audio/wav", headers={"cache-control": "no-store"})


def look_at(desk: AdminDesk) -> _Look:
    """Raises NoSuchPage where nothing can be recorded."""
    if desk.recording is None:
        raise NoSuchPage("Ce service ne reçoit pas d'enregistrements.")
    view = view_of(desk)
    return _Look(view, desk.recording, str(view.own("commune.yaml").get("nom", "")))


def outdated(desk: AdminDesk) -> tuple[Kept, ...]:
    """The recordings whose sentence says something else by now: nobody hears them any more."""
    if desk.recording is None:
        return ()
    return tuple(each for each in look_at(desk).kept() if not each.is_heard)


def _found(look: _Look, key: str) -> tuple[Recordable | None, Kept | None]:
    group = key.partition("-")[0]
    sentence = next((each for each in look.sentences(group) if each.key == key), None)
    return sentence, next((each for each in look.kept() if each.key == key), None)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, key: str, refused: str = "", status: int = 200
) -> Response:
    look = look_at(desk)
    sentence, kept = await asyncio.to_thread(_found, look, key)
    if sentence is None and kept is None:
        raise NoSuchPage("Cette phrase n'existe pas.")
    fixed = [each for each in look.sentences(key.partition("-")[0]) if each.key.startswith(f"{key}~")]
    return await show(
        request,
        editor,
        "recording.html",
        status=status,
        refused=refused,
        key=key,
        sentence=sentence,
        kept=kept,
        fixed=fixed,
        name=sentence.name if sentence else kept.name if kept else key,
        seen=look.view.seen(part_of(key)),
    )
