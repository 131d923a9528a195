"""What changed between two versions, in words: « Mairie, mardi : fermeture 17 h → 16 h 30 ». Pure."""

from typing import Any

from prompts.answering import ALWAYS, answering_told
from prompts.menu import REQUESTS_TOLD
from prompts.pages.hours_form import DAY_NAMES
from prompts.pages.retention_told import KEPT
from prompts.pages.week import Span, week_of
from prompts.versions_merge import Changed, changes
from prompts.versions_yaml import part_at
from prompts.yaml_source import YamlPath

_FILES = {
    "commune.yaml": "Commune", "phrases.yaml": "Phrases", "rendez_vous.yaml": "Phrases des rendez-vous",
    "demandes.yaml": "Phrases des demandes", "messages.yaml": "Messages écrits",
    "faq.yaml": "Questions fréquentes",
    "comprehension.yaml": "Compréhension", "ecoute.yaml": "Écoute", "reponses.yaml": "Phrases des démarches",
    "annuaire.yaml": "Fiche de l'annuaire", "annonces.yaml": "Annonces prêtes",
    "enregistrements.yaml": "Enregistrement",
    "demonstration.yaml": "Démonstration", "menu.yaml": "Menu",
    "prononciations.yaml": "Prononciations", "rues.yaml": "Rues et lieux", "variantes.yaml": "Phrases",
    "tours_de_parole.yaml": "Rythme",
}  # fmt: skip
_STEPS = {
    "accueil": "accueil", "telephone": "téléphone", "courriel": "courriel", "adresse": "adresse",
    "astreinte": "astreinte", "fermetures": "fermetures", "jours_locaux_fermes": "jours fermés",
    "transferts": "transferts", "services": "sujets", "fiches": "fiches", "questions": "questions",
    "pieces": "pièces", "reponses": "réponses", "cout": "coût", "delai": "délai", "horaires": "horaires",
    "horaire": "horaires", "nom": "nom",
    "valable_jusquau": "valable jusqu'au", "verifie_le": "vérifié le", "pretes": "", "lieux": "",
    "touches": "touche", "appels": "", "mots": "", "rues": "rues", "lieux_dits": "lieux",
    "autres_noms": "autres noms", "conservation": "durées de conservation",
    "enregistrement_appels": "enregistrement des appels", "actif": "en marche", "finalite": "pour quoi",
    "annonce": "annonce",
    "variantes": "autres façons de dire", "risque_accepte": "risque accepté", "patience_s": "patience",
    "dangers": "urgence", "noms": "nom", "consigne": "consigne", "decroche": "quand l'agent décroche",
    "rappel_sous_heures_ouvertes": "rappel sous (heures ouvertes)", "fuseau": "heure",
    "minutes_par_rappel": "minutes par rappel", "departement": "département", "agendas": "agenda",
    "duree_min": "durée en minutes", "battement_min": "battement en minutes", "guichets": "guichets",
    "jours_a_l_avance": "jours à l'avance", "exceptions": "absences", "liste_attente": "liste d'attente",
    "source": "source", "vers": "suite", "valeurs": "nombres",
    "jamais_coupees": "phrases jamais coupées", "dites": "façons de demander", "reponse": "réponse",
}  # fmt: skip
Values = dict[str, Any]
"""By file name (`prompts.versions_draft.values_of`)."""


def changes_told(before: Values, after: Values, shipped: Values | None = None) -> tuple[str, ...]:
    """Every difference, one sentence each, in the order of the files. `shipped`: what callers get of the
    parts that a town has not written."""
    found: list[str] = []
    for change in changes(before, after):
        found += _told(change, after if change.after is not None else before, shipped or {})
    return tuple(found)


