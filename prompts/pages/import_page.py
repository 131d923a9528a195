"""« Importer »: official data from a file, its differences shown, what is chosen of it put into the draft."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from prompts.annuaire import Directory, UnusableImport, directory_of, record_in
from prompts.annuaire_import import KEPT_AS, Proposal, kept_text, proposals_of
from prompts.comarquage import publication_in
from prompts.comarquage_draft import FOLDER as DRAFTS
from prompts.comarquage_draft import DraftProcedure, approved, draft_of
from prompts.errors import ContentError
from prompts.pages.contacts_form import new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of, needed_day, needed_text, sent_file
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.procedure_forms import file_of
from prompts.pages.procedures_page import keys_of, subject_names, subjects_taken
from prompts.pages.words import title_of, week_told
from prompts.versions_draft import Part, values_of
from prompts.versions_yaml import written_whole
from prompts.yaml_source import read_yaml

router = APIRouter(prefix="/admin/importer")
USUAL_VALIDITY = timedelta(days=365)
MOST_FILES = 20
FROM_DIRECTORY = "repris de l'annuaire"
_ID = re.compile(r"[A-Z]\d{1,7}")


@router.get("")
async def import_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor)


@router.post("/annuaire")
async def compare(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """What the record that was sent says otherwise, to choose from; nothing is written yet."""
    async with request.form() as form:
        insee = fields_of(form).get("insee", "").strip() or None
        sent, name = await sent_file(form, "fichier"), _name(form, "fichier")
    try:
        if sent is None:
            raise UnusableImport("Choisissez d'abord le fichier de la fiche.")
        record = await asyncio.to_thread(record_in, sent, name, insee)
        found = directory_of(record)
    except UnusableImport as error:
        return await _show(request, desk, editor, refused=_sentence(error), insee=insee or "")
    view = view_of(desk)
    return await show(
        request,
        editor,
        "import_directory.html",
        found=found,
        rows=_compared(view, found),
        record=json.dumps(record, ensure_ascii=False),
    )


@router.post("/annuaire/reprendre")
async def take_over(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """Puts the values that were ticked into the draft, and the record beside, to be compared each night."""
    fields = fields_of(await request.form())
    try:
        found = directory_of(record_in(fields.get("fiche", "").encode("utf-8", "replace"), "la fiche"))
    except UnusableImport as error:
        raise NoSuchPage("Cette fiche n'est plus lisible : envoyez-la à nouveau.") from error
    view, now = view_of(desk), desk.now()
    for each in proposals_of(view.own("commune.yaml"), found):
        if fields.get(_field(each)) and each.became != "same":
            part = Part("commune.yaml", each.path)
            await asyncio.to_thread(
                desk.store.edit, part, each.value, view.seen(part), editor.name, now, FROM_DIRECTORY
            )
    kept = Part(KEPT_AS)
    text = kept_text(found, now.astimezone(desk.tz).date())
    await asyncio.to_thread(desk.store.edit, kept, text, view.seen(kept), editor.name, now, FROM_DIRECTORY)
    await desk.note(editor, "importer", f"content annuaire {found.id}"[:120])
    return RedirectResponse("/admin/publier?fait=repris", 303)


@router.post("/fiches")
async def keep_drafts(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """Each fiche of service-public as a draft of a démarche; nothing of it is said."""
    async with request.form() as form:
        found = [each for each in form.getlist("fichiers") if isinstance(each, UploadFile)]
        sent = [(await each.read(), str(each.filename)) for each in found if each.filename]
    view, now = view_of(desk), desk.now()
    refused = [] if sent else ["Choisissez d'abord une ou plusieurs fiches."]
    if len(sent) > MOST_FILES:
        refused = [f"{MOST_FILES} fiches à la fois au plus."]
        sent = []
    n_kept = 0
    for data, name in sent:
        try:
            draft = await asyncio.to_thread(_draft_in, data, name)
        except UnusableImport as error:
            refused.append(_sentence(error))
            continue
        part = Part(f"{DRAFTS}/{draft.id}.yaml")
        if view.value(part) is not None:
            refused.append(f"La fiche {draft.id} attend déjà d'être relue : elle est gardée telle quelle.")
            continue
        await asyncio.to_thread(desk.store.edit, part, draft.yaml, view.seen(part), editor.name, now)
        n_kept += 1
    if n_kept:
        await desk.note(editor, "importer", f"content fiches {n_kept}")
    if refused:
        return await _show(request, desk, editor, refused=" ".join(refused))
    return RedirectResponse("/admin/importer?fait=fiche#fiches", 303)


@router.post("/fiches/{fiche}")
async def approve(request: Request, desk: TheAdmin, editor: Acting, fiche: str) -> Response:
    """The draft as a démarche of the town, still to be read: it is checked before anything is published."""
    fields = fields_of(await request.form())
    view, now = view_of(desk), desk.now()
    waiting = Part(f"{DRAFTS}/{fiche}.yaml")
    if not _ID.fullmatch(fiche) or view.value(waiting) is None:
        raise NoSuchPage("Cette fiche n'attend plus d'être relue.")
    if fields.get("choix") == "oublier":
        await asyncio.to_thread(desk.store.edit, waiting, None, view.seen(waiting), editor.name, now)
        return RedirectResponse("/admin/importer?fait=oubliee#fiches", 303)
    try:
        key = _key_for(view, fields)
        draft = approved(
            view.own(waiting.file),
            needed_text(fields, "nom", "Nom de la démarche"),
            fields.get("sujet", ""),
            needed_day(fields, "valable_jusquau", "Dit jusqu'au"),
        )
    except Unreadable as error:
        return await _show(request, desk, editor, refused=str(error))
    part = Part(file_of(key))
    text = written_whole(draft)
    await asyncio.to_thread(desk.store.edit, part, text, view.seen(part), editor.name, now, f"fiche {fiche}")
    await asyncio.to_thread(desk.store.edit, waiting, None, view.seen(waiting), editor.name, now)
    await desk.note(editor, "importer", f"content demarche {key}")
    return RedirectResponse(f"/admin/demarches/{key}?fait=enregistre", 303)


def _draft_in(data: bytes, name: str) -> DraftProcedure:
    """Raises UnusableImport."""
    return draft_of(publication_in([data], name))


def _key_for(view: ContentView, fields: Fields) -> str:
    """The démarche's key: the one that answers the subject now, else a new one. Raises Unreadable."""
    subject = fields.get("sujet", "")
    if subject not in subject_names(view):
        raise Unreadable("Choisissez ce dont parle cette fiche.")
    key = subjects_taken(view).get(subject)
    if key is None:
        return new_key(needed_text(fields, "nom", "Nom de la démarche"), tuple(keys_of(view)))
    if others := [each for each in view.shown(Part(file_of(key), ("services",))) or () if each != subject]:
        names = subject_names(view)
        told = ", ".join(names.get(str(each), str(each)) for each in others)
        raise Unreadable(
            f"La démarche qui répond à ce sujet répond aussi à : {told}. Retirez-lui d'abord ce sujet."
        )
    return key


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, *, refused: str = "", insee: str = ""
) -> Response:
    view = view_of(desk)
    until = desk.now().astimezone(desk.tz).date() + USUAL_VALIDITY
    taken = subjects_taken(view)
    return await show(
        request,
        editor,
        "import.html",
        status=422 if refused else 200,
        refused=refused,
        insee=insee,
        record=view.own(KEPT_AS),
        drafts=await asyncio.to_thread(_waiting, view),
        subjects=[(each, name, each in taken) for each, name in subject_names(view).items()],
        until=until.isoformat(),
    )


