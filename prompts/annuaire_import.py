"""What a directory record brings into a town's content: blanks are filled, nothing else unless it is asked.

The record itself is kept beside (`annuaire.yaml`), so that what the town says can be compared with it later.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from prompts.annuaire import Directory
from prompts.blanks import is_blank
from prompts.versions_draft import Part, write_part
from prompts.versions_files import write_whole
from prompts.versions_yaml import part_at
from prompts.yaml_source import YamlPath, read_yaml

KEPT_AS = "annuaire.yaml"
"""Read as `prompts.directory_record.DirectoryRecord`."""
_ZONES = {
    "971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne",
    "974": "Indian/Reunion", "975": "America/Miquelon", "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy", "978": "America/Marigot", "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti", "988": "Pacific/Noumea",
}  # fmt: skip

Became = Literal["filled", "replaced", "same", "differs"]


@dataclass(frozen=True)
class Proposal:
    path: YamlPath
    """In « commune.yaml »."""
    value: str
    before: str | None
    became: Became


def bring_in(folder: Path, found: Directory, today: date, *, replace: bool = False) -> tuple[Proposal, ...]:
    """Writes what the record says into the folder; what came of each value.

    Values that the town has written otherwise are left as they are, unless `replace`. Raises ContentError.
    """
    values = read_yaml(folder / "commune.yaml", "commune.yaml").value
    proposals = proposals_of(values, found, replace=replace)
    for each in proposals:
        if each.became in ("filled", "replaced"):
            write_part(folder, Part("commune.yaml", each.path), each.value)
    write_whole(folder / KEPT_AS, kept_text(found, today).encode())
    return proposals


def proposals_of(
    values: Mapping[str, Any], found: Directory, *, replace: bool = False
) -> tuple[Proposal, ...]:
    """What the record says beside what « commune.yaml » says; nothing is written. Pure."""
    proposals = []
    for path, value in _proposed(found):
        before = part_at(values, path)
        shown = None if before is None else str(before)
        proposals.append(Proposal(path, value, shown, _became(before, value, replace)))
    return tuple(proposals)


def _became(before: object, value: str, replace: bool) -> Became:
    if before is None or is_blank(before):
        return "filled"
    if before == value:
        return "same"
    return "replaced" if replace else "differs"


def _proposed(found: Directory) -> tuple[tuple[YamlPath, str], ...]:
    zone = _ZONES.get(found.departement, "Europe/Paris") if found.departement else None
    every: tuple[tuple[YamlPath, str | None], ...] = (
        (("nom",), found.commune),
        (("departement",), found.departement),
        (("fuseau",), zone),
        (("accueil", "adresse"), found.address),
        (("accueil", "telephone"), found.phone),
        (("accueil", "courriel"), found.email),
        (("lieux", "mairie", "horaire"), found.expression),
    )
    return tuple((path, value) for path, value in every if value is not None)


def kept_text(found: Directory, today: date) -> str:
    """The file of KEPT_AS."""
    lines = [
        "# Ce que dit l'annuaire de l'administration (DILA, Licence Ouverte 2.0). Ne se modifie pas :",
        "# « standardiste import annuaire » le remplace. Comparé chaque nuit à ce que dit la commune.",
    ]
    values: tuple[tuple[str, str | None], ...] = (
        ("id", found.id), ("nom", found.name), ("importe_le", today.isoformat()),
        ("modifie_le", found.changed.isoformat() if found.changed else None), ("horaire", found.expression),
        ("adresse", found.address), ("telephone", found.phone), ("courriel", found.email),
        ("site", found.url),
    )  # fmt: skip
    # A text in JSON's quotes is the same text in YAML's (YAML 1.2 §1.3).
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values if value is not None]
    flags = [f"  - {json.dumps(flag[:600], ensure_ascii=False)}" for flag in found.flags]
    return "\n".join([*lines, *(["a_lire:", *flags] if flags else []), ""])
