"""The agendas of a town (when and where each subject can be booked), and how long its records are kept."""

from datetime import datetime

from pydantic import Field, model_validator

from prompts.fields import Content, LocalMoment, Text


class AgendaException(Content):
    """A stretch in which an agenda, open by its hours, takes nobody."""

    start: LocalMoment = Field(alias="debut")
    end: LocalMoment = Field(alias="fin")
    """Exclusive."""
    label: Text = Field(alias="libelle")

    @model_validator(mode="after")
    def _in_order(self) -> "AgendaException":
        if self.end <= self.start:
            raise ValueError("l'exception finit avant de commencer")
        return self


class AgendaPlan(Content):
    """One subject's agenda, from which its time slots are laid out each night."""

    duration_min: int = Field(alias="duree_min", ge=5, le=480)
    buffer_min: int = Field(0, alias="battement_min", ge=0, le=240, description="entre deux rendez-vous")
    expression: Text = Field(alias="horaire", description="format OpenStreetMap « opening_hours »")
    counters: dict[str, Text | None] = Field(
        {"1": None},
        alias="guichets",
        min_length=1,
        max_length=30,
        description="chacun avec ses horaires, ou rien s'ils sont ceux de l'agenda",
    )
    exceptions: tuple[AgendaException, ...] = Field((), alias="exceptions")
    days_ahead: int = Field(60, alias="jours_a_l_avance", ge=1, le=366)

    def hours(self) -> dict[str, str]:
        """The opening hours of each counter."""
        return {counter: own or self.expression for counter, own in self.counters.items()}

    def cuts(self) -> tuple[tuple[datetime, datetime], ...]:
        """The exceptions as stretches."""
        return tuple((each.start, each.end) for each in self.exceptions)


class WaitingRules(Content):
    """How places that free themselves are offered to those who wanted an earlier appointment."""

    active: bool = Field(True, alias="active")
    answer_min: int = Field(
        120, alias="reponse_sous_minutes", ge=15, le=2880, description="ensuite, au suivant de la liste"
    )
    notice_hours: int = Field(
        18, alias="au_moins_heures_avant", ge=2, le=336, description="rien n'est proposé plus tard que cela"
    )


LONGEST_KEPT_DAYS = 3660
LONGEST_SOUND_DAYS = 30
"""Of the sound of calls: the CNIL allows up to six months, which no town hall needs."""


def _days(alias: str, usual: int, most: int = LONGEST_KEPT_DAYS) -> int:
    days: int = Field(usual, alias=alias, ge=1, le=most)
    return days


class Retention(Content):
    """How many days each kind of record is kept, once it has served; a nightly job erases the rest."""

    words_days: int = _days("paroles", 30)
    """What was said in calls."""
    sound_days: int = _days("enregistrements", LONGEST_SOUND_DAYS, LONGEST_SOUND_DAYS)
    """The sound of calls, where the town has them recorded (`prompts.call_recording`)."""
    calls_days: int = _days("appels", 365)
    """When, how long and with what outcome people called, without their words."""
    numbers_days: int = _days("numeros", 180)
    """The numbers that called."""
    callbacks_days: int = _days("rappels", 180)
    """From when they were closed."""
    tickets_days: int = _days("signalements", 365)
    photos_days: int = _days("photos", 180)
    """Of faults: they may show more than the fault."""
    appointments_days: int = _days("rendez_vous", 180)
    """From the day of the appointment."""
    files_days: int = _days("dossiers", 365)
    """From what was last said of them."""
    messages_days: int = _days("messages", 90)
    audit_days: int = _days("journal_acces", 365)
