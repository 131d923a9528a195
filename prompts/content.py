"""A town's content: what the agent knows, understands and says. Read by `prompts.load.load_town`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from prompts.agendas import AgendaPlan, Retention, WaitingRules
from prompts.announcements import Announcement, ReadyAnnouncements
from prompts.answering import ALWAYS, Answering
from prompts.call_recording import NOT_RECORDED, CallRecording
from prompts.directory_record import DirectoryRecord
from prompts.faq import Faq
from prompts.fields import (
    Content,
    Day,
    DialledPhone,
    LocalMoment,
    Phone,
    Probability,
    Text,
    Zone,
    check_variables,
)
from prompts.labels import Intent, Service
from prompts.learned import Learned, Thresholds
from prompts.menu import Menu
from prompts.outside import OutsideAgendas
from prompts.procedures import Procedure, ProcedureWords
from prompts.pronunciations import PronunciationBook
from prompts.recordings import Recorded
from prompts.sentences import Sentences
from prompts.sentences_booking import BookingSentences
from prompts.sentences_messages import MessageSentences
from prompts.sentences_requests import RequestSentences
from prompts.streets import Streets
from prompts.turn_taking import TurnTaking
from prompts.variants import Variants


class Contact(Content):
    address: Text = Field(alias="adresse")
    phone: Phone = Field(alias="telephone")
    email: Text = Field(alias="courriel")


class OnCall(Content):
    """Whom to ring for a technical danger out of hours."""

    phone: DialledPhone = Field(alias="telephone", description="un numéro français ordinaire")
    purpose: Text = Field(alias="objet")


class Place(Content):
    """Something with opening hours: the town hall, the library…"""

    name: Text = Field(alias="nom", description="avec son article : « la déchèterie »")
    expression: Text = Field(alias="horaire", description="format OpenStreetMap « opening_hours »")
    phone: Phone | None = Field(
        None, alias="telephone", description="le sien, s'il n'est pas celui de la mairie"
    )
    address: Text | None = Field(
        None, alias="adresse", description="la sienne, si ce n'est pas celle de la mairie"
    )
    always: bool = Field(False, alias="garde_ses_horaires", description="les fermetures ne le concernent pas")


class Closure(Content):
    start: LocalMoment = Field(alias="debut")
    end: LocalMoment = Field(alias="fin")
    """Exclusive."""
    label: Text = Field(alias="libelle")


class Extension(Content):
    """People to whom a call can be handed over."""

    name: Text = Field(alias="nom", description="avec son article : « le service état civil »")
    place: str = Field(alias="horaires", description="une clé de « lieux »")
    phone: Phone | None = Field(
        None, alias="telephone", description="dit à qui demande le numéro de ce service"
    )


class ServiceEntry(Content):
    """Where a subject is handled; what is not said is the town hall and its reception."""

    place: str = Field("mairie", alias="horaires")
    extension: str = Field("accueil", alias="transfert")
    agenda: str | None = Field(None, alias="agenda")


class Commune(Content):
    name: Text = Field(alias="nom")
    departement: str
    tz: Zone = Field(alias="fuseau")
    contact: Contact = Field(alias="accueil")
    on_call: OnCall | None = Field(None, alias="astreinte")
    answers: Answering = Field(
        ALWAYS,
        alias="decroche",
        description="toujours ; ou, l'accueil ouvert : 3 (après trois sonneries), occupe, hors_horaires",
    )
    places: dict[str, Place] = Field(alias="lieux")
    callback_open_hours: float = Field(
        4.0,
        alias="rappel_sous_heures_ouvertes",
        gt=0,
        le=80,
        description="heures d'ouverture dans lesquelles on rappelle",
    )
    callback_minutes: float = Field(
        8.0, alias="minutes_par_rappel", gt=0, le=240, description="pour chaque rappel qui passe avant"
    )
    agendas: dict[str, AgendaPlan] = Field({}, alias="agendas")
    """By motif."""
    outside: OutsideAgendas = Field(OutsideAgendas.model_validate({}), alias="agendas_exterieurs")
    waiting_list: WaitingRules = Field(WaitingRules.model_validate({}), alias="liste_attente")
    retention: Retention = Field(Retention.model_validate({}), alias="conservation")
    recording: CallRecording = Field(NOT_RECORDED, alias="enregistrement_appels")
    closed_days: tuple[Day, ...] = Field((), alias="jours_locaux_fermes")
    closures: tuple[Closure, ...] = Field((), alias="fermetures")
    extensions: dict[str, Extension] = Field(alias="transferts")
    services: dict[Service, ServiceEntry] = Field(alias="services")


class Phrases(Content):
    """How people say something; compared without accents, hesitations or exact spelling."""

    strong: tuple[Text, ...] = Field((), alias="sur")
    """Alone enough."""
    weak: tuple[Text, ...] = Field((), alias="indice")
    """Only beside something else."""
    unless: tuple[Text, ...] = Field((), alias="sauf")
    """These words take the meaning away."""
    doubt: tuple[Text, ...] = Field((), alias="doute")
    """Anywhere in the sentence, these words make it uncertain: asked back rather than answered."""


_NOTHING_SAID = Phrases.model_validate({})


class Danger(Content):
    """A danger to life: its number is said first, once more, and the call ends."""

    phrases: Phrases = Field(alias="phrases")
    together: tuple[tuple[Text, ...], ...] = Field(
        (), alias="combinaisons", description="des noms de « familles_de_mots » qui se rencontrent"
    )
    sentence: Text = Field(alias="consigne", description="commence par le numéro à composer")
    technical: bool = Field(False, alias="technique", description="la nuit, il concerne aussi l'astreinte")


class Refusal(Content):
    """What is asked of a town hall and is not its to say: it tells where the request itself is not sure."""

    intent: Literal["hors_sujet", "conseil_juridique", "decision"] = Field(alias="demande")
    always: bool = Field(False, alias="toujours", description="même quand la demande semble claire")
    phrases: Phrases = Field(_NOTHING_SAID, alias="phrases")
    together: tuple[tuple[Text, ...], ...] = Field(
        (), alias="combinaisons", description="des noms de « familles_de_mots » qui se rencontrent"
    )


class InPassing(Content):
    """What makes a word of another's business a landmark, or whoever sends the caller to us."""

    before: tuple[Text, ...] = Field((), alias="avant")
    after: tuple[Text, ...] = Field((), alias="apres")


