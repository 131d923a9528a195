"""How the pages write numbers, times and states in French. Pure: `now` is given."""

from datetime import date, datetime, timedelta

import phonenumbers

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
NB = "\u00a0"
_FRENCH_CODES = {33, 262, 508, 590, 594, 596, 681, 687, 689}
"""Country codes of France and its overseas territories (ITU-T E.164's list)."""

STATUSES = {
    "a_rappeler": "À rappeler", "en_cours": "En cours", "sans_reponse": "Sans réponse",
    "rappele": "Rappelé", "clos": "Clos",
}  # fmt: skip
REASONS = {
    "no_answer": "personne n'a pu prendre l'appel", "closed": "a appelé hors des heures",
    "low_confidence": "mal compris par l'agent", "requested": "demande à être rappelé",
    "sensitive": "sujet sensible", "language": "ne parle pas français",
    "unavailable": "le service ne répondait pas",
}  # fmt: skip
OUTCOMES = {
    "rappele": "Rappelé", "regle": "Réglé", "rendez_vous_pris": "Rendez-vous pris",
    "transmis": "Transmis ailleurs", "faux_numero": "Faux numéro", "doublon": "Doublon",
    "abandonne": "Sans suite",
}  # fmt: skip
EVENTS = {
    "demande": "Rappel demandé", "redemande": "La personne a redemandé", "en_retard": "Échéance dépassée",
    "pris": "Pris en charge", "rendu": "Rendu", "regroupe": "Regroupé", "reoriente": "Réorienté",
    "sans_reponse": "Appelé, sans réponse", "clos": "Terminé", "rouvert": "Rouvert", "note": "Note",
    "appel": "Appel lancé : le poste sonne", "appel_sonne": "Le téléphone de la personne sonne",
    "appel_parle": "En ligne", "appel_fini": "Appel terminé",
}  # fmt: skip
INTENTS = {
    "horaires": "demande d'horaires", "adresse_contact": "adresse ou contact", "pieces": "pièces à fournir",
    "eligibilite": "conditions", "cout_delai": "coût ou délai", "demarche_info": "question sur une démarche",
    "suivi_dossier": "suivi d'un dossier", "rdv_prendre": "prendre rendez-vous",
    "rdv_deplacer": "déplacer un rendez-vous", "rdv_annuler": "annuler un rendez-vous",
    "rdv_consulter": "retrouver un rendez-vous", "signalement": "signalement",
    "reclamation": "réclamation", "humain": "demande une personne", "rappel": "demande un rappel",
    "oui": "oui", "non": "non", "correction": "correction", "repeter": "faire répéter",
    "attendre": "demande d'attendre", "salutation": "salutation", "merci_aurevoir": "merci, au revoir",
    "reponse": "réponse", "hors_sujet": "hors sujet", "decision": "demande de décision",
    "conseil_juridique": "conseil juridique", "incompris": "pas compris", "insulte": "insulte",
    "langue": "autre langue", "sensible": "sujet sensible", "urgence": "urgence", "multi": "deux demandes",
}  # fmt: skip
DECISIONS = {
    "answer": "a répondu", "continue": "a poursuivi", "ask": "a fait préciser",
    "handover": "a passé la main", "refuse_redirect": "a renvoyé ailleurs", "emergency": "urgence",
}  # fmt: skip
CALL_OUTCOMES = {
    "emergency": "urgence orientée", "transferred": "passé à une personne", "booked": "rendez-vous pris",
    "moved": "rendez-vous déplacé", "cancelled": "rendez-vous annulé", "ticket": "signalement enregistré",
    "callback": "rappel promis", "status": "suivi donné", "answered": "réponse donnée",
    "refused": "renvoyé ailleurs", "ended": "a raccroché", "missed": "personne n'a répondu",
    "cut": "coupé par une panne",
}  # fmt: skip
TICKET_STATUSES = {
    "nouveau": "Nouveau", "en_cours": "En cours", "resolu": "Résolu", "rejete": "Sans suite",
}  # fmt: skip
APPOINTMENT_STATUSES = {"pris": "Prévu", "annule": "Annulé", "honore": "Venu", "absent": "Absent"}
ROLES = {"clerk": "agent", "supervisor": "responsable", "admin": "administrateur"}


def phone(e164: str | None) -> str:
    """« 0696 20 30 40 », a foreign number with its country code; empty where there is none."""
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    kind = form.NATIONAL if number.country_code in _FRENCH_CODES else form.INTERNATIONAL
    return phonenumbers.format_number(number, kind).replace(" ", NB)


def hour(at: datetime) -> str:
    """« 10 h 05 », « 10 h »."""
    return f"{at.hour}{NB}h{NB}{at.minute:02}" if at.minute else f"{at.hour}{NB}h"


def day(of: date, today: date | None = None) -> str:
    """« mardi 24 novembre », with the year when it is another one, « aujourd'hui » when it is."""
    near = {0: "aujourd'hui", 1: "demain", -1: "hier"}.get((of - today).days) if today else None
    if near:
        return near
    number = "1er" if of.day == 1 else str(of.day)
    year = f" {of.year}" if today is None or of.year != today.year else ""
    return f"{DAYS[of.weekday()]} {number} {MONTHS[of.month - 1]}{year}"


def moment(at: datetime, now: datetime) -> str:
    """« aujourd'hui à 10 h 05 »; both on the town's clock."""
    return f"{day(at.date(), now.date())} à {hour(at)}"


def due(at: datetime, now: datetime) -> str:
    """« dans 40 min », « demain à 10 h », « en retard de 2 h »; both on the town's clock."""
    left = at - now
    if left < timedelta(minutes=-1):
        return f"en retard de {_lasting(-left)}"
    if left < timedelta(minutes=1):
        return "maintenant"
    if left < timedelta(hours=1) or (left < timedelta(hours=12) and at.date() == now.date()):
        return f"dans {_lasting(left)}"
    return f"{day(at.date(), now.date())} à {hour(at)}"


def lasting(since: datetime, now: datetime) -> str:
    """« 12 min », « 3 h »; « un instant » below a minute."""
    return _lasting(now - since) if now - since >= timedelta(minutes=1) else "un instant"


def _lasting(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}{NB}min"
    if minutes < 24 * 60:
        rest = f"{NB}{minutes % 60:02}" if minutes < 3 * 60 and minutes % 60 else ""
        return f"{minutes // 60}{NB}h{rest}"
    days = minutes // (24 * 60)
    return f"{days}{NB}jour{'s' if days > 1 else ''}"


def percent(share: float | None) -> str:
    """« 91 % »; a dash where there is nothing to share."""
    return "–" if share is None else f"{round(100 * share)}{NB}%"


def number(value: float) -> str:
    """« 12 480 », « 3,5 »."""
    whole = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return whole.replace(",", NB).replace(".", ",")


def status(kept: str, attempts: int) -> str:
    """« Sans réponse (2) »."""
    name = STATUSES.get(kept, kept)
    return f"{name} ({attempts})" if kept == "sans_reponse" and attempts else name


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