def _told(change: Changed, values: Values, shipped: Values) -> list[str]:
    file, path = str(change.path[0]), change.path[1:]
    if file == "tours_de_parole.yaml" and path[:1] == ("questions",):
        return ["Rythme : les silences que l'agent attend avant de répondre changent"]
    if file == "menu.yaml" and path[:1] == ("touches",) and len(path) > 1:
        return _key(change, str(path[1]), values, shipped)
    if file == "commune.yaml" and path[:1] == ("conservation",):
        return _retention(change, path[1:])
    if file == "commune.yaml" and path == ("decroche",):
        before, after = (answering_told(each or ALWAYS) for each in (change.before, change.after))
        return [f"{title_of(file, path, values)} : « {before} » → « {after} »"]
    change = _with_shipped(change, part_at(shipped.get(file), path))
    if change.before == change.after:
        return []
    if path[:1] == ("lieux",) and path[2:] == ("horaire",):
        return _hours(_place_name(values, str(path[1])), str(change.before or ""), str(change.after or ""))
    if isinstance(change.before, list | tuple) or isinstance(change.after, list | tuple):
        return _lists(title_of(file, path, values), change.before or (), change.after or ())
    if path[:1] == ("enregistrements",) and len(path) > 1:
        return _recorded(change, str(path[1]), path[2:], values)
    title = title_of(file, path, values)
    whole = change.before if change.after is None else change.after if change.before is None else None
    if isinstance(whole, dict):
        return _whole(change, whole, title, values, shipped)
    if change.before is None:
        return [f"{title} : ajouté, {_shown(change.after)}"]
    if change.after is None:
        return [f"{title} : retiré ({_shown(change.before)})"]
    return [f"{title} : {_shown(change.before)} → {_shown(change.after)}"]


def _with_shipped(change: Changed, shipped: Any) -> Changed:
    """What callers heard before and hear now: the shipped text where the town has none of its own."""
    if shipped is None or isinstance(shipped, dict):
        return change
    before = shipped if change.before is None else change.before
    return Changed(change.path, before, shipped if change.after is None else change.after)


def _key(change: Changed, key: str, values: Values, shipped: Values) -> list[str]:
    """A key of the menu: where it leads from now on."""
    menu = values.get("menu.yaml")
    meant = part_at(menu, ("touches", key)) if change.after is not None else None
    if not isinstance(meant, dict):
        return [f"Menu, touche {key} : ne sert plus"]
    request, service = str(meant.get("demande", "")), str(meant.get("service", "aucun"))
    question = str(meant.get("question", "")).replace("_", " ")
    what = {str(each): words for each, words in REQUESTS_TOLD.items()}.get(
        request, f"la question « {question} »"
    )
    name = part_at(shipped.get("comprehension.yaml"), ("noms", service)) or service.replace("_", " ")
    return [f"Menu, touche {key} : {what}{f', {name}' if service != 'aucun' else ''}"]


def _retention(change: Changed, path: YamlPath) -> list[str]:
    """Days that change, of all kinds of records or of one; what the town has not written is as it ships."""
    ends = [{path[0]: each} if path else each for each in (change.before, change.after)]
    before, after = (each if isinstance(each, dict) else {} for each in ends)
    told = [(each, before.get(each.key) or each.usual, after.get(each.key) or each.usual) for each in KEPT]
    return [f"Conservation, {each.name} : {old} jours → {new} jours" for each, old, new in told if old != new]


def _recorded(change: Changed, key: str, part: YamlPath, values: Values) -> list[str]:
    """A recording that is new, gone or made again; its length and its file name tell nobody anything."""
    recordings = values.get("enregistrements.yaml", {}).get("enregistrements", {})
    whole = change.after or change.before
    text = whole.get("texte", "") if isinstance(whole, dict) else recordings.get(key, {}).get("texte", "")
    if part in ((), ("son",)):
        deed = "retiré" if change.after is None else "refait" if part else "ajouté"
        return [f"Enregistrement {deed} : {_shown(text)}"]
    return []


def _whole(change: Changed, whole: dict[str, Any], title: str, values: Values, shipped: Values) -> list[str]:
    """Something with a name that is new or gone, by its name; else each of its parts."""
    new = change.before is None
    if isinstance(whole.get("nom"), str):
        said = f", {_shown(whole['reponse'])}" if new and "reponse" in whole else ""
        return [f"{title} : {'ajouté' if new else 'retiré'} {_shown(whole['nom'])}{said}"]
    return [
        told
        for key, part in whole.items()
        for told in _told(
            Changed((*change.path, key), None if new else part, part if new else None), values, shipped
        )
    ]


def _hours(place: str, before: str, after: str) -> list[str]:
    old, new = week_of(before), week_of(after)
    if old is None or new is None:
        return [f"{place} : horaires « {before or 'aucun'} » → « {after or 'aucun'} »"]
    told = [
        f"{place}, {name} : {_day(was, now)}"
        for name, was, now in zip(DAY_NAMES, old.days, new.days, strict=True)
        if was != now
    ]
    if old.holidays_off != new.holidays_off:
        told.append(
            f"{place}, jours fériés : {'fermé' if new.holidays_off else 'ouvert comme les autres jours'}"
        )
    return told


