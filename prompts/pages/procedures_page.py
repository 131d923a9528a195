"""Démarches: each a tree of questions that ends in fiches: documents, costs, delays, sources, validity."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.comarquage_draft import FOLDER as DRAFTS
from prompts.labels import SERVICES
from prompts.load import BASE
from prompts.pages.contacts_form import new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, fields_of, needed_text, rows_of
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.procedure_forms import (
    FACTS,
    MOST_ANSWERS,
    NAME,
    NOT_SUBJECTS,
    QUESTION,
    SHEET,
    SOURCE,
    SUBJECTS,
    UNITS,
    VALIDITY,
    file_of,
    new_procedure,
    new_question,
    split_key,
    without_question,
)
from prompts.pages.procedure_text import conditions_of, lines_from
from prompts.pages.saving import Typed, adopt, offer, save
from prompts.pages.tree import tree_of
from prompts.versions_draft import Part
from prompts.versions_yaml import digest_of_part, written_whole

router = APIRouter(prefix="/admin/demarches")
Key = Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Place = Annotated[int, InPath(ge=0, le=999)]


@router.get("")
async def procedures_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    view = view_of(desk)
    taken = subjects_taken(view)
    rows = []
    for key in await asyncio.to_thread(keys_of, view):
        file = file_of(key)
        sheets = view.shown(Part(file, ("fiches",))) or ()
        questions = view.shown(Part(file, ("questions",))) or ()
        name = str(view.shown(Part(file, ("nom",))) or key)
        rows.append((key, name, len(questions), len(sheets), bool(view.own(file))))
    return await show(
        request,
        editor,
        "procedures.html",
        rows=sorted(rows, key=lambda row: row[1]),
        free=[(each, name) for each, name in subject_names(view).items() if each not in taken],
        drafts=len(list((view.folder / DRAFTS).glob("*.yaml"))),
    )


@router.post("/nouvelle")
async def add_procedure(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """A démarche in which a person answers, until it is filled in. Raises Unreadable."""
    fields = fields_of(await request.form())
    view = view_of(desk)
    name = needed_text(fields, "nom", "Nom de la démarche")
    key = new_key(name, tuple(keys_of(view)))
    text = written_whole(new_procedure(name, fields.get("sujet", "")))
    part = Part(file_of(key))
    await asyncio.to_thread(desk.store.edit, part, text, view.seen(part), editor.name, desk.now())
    await desk.note(editor, "modifier", f"content demarche {key}")
    return RedirectResponse(f"/admin/demarches/{key}?fait=enregistre", 303)


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


@router.post("/{key}/question")
async def add_question(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """Another question, asked after the others. Raises Unreadable."""
    view, fields = view_of(desk), fields_of(await request.form())
    if key not in keys_of(view):
        raise NoSuchPage("Cette démarche n'existe pas.")
    known = tuple(view.shown(Part(file_of(key), ("questions",))) or ())
    question = new_question(fields, tuple(str(each.get("cle")) for each in known if isinstance(each, dict)))
    place = f"{key}.{len(known)}"
    await adopt(desk, QUESTION, place, editor)
    return await save(request, desk, editor, QUESTION, place, question, {"vu": digest_of_part(None)})


@router.post("/{key}/question/{place}/oter")
async def remove_question(desk: TheAdmin, editor: Acting, key: Key, place: Place) -> Response:
    """The question goes, and what was said only after one of its answers is said whatever they were."""
    view = view_of(desk)
    asked, fiches = Part(file_of(key), ("questions",)), Part(file_of(key), ("fiches",))
    questions = list(view.shown(asked) or ())
    if place >= len(questions) or not isinstance(questions[place], dict):
        raise NoSuchPage("Cette question n'existe pas ou plus.")
    gone = str(questions.pop(place).get("cle"))
    now = desk.now()
    for part, value in ((asked, questions), (fiches, view.shown(fiches) or ())):
        left = without_question(value, gone)
        await asyncio.to_thread(desk.store.edit, part, left, view.seen(part), editor.name, now)
    await desk.note(editor, "modifier", f"content question {key}.{place}")
    return RedirectResponse(f"/admin/demarches/{key}?fait=enregistre", 303)


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


def subject_names(view: ContentView) -> dict[str, str]:
    """What a démarche may be about, with the name that callers hear."""
    names = view.shown(Part("comprehension.yaml", ("noms",))) or {}
    return {
        each: str(names.get(each, each.replace("_", " "))) for each in SERVICES if each not in NOT_SUBJECTS
    }


def subjects_taken(view: ContentView) -> dict[str, str]:
    """The démarche that answers each subject, by its key."""
    return {
        str(service): key
        for key in reversed(keys_of(view))
        for service in view.shown(Part(file_of(key), ("services",))) or ()
    }


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    if key not in keys_of(view):
        raise NoSuchPage("Cette démarche n'existe pas.")
    file = file_of(key)
    questions = tuple(view.shown(Part(file, ("questions",))) or ())
    sheets = tuple(view.shown(Part(file, ("fiches",))) or ())
    name = str(view.shown(Part(file, ("nom",))) or key)
    fields = typed.fields if typed else {}
    source = view.shown(SOURCE.part(key))
    forms = {"nom": NAME, "sujets": SUBJECTS, "validite": VALIDITY, "source": SOURCE}
    kind = fields.get("genre", "")
    return await show(
        request,
        editor,
        "procedure.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        forms=forms,
        key=key,
        name=fields.get("nom", "") if kind == NAME.kind else name,
        seen={
            each: fields.get("vu", "") if kind == form.kind else view.seen(form.part(key))
            for each, form in forms.items()
        },
        source=fields if kind == SOURCE.kind else source if isinstance(source, dict) else {},
        subjects=subject_names(view),
        mine=set(view.shown(SUBJECTS.part(key)) or ()),
        taken=subjects_taken(view),
        tree=tree_of(questions, sheets),
        questions=questions,
        sheets=sheets,
        facts=FACTS,
        lines=lines_from,
        own=bool(view.own(file)),
        until=fields.get("valable_jusquau", "") if kind == VALIDITY.kind else view.shown(VALIDITY.part(key)),
        ships=(BASE / file).exists(),
        most_answers=MOST_ANSWERS,
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
        rows=_answer_rows(question, typed.fields if typed else None),
        fields=typed.fields if typed else _question_fields(question),
        seen=typed.fields.get("vu", "") if typed else digest_of_part(question),
        earlier=tuple(view.shown(Part(QUESTION.file(key), ("questions",))) or ())[:place],
        others=[(each, _name_of(view, each)) for each in keys_of(view) if each != name],
        units=UNITS,
        relying=_relying(view, name, str(question.get("cle"))),
    )


def _name_of(view: ContentView, key: str) -> str:
    return str(view.shown(Part(file_of(key), ("nom",))) or key)


def _relying(view: ContentView, key: str, question: str) -> int:
    """How many fiches and questions depend on what is answered to this one."""
    parts = (view.shown(Part(file_of(key), (name,))) or () for name in ("questions", "fiches"))
    return sum(
        question in conditions_of(one.get("si")) for part in parts for one in part if isinstance(one, dict)
    )


def _answer_rows(question: dict[str, Any], typed: Fields | None) -> list[dict[str, str]]:
    """Each answer as its fields; those that were typed, an empty one for another at the end."""
    names = ("nom", "dites", "indices", "valeurs", "vers")
    if typed is not None:
        rows = [{name: typed.get(f"r-{row}-{name}", "") for name in names} for row in rows_of(typed, "r", 18)]
    else:
        rows = [
            {name: _as_lines(answer.get(name)) for name in names}
            for answer in question.get("reponses") or ()
            if isinstance(answer, dict)
        ]
    return rows


def _as_lines(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _question_fields(question: dict[str, Any]) -> dict[str, str]:
    fields = {name: str(question.get(name, "")) for name in ("texte", "sujet", "nombre")}
    for other, answers in conditions_of(question.get("si")).items():
        fields |= {f"si-{other}-{answer}": "1" for answer in answers}
    return fields


for _form in (NAME, SUBJECTS, VALIDITY, SOURCE):
    offer(_form, _show)
offer(SHEET, _show_sheet)
offer(QUESTION, _show_question)
