"""Questions that the town answers in its own words: how people ask, what is said, from whom, until when."""

import re
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.labels import SERVICES
from prompts.pages.contacts_form import new_key
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, fields_of, lines_of, needed_day, needed_text
from prompts.pages.forms import PartForm
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.saving import Typed, offer
from prompts.versions_draft import Part

router = APIRouter(prefix="/admin/faq")
Key = Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FILE = "faq.yaml"
USUAL_VALIDITY = timedelta(days=365)


def read_free_question(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """One question. Raises Unreadable."""
    known = before if isinstance(before, dict) else {}
    answer = lines_of(fields, "reponse", "Réponse")
    if not answer:
        raise Unreadable("Réponse : il manque le texte.")
    said = lines_of(fields, "dites", "Comment les gens la posent")
    if not said:
        raise Unreadable("Comment les gens la posent : au moins une façon, mieux trois.")
    source = {"titre": needed_text(fields, "titre", "Source")}
    if url := fields.get("url", "").strip():
        if not re.fullmatch(r"https://[^\s<>\"]+", url):
            raise Unreadable("Source : une adresse commence par https://.")
        source["url"] = url
    source["verifie_le"] = needed_day(fields, "verifie_le", "Vérifié le")
    question: dict[str, Any] = {
        "nom": needed_text(fields, "nom", "Nom"),
        "dites": list(said),
        "reponse": answer[0] if len(answer) == 1 else list(answer),
    }
    if (service := fields.get("service", "")) in SERVICES and service != "aucun":
        question["service"] = service
    question["source"] = source
    question["valable_jusquau"] = needed_day(fields, "valable_jusquau", "Dit jusqu'au")
    return {**question, **{name: part for name, part in known.items() if name not in (*question, "service")}}


def new_named(request: Request, key: str) -> dict[str, Any]:
    """What is not there yet, under the name that was typed for it."""
    return {"nom": request.query_params.get("nom", "")[:90] or key.replace("_", " ")}


FREE_QUESTION = PartForm(
    kind="faq",
    file=lambda _key: FILE,
    path=lambda key: ("questions", key),
    read=read_free_question,
    page=lambda _key: "/admin/faq",
    label=lambda key: f"la question « {key.replace('_', ' ')} »",
)


@router.get("")
async def faq_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    view = view_of(desk)
    today = desk.now().astimezone(desk.tz).date()
    return await show(request, editor, "faq.html", questions=_questions(view), today=today.isoformat())


@router.post("/nouvelle")
async def new_question(request: Request, desk: TheAdmin, editor: Acting) -> Response:
    """The form of a question that is not there yet, under a key made from its name."""
    fields = fields_of(await request.form())
    try:
        name = needed_text(fields, "nom", "Nom")
        key = new_key(name, tuple(_questions(view_of(desk))))
    except Unreadable as error:
        refused, questions = str(error), _questions(view_of(desk))
        today = desk.now().astimezone(desk.tz).date().isoformat()
        return await show(
            request, editor, "faq.html", status=422, refused=refused, questions=questions, today=today
        )
    return RedirectResponse(f"/admin/faq/{key}?{urlencode({'nom': name})}", 303)


@router.get("/{key}")
async def question_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _show(request, desk, editor, key, None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    question = _questions(view).get(key)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) or (question is None and not editor.may_edit):
        raise NoSuchPage("Cette question n'existe pas.")
    today = desk.now().astimezone(desk.tz).date()
    names = view.shown(Part("comprehension.yaml", ("noms",))) or {}
    return await show(
        request,
        editor,
        "free_question.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=FREE_QUESTION,
        key=key,
        new=question is None,
        fields=typed.fields if typed else _fields(question or new_named(request, key), key, today),
        seen=typed.fields.get("vu", "") if typed else view.seen(FREE_QUESTION.part(key)),
        services=[(service, str(names.get(service, service.replace("_", " ")))) for service in SERVICES],
    )


def _fields(question: dict[str, Any], key: str, today: date) -> dict[str, str]:
    source = question.get("source")
    source = source if isinstance(source, dict) else {}
    until = question.get("valable_jusquau") or today + USUAL_VALIDITY
    return {
        "nom": str(question.get("nom", key)),
        "dites": _lines(question.get("dites")),
        "reponse": _lines(question.get("reponse")),
        "service": str(question.get("service") or "aucun"),
        "titre": str(source.get("titre") or ""),
        "url": str(source.get("url") or ""),
        "verifie_le": str(source.get("verifie_le") or today),
        "valable_jusquau": str(until),
    }


def _lines(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return str(value or "")


def _questions(view: ContentView) -> dict[str, dict[str, Any]]:
    found = view.own(FILE).get("questions")
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: one for key, one in pairs if isinstance(one, dict)}


offer(FREE_QUESTION, _show)
