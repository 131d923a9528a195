"""Every sentence that a caller can hear, by its name in code and its French name in the file."""

from typing import Annotated

from pydantic import AfterValidator, Field

from prompts.fields import Content, Text, check_variables


def variables(*required: str, optional: tuple[str, ...] = ()) -> AfterValidator:
    needed = frozenset(required)
    allowed = needed | frozenset(optional) | {"commune"}

    def check(text: str) -> str:
        check_variables(text, allowed, needed)
        return text

    return AfterValidator(check)


Fixed = Annotated[Text, variables()]
AboutService = Annotated[Text, variables("service")]
OnDay = Annotated[Text, variables("service", "jour")]
OpenOnDay = Annotated[Text, variables("service", "jour", "plages")]


class Sentences(Content):
    # The beginning of a call
    disclosure: Fixed = Field(alias="accueil_mention", description="première phrase, jamais coupée")
    invitation: Fixed = Field(alias="accueil_invitation")
    menu: Fixed = Field(alias="menu")
    open_question: Fixed = Field(alias="question_ouverte")
    crowd_keys: Fixed = Field(
        alias="affluence_touches", description="trop d'appels à la fois : celui-ci se fait par les touches"
    )
    crowd_call_back: Fixed = Field(
        alias="affluence_rappel", description="plus encore : celui-ci ne peut que laisser un numéro"
    )
    # Opening hours
    open_on: OpenOnDay = Field(alias="horaires_ouvert")
    open_now: Annotated[Text, variables("service", "heure")] = Field(alias="horaires_en_ce_moment")
    closed_now: AboutService = Field(alias="horaires_ferme_maintenant")
    closed_on: OnDay = Field(alias="horaires_ferme")
    closed_holiday: OnDay = Field(alias="horaires_ferie")
    closed_exceptionally: OnDay = Field(alias="horaires_fermeture_locale")
    closed_early: OpenOnDay = Field(alias="horaires_exceptionnels")
    no_more_today: AboutService = Field(alias="horaires_plus_aujourdhui")
    next_opening: Annotated[Text, variables("quand")] = Field(alias="prochaine_ouverture")
    no_next_opening: Fixed = Field(alias="prochaine_ouverture_inconnue")
    usual_week: Annotated[Text, variables("de_service", "semaine")] = Field(alias="horaires_semaine")
    contact: Annotated[Text, variables("adresse", "telephone", "courriel")] = Field(alias="coordonnees")
    # Documents
    documents_unknown: Fixed = Field(alias="pieces_sans_fiche")
    only_the_town_decides: Fixed = Field(alias="seule_la_mairie_decide")
    fact_expired: Fixed = Field(alias="information_a_verifier")
    source: Annotated[Text, variables("titre", "date", optional=("site",))] = Field(alias="source")
    source_titled: Annotated[Text, variables("titre", "date")] = Field(
        alias="source_sans_site", description="quand la source n'a pas d'adresse sur internet"
    )
    source_town: Fixed = Field(alias="source_commune")
    no_source: Fixed = Field(alias="source_rien_dit")
    # Going on
    anything_else: Fixed = Field(alias="autre_chose")
    goodbye: Fixed = Field(alias="au_revoir")
    hello: Fixed = Field(alias="salutation")
    take_your_time: Fixed = Field(alias="attendre")
    nothing_to_repeat: Fixed = Field(alias="rien_a_repeter")
    confirm: Annotated[Text, variables("sujet")] = Field(alias="confirmer")
    misheard: Fixed = Field(alias="confirmer_non")
    confirm_keys: Annotated[Text, variables("sujet")] = Field(
        alias="confirmer_touches", description="la même, quand l'écoute est peu sûre : avec les touches"
    )
    topic_hours: Annotated[Text, variables("de_service")] = Field(alias="sujet_horaires")
    choose: Annotated[Text, variables("premier", "second")] = Field(
        alias="choisir",
        description="quand deux demandes sont aussi vraisemblables ; nomme les touches 1 et 2",
    )
    topic_question: Annotated[Text, variables("question")] = Field(alias="sujet_question")
    topic_hours_on: Annotated[Text, variables("de_service", "jour")] = Field(alias="sujet_horaires_jour")
    topic_documents: AboutService = Field(alias="sujet_pieces")
    topic_cost: AboutService = Field(alias="sujet_cout")
    topic_procedure: AboutService = Field(alias="sujet_demarche")
    topic_file: Fixed = Field(alias="sujet_dossier")
    topic_report: AboutService = Field(alias="sujet_signalement")
    topic_a_report: Fixed = Field(alias="sujet_un_signalement", description="quand on ne sait pas de quoi")
    topic_complaint: Fixed = Field(alias="sujet_reclamation")
    topic_both: Annotated[Text, variables("premier", "second")] = Field(alias="sujet_deux")
    topic_contact_of: Annotated[Text, variables("de_service")] = Field(alias="sujet_coordonnees_service")
    topic_contact: Fixed = Field(alias="sujet_coordonnees")
    topic_other: Fixed = Field(alias="sujet_autre")
    # What failed
    missed: Fixed = Field(alias="incompris")
    missed_choice: Fixed = Field(alias="incompris_choix")
    unknown_key: Fixed = Field(alias="touche_inconnue")
    silence_rephrase: Fixed = Field(alias="silence_1")
    silence_keys: Fixed = Field(alias="silence_2")
    handing_over: Fixed = Field(alias="je_passe_une_personne")
    # A person
    transferring: AboutService = Field(alias="transfert")
    transfer_closed: AboutService = Field(alias="transfert_ferme")
    transfer_no_answer: AboutService = Field(alias="transfert_sans_reponse")
    reach_us: Annotated[Text, variables("telephone", "courriel")] = Field(alias="nous_joindre")
    not_served: Fixed = Field(alias="demande_non_traitee")
    not_ours: Fixed = Field(alias="hors_mairie")
    other_town: Fixed = Field(alias="autre_commune")
    too_long: Fixed = Field(alias="appel_trop_long")
    broken: Fixed = Field(alias="panne", description="dit quand l'agent ne peut plus servir l'appel")
