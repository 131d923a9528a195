"""The words that every room uses for what callers want: intents, services and kinds of answer.

They are part of the product's outside interface (`standardiste understand`): entries may be added,
none renamed.
"""

from typing import Literal, get_args

Intent = Literal[
    "horaires", "adresse_contact", "pieces", "eligibilite", "cout_delai", "demarche_info", "suivi_dossier",
    "rdv_prendre", "rdv_deplacer", "rdv_annuler", "rdv_consulter", "signalement", "reclamation", "humain",
    "rappel", "oui", "non", "correction", "repeter", "attendre", "salutation", "merci_aurevoir", "reponse",
    "hors_sujet", "decision", "conseil_juridique", "incompris", "insulte", "langue", "sensible", "urgence",
    "multi",
]  # fmt: skip

Service = Literal[
    "mairie", "etat_civil_acte", "naissance_declaration", "deces_declaration", "cni", "passeport",
    "titre_identite", "mariage", "pacs", "livret_famille", "recensement", "elections", "scolaire",
    "periscolaire", "petite_enfance", "urbanisme", "cimetiere", "salle", "dechets", "voirie", "eclairage",
    "proprete", "espaces_verts", "eau_assainissement", "nuisances", "animaux", "stationnement",
    "police_municipale", "ccas", "logement", "attestation_accueil", "legalisation", "certificat_vie",
    "changement_adresse", "elu_rdv", "associations", "culture_sport", "marche", "france_services",
    "hors_mairie", "autre_commune", "aucun",
]  # fmt: skip

Expects = Literal[
    "yes_no", "choice", "date", "time", "phone", "dossier", "reference", "name", "place", "count",
    "birth_date", "amount", "postcode", "age", "email",
]  # fmt: skip

Trust = Literal["free", "confirm", "keys"]
"""Of what was heard: act on it; read it back; ask for the keypad and take the voice for a hint."""

Decision = Literal["answer", "continue", "ask", "handover", "refuse_redirect", "emergency"]

INTENTS: tuple[Intent, ...] = get_args(Intent)
SERVICES: tuple[Service, ...] = get_args(Service)
EXPECTS: tuple[Expects, ...] = get_args(Expects)
