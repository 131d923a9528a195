"""Démarches: each a tree of questions that ends in fiches: documents, costs, delays, sources, validity."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.load import BASE
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.procedure_forms import FACTS, NAME, QUESTION, SHEET, file_of, split_key
from prompts.pages.procedure_text import conditions_of, lines_from
from prompts.pages.saving import Typed, adopt, offer, save
from prompts.pages.tree import tree_of
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part

router = APIRouter(prefix="/admin/demarches")
Key = Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Place = Annotated[int, InPath(ge=0, le=999)]


@router.get("")
async def procedures_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    view = view_of(desk)
    rows = []
    for key in await asyncio.to_thread(keys_of, view):
        file = file_of(key)
        sheets = view.shown(Part(file, ("fiches",))) or ()
        questions = view.shown(Part(file, ("questions",))) or ()
        name = str(view.shown(Part(file, ("nom",))) or key)
        rows.append((key, name, len(questions), len(sheets), bool(view.own(file))))
    return await show(request, editor, "procedures.html", rows=sorted(rows, key=lambda row: row[1]))


@router.get("/{key}")
async def procedure_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _show(request, desk, editor, key, None)


@router.get("/{key}/fiche/{place}")
async def sheet_page(request: Request, desk: TheAdmin, editor: Reading, key: Key, place: Place) -> Response:
    return await _show_sheet(request, desk, editor, f"{key}.{place}", None)


@router.get("/{key}/question/{place}")
async def question_page(
    request: Request, desk: TheAdmin, editor: Reading, key: Key, place: Place
) -> Response:
    return await _show_question(request, desk, editor, f"{key}.{place}", None)


@router.post("/{key}/fiche")
async def add_sheet(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """Another case: a fiche that says that a person answers, until it is filled in."""
    view = view_of(desk)
    if key not in keys_of(view):
        raise NoSuchPage("Cette démarche n'existe pas.")
    place = len(view.shown(Part(file_of(key), ("fiches",))) or ())
    sheet = {"nom": "un nouveau cas", "une_personne_repond": True}
    await adopt(desk, SHEET, f"{key}.{place}", editor)
    fields = {"vu": digest_of_part(None)}
    return await save(request, desk, editor, SHEET, f"{key}.{place}", sheet, fields)


@router.post("/{key}/fiche/{place}/oter")
async def remove_sheet(desk: TheAdmin, editor: Acting, key: Key, place: Place) -> Response:
    view = view_of(desk)
    part = Part(file_of(key), ("fiches",))
    sheets = list(view.shown(part) or ())
    if place >= len(sheets):
        raise NoSuchPage("Cette fiche n'existe pas ou plus.")
    rest = [*sheets[:place], *sheets[place + 1 :]]
    await asyncio.to_thread(desk.store.edit, part, rest, view.seen(part), editor.name, desk.now())
    await desk.note(editor, "modifier", f"content fiche {key}.{place}")
    return RedirectResponse(f"/admin/demarches/{key}?fait=enregistre", 303)


def keys_of(view: ContentView) -> list[str]:
    """Every démarche, shipped or the town's own, by the name of its file."""
    folders = (BASE / "demarches", view.folder / "demarches")
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    if key not in keys_of(view):
        raise NoSuchPage("Cette démarche n'existe pas.")
    file = file_of(key)
    questions = tuple(view.shown(Part(file, ("questions",))) or ())
    sheets = tuple(view.shown(Part(file, ("fiches",))) or ())
    name = str(view.shown(Part(file, ("nom",))) or key)
    return await show(
        request,
        editor,
        "procedure.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=NAME,
        key=key,
        name=typed.fields.get("nom", "") if typed else name,
        seen=view.seen(NAME.part(key)),
        tree=tree_of(questions, sheets),
        questions=questions,
        sheets=sheets,
        facts=FACTS,
        lines=lines_from,
        own=bool(view.own(file)),
        until=view.shown(Part(file, ("valable_jusquau",))),
    )


async def _show_sheet(
    request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    name, place = split_key(key)
    part = SHEET.part(key)
    sheet = view.shown(part)
    if not isinstance(sheet, dict):
        raise NoSuchPage("Cette fiche n'existe pas ou plus.")
    questions = view.shown(Part(part.file, ("questions",))) or ()
    return await show(
        request,
        editor,
        "sheet.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=SHEET,
        key=key,
        procedure=name,
        place=place,
        fields=typed.fields if typed else _sheet_fields(sheet),
        seen=typed.fields.get("vu", "") if typed else digest_of_part(sheet),
        questions=questions,
        facts=FACTS,
        title=str(sheet.get("nom", "")),
    )


def _sheet_fields(sheet: dict[str, Any]) -> dict[str, str]:
    source = sheet.get("source")
    source = source if isinstance(source, dict) else {}
    fields = {name: lines_from(sheet.get(name)) for name in FACTS}
    fields |= {name: str(sheet.get(name) or "") for name in ("nom", "explication", "valable_jusquau")}
    fields |= {name: str(source.get(name) or "") for name in ("titre", "url", "verifie_le")}
    fields |= {name: "1" for name in ("decision", "une_personne_repond") if sheet.get(name)}
    for question, answers in conditions_of(sheet.get("si")).items():
        fields |= {f"si-{question}-{answer}": "1" for answer in answers}
    return fields


async def _show_question(
    request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    name, place = split_key(key)
    question = view.shown(QUESTION.part(key))
    if not isinstance(question, dict):
        raise NoSuchPage("Cette question n'existe pas ou plus.")
    return await show(
        request,
        editor,
        "question.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=QUESTION,
        key=key,
        procedure=name,
        place=place,
        question=question,
        fields=typed.fields if typed else _question_fields(question),
        seen=typed.fields.get("vu", "") if typed else digest_of_part(question),
    )


def _question_fields(question: dict[str, Any]) -> dict[str, str]:
    fields = {name: str(question.get(name, "")) for name in ("texte", "sujet")}
    for number, answer in enumerate(question.get("reponses") or ()):
        fields[f"r-{number}-nom"] = str(answer.get("nom", ""))
        for name in ("dites", "indices"):
            fields[f"r-{number}-{name}"] = "\n".join(map(str, answer.get(name) or ()))
    return fields


offer(NAME, _show)
offer(SHEET, _show_sheet)
offer(QUESTION, _show_question)