_NOT_IN_PASSING = InPassing.model_validate({})


class ElsewhereWords(Content):
    """What tells another town's place (« la mairie du Lamentin ») from ours."""

    places: tuple[Text, ...] = Field(alias="lieux")
    ordinary: tuple[Text, ...] = Field(alias="mots_ordinaires")
    """After « la mairie de », these words do not begin the name of a town."""
    known: tuple[Text, ...] = Field((), alias="communes_connues")
    """Towns that many people name; alone enough after `before` and not after `unless`."""
    before: tuple[Text, ...] = Field((), alias="avant_une_commune")
    unless: tuple[Text, ...] = Field((), alias="pas_une_commune")
    acts: tuple[Text, ...] = Field((), alias="actes_de_la_bas")
    """Kept by the town where somebody was born, married or died: beside these words, `unless` counts not."""
    told: Phrases = Field(_NOTHING_SAID, alias="autrement_dit")
    """Another town without its name (« la commune voisine »)."""
    here: tuple[Text, ...] = Field((), alias="chez_nous")
    """What names our town without its name."""


class Meant(Content):
    """One of the things that a word may mean."""

    name: Text = Field(alias="nom", description="« un permis de construire »")
    service: Service


class Confusable(Content):
    """A word that means two things: never guessed, always asked."""

    phrases: Phrases = Field(alias="phrases")
    meant: tuple[Meant, Meant] = Field(alias="sens")


class Comprehension(Content):
    risk: Probability = Field(alias="risque_accepte")
    """The share of wrong answers that the town accepts; the thresholds follow from it."""
    hesitations: tuple[Text, ...] = Field(alias="hesitations")
    silence: tuple[Text, ...] = Field(alias="ecrit_sur_du_silence")
    """What recognisers write where nobody speaks."""
    intents: dict[Intent, Phrases] = Field(alias="demandes")
    """Short answers, and what must never be missed; requests are learned."""
    names: dict[Service, Text] = Field(alias="noms")
    nicknames: dict[Service, tuple[Text, ...]] = Field(
        {}, alias="surnoms", description="ce que des gens disent d'un service, et de lui seul"
    )
    signals: dict[str, Phrases] = Field(alias="signaux")
    """Said beside the request; the keys are those of `dialog.meaning.Signal`."""
    past: Phrases = Field(alias="passe")
    """What makes a danger one that is over, or only a way of speaking."""
    word_families: dict[str, tuple[Text, ...]] = Field(alias="familles_de_mots")
    dangers: dict[str, Danger] = Field(alias="dangers")
    elsewhere: ElsewhereWords = Field(alias="autre_commune")
    other_business: tuple[Text, ...] = Field((), alias="autre_chose")
    """Words of what no town hall does: they tell where the request itself is not sure."""
    in_passing: InPassing = Field(_NOT_IN_PASSING, alias="en_passant")
    refusals: dict[str, Refusal] = Field({}, alias="pas_a_nous_de_dire")
    """In order: the first that is said counts."""
    confusable: tuple[Confusable, ...] = Field((), alias="mots_a_deux_sens")

    @model_validator(mode="after")
    def _check_families(self) -> Self:
        together = [one.together for one in self.dangers.values()]
        together += [one.together for one in self.refusals.values()]
        named = (family for entry in together for families in entry for family in families)
        if unknown := next((family for family in named if family not in self.word_families), None):
            raise ValueError(f"« {unknown} » ne figure pas dans « familles_de_mots »")
        return self


