"""When and where a subject is booked: the agenda of a motif, and the rules of the waiting list."""

from typing import Any

from prompts.agendas import AgendaPlan, WaitingRules
from prompts.pages.closures_page import stretches_in
from prompts.pages.fields import Fields, Unreadable, needed_text, rows_of, said_text
from prompts.pages.forms import PartForm
from prompts.pages.hours_form import read_expression

MOST_COUNTERS = 30
_NUMBERS = {
    "duree_min": ("Durée d'un rendez-vous", 5, 480),
    "battement_min": ("Battement", 0, 240),
    "jours_a_l_avance": ("Jours à l'avance", 1, 366),
}
_RULES = {
    "reponse_sous_minutes": ("Réponse attendue sous", 15, 2880),
    "au_moins_heures_avant": ("Au moins avant", 2, 336),
}
USUAL = {
    name: str(AgendaPlan.model_fields[field].get_default())
    for name, field in (("battement_min", "buffer_min"), ("jours_a_l_avance", "days_ahead"))
}
USUAL_RULES = {
    name: str(WaitingRules.model_fields[field].get_default())
    for name, field in (("reponse_sous_minutes", "answer_min"), ("au_moins_heures_avant", "notice_hours"))
}


def read_agenda(fields: Fields, before: Any, _key: str) -> dict[str, Any]:
    """One agenda. Raises Unreadable."""
    agenda: dict[str, Any] = dict(before or {})
    for name, (label, least, most) in _NUMBERS.items():
        agenda[name] = whole_number(fields, name, label, least, most)
    agenda["horaire"] = read_expression(fields, agenda.get("horaire"))
    if counters := _counters(fields):
        agenda["guichets"] = counters
    else:
        agenda.pop("guichets", None)
    if exceptions := stretches_in(fields, "e"):
        agenda["exceptions"] = exceptions
    else:
        agenda.pop("exceptions", None)
    return agenda


def _counters(fields: Fields) -> dict[str, str | None]:
    """By name, each with its own hours or nothing; none at all for a single counter like any other."""
    found: dict[str, str | None] = {}
    for row in rows_of(fields, "g", MOST_COUNTERS):
        hours = said_text(fields, f"g-{row}-horaire", "Horaires du guichet")
        if said_text(fields, f"g-{row}-nom", "Guichet") is None and hours is None:
            continue
        name = needed_text(fields, f"g-{row}-nom", "Guichet")
        if name in found:
            raise Unreadable(f"Deux guichets s'appellent « {name} ».")
        found[name] = hours
    return {} if found == {"1": None} else found


def read_rules(fields: Fields, _before: Any, _key: str) -> dict[str, Any]:
    """How freed places are offered. Raises Unreadable."""
    rules: dict[str, Any] = {"active": bool(fields.get("active"))}
    return rules | {name: whole_number(fields, name, *bounds) for name, bounds in _RULES.items()}


def whole_number(fields: Fields, name: str, label: str, least: int, most: int) -> int:
    """Raises Unreadable."""
    text = fields.get(name, "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else least - 1
    if not least <= number <= most:
        raise Unreadable(f"{label} : un nombre de {least} à {most}.")
    return number


AGENDA = PartForm(
    kind="agenda",
    file=lambda _key: "commune.yaml",
    path=lambda key: ("agendas", key),
    read=read_agenda,
    page=lambda key: f"/admin/agendas/{key}",
    label=lambda key: f"l'agenda « {key.replace('_', ' ')} »",
)
RULES = PartForm(
    kind="attente",
    file=lambda _key: "commune.yaml",
    path=lambda _key: ("liste_attente",),
    read=read_rules,
    page=lambda _key: "/admin/agendas",
    label=lambda _key: "la liste d'attente",
)
