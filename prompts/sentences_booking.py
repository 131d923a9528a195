"""The sentences said about appointments: taken, moved, cancelled, recalled."""

from typing import Annotated

from pydantic import Field

from prompts.fields import Content, Text
from prompts.labels import Service
from prompts.sentences import Fixed, variables

Topic = Annotated[Text, variables("objet")]
Offers = Annotated[Text, variables("offres", optional=("touches",))]
OneOffer = Annotated[Text, variables("offre")]
Told = Annotated[Text, variables("objet", "quand")]


class BookingSentences(Content):
    # What for
    topics: dict[Service, Text] = Field(
        alias="objets", description="« avec un élu » ; les autres sujets : « pour » et leur nom"
    )
    topic: Topic = Field(alias="objet_habituel", description="« pour un passeport »")
    subject_asked: Annotated[Text, variables("choix")] = Field(alias="sujet_demande")
    subject_choice: Annotated[Text, variables("touche", "objet")] = Field(alias="sujet_choix")
    subject_more: Annotated[Text, variables("touche")] = Field(alias="sujet_suite")
    no_agenda: Fixed = Field(alias="sans_agenda", description="ce sujet n'a pas d'agenda dans la commune")
    # When
    offered: Offers = Field(alias="proposition")
    offered_keys: Offers = Field(alias="proposition_touches", description="quand l'écoute est peu sûre")
    one_offered: OneOffer = Field(alias="proposition_unique")
    one_offered_keys: OneOffer = Field(alias="proposition_unique_touches")
    nothing_then: Fixed = Field(alias="rien_a_ce_moment", description="avant de proposer autre chose")
    nothing_earlier: Fixed = Field(alias="rien_plus_tot")
    nothing_later: Fixed = Field(alias="rien_plus_tard")
    nothing_else: Fixed = Field(alias="rien_d_autre", description="tout ce qui est libre a été proposé")
    agenda_full: Fixed = Field(alias="agenda_complet")
    agenda_full_persons: Annotated[Text, variables("personnes")] = Field(alias="agenda_complet_personnes")
    which_day: Fixed = Field(alias="quel_jour")
    time_slot_taken: Annotated[Text, variables("quand")] = Field(alias="creneau_retenu")
    time_slot_lost: Fixed = Field(alias="creneau_perdu")
    not_settled: Fixed = Field(alias="sans_accord", description="plusieurs propositions n'ont pas convenu")
    # Who
    name_asked: Fixed = Field(alias="nom_demande")
    name_spelled: Fixed = Field(alias="nom_a_epeler")
    phone_offered: Annotated[Text, variables("telephone")] = Field(alias="numero_propose")
    phone_offered_keys: Annotated[Text, variables("telephone")] = Field(alias="numero_propose_touches")
    phone_asked: Fixed = Field(alias="numero_demande", description="l'appelant peut refuser")
    phone_typed: Fixed = Field(alias="numero_a_taper", description="la même, quand l'écoute est peu sûre")
    # Read back, then committed
    read_back: Told = Field(alias="recapitulatif")
    read_back_persons: Annotated[Text, variables("objet", "quand", "personnes")] = Field(
        alias="recapitulatif_personnes"
    )
    read_back_phone: Annotated[Text, variables("nom", "telephone")] = Field(alias="recapitulatif_contact")
    read_back_no_phone: Annotated[Text, variables("nom")] = Field(alias="recapitulatif_sans_numero")
    read_back_letters: Annotated[Text, variables("lettres")] = Field(
        alias="recapitulatif_lettres", description="quand l'écoute des noms est peu sûre"
    )
    confirm: Fixed = Field(alias="confirmer")
    confirm_keys: Fixed = Field(alias="confirmer_touches")
    what_to_change: Fixed = Field(alias="que_changer")
    booked: Told = Field(alias="reserve")
    booked_ref: Annotated[Text, variables("reference")] = Field(alias="reserve_reference")
    documents_offered: Fixed = Field(alias="documents_proposes")
    earlier_offered: Fixed = Field(
        alias="plus_tot_propose", description="à qui voulait plus tôt que ce qui est libre"
    )
    earlier_offered_keys: Fixed = Field(alias="plus_tot_propose_touches")
    earlier_noted: Fixed = Field(alias="plus_tot_note")
    earlier_declined: Fixed = Field(alias="plus_tot_refuse")
    earlier_not_noted: Fixed = Field(alias="plus_tot_non_note", description="rien n'a pu être noté")
    not_booked: Fixed = Field(alias="rien_reserve")
    unavailable: Fixed = Field(alias="agenda_indisponible", description="rien n'est fait, rien n'est promis")
    # An appointment already taken
    ref_asked: Fixed = Field(alias="reference_demandee")
    ref_typed: Fixed = Field(alias="reference_a_taper")
    visit_name_asked: Fixed = Field(alias="nom_du_rendez_vous")
    visit_day_asked: Fixed = Field(
        alias="jour_du_rendez_vous",
        description="à qui n'a pas la référence : son jour, que seule la personne connaît",
    )
    ref_needed: Fixed = Field(
        alias="sans_reference", description="sans référence ni jour, rien n'est dit : une personne"
    )
    not_found: Fixed = Field(alias="introuvable", description="ne dit jamais lequel des deux ne convient pas")
    not_found_person: Fixed = Field(alias="introuvable_personne")
    told: Told = Field(alias="rappel_du_rendez_vous")
    past: Told = Field(alias="rendez_vous_passe")
    cancel_asked: Told = Field(alias="annuler_demande")
    cancelled: Told = Field(alias="annule")
    kept: Told = Field(alias="garde")
    to_move: Told = Field(alias="a_deplacer")
    place_offered: Annotated[Text, variables("quand")] = Field(
        alias="place_proposee",
        description="à qui attend une date plus tôt et appelle pendant qu'on la lui garde",
    )
    move_asked: Annotated[Text, variables("objet", "avant", "apres")] = Field(alias="deplacer_demande")
    moved: Annotated[Text, variables("apres", "reference")] = Field(alias="deplace")
    not_changed: Fixed = Field(alias="pas_modifie")
    # What was asked, read back when it was not well heard
    wish_book: Annotated[Text, variables("objet")] = Field(alias="demande_prendre")
    wish_move: Fixed = Field(alias="demande_deplacer")
    wish_cancel: Fixed = Field(alias="demande_annuler")
    wish_recall: Fixed = Field(alias="demande_rappeler")