def _day(before: tuple[Span, ...], after: tuple[Span, ...]) -> str:
    if len(before) == len(after):
        moved = [
            (word, old, new)
            for (old_start, old_end), (new_start, new_end) in zip(before, after, strict=True)
            for word, old, new in (("ouverture", old_start, new_start), ("fermeture", old_end, new_end))
            if old != new
        ]
        if len(moved) == 1:
            word, old, new = moved[0]
            return f"{word} {clock(old)} → {clock(new)}"
    return f"{spans(before)} → {spans(after)}"


def spans(found: tuple[Span, ...]) -> str:
    """« 8 h - 12 h et 14 h - 16 h 30 », « fermé »."""
    return " et ".join(f"{clock(start)} - {clock(end)}" for start, end in found) or "fermé"


def week_told(expression: str) -> list[tuple[str, str]] | None:
    """Each day's hours; None for what no grid can say."""
    week = week_of(expression)
    return [(name, spans(each)) for name, each in zip(DAY_NAMES, week.days, strict=True)] if week else None


def clock(text: str) -> str:
    """« 16 h 30 » for 16:30."""
    hour, minute = text.split(":")
    return f"{int(hour)} h {minute}" if minute != "00" else f"{int(hour)} h"


def _lists(title: str, before: Any, after: Any) -> list[str]:
    gone = [each for each in before if each not in after]
    new = [each for each in after if each not in before]
    told = [f"{title} : retiré {_named(each)}" for each in gone]
    told += [f"{title} : ajouté {_named(each)}" for each in new]
    return told or [f"{title} : dans un autre ordre"]


def _named(value: Any) -> str:
    """A test call by its name; anything else whole."""
    if isinstance(value, dict) and "tours" in value and isinstance(value.get("nom"), str):
        return _shown(value["nom"])
    return _shown(value)


def title_of(file: str, path: YamlPath, values: Values) -> str:
    """What a part is called: « Mairie, horaires », « Démarche « cni », fiches »."""
    if file.startswith("demarches/"):
        own = values.get(file)
        head = str(own.get("nom") or file) if isinstance(own, dict) else file
        head = f"Démarche « {head.removeprefix('demarches/').removesuffix('.yaml')} »"
    elif file.startswith("brouillons/"):
        head = f"Fiche à relire « {file.removeprefix('brouillons/').removesuffix('.yaml')} »"
    else:
        head = "Essais" if file.startswith("essais/") else _FILES.get(file, file)
    if file == "faq.yaml" and path[:1] == ("questions",):
        path = path[1:]
    if path[:1] == ("lieux",) and len(path) > 1:
        head, path = _place_name(values, str(path[1])), path[2:]
    steps = [word for step in path if (word := _STEPS.get(str(step), _step(step)))]
    return ", ".join([head, *steps])


def _step(step: str | int) -> str:
    """A part that has no word of its own; one of several is counted from 1."""
    if isinstance(step, int):
        return str(step + 1)
    return f"« {step.replace('_', ' ')} »" if step else ""


def _place_name(values: Values, key: str) -> str:
    commune = values.get("commune.yaml")
    places = commune.get("lieux", {}) if isinstance(commune, dict) else {}
    place = places.get(key) if isinstance(places, dict) else None
    name = str(place.get("nom", key)) if isinstance(place, dict) else key
    for article in ("le ", "la ", "les ", "l'", "l’"):
        name = name.removeprefix(article)
    return name[:1].upper() + name[1:]


def _shown(value: Any) -> str:
    """A value as a person reads it, cut where it is long."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        text = ", ".join(f"{key} : {_bare(part)}" for key, part in value.items())
    else:
        text = _bare(value)
    return f"« {text if len(text) <= 160 else text[:157] + '…'} »"


def _bare(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ; ".join(_bare(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} : {_bare(part)}" for key, part in value.items())
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def shown_whole(value: Any) -> tuple[str, ...]:
    """A part's text as lines, to be read beside another; nothing for a part that is taken away."""
    if value is None:
        return ()
    if isinstance(value, dict):
        return tuple(f"{key} : {_bare(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return tuple(_bare(part) for part in value)
    return tuple(str(value).splitlines())
