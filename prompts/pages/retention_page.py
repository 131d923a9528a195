"""« Conservation »: how many days each kind of record is kept, and what it serves for."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.agendas import LONGEST_KEPT_DAYS
from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.retention_told import KEPT
from prompts.pages.saving import Typed, offer

router = APIRouter(prefix="/admin/conservation")


def read_days(fields: Fields, before: Any, _key: str) -> dict[str, Any] | None:
    """Only what the town keeps otherwise than it ships; None: all as it ships. Raises Unreadable."""
    found = dict(before) if isinstance(before, dict) else {}
    for each in KEPT:
        typed = fields.get(f"jours-{each.key}", "").strip()
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 6
        if not is_number or not 1 <= int(typed) <= LONGEST_KEPT_DAYS:
            raise Unreadable(f"{each.name} : un nombre de jours, de 1 à {LONGEST_KEPT_DAYS}.")
        if int(typed) != each.usual:
            found[each.key] = int(typed)
        elif each.key in found and found[each.key] != each.usual:
            del found[each.key]
    return found or None


DAYS = PartForm("conservation", lambda _key: "commune.yaml", lambda _key: ("conservation",), read_days,
                lambda _key: "/admin/conservation", lambda _key: "les durées de conservation")  # fmt: skip


@router.get("")
async def retention_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, _key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    own = view.shown(DAYS.part(""))
    days = own if isinstance(own, dict) else {}
    return await show(
        request,
        editor,
        "retention.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        form=DAYS,
        seen=fields.get("vu", "") or view.seen(DAYS.part("")),
        kept=[(each, fields.get(f"jours-{each.key}", str(days.get(each.key, each.usual)))) for each in KEPT],
        most=LONGEST_KEPT_DAYS,
    )


offer(DAYS, _show)
