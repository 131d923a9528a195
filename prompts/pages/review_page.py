"""« À voir »: what may be wrong by now, and the people to call before a closure."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.pages.desk import NoSuchPage
from prompts.pages.drawing import show
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.sentences_page import GROUPS
from prompts.pages.to_look_at import ToLookAt

router = APIRouter()
_PAGES = {
    "lieux": "/admin/horaires", "accueil": "/admin/contacts", "astreinte": "/admin/contacts",
    "transferts": "/admin/contacts", "services": "/admin/contacts", "nom": "/admin/contacts",
    "fermetures": "/admin/fermetures", "jours_locaux_fermes": "/admin/fermetures",
    "agendas": "/admin/agendas", "agendas_exterieurs": "/admin/fichiers/commune.yaml",
}  # fmt: skip
"""Parts of « commune.yaml »."""
_ONE_EACH = frozenset({"phrases", "rendez_vous", "demandes", "messages"})
"""Files each of whose sentences has a page."""
_FILE_PAGES = {
    "menu.yaml": "/admin/menu", "rues.yaml": "/admin/rues",
    "prononciations.yaml": "/admin/prononciations", "faq.yaml": "/admin/faq",
    "enregistrements.yaml": "/admin/enregistrements",
}  # fmt: skip


@router.get("/admin/a-voir")
async def review_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    if desk.review is None:
        raise NoSuchPage("Cette page n'a rien à montrer ici.")
    found = await desk.review()
    return await show(request, editor, "review.html", **_shown(found, desk.now().replace(tzinfo=None)))


def _shown(found: ToLookAt, now: datetime) -> dict[str, Any]:
    return {
        "contradictions": [(one.sentence, page_of(one.where)) for one in found.contradictions],
        "imported": found.imported,
        "to_read": found.to_read,
        "to_call": found.to_call,
        "expiring": [(one.name, one.until, page_of(one.where)) for one in found.expiring],
        "today": now.date(),
    }


def page_of(where: tuple[str, tuple[str | int, ...]]) -> str:
    """The page on which this part of the content is edited."""
    file, path = where
    if file.startswith("demarches/"):
        page = f"/admin/demarches/{file.removeprefix('demarches/').removesuffix('.yaml')}"
        return f"{page}/fiche/{path[1]}" if path[:1] == ("fiches",) and len(path) > 1 else page
    if file == "faq.yaml" and path[:1] == ("questions",) and len(path) > 1:
        return f"/admin/faq/{path[1]}"
    if path[:1] in (("lieux",), ("agendas",)) and len(path) > 1:
        return f"/admin/{'horaires' if path[0] == 'lieux' else 'agendas'}/{path[1]}"
    if (group := file.removesuffix(".yaml")) in _ONE_EACH and path:
        return f"/admin/phrases/{group}/{'.'.join(map(str, path))}"
    if group in GROUPS:
        return f"/admin/phrases?groupe={group}"
    if file in _FILE_PAGES:
        return _FILE_PAGES[file]
    return _PAGES.get(str(path[0]) if path else "", "/admin")
