"""Of the doctor: the town's content, and whether its facts may still be told."""

from dialog.disagreements import expiring
from prompts.errors import ContentError
from prompts.load import DEMO_TOWN
from prompts.trial_calls import read_trial_calls
from standardiste.doctor import Finding, Patient, bad, doubtful, good
from standardiste.town import read_town

MOST_SHOWN = 3


async def check_content(patient: Patient) -> list[Finding]:
    folder = patient.settings.commune_dir or DEMO_TOWN
    try:
        town = read_town(patient.settings.commune_dir)
        read_trial_calls(folder)
    except ContentError as error:
        shown = " ; ".join(map(str, error.problems[:MOST_SHOWN]))
        more = len(error.problems) - MOST_SHOWN
        told = f"{shown} ; et {more} autres" if more > 0 else shown
        return [bad("Contenu", told, f"Corriger, puis : standardiste check --commune {folder}")]
    if patient.settings.commune_dir is None:
        demo = doubtful(
            "Contenu",
            f"celui de la ville de démonstration, {town.name}",
            "Donner celui de la commune : standardiste new-town, puis STANDARDISTE_COMMUNE.",
        )
        return [demo]
    return [good("Contenu", f"{town.name}, valable")]


async def check_facts(patient: Patient) -> list[Finding]:
    if patient.town is None:
        return []
    today = patient.now.astimezone(patient.town.tz).date()
    found = expiring(patient.town, today)
    if expired := [fact for fact in found if fact.expired(today)]:
        told = f"{_listed([fact.name for fact in expired])} : périmé, l'agent ne le dit plus"
        return [
            bad("Informations", told, "Les relire et repousser « valable_jusquau » : /admin, « À voir ».")
        ]
    if found:
        told = f"périme bientôt : {_listed([f'{fact.name} ({fact.until:%d/%m/%Y})' for fact in found])}"
        return [doubtful("Informations", told, "Les relire avant ce jour : /admin, « À voir ».")]
    return [good("Informations", "aucune n'est périmée ni près de l'être")]


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" et {more} autres" if more > 0 else "")
