"""The list as a table for a spreadsheet, in which no cell can be a formula."""

import csv
import io
from collections.abc import Iterable

from fastapi import APIRouter
from starlette.responses import Response

from callbacks.lists import Listed, list_callbacks
from callbacks.pages import french
from callbacks.pages.choice import Chosen
from callbacks.pages.desk import TheDesk
from callbacks.pages.guards import Person
from callbacks.pages.noting import write_note
from callbacks.pages.rendering import Clock

router = APIRouter()
MAX_ROWS = 20_000
_HEAD = (
    "Référence", "État", "Urgent", "Promis avant", "Nom", "Téléphone", "Sujet", "Service", "Raison",
    "Demandé", "Demandes", "Essais", "Agent", "Terminé", "Issue",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a cell (OWASP, CSV Injection)."""


@router.get("/rappels.csv")
async def export(desk: TheDesk, person: Person, choice: Chosen) -> Response:
    clock = Clock(desk)
    filters = choice.filters(person, desk.town, clock)
    found = await list_callbacks(desk.database, filters, limit=MAX_ROWS)
    await write_note(
        desk.database, desk.now(), person.clerk_id, "exporter", "callbacks", lignes=len(found.rows)
    )
    rows = (cells(each, clock, desk.town.services.get(each.callback.service, "")) for each in found.rows)
    return Response(
        table(rows),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="rappels-{clock.now:%Y-%m-%d-%Hh%M}.csv"',
            "cache-control": "no-store",
        },
    )


def table(rows: Iterable[Iterable[str]]) -> str:
    """As French spreadsheets read it: semicolons, and a mark that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(_HEAD)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """The same words; an apostrophe before what would be computed."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def cells(listed: Listed, clock: Clock, service: str) -> tuple[str, ...]:
    """One call-back, a cell for each heading."""
    each = listed.callback
    return (
        each.ref,
        french.status(each.status, each.attempts),
        "oui" if each.urgent else "",
        f"{clock.local(each.due_at):%Y-%m-%d %H:%M}",
        each.name or "",
        french.phone(each.phone),
        each.about or "",
        french.capital(service) or each.service,
        french.REASONS.get(each.reason, each.reason),
        f"{clock.local(each.created_at):%Y-%m-%d %H:%M}",
        str(each.requests),
        str(each.attempts),
        listed.clerk or "",
        f"{clock.local(each.closed_at):%Y-%m-%d %H:%M}" if each.closed_at else "",
        french.OUTCOMES.get(each.outcome, each.outcome) if each.outcome else "",
    )
