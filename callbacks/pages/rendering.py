"""Templates into pages: the words of `french` as filters, and what every page needs."""

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from callbacks.pages import french
from callbacks.pages.desk import Desk
from callbacks.pages.guards import FORM_FIELD, form_token, set_visit
from callbacks.sessions import SignedIn

HERE = Path(__file__).parent
STATIC = HERE / "static"

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters |= {
    "phone": french.phone, "hour": french.hour, "percent": french.percent, "number": french.number,
    "capital": french.capital, "day": french.day,
    "reason": lambda key: french.REASONS.get(key, key), "outcome": lambda key: french.OUTCOMES.get(key, key),
    "event": lambda key: french.EVENTS.get(key, key), "intent": lambda key: french.INTENTS.get(key, key),
    "decision": lambda key: french.DECISIONS.get(key, key),
    "call_outcome": lambda key: french.CALL_OUTCOMES.get(key, key),
    "role": lambda key: french.ROLES.get(key, key),
    "ticket_status": lambda key: french.TICKET_STATUSES.get(key, key),
    "appointment_status": lambda key: french.APPOINTMENT_STATUSES.get(key, key),
}  # fmt: skip
environment.globals |= {
    "OUTCOMES": french.OUTCOMES, "STATUSES": french.STATUSES, "status_words": french.status,
    "TICKET_STATUSES": french.TICKET_STATUSES, "APPOINTMENT_STATUSES": french.APPOINTMENT_STATUSES,
}  # fmt: skip


class Clock:
    """Instants in the town's words, at one present."""

    def __init__(self, desk: Desk) -> None:
        self._tz = desk.town.tz
        self.now = desk.now().astimezone(self._tz)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self._tz)

    def moment(self, at: datetime) -> str:
        """« aujourd'hui à 10 h 05 »."""
        return french.moment(self.local(at), self.now)

    def day(self, at: datetime) -> str:
        return french.day(self.local(at).date(), self.now.date())

    def full(self, at: datetime) -> str:
        """« mardi 24 novembre 2026 à 10 h 05 », for what is read another day."""
        return f"{self.full_day(at)} à {self.hour(at)}"

    def full_day(self, at: datetime) -> str:
        return french.day(self.local(at).date())

    def hour(self, at: datetime) -> str:
        return french.hour(self.local(at))

    def due(self, at: datetime) -> str:
        """« dans 40 min », « en retard de 2 h »."""
        return french.due(self.local(at), self.now)

    def since(self, at: datetime) -> str:
        """« 12 min »."""
        return french.lasting(self.local(at), self.now)

    def is_late(self, at: datetime) -> bool:
        return at < self.now

    def iso(self, at: datetime) -> str:
        return self.local(at).isoformat(timespec="minutes")


def part(template: str, desk: Desk, **values: Any) -> str:
    """A piece of a page, the same for whoever looks at it."""
    return environment.get_template(template).render(clock=Clock(desk), town=desk.town, **values)


def page(
    template: str,
    request: Request,
    desk: Desk,
    person: SignedIn | None = None,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """A whole page; it stays in no cache, as it shows who called."""
    shown = part(
        template,
        desk,
        person=person,
        path=request.url.path,
        form_field=FORM_FIELD,
        form_token=form_token(request),
        **values,
    )
    response = HTMLResponse(shown, status)
    response.headers["cache-control"] = "no-store"
    if person is None:
        set_visit(response, request)
    return response
