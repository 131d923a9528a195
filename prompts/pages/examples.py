"""Sentences with their variables filled in as in a call, to be listened to. Pure."""

import re

_VARIABLE = re.compile(r"\{(\w+)\}")
EXAMPLES = {
    "service": "le service état civil",
    "de_service": "du service état civil",
    "jour": "demain, mercredi 25 novembre",
    "plages": "de 8 h 30 à 12 h",
    "heure": "16 h 30",
    "quand": "demain, mercredi 25 novembre, à 8 h 30",
    "telephone": "0596 00 00 00",
    "adresse": "1 place de la Mairie",
    "courriel": "accueil arobase mairie point fr",
    "objet": "pour un passeport",
    "offres": "demain à 9 h, ou jeudi à 14 h",
    "offre": "demain à 9 h",
    "touches": "Tapez 1 ou 2.",
    "nom": "Bellemare",
    "personnes": "deux personnes",
    "reference": "R 4 8 2 1",
    "lettres": "B, E, L, L, E",
    "avant": "jeudi à 9 h",
    "apres": "vendredi à 10 h",
    "sujet": "un passeport",
    "premier": "les horaires de la mairie",
    "second": "un rendez-vous",
    "titre": "Carte d'identité d'un majeur",
    "date": "1er octobre 2025",
    "site": "service-public.gouv.fr",
    "semaine": "du lundi au vendredi, de 8 h 30 à 12 h",
    "moment": "plutôt le matin",
    "lieu": "rue des Écoles",
    "contact": "avec votre numéro",
    "statut": "en traitement",
    "libelle": "titre disponible au retrait",
    "piece": "le plan de masse",
    "choix": "pour un passeport, tapez 1",
    "touche": "1",
    "demarche": "une carte d'identité",
    "pieces": "une photo, et un justificatif de domicile",
    "sujets": "l'âge de la personne",
    "cas": "un adulte",
    "texte": "la démarche est gratuite",
    "lien": "mairie point fr",
    "motif": "demande à être rappelé",
}


def filled(text: str, commune: str) -> str:
    """The text as a caller might hear it; a variable that nobody knows is said by its name."""
    values = {**EXAMPLES, "commune": commune}
    said = _VARIABLE.sub(lambda found: values.get(found[1], found[1].replace("_", " ")), text)
    return said[:1].upper() + said[1:]


def variables_in(text: str) -> tuple[str, ...]:
    """The names in braces, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))
