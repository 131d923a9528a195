"""Days and stretches on which the town hall is closed: a calendar to look at, rows to change."""

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.pages.content_view import ContentView, view_of
from prompts.pages.desk import AdminDesk, Editor
from prompts.pages.drawing import show
from prompts.pages.fields import Fields, Unreadable, needed_text, rows_of
from prompts.pages.forms import PartForm
from prompts.pages.guards import Reading, TheAdmin
from prompts.pages.months import Month, months_from
from prompts.pages.saving import Typed, offer

router = APIRouter(prefix="/admin/fermetures")
N_MONTHS = 6
Closures = list[dict[str, str]]


def read_closures(fields: Fields, _before: Any, _key: str) -> Closures:
    """The closures. Raises Unreadable."""
    return stretches_in(fields, "f")


def stretches_in(fields: Fields, prefix: str) -> Closures:
    """The stretches of time, in the order of their beginning. Raises Unreadable."""
    found: Closures = []
    for row in rows_of(fields, prefix):
        start, end = fields.get(f"{prefix}-{row}-debut", ""), fields.get(f"{prefix}-{row}-fin", "")
        if not start and not end and not fields.get(f"{prefix}-{row}-libelle", "").strip():
            continue
        label = needed_text(fields, f"{prefix}-{row}-libelle", "Raison de la fermeture")
        begins, ends = _moment(start, f"Début de « {label} »"), _moment(end, f"Fin de « {label} »")
        if ends <= begins:
            raise Unreadable(f"« {label} » : la fermeture finit avant de commencer.")
        found.append({"debut": _written(begins), "fin": _written(ends), "libelle": label})
    return sorted(found, key=lambda each: each["debut"])


def read_days(fields: Fields, _before: Any, _key: str) -> list[str]:
    """The whole days, each once. Raises Unreadable."""
    days = {text for row in rows_of(fields, "j") if (text := fields.get(f"j-{row}-jour", "").strip())}
    for text in days:
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(f"« {text} » n'est pas une date.") from error
    return sorted(days)


def typed_stretches(fields: Fields, prefix: str) -> Closures:
    """The rows as they were typed."""
    return [
        {name: fields.get(f"{prefix}-{row}-{name}", "") for name in ("debut", "fin", "libelle")}
        for row in rows_of(fields, prefix)
    ]


def written_stretches(value: Any) -> Closures:
    """The rows as they stand in the file."""
    return [
        {name: str(each.get(name, "")) for name in ("debut", "fin", "libelle")}
        for each in (value if isinstance(value, list | tuple) else ())
        if isinstance(each, dict)
    ]


def _moment(text: str, what: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"{what} : choisissez un jour et une heure.") from error
    if at.tzinfo is not None:
        raise Unreadable(f"{what} : l'heure de la commune, sans décalage.")
    return at


def _written(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


CLOSURES = PartForm(
    kind="fermetures",
    file=lambda _key: "commune.yaml",
    path=lambda _key: ("fermetures",),
    read=read_closures,
    page=lambda _key: "/admin/fermetures",
    label=lambda _key: "les fermetures",
)
CLOSED_DAYS = PartForm(
    kind="jours",
    file=lambda _key: "commune.yaml",
    path=lambda _key: ("jours_locaux_fermes",),
    read=read_days,
    page=lambda _key: "/admin/fermetures",
    label=lambda _key: "les jours fermés",
)


@router.get("")
async def closures_page(request: Request, desk: TheAdmin, editor: Reading) -> Response:
    return await _show(request, desk, editor, "", None)


async def _show(
    request: Request, desk: AdminDesk, editor: Editor, _key: str, typed: Typed | None
) -> Response:
    view = view_of(desk)
    today = desk.now().astimezone(desk.tz).date()
    closures, days = _rows(view)
    shown = closures
    if typed is not None and typed.fields.get("genre") == CLOSURES.kind:
        shown = typed_stretches(typed.fields, "f")
    return await show(
        request,
        editor,
        "closures.html",
        status=422 if typed else 200,
        refused=typed.refused if typed else "",
        closures_form=CLOSURES,
        days_form=CLOSED_DAYS,
        closures=shown,
        days=days,
        closures_seen=typed.fields.get("vu", "") if typed else view.seen(CLOSURES.part("")),
        days_seen=view.seen(CLOSED_DAYS.part("")),
        months=calendar(today, closures, days),
    )


def calendar(today: date, closures: Closures, days: list[str]) -> tuple[Month, ...]:
    """The months to come, with what is closed and why. Pure."""
    marked = {date.fromisoformat(day): "fermé" for day in days if _is_day(day)}
    for each in closures:
        try:
            start, end = datetime.fromisoformat(each["debut"]), datetime.fromisoformat(each["fin"])
        except ValueError:
            continue  # the check says it
        day = start.date()
        while day < end.date() or (day == end.date() and end.hour + end.minute):
            marked.setdefault(day, each["libelle"])
            day += timedelta(days=1)
            if (day - start.date()).days > 366:
                break
    return months_from(today, N_MONTHS, marked)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rows(view: ContentView) -> tuple[Closures, list[str]]:
    commune = view.own("commune.yaml")
    days = [str(day) for day in commune.get("jours_locaux_fermes") or ()]
    return written_stretches(commune.get("fermetures")), days


offer(CLOSURES, _show)
offer(CLOSED_DAYS, _show)
