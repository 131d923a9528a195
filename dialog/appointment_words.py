"""How an appointment is asked for, and what is said of one that there is: on plain words."""

import re

from prompts.labels import Intent

WANTS_ONE = re.compile(
    r"\b(?:besoin|voudrais|voulais|voudrait|veux|veut|souhait\w*|aimerais|aimerait|prendre|obtenir|avoir"
    r"|faudrait|faut|fixer|reserver|donnez moi|donner)\b.*\b(?:rendez vous|rdv|creneau)\b"
    r"|^(?:(?:bonjour|bonsoir|oui|alors|madame|monsieur|c est|pour|un) )*"
    r"(?:rendez vous|rdv|creneau)\b(?! c est)"
)
APPOINTMENT = re.compile(r"\b(?:rendez vous|rdv|creneau)\b")
HAS_ONE = re.compile(
    r"\b(?:annul\w*|deplac\w*|decal\w*|report\w*|chang\w*|modifi\w*|avanc\w*|repouss\w*|confirm\w*|rappel\w*"
    r"|(?:mon|ma|notre|le|son|leur|votre) (?:rendez vous|rdv|creneau)"
    r"|j (?:ai|avais) (?:un |deja |bien )?(?:rendez vous|rdv))\b"
)
ENDS: dict[Intent, re.Pattern[str]] = {
    "rdv_annuler": re.compile(r"\b(?:annul\w*|decommand\w*)\b"),
    "rdv_deplacer": re.compile(
        r"\b(?:deplac\w*|decal\w*|report\w*|repouss\w*|avanc\w*|chang\w*|modifi\w*)\b"
    ),
}
"""Beside the word of an appointment, what is done to one that there is."""
