"""What the town hall writes, by SMS and e-mail: to the people, to its clerks; and when it may."""

from collections.abc import Callable
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from prompts.fields import Content, Text, check_variables


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and len(value) == 5:
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f'« {value} » n\'est pas une heure ; attendu : "20:00", entre guillemets')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
PerDay = Annotated[int, Field(ge=0, le=100_000)]


class MessageRules(Content):
    """When SMS wait, and how much may be sent in a day."""

    quiet_from: TimeOfDay = Field(alias="silence_de")
    quiet_until: TimeOfDay = Field(alias="silence_a", description="la même heure : pas de silence")
    sundays: bool = Field(alias="dimanche", description="true : les SMS partent aussi le dimanche")
    sms_per_day: PerDay = Field(alias="sms_par_jour")
    emails_per_day: PerDay = Field(alias="courriels_par_jour")
    sms_cents: Annotated[float, Field(ge=0, le=1000)] | None = Field(
        None, alias="prix_sms_centimes", description="ce que coûte un SMS, pour la page des messages"
    )
    refusal_by_sms: Text | None = Field(
        None, alias="refus_par_sms", description="à la fin des SMS auxquels on peut répondre"
    )
    refusal_by_link: Text | None = Field(
        None, alias="refus_par_lien", description="à la fin des courriels ; {lien} est la page du refus"
    )

    @model_validator(mode="after")
    def _link_is_there(self) -> "MessageRules":
        if self.refusal_by_link is not None:
            check_variables(self.refusal_by_link, frozenset({"lien"}), frozenset({"lien"}))
        return self


class Wording(Content):
    subject: Text = Field(alias="titre", description="du courriel ; un SMS n'en a pas")
    text: Text = Field(alias="texte")
    answers: Text | None = Field(
        None, alias="par_sms", description="ajouté à un SMS auquel on peut répondre OK, REPORT ou STOP"
    )
    with_link: Text | None = Field(
        None, alias="avec_lien", description="ajouté quand la page de la personne est joignable ; {lien}"
    )


def _with(*required: str, optional: tuple[str, ...]) -> Callable[[Wording], Wording]:
    def check(wording: Wording) -> Wording:
        allowed = frozenset(required) | frozenset(optional) | {"commune"}
        check_variables(wording.subject, allowed, frozenset())
        check_variables(wording.text, allowed, frozenset(required))
        if wording.answers is not None:
            check_variables(wording.answers, frozenset(), frozenset())
        if wording.with_link is not None:
            check_variables(wording.with_link, frozenset({"lien"}), frozenset({"lien"}))
        return wording

    return check


_APPOINTMENT = ("objet", "reference", "telephone")
_TO_CLERKS = ("reference", "service", "avant", "motif", "lien")
OfAppointment = Annotated[Wording, AfterValidator(_with("quand", optional=_APPOINTMENT))]
OfBooking = Annotated[Wording, AfterValidator(_with("quand", "reference", optional=("objet", "telephone")))]
OfPlace = Annotated[Wording, AfterValidator(_with("quand", "avant", optional=_APPOINTMENT))]
OfCallback = Annotated[Wording, AfterValidator(_with("telephone", optional=()))]
OfDocuments = Annotated[Wording, AfterValidator(_with("pieces", optional=("objet", "telephone")))]
OfFile = Annotated[Wording, AfterValidator(_with("reference", "statut", optional=("telephone",)))]
OfMissing = Annotated[Wording, AfterValidator(_with("reference", "pieces", optional=("telephone",)))]
OfFault = Annotated[Wording, AfterValidator(_with("reference", optional=("telephone",)))]
ToClerks = Annotated[Wording, AfterValidator(_with(optional=_TO_CLERKS))]


class MessageSentences(Content):
    rules: MessageRules = Field(alias="regles")
    # To the people
    booked: OfBooking = Field(alias="rendez_vous_pris")
    moved: OfBooking = Field(alias="rendez_vous_deplace")
    cancelled: OfAppointment = Field(alias="rendez_vous_annule")
    reminder: OfAppointment = Field(alias="rendez_vous_j_moins_2")
    earlier_place: OfPlace = Field(alias="place_plus_tot")
    no_answer: OfCallback = Field(alias="rappel_sans_reponse")
    missed_call: OfCallback = Field(alias="appel_manque")
    documents: OfDocuments = Field(alias="liste_des_pieces")
    file_status: OfFile = Field(alias="dossier_statut")
    file_missing: OfMissing = Field(alias="dossier_pieces_manquantes")
    fault_kept: OfFault = Field(alias="signalement_recu")
    # To the clerks
    urgent: ToClerks = Field(alias="rappel_urgent")
    late: ToClerks = Field(alias="rappel_en_retard")
    dangerous: ToClerks = Field(alias="signalement_dangereux")
    doubtful: ToClerks = Field(alias="rendez_vous_change_sans_le_dire")
    undelivered: ToClerks = Field(alias="message_non_remis")
    expired: ToClerks = Field(alias="messages_perimes")
    capped: ToClerks = Field(alias="plafond_atteint")
    calendar_away: ToClerks = Field(alias="agenda_injoignable")
    calendar_clash: ToClerks = Field(alias="agenda_en_conflit")
    account_changed: ToClerks = Field(alias="compte_change")
    witness_fails: ToClerks = Field(alias="appel_temoin_en_panne")
    witness_back: ToClerks = Field(alias="appel_temoin_retabli")

    def wording(self, template: str) -> Wording | None:
        """The message of this French name; None when there is none."""
        for name, field in MessageSentences.model_fields.items():
            if field.alias == template and isinstance(found := getattr(self, name), Wording):
                return found
        return None
