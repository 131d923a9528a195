"""« Conservation »: how many days each kind of record is kept, what for, and whether calls are recorded."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.announcements import MAX_ANNOUNCED
from prompts.pages.content_view import view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, said_text
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
        if not is_number or not 1 <= int(typed) <= each.most:
            raise Unreadable(f"{each.name} : un nombre de jours, de 1 à {each.most}.")
        if int(typed) != each.usual:
            found[each.key] = int(typed)
        elif each.key in found and found[each.key] != each.usual:
            del found[each.key]
    return found or None


def read_recording(fields: Fields, _before: Any, _key: str) -> dict[str, Any] | None:
    """Whether calls are recorded, what for, and what is said of it; None: as it ships. Raises Unreadable.

    What is missing is told by the check, as for what is written in files.
    """
    texts = {
        "finalite": said_text(fields, "finalite", "Pour quoi"),
        "annonce": said_text(fields, "annonce", "L'annonce"),
    }
    found: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    if fields.get("actif") == "1":
        found = {"actif": True, **found}
    return found or None


DAYS = PartForm("conservation", lambda _key: "commune.yaml", lambda _key: ("conservation",), read_days,
                lambda _key: "/admin/conservation", lambda _key: "les durées de conservation")  # fmt: skip

RECORDING = PartForm("enregistrement-appels", lambda _key: "commune.yaml",
                     lambda _key: ("enregistrement_appels",), read_recording,
                     lambda _key: "/admin/conservation",
                     lambda _key: "l'enregistrement des appels")  # fmt: skip


@router.get("")
async def retention_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, _key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    fields = typed.fields if typed else {}
    days, recording = (_written(view.shown(form.part(""))) for form in (DAYS, RECORDING))
    refused = fields.get("genre", "")
    if refused == RECORDING.kind:
        recording = {**fields, "actif": fields.get("actif") == "1"}
    return await show(
        request,
        editor,
        "retention.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        forms={"durees": DAYS, "son": RECORDING},
        seen={
            name: fields.get("vu", "") if form.kind == refused else view.seen(form.part(""))
            for name, form in (("durees", DAYS), ("son", RECORDING))
        },
        recording=recording,
        longest=MAX_ANNOUNCED,
        kept=[(each, fields.get(f"jours-{each.key}", str(days.get(each.key, each.usual)))) for each in KEPT],
    )


def _written(value: Any) -> dict[str, Any]:
    """A part of a draft, which may be written by hand."""
    return value if isinstance(value, dict) else {}


for _each in (DAYS, RECORDING):
    offer(_each, _show)
