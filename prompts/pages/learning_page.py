"""What callers asked in vain: grouped, answered in one's own words or learned as a request that is known."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from prompts.errors import PromptsError
from prompts.labels import SERVICES
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.fields import fields_of, said_text
from prompts.pages.guards import Acting, Reading, TheAdmin
from prompts.pages.learned_phrases import FILE, plain_line, with_phrases
from prompts.pages.learning_port import AskedInVain, Helped, Learning, NothingLearned
from prompts.versions_draft import Part
from prompts.versions_errors import VersionsError
from prompts.versions_yaml import digest_of_part

router = APIRouter(prefix="/admin/apprendre")
Key = Annotated[str, InPath(pattern=r"^[0-9a-f]{12}$")]
MOST_GROUPS, MOST_SENTENCES, MOST_PHRASES = 40, 12, 8
ANSWER_DAYS = 180
REQUESTS = (
    ("horaires", "des horaires"), ("adresse_contact", "une adresse ou un numéro"),
    ("pieces", "les documents à fournir"), ("eligibilite", "qui y a droit"),
    ("cout_delai", "un prix ou un délai"),
    ("demarche_info", "comment faire une démarche"), ("rdv_prendre", "prendre rendez-vous"),
    ("signalement", "un signalement"), ("suivi_dossier", "où en est un dossier"),
)  # fmt: skip


@router.get("")
async def learning_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    groups = await _learning(desk).groups()
    if groups:
        await desk.note(editor, "lire les demandes sans réponse", f"content, {len(groups)} groups")
    return await show(
        request,
        editor,
        "learning.html",
        groups=groups[:MOST_GROUPS],
        left=max(0, len(groups) - MOST_GROUPS),
        most=MOST_SENTENCES,
        training=_learning(desk).training(),
    )


@router.get("/etat")
async def training_state(request: Request, desk: TheAdmin, _editor: Reading) -> Response:
    """How far the training is; the whole page again once it is over."""
    training = _learning(desk).training()
    answer = desk.part(request, "admin/training_state.html", {"training": training})
    if training is None or not training.running:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/entrainer")
async def train(desk: TheAdmin, editor: Acting) -> Response:
    _learning(desk).train()
    await desk.note(editor, "apprendre des phrases", "content draft")
    return RedirectResponse("/admin/apprendre", 303)


@router.get("/{key}")
async def group_page(request: Request, desk: TheAdmin, editor: Reading, key: Key) -> Response:
    return await _group(request, desk, editor, key)


@router.post("/{key}/reponse")
async def answer(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """The town's own answer: its effect first, or into the draft."""
    fields = fields_of(await request.form())
    try:
        question = _question(fields, desk)
        if fields.get("quoi") == "effet":
            helped = await _learning(desk).would_help(desk.store.draft_or_served(), question)
            return await _group(request, desk, editor, key, fields=fields, helped=helped)
        await asyncio.to_thread(_add_question, desk, editor, f"appels_{key}", question)
    except (NothingLearned, VersionsError) as error:
        return await _group(request, desk, editor, key, fields=fields, refused=str(error), status=422)
    return RedirectResponse("/admin/publier?fait=enregistre", 303)


@router.post("/{key}/phrases")
async def phrases(request: Request, desk: TheAdmin, editor: Acting, key: Key) -> Response:
    """These sentences are ways of asking for something that the agent knows: learned in the background."""
    form = await request.form()
    fields = fields_of(form)
    group = await _found(desk, key)
    chosen = tuple(plain_line(text) for text in group.sentences if f"p-{text}" in fields)
    intent, service = fields.get("demande", ""), fields.get("service", "")
    if not chosen or intent not in dict(REQUESTS) or service not in SERVICES:
        refused = "Choisissez au moins une phrase, ce qu'elle demande et sur quoi."
        return await _group(request, desk, editor, key, refused=refused, status=422)
    await asyncio.to_thread(_add_phrases, desk, editor, intent, service, chosen)
    _learning(desk).train()
    await desk.note(editor, "apprendre des phrases", f"content draft, {len(chosen)} phrases")
    return RedirectResponse("/admin/apprendre", 303)


def _learning(desk: AdminDesk) -> Learning:
    if desk.learning is None:
        raise NoSuchPage("Cette page n'existe pas ici.")
    return desk.learning


async def _found(desk: AdminDesk, key: str) -> AskedInVain:
    group = next((one for one in await _learning(desk).groups() if one.key == key), None)
    if group is None:
        raise NoSuchPage("Ces demandes ne sont plus dans les appels gardés.")
    return group


def _question(fields: dict[str, str], desk: AdminDesk) -> dict[str, Any]:
    """As « faq.yaml » has it. Raises NothingLearned where something is missing."""
    said = tuple(dict.fromkeys(line.strip() for line in fields.get("dites", "").splitlines() if line.strip()))
    asked = {
        name: said_text(fields, name, words) or ""
        for name, words in (("nom", "De quoi il s'agit"), ("reponse", "La réponse"), ("source", "La source"))
    }
    if not said or not all(asked.values()):
        raise NothingLearned("Il faut un nom, au moins une façon de le demander, la réponse et sa source.")
    return {
        "nom": asked["nom"],
        "dites": list(said[:60]),
        "reponse": asked["reponse"],
        "source": {"titre": asked["source"], "verifie_le": desk.now().astimezone(desk.tz).date().isoformat()},
        "valable_jusquau": fields.get("jusquau", ""),
    }


def _add_question(desk: AdminDesk, editor: Editor, key: str, question: dict[str, Any]) -> None:
    now, part = desk.now(), Part("faq.yaml", ("questions", key))
    seen = digest_of_part(desk.store.open_draft(now).value(part))
    desk.store.edit(part, question, seen, editor.name, now, "demandes restées sans réponse")


def _add_phrases(desk: AdminDesk, editor: Editor, intent: str, service: str, chosen: tuple[str, ...]) -> None:
    now, part = desk.now(), Part(FILE)
    draft = desk.store.open_draft(now)
    text = with_phrases(draft.source(FILE).value, intent, service, chosen)
    desk.store.edit(
        part, text, digest_of_part(draft.value(part)), editor.name, now, "demandes restées sans réponse"
    )


async def _group(
    request: Request,
    desk: AdminDesk,
    editor: Editor,
    key: str,
    *,
    fields: dict[str, str] | None = None,
    helped: Helped | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    group = await _found(desk, key)
    until = (desk.now().astimezone(desk.tz) + timedelta(days=ANSWER_DAYS)).date().isoformat()
    empty = {"nom": "", "reponse": "", "source": "", "jusquau": until}
    given = {**empty, "dites": "\n".join(group.sentences[:MOST_PHRASES]), **(fields or {})}
    return await show(
        request,
        editor,
        "learning_group.html",
        status=status,
        refused=refused,
        group=group,
        given=given,
        helped=helped,
        requests=REQUESTS,
        services=await asyncio.to_thread(_service_names, desk),
        most=MOST_SENTENCES,
    )


def _service_names(desk: AdminDesk) -> tuple[tuple[str, str], ...]:
    try:
        names = desk.load(desk.store.served_folder()).comprehension.names
    except PromptsError:
        return tuple((service, service) for service in SERVICES)
    return tuple((service, names.get(service, service)) for service in SERVICES)