def _waiting(view: ContentView) -> list[dict[str, Any]]:
    """The drafts that wait to be read: what each brings, and what was noted beside it."""
    found = []
    for path in sorted((view.folder / DRAFTS).glob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            value = read_yaml(path, path.name).value
        except ContentError:
            continue  # told by the check of the file
        sheets = value.get("fiches") or ()
        found.append(
            {
                "id": path.stem,
                "nom": str(value.get("nom", path.stem)),
                "questions": len(value.get("questions") or ()),
                "pieces": sum(len(each.get("pieces") or ()) for each in sheets if isinstance(each, dict)),
                "a_voir": re.findall(r"^# À VOIR : (.+)$", text, re.MULTILINE),
            }
        )
    return found


def _compared(view: ContentView, found: Directory) -> list[dict[str, Any]]:
    """Each value of the record beside the town's own, for people."""
    values = values_of(view.folder)
    return [
        {
            "field": _field(each),
            "title": title_of("commune.yaml", each.path, values),
            "before": _told(each, each.before),
            "after": _told(each, each.value),
            "became": each.became,
        }
        for each in proposals_of(view.own("commune.yaml"), found)
    ]


def _told(proposal: Proposal, value: str | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if proposal.path[-1] == "fuseau":
        return (value.rpartition("/")[2].replace("_", " "),)
    week = week_told(value) if proposal.path[-1] == "horaire" else None
    return tuple(f"{day} : {hours}" for day, hours in week) if week else (value,)


def _field(proposal: Proposal) -> str:
    return "reprendre-" + ".".join(map(str, proposal.path))


def _name(form: FormData, field: str) -> str:
    sent = form.get(field)
    return str(sent.filename)[:80] if isinstance(sent, UploadFile) else "le fichier"


def _sentence(error: UnusableImport) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
