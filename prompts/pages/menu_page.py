"""« Menu »: the keys of the main menu as they are heard, and those that the town adds, 5 to 9."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.errors import ContentError
from prompts.labels import SERVICES
from prompts.menu import OWN_KEYS, REQUESTS_TOLD
from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor, Said
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.saving import Typed, offer
from prompts.pages.sentences_page import read_sentence
from prompts.versions_draft import Part

router = APIRouter(prefix="/admin/menu")
_QUESTION = "question:"
_REQUEST = "demande:"


def read_keys(fields: Fields, _before: Any, _key: str) -> dict[str, dict[str, str]]:
    """What each of the town's keys stands for. Raises Unreadable."""
    found: dict[str, dict[str, str]] = {}
    for key in OWN_KEYS:
        target = fields.get(f"t-{key}-vers", "")
        service = fields.get(f"t-{key}-sujet", "aucun")
        if target.startswith(_QUESTION):
            found[key] = {"question": target.removeprefix(_QUESTION)}
        elif target.startswith(_REQUEST):
            found[key] = {"demande": target.removeprefix(_REQUEST)}
            if service != "aucun":
                found[key]["service"] = service
        elif target:
            raise Unreadable(f"Touche {key} : ce choix n'existe pas.")
    return found


SENTENCES = {
    "accueil_invitation": "À l'accueil",
    "menu": "« Menu », quand l'agent n'a pas compris ou pas entendu",
}
"""Those that announce the keys, by their names in the file."""
MENU = PartForm(
    kind="menu",
    file=lambda _key: "phrases.yaml",
    path=lambda key: (key if key in SENTENCES else "menu",),
    read=read_sentence,
    page=lambda _key: "/admin/menu",
    label=lambda key: f"la phrase « {key.replace('_', ' ')} »",
)
KEYS = PartForm(
    kind="touches",
    file=lambda _key: "menu.yaml",
    path=lambda _key: ("touches",),
    read=read_keys,
    page=lambda _key: "/admin/menu",
    label=lambda _key: "les touches de la commune",
)


@dataclass(frozen=True)
class _Announcing:
    """A sentence that announces the keys."""

    name: str
    title: str
    text: str
    shipped: str
    """Where the town wrote its own."""
    seen: str


@router.get("")
async def menu_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(request: Request, desk: AdminDesk, editor: Editor, key: str, typed: Typed | None) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    kind = fields.get("genre", "")
    heard = await asyncio.to_thread(_heard, desk, view)
    names = view.shown(Part("comprehension.yaml", ("noms",))) or {}
    questions = view.shown(Part("faq.yaml", ("questions",)))
    return await show(
        request,
        editor,
        "menu.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        menu_form=MENU,
        keys_form=KEYS,
        heard=heard,
        sentences=[
            _Announcing(
                name,
                title,
                fields.get("texte", "") if (kind, key) == (MENU.kind, name) else str(view.shown(part) or ""),
                str(view.shipped("phrases.yaml").get(name, "")) if view.value(part) is not None else "",
                fields.get("vu", "") if (kind, key) == (MENU.kind, name) else view.seen(part),
            )
            for name, title in SENTENCES.items()
            if (part := MENU.part(name))
        ],
        keys_seen=fields.get("vu", "") if kind == KEYS.kind else view.seen(KEYS.part("")),
        rows=_typed(fields) if kind == KEYS.kind else _written(view),
        requests=[(f"{_REQUEST}{each}", words) for each, words in REQUESTS_TOLD.items()],
        questions=[
            (f"{_QUESTION}{each}", str(question.get("nom", each)))
            for each, question in (questions.items() if isinstance(questions, dict) else ())
            if isinstance(question, dict)
        ],
        services=[(each, str(names.get(each, each.replace("_", " ")))) for each in SERVICES],
    )


def _written(view: ContentView) -> list[tuple[str, str, str]]:
    """Each key of the town's, where it leads, and about which service."""
    keys = view.shown(KEYS.part(""))
    keys = keys if isinstance(keys, dict) else {}
    rows: list[tuple[str, str, str]] = []
    for key in OWN_KEYS:
        meant = keys.get(key)
        meant = meant if isinstance(meant, dict) else {}
        question, request = meant.get("question"), meant.get("demande")
        target = f"{_QUESTION}{question}" if question else f"{_REQUEST}{request}" if request else ""
        rows.append((key, target, str(meant.get("service", "aucun"))))
    return rows


def _typed(fields: Fields) -> list[tuple[str, str, str]]:
    return [(key, fields.get(f"t-{key}-vers", ""), fields.get(f"t-{key}-sujet", "aucun")) for key in OWN_KEYS]


def _heard(desk: AdminDesk, view: ContentView) -> tuple[Said, ...]:
    """Nothing while the content cannot be loaded."""
    try:
        return desk.told_menu(desk.load(view.folder))
    except ContentError:
        return ()


offer(MENU, _show)
offer(KEYS, _show)
