"""Where the town's content may be wrong by now: told otherwise by the national directory, or soon to expire.

Pure: what the admins' page and the nightly job show. Each finding says where it is put right.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dialog import wording
from dialog.errors import UnusableHours
from dialog.town_hours import plan_of
from prompts.content import Place, Town

SOON_DAYS = 45
_USUAL_WEEKS = 8

Where = tuple[str, tuple[str | int, ...]]
"""The file of the content, and the place in it."""


@dataclass(frozen=True)
class Disagreement:
    what: Literal["horaires", "adresse", "telephone", "courriel"]
    sentence: str
    """French, for a secretary: what each of the two says."""
    where: Where
    directory: str | None
    """What the directory says, as the content would write it."""


@dataclass(frozen=True)
class Expiring:
    name: str
    """Of the démarche's sheet, or of the question."""
    until: date
    where: Where

    def expired(self, today: date) -> bool:
        """Whether it is told no more."""
        return today > self.until


def disagreements(town: Town, now: datetime) -> tuple[Disagreement, ...]:
    """What the imported directory record says otherwise than the town; nothing where none was imported."""
    record = town.directory
    if record is None:
        return ()
    found = [
        Disagreement(
            what,
            f"{name} : l'annuaire dit « {_shown(what, theirs)} », vous dites « {_shown(what, ours)} ».",
            ("commune.yaml", ("accueil", what)),
            theirs,
        )
        for what, name, theirs, ours in _contacts(town)
        if theirs is not None and _key(theirs) != _key(ours)
    ]
    return (*_hours(town, now), *found)


def expiring(town: Town, today: date, within_days: int = SOON_DAYS) -> tuple[Expiring, ...]:
    """Facts that are told no more, or for these days only; the first to expire first."""
    sheets = [
        Expiring(
            sheet.name,
            until,
            (f"demarches/{key}.yaml", ("fiches", index, "valable_jusquau"))
            if sheet.valid_until is not None
            else (f"demarches/{key}.yaml", ("valable_jusquau",)),
        )
        for key, procedure in town.procedures.items()
        for index, sheet in enumerate(procedure.sheets)
        if not sheet.person and (until := procedure.expiry_of(sheet)) is not None
    ]
    questions = [
        Expiring(question.name, question.valid_until, ("faq.yaml", ("questions", key, "valable_jusquau")))
        for key, question in town.faq.questions.items()
    ]
    limit = today + timedelta(days=within_days)
    return tuple(
        sorted((one for one in (*sheets, *questions) if one.until < limit), key=lambda one: one.until)
    )


_What = Literal["adresse", "telephone", "courriel"]


def _contacts(town: Town) -> tuple[tuple[_What, str, str | None, str], ...]:
    contact, record = town.commune.contact, town.directory
    assert record is not None
    return (
        ("adresse", "Adresse", record.address, contact.address),
        ("telephone", "Téléphone", record.phone, contact.phone),
        ("courriel", "Adresse électronique", record.email, contact.email),
    )


def _key(text: str) -> str:
    """The same for two writings of one address."""
    return " ".join(text.lower().replace(",", " ").split())


def _shown(what: str, value: str) -> str:
    return wording.spoken_phone(value) if what == "telephone" else value


def _hours(town: Town, now: datetime) -> tuple[Disagreement, ...]:
    """« Du lundi au jeudi, l'annuaire dit 17 h, vous dites 16 h 30 »: all days in one finding."""
    record, place = town.directory, town.commune.places["mairie"]
    assert record is not None
    if record.expression is None:
        return ()
    try:
        theirs = _usual(town, place.model_copy(update={"expression": record.expression}), now)
    except UnusableHours:
        return ()
    ours = _usual(town, place, now)
    alike: dict[tuple[str, str], list[str]] = {}
    for day in range(7):
        if theirs[day] != ours[day]:
            both = theirs[day] or "fermé", ours[day] or "fermé"
            alike.setdefault(both, []).append(f"le {wording.WEEKDAYS[day]}")
    if not alike:
        return ()
    told = [
        f"{wording.days_named(days)}, l'annuaire dit « {they_say} », vous dites « {we_say} »"
        for (they_say, we_say), days in alike.items()
    ]
    sentence = wording.sentence(" ; ".join(told)) + "."
    where: Where = ("commune.yaml", ("lieux", "mairie", "horaire"))
    return (Disagreement("horaires", sentence, where, record.expression),)


def _usual(town: Town, place: Place, now: datetime) -> list[str]:
    """The hours of each weekday as they are most often in the weeks to come; "" where it is closed."""
    plan = plan_of(town, place.model_copy(update={"always": True}))
    today = now.astimezone(town.tz).date()
    usual = []
    for weekday in range(7):
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        seen = [
            wording.hours(plan.ranges(day))
            for week in range(_USUAL_WEEKS)
            if not plan.is_holiday(day := first + timedelta(weeks=week))
        ]
        usual.append(max(seen, key=seen.count, default=""))
    return usual


def closure_at(town: Town, subject: str, at: datetime) -> str | None:
    """The closure of the town that falls on this instant (local, naive), unless the place keeps its hours."""
    entry = next((entry for service, entry in town.commune.services.items() if service == subject), None)
    place = town.commune.places[entry.place if entry is not None else "mairie"]
    if place.always:
        return None
    for closure in town.commune.closures:
        if closure.start <= at < closure.end:
            return closure.label
    return "jour de fermeture locale" if at.date() in town.commune.closed_days else None


def cut_by_agenda(town: Town, motif: str, at: datetime) -> str | None:
    """The exception of this agenda that falls on this instant."""
    agenda = town.commune.agendas.get(motif)
    exceptions = agenda.exceptions if agenda is not None else ()
    return next((one.label for one in exceptions if one.start <= at < one.end), None)
