"""Agendas that a town has elsewhere: its own calendars, the France Titres hub, RDV-Service-Public.

Nothing here is secret: passwords and tokens come from the environment of the program.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from prompts.addresses import is_in_clear
from prompts.fields import Content, Text


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", value):
        raise ValueError(f"« {value} » n'est pas une adresse ; attendu : https://serveur/chemin/")
    return value


def _secret_address(value: str) -> str:
    if is_in_clear(_address(value)):
        raise ValueError(f"« {value} » : un mot de passe y passerait en clair ; attendu : https://…")
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,30}", value):
        raise ValueError(f"« {value} » : un nom court, en minuscules, chiffres et « _ »")
    return value


Address = Annotated[str, AfterValidator(_address)]
SecretAddress = Annotated[str, AfterValidator(_secret_address)]
"""Where a password or a token is sent."""
ShortName = Annotated[str, AfterValidator(_name)]


class InAgenda(Content):
    """Where something counts: an agenda, or one counter of it."""

    agenda: str = Field(description="une clé de « agendas »")
    counter: str | None = Field(None, alias="guichet", description="rien : tout l'agenda")


class CalendarLink(InAgenda):
    """A calendar on a CalDAV server; its password is in STANDARDISTE_CALENDAR_ and its name in capitals."""

    url: SecretAddress = Field(alias="adresse", description="de ce calendrier, pas seulement du serveur")
    user: Text = Field(alias="utilisateur")
    reads: bool = Field(True, alias="lire", description="ses heures occupées ne se réservent plus")
    writes: bool = Field(True, alias="ecrire", description="nos rendez-vous y figurent, sans nom")


class MeetingPoint(Content):
    """A place of the France Titres hub."""

    id: Text
    agenda: str = Field(description="une clé de « agendas »")
    name: Text = Field(alias="nom")
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    address: Text = Field(alias="adresse")
    zip_code: Text = Field(alias="code_postal")
    city: Text = Field(alias="ville")
    website: Address | None = Field(None, alias="site")
    logo: Address | None = Field(None, alias="logo")


class FranceTitres(Content):
    """rendezvouspasseport.ants.gouv.fr shows our free times; its token is in STANDARDISTE_HUB_TOKEN."""

    points: tuple[MeetingPoint, ...] = Field(min_length=1)
    coordination: SecretAddress | None = Field(
        None, description="adresse de l'API de dédoublonnage ; sa clé : STANDARDISTE_COORDINATION_TOKEN"
    )
    if_away: Literal["reserver", "refuser"] = Field(
        "reserver", alias="si_injoignable", description="quand la pré-demande ne peut pas être vérifiée"
    )

    def point(self, identifier: str) -> MeetingPoint | None:
        return next((each for each in self.points if each.id == identifier), None)


class RdvServicePublic(Content):
    """Appointments taken there block our time slots. STANDARDISTE_RDVSP_PASSWORD reads them, and
    STANDARDISTE_RDVSP_SECRET proves what is told to /webhooks/rdv-service-public."""

    url: SecretAddress = Field(alias="adresse")
    user: Text = Field(alias="utilisateur", description="le courriel d'un agent de l'organisation")
    organisation: int = Field(ge=1)
    motifs: dict[str, InAgenda] = Field(min_length=1, description="par numéro de motif là-bas")


class OutsideAgendas(Content):
    calendars: dict[ShortName, CalendarLink] = Field({}, alias="calendriers")
    france_titres: FranceTitres | None = Field(None, alias="france_titres")
    rdv_service_public: RdvServicePublic | None = Field(None, alias="rdv_service_public")

    def places(self) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
        """Where each is written, and the agenda and counter that it names."""
        for name, link in self.calendars.items():
            yield ("calendriers", name), link.agenda, link.counter
        for index, point in enumerate(self.france_titres.points if self.france_titres else ()):
            yield ("france_titres", "points", index), point.agenda, None
        motifs = self.rdv_service_public.motifs if self.rdv_service_public else {}
        for key, place in motifs.items():
            yield ("rdv_service_public", "motifs", key), place.agenda, place.counter
