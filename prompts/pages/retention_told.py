"""What is kept of calls and people, in words for whoever decides for how long. Pure."""

from dataclasses import dataclass

from prompts.agendas import LONGEST_KEPT_DAYS, LONGEST_SOUND_DAYS, Retention


@dataclass(frozen=True)
class Kept:
    key: str
    """Under `conservation`, in commune.yaml."""
    name: str
    what: str
    """What it is, what it serves for, and from when its days are counted."""
    usual: int
    """Days, as it ships."""
    most: int = LONGEST_KEPT_DAYS


_USUAL = {str(each.alias): int(each.default) for each in Retention.model_fields.values()}
_WORDS = (
    ("paroles", "Paroles des appels",
     "Ce que les gens ont dit et ce que l'agent a répondu, par écrit, et les messages laissés après le bip : "
     "pour comprendre un appel et corriger l'agent. L'agent dit cette durée à qui la demande."),
    ("enregistrements", "Son des appels",
     "La voix des gens, si la mairie enregistre les appels : chiffrée, écoutée par les responsables seuls."),
    ("appels", "Appels", "Le jour, la durée et l'issue de chaque appel, sans ses paroles : les chiffres."),
    ("numeros", "Numéros appelants",
     "Le numéro d'où l'on a appelé, s'il n'est pas masqué : pour retrouver les appels d'une personne."),
    ("rappels", "Rappels",
     "Qui voulait être rappelé, pourquoi, et ce qui a été fait. Compté depuis la clôture : un rappel ouvert "
     "reste."),
    ("rendez_vous", "Rendez-vous", "Nom, numéro, sujet. Compté depuis le jour du rendez-vous."),
    ("signalements", "Signalements", "Le lieu, le défaut, et qui l'a signalé s'il l'a dit."),
    ("photos", "Photos des signalements", "Elles peuvent montrer plus que le défaut."),
    ("dossiers", "Dossiers", "Où en est une demande, et qui prévenir. Compté depuis la dernière nouvelle."),
    ("messages", "SMS et courriels envoyés", "À qui, quand, et lequel."),
    ("journal_acces", "Journal d'accès",
     "Qui a lu, changé, exporté ou effacé quoi dans ces pages : la preuve, si on la demande."),
)  # fmt: skip
_MOST = {"enregistrements": LONGEST_SOUND_DAYS}
KEPT = tuple(
    Kept(key, name, what, _USUAL[key], _MOST.get(key, LONGEST_KEPT_DAYS)) for key, name, what in _WORDS
)
assert {each.key for each in KEPT} == set(_USUAL), "each kind of record is in the page"