_AWAITED = frozenset({"lieu", "de_lieu", "quand", "papier"})


def _check_awaited(text: str) -> str:
    check_variables(text, _AWAITED, frozenset())
    return text


Awaited = Annotated[Text, AfterValidator(_check_awaited)]


class Listening(Content):
    """What the built-in recogniser listens for at an open question, spelled as it is pronounced."""

    when: tuple[Text, ...] = Field(alias="quand")
    papers: tuple[Text, ...] = Field(alias="papier")
    phrases: tuple[Awaited, ...] = Field(
        alias="phrases", min_length=1, description="avec {lieu}, {de_lieu}, {quand} et {papier}"
    )
    refusals: tuple[Text, ...] = Field(
        alias="refus_d_enregistrement", description="écoutées seulement si la commune enregistre les appels"
    )
    keywords: tuple[Text, ...] = Field(alias="mots", min_length=1)


class Agenda(Content):
    duration_min: int = Field(alias="duree_min", gt=0)
    time_slots: tuple[LocalMoment, ...] = Field(alias="creneaux")


class DemoAppointment(Content):
    ref: str
    name: Text = Field(alias="nom")
    first_name: Text = Field(alias="prenom")
    motif: str
    subject: Service = Field(alias="objet")
    start: LocalMoment = Field(alias="debut")
    phone: Phone = Field(alias="tel")


class DemoFile(Content):
    number: str = Field(alias="numero")
    service: Service
    name: Text | None = Field(None, alias="nom")
    status: Text = Field(alias="statut")
    label: Text | None = Field(None, alias="libelle")
    missing_document: Text | None = Field(None, alias="piece_manquante")


class DemoRecords(Content):
    """Records for rehearsals: they stand in for the database and the people of the town hall."""

    agendas: dict[str, Agenda]
    appointments: tuple[DemoAppointment, ...] = Field(alias="rdvs")
    files: tuple[DemoFile, ...] = Field(alias="dossiers")
    transfers: dict[str, Literal["disponible", "ne répond pas"]] = Field(alias="transferts")


@dataclass(frozen=True, eq=False)
class Town:
    """Everything the dialogue needs to know; a call keeps the one it began with.

    A town is only itself: what was worked out for it is kept by it, and goes with it.
    """

    commune: Commune
    sentences: Sentences
    booking: BookingSentences
    messages: MessageSentences
    requests: RequestSentences
    comprehension: Comprehension
    listening: Listening
    procedures: dict[str, Procedure]
    """By the name of each one's file."""
    procedure_words: ProcedureWords
    demo: DemoRecords | None
    learned: Learned
    """What the classifier learned from the phrases."""
    faq: Faq
    pronunciations: PronunciationBook
    streets: Streets
    menu: Menu
    variants: Variants
    ready_announcements: ReadyAnnouncements
    turn_taking: TurnTaking
    directory: DirectoryRecord | None = None
    """What the national directory says of it, where that was imported."""
    recorded: tuple[Recorded, ...] = ()
    """Sentences that somebody has recorded: their sound stands instead of the voice."""
    announcements: tuple[Announcement, ...] = ()
    """Said first to every caller while they are on; they come beside the content, not with it."""
    version: str = ""
    """The digest of the folder that it was read from: what each call is written down with."""

    @cached_property
    def thresholds(self) -> Thresholds:
        """How sure is sure enough, for the risk that the town accepts."""
        return self.learned.thresholds(self.comprehension.risk)

    @property
    def name(self) -> str:
        return self.commune.name

    @property
    def tz(self) -> ZoneInfo:
        return self.commune.tz

    def entry(self, service: Service) -> ServiceEntry:
        """Where this subject is handled."""
        return self.commune.services.get(service) or ServiceEntry.model_validate({})
