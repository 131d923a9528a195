"""What speaks of a part of the content that is about to go: what follows it, and what is left to be re-read.

Pure: from the content as a town has it, and as it ships.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prompts.pages.contacts_form import articleless
from prompts.pages.review_page import page_of
from prompts.pages.words import title_of
from prompts.versions_draft import Part
from prompts.versions_yaml import part_at
from prompts.yaml_source import YamlPath

Values = Mapping[str, Any]
"""By file name."""
LEAST_LETTERS = 4
"""A shorter name is in any text."""
_NOT_SAID = ("annuaire.yaml", "brouillons/", "phrases/", "ecoute.yaml")
"""Nobody hears these."""
_KEYS = frozenset({"horaires", "transfert", "agenda", "vers", "question", "cle"})
"""What stands there names a part by its key."""


@dataclass(frozen=True)
class Mention:
    title: str
    """« Qui s'occupe de quoi : déchets »."""
    page: str
    becomes: str
    """What becomes of it; empty where it stays as it is, for a person to re-read."""


@dataclass(frozen=True)
class Going:
    """Something that may be taken away, with all that speaks of it."""

    name: str
    """With its article where it has one: « la médiathèque »."""
    part: Part
    page: str
    """Where it stands."""
    back: str
    """Where one goes on from there."""
    mentions: tuple[Mention, ...] = ()
    follows: tuple[tuple[Part, Any], ...] = ()
    """What is changed with it, so that nothing points to what is gone: each part with its new value."""
    needed: str = ""
    """Why it cannot go; empty where it can."""


def place_going(values: Values, key: str, names: Mapping[str, str]) -> Going:
    """A place with opening hours. `names`: of the subjects."""
    commune = values["commune.yaml"]
    place = commune["lieux"][key]
    mentions, follows = _subjects(commune, "horaires", key, names, "aura les horaires de la mairie")
    for extension, each in _mapping(commune, "transferts").items():
        if isinstance(each, dict) and each.get("horaires") == key:
            mentions.append(
                Mention(
                    f"À qui un appel est passé : {each.get('nom', extension)}",
                    "/admin/contacts",
                    "sera joignable aux horaires de la mairie",
                )
            )
            follows.append((Part("commune.yaml", ("transferts", extension, "horaires")), "mairie"))
    part = Part("commune.yaml", ("lieux", key))
    name = str(place.get("nom", key))
    return Going(
        name,
        part,
        f"/admin/horaires/{key}",
        "/admin/horaires",
        (*mentions, *naming(values, name, part)),
        tuple(follows),
        "Les horaires de la mairie valent pour tout ce qui n'a pas les siens." if key == "mairie" else "",
    )


def extension_going(values: Values, key: str, names: Mapping[str, str]) -> Going:
    """People to whom calls are handed."""
    commune = values["commune.yaml"]
    mentions, follows = _subjects(commune, "transfert", key, names, "ira à l'accueil")
    part = Part("commune.yaml", ("transferts", key))
    name = str(commune["transferts"][key].get("nom", key))
    return Going(
        name,
        part,
        "/admin/contacts",
        "/admin/contacts",
        (*mentions, *naming(values, name, part)),
        tuple(follows),
        "L'accueil reçoit tout ce qui n'est à personne d'autre." if key == "accueil" else "",
    )


def agenda_going(values: Values, key: str, names: Mapping[str, str]) -> Going:
    """When and where a subject is booked."""
    commune = values["commune.yaml"]
    mentions, follows = _subjects(commune, "agenda", key, names, "ne se réservera plus au téléphone")
    mentions += [
        Mention(title_of("commune.yaml", path[:-1], dict(values)), "/admin/fichiers/commune.yaml", "")
        for path, text in _texts(commune.get("agendas_exterieurs"), ("agendas_exterieurs",))
        if path[-1] == "agenda" and text == key
    ]
    part = Part("commune.yaml", ("agendas", key))
    page = f"/admin/agendas/{key}"
    return Going(key.replace("_", " "), part, page, "/admin/agendas", tuple(mentions), tuple(follows))


def question_going(values: Values, key: str) -> Going:
    """A question that the town answers in its own words."""
    part = Part("faq.yaml", ("questions", key))
    mentions, follows = [], []
    for number, meant in _mapping(values.get("menu.yaml"), "touches").items():
        if isinstance(meant, dict) and meant.get("question") == key:
            mentions.append(Mention(f"Menu, touche {number}", "/admin/menu", "ne servira plus"))
            follows.append((Part("menu.yaml", ("touches", number)), None))
    name = str(values["faq.yaml"]["questions"][key].get("nom", key))
    found = (*mentions, *naming(values, name, part))
    return Going(name, part, f"/admin/faq/{key}", "/admin/faq", found, tuple(follows))


def procedure_going(values: Values, key: str, *, ships: bool) -> Going:
    """A démarche that the town has written; `ships`: one comes with the product under this key."""
    part = Part(f"demarches/{key}.yaml")
    own = values[part.file]
    mentions = []
    for file, value in values.items():
        if not file.startswith("demarches/") or file == part.file or ships:
            continue
        mentions += [
            Mention(title_of(file, path[:2], dict(values)), page_of((file, path[:2])), "")
            for path, text in _texts(value, ())
            if path[-1] == "vers" and text == key
        ]
    name = str(own.get("nom", key)) if isinstance(own, dict) else key
    page = f"/admin/demarches/{key}"
    return Going(name, part, page, page if ships else "/admin/demarches", tuple(mentions))


def naming(values: Values, name: str, part: Part) -> Iterator[Mention]:
    """Texts that say this name, other than the part itself; they stay as they are."""
    bare = articleless(name)
    if len(bare) < LEAST_LETTERS:
        return
    pattern = re.compile(rf"(?<!\w){re.escape(bare)}(?!\w)", re.IGNORECASE)
    told: set[str] = set()
    for file, value in values.items():
        if file.startswith(_NOT_SAID):
            continue
        for path, text in _texts(value, ()):
            inside = file == part.file and path[: len(part.path)] == part.path
            if inside or path[-1] in _KEYS or not pattern.search(text):
                continue
            title = title_of(file, path, dict(values))
            if title not in told:
                told.add(title)
                yield Mention(title, page_of((file, path)), "")


def _subjects(
    commune: Mapping[str, Any], what: str, key: str, names: Mapping[str, str], becomes: str
) -> tuple[list[Mention], list[tuple[Part, Any]]]:
    """The subjects that are handled there, and where each is from then on."""
    services = {name: each for name, each in _mapping(commune, "services").items() if isinstance(each, dict)}
    found = [service for service, entry in services.items() if entry.get(what) == key]
    if not found:
        return [], []
    left = {
        service: {name: each for name, each in entry.items() if service not in found or name != what}
        for service, entry in services.items()
    }
    mentions = [
        Mention(f"Qui s'occupe de quoi : {names.get(each, each)}", "/admin/contacts#subjects", becomes)
        for each in found
    ]
    kept = {service: entry for service, entry in left.items() if entry}
    return mentions, [(Part("commune.yaml", ("services",)), kept)]


def _mapping(value: Any, key: str) -> dict[str, Any]:
    found = part_at(value, (key,))
    return found if isinstance(found, dict) else {}


def _texts(value: Any, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _texts(part, (*path, index))
