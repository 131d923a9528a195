"""The sentences said when something is asked of people: call-backs, reports, files, delicate subjects."""

from typing import Annotated

from pydantic import Field

from prompts.fields import Content, Text
from prompts.sentences import Fixed, variables


class Body(Content):
    """Another body that callers take the town hall for."""

    said: tuple[Text, ...] = Field(alias="dites", min_length=1, description="ce qui la désigne sans doute")
    answer: Fixed = Field(alias="reponse")


class RequestSentences(Content):
    # A telephone number, a name
    phone_offered: Annotated[Text, variables("telephone")] = Field(alias="numero_propose")
    phone_offered_keys: Annotated[Text, variables("telephone")] = Field(
        alias="numero_propose_touches", description="la même, quand l'écoute est peu sûre : avec les touches"
    )
    phone_asked: Fixed = Field(alias="numero_demande")
    phone_typed: Fixed = Field(alias="numero_a_taper")
    number_goes_on: Annotated[Text, variables("debut")] = Field(
        alias="numero_suite", description="quand une partie seulement du numéro a été dite"
    )
    name_noted: Annotated[Text, variables("nom")] = Field(
        alias="nom_note", description="un nom donné avant le numéro demandé"
    )
    # A call-back
    callback_offered: Annotated[Text, variables("service")] = Field(alias="rappel_propose")
    callback_promised: Annotated[Text, variables("service", "telephone", "quand")] = Field(
        alias="rappel_promis"
    )
    callback_moment: Annotated[Text, variables("moment")] = Field(alias="rappel_moment")
    callback_refused: Fixed = Field(alias="rappel_refuse")
    records_unavailable: Fixed = Field(
        alias="registre_indisponible", description="rien n'a été enregistré : l'agent ne promet rien"
    )
    # A fault
    report_nature: Fixed = Field(alias="signalement_quoi")
    report_place: Fixed = Field(alias="signalement_ou")
    report_danger: Fixed = Field(alias="signalement_danger")
    report_contact: Fixed = Field(alias="signalement_contact")
    report_with_number: Annotated[Text, variables("telephone")] = Field(alias="signalement_avec_numero")
    report_anonymous: Fixed = Field(alias="signalement_anonyme")
    report_read_back: Annotated[Text, variables("sujet", "lieu", "contact")] = Field(
        alias="signalement_relecture"
    )
    report_kept: Annotated[Text, variables("reference")] = Field(alias="signalement_note")
    report_dangerous: Fixed = Field(alias="signalement_dangereux")
    ringing_on_call: Fixed = Field(alias="astreinte_appelee")
    on_call_no_answer: Fixed = Field(alias="astreinte_sans_reponse")
    # A file
    file_number: Fixed = Field(alias="dossier_numero")
    file_name: Fixed = Field(alias="dossier_nom")
    file_not_found: Fixed = Field(alias="dossier_introuvable")
    file_too_many: Fixed = Field(alias="dossier_trop_d_essais")
    file_needs_number: Fixed = Field(alias="dossier_sans_numero")
    file_told: Annotated[Text, variables("statut")] = Field(alias="dossier_etat")
    file_status_plain: Annotated[Text, variables("statut")] = Field(alias="dossier_statut")
    file_statuses: dict[str, Fixed] = Field(alias="dossier_statuts", description="par statut du registre")
    file_label: Annotated[Text, variables("libelle")] = Field(alias="dossier_libelle")
    file_missing: Annotated[Text, variables("piece")] = Field(alias="dossier_piece_manquante")
    # Delicate subjects
    sensitive: dict[str, Fixed] = Field(alias="sujets_sensibles", description="« autre » vaut pour le reste")
    languages: dict[str, Text] = Field(alias="langues", description="une par langue ; « other » : le reste")
    bodies: tuple[Body, ...] = Field(alias="autres_organismes")
    robot: Fixed = Field(alias="vous_etes_un_robot")
    still_there: Fixed = Field(alias="toujours_la", description="après l'attente demandée")
    no_address: Annotated[Text, variables("service", "telephone")] = Field(alias="adresse_inconnue")
    own_address: Annotated[Text, variables("de_service", "adresse")] = Field(alias="adresse_service")
    own_phone: Annotated[Text, variables("de_service", "telephone")] = Field(alias="telephone_service")
    cannot_come: Fixed = Field(
        alias="ne_peut_pas_venir", description="avant de passer quelqu'un à qui ne peut pas se déplacer"
    )
    condolences: Fixed = Field(alias="condoleances", description="avant ce qui est demandé par ailleurs")
    insult: Fixed = Field(alias="insulte")
    complaint: Fixed = Field(alias="reclamation")
    no_advice: Fixed = Field(alias="conseil_juridique")
    # At any time
    words_not_kept: Fixed = Field(alias="paroles_non_gardees")
    recording_refused: Fixed = Field(
        alias="enregistrement_refuse", description="la même, quand l'appel était enregistré"
    )
    nothing_kept: Fixed = Field(alias="rien_garde", description="« vous enregistrez ? », après ce refus")
    sound_kept: Annotated[Text, variables("finalite", "son", "paroles")] = Field(
        alias="son_enregistre",
        description="« vous enregistrez ? », quand la commune enregistre (page Conservation)",
    )
    words_kept: Annotated[Text, variables("paroles")] = Field(
        alias="paroles_gardees",
        description="la même, quand elle n'enregistre pas ; {paroles} : la durée de « conservation »",
    )
    numbers_kept: Annotated[Text, variables("numeros", "rappels")] = Field(
        alias="numeros_gardes", description="les durées de « conservation »"
    )
    rights: Annotated[Text, variables("courriel")] = Field(alias="droits")
    text_channel: Fixed = Field(alias="canal_ecrit", description="pour qui n'entend pas")
