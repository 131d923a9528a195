"""Every sentence that callers hear, by the moment of the call; the menu as it is heard."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

from prompts.errors import ContentError
from prompts.fields import Content
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, NoSuchPage, Said
from prompts.pages.drawing import show
from prompts.pages.examples import filled, variables_in
from prompts.pages.fields import Fields, said_text
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer
from prompts.procedures import ProcedureSentences
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_requests import RequestSentences
from prompts.versions_draft import Part
from prompts.versions_yaml import part_at
from prompts.yaml_source import YamlPath

router = APIRouter(prefix="/admin/phrases")
GROUPS = {
    "phrases": "Accueil, menu, horaires, reprises", "rendez_vous": "Rendez-vous",
    "demandes": "Rappels, signalements, dossiers, sujets sensibles", "reponses": "Démarches",
}  # fmt: skip
_MODELS: dict[str, type[Content]] = {
    "phrases": Sentences, "rendez_vous": BookingSentences, "demandes": RequestSentences,
    "reponses": ProcedureSentences,
}  # fmt: skip
Group = Annotated[str, InPath(pattern=r"^[a-z_]{1,20}$")]
Key = Annotated[str, InPath(pattern=r"^[a-z0-9_.-]{1,90}$")]


def path_of(key: str) -> YamlPath:
    """« phrases-menu » is a sentence of its file; « demandes-langues.en » one of several of a name."""
    group, _, name = key.partition("-")
    head: YamlPath = ("phrases",) if group == "reponses" else ()
    return (*head, *name.split("."))


def file_of(key: str) -> str:
    return f"{key.partition('-')[0]}.yaml"


def read_sentence(fields: Fields, _before: Any, _key: str) -> str | None:
    """The town's own text; None: the one that ships with the product. Raises Unreadable."""
    if fields.get("choix") == "origine":
        return None
    return said_text(fields, "texte", "Phrase")


SENTENCE = PartForm(
    kind="phrase",
    file=file_of,
    path=path_of,
    read=read_sentence,
    page=lambda key: f"/admin/phrases/{key.replace('-', '/', 1)}",
    label=lambda key: f"la phrase « {key.partition('-')[2]} »",
)


@router.get("")
async def sentences_page(
    request: Request,
    desk: TheAdmin,
    editor: Reading,
    groupe: Annotated[str, Query(max_length=20)] = "phrases",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    group = groupe if groupe in GROUPS else "phrases"
    view = view_of(desk)
    menu, commune = await asyncio.to_thread(_menu, desk, view)
    words = q.casefold().strip()
    rows = [
        (key, name, text, filled(text, commune), own)
        for key, name, text, own in sentences_of(view, group)
        if not words or words in text.casefold() or words in name.casefold()
    ]
    return await show(
        request, editor, "sentences.html", rows=rows, groups=GROUPS, group=group, q=q, menu=menu
    )


@router.get("/{group}/{name}")
async def sentence_page(
    request: Request, desk: TheAdmin, editor: Reading, group: Group, name: Key
) -> Response:
    return await _show(request, desk, editor, f"{group}-{name}", None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    group = key.partition("-")[0]
    found = next((each for each in sentences_of(view, group) if each[0] == key), None)
    if found is None:
        raise NoSuchPage("Cette phrase n'existe pas.")
    shipped = part_at(view.shipped(file_of(key)), path_of(key)) or ""
    text = typed.fields.get("texte", "") if typed else found[2]
    _, commune = await asyncio.to_thread(_menu, desk, view)
    return await show(
        request,
        editor,
        "sentence.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=SENTENCE,
        key=key,
        name=found[1],
        group=group,
        text=text,
        heard=filled(text, commune),
        shipped=str(shipped),
        own=found[3],
        variables=variables_in(str(shipped)),
        seen=typed.fields.get("vu", "") if typed else view.seen(SENTENCE.part(key)),
    )


def sentences_of(view: ContentView, group: str) -> Iterator[tuple[str, str, str, bool]]:
    """Each sentence of a group: its key, what it is for, its text, and whether the town wrote it."""
    model = _MODELS.get(group)
    if model is None:
        return
    for field in model.model_fields.values():
        alias = str(field.alias)
        title = (field.description or alias.replace("_", " ")).strip()
        own = view.value(Part(f"{group}.yaml", path_of(f"{group}-{alias}")))
        value = view.shown(Part(f"{group}.yaml", path_of(f"{group}-{alias}")))
        if isinstance(value, str):
            yield f"{group}-{alias}", _named(alias, title), value, own is not None
        elif isinstance(value, dict):
            written = own if isinstance(own, dict) else {}
            shipped = part_at(view.shipped(f"{group}.yaml"), path_of(f"{group}-{alias}")) or {}
            for name, text in {**shipped, **written}.items():
                if isinstance(text, str):
                    yield f"{group}-{alias}.{name}", f"{_named(alias, title)} : {name}", text, name in written


def _named(alias: str, title: str) -> str:
    name = alias.replace("_", " ")
    return name if title == name else f"{name} ({title})"


def _menu(desk: AdminDesk, view: ContentView) -> tuple[tuple[Said, ...], str]:
    """The menu as it is heard, and the town's name; nothing while the content cannot be loaded."""
    try:
        town = desk.load(view.folder)
    except ContentError:
        return (), str(view.own("commune.yaml").get("nom", ""))
    return desk.told_menu(town), town.name


offer(SENTENCE, _show)
