"""The verbs that prepare a town's content: `new-town`, `import`, `schema`."""

import argparse
from datetime import date, datetime
from pathlib import Path

from prompts.annuaire import UnusableImport, read_directory
from prompts.annuaire_import import bring_in
from prompts.blanks import blanks_in
from prompts.comarquage import read_publication
from prompts.comarquage_draft import FOLDER as DRAFTS
from prompts.comarquage_draft import draft_of
from prompts.load import DEMO_TOWN
from prompts.new_town import make_town
from prompts.schemas import write_schemas
from prompts.versions_files import write_whole
from prompts.yaml_source import read_yaml
from standardiste.errors import Unusable
from standardiste.json_lines import print_line
from standardiste.settings import Settings


def run_new_town(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Makes the folder; one line for the folder, then one for each thing left to write."""
    folder: Path = args.folder
    found = read_directory(args.annuaire, args.insee) if args.annuaire is not None else None
    make_town(folder)
    flags: tuple[str, ...] = ()
    if found is not None:
        bring_in(folder, found, _today(args.now))
        flags = found.flags
    print_line({"folder": str(folder), "check": f"standardiste check --commune {folder}"})
    for flag in flags:
        print_line({"to_read": flag})
    for file in sorted(folder.glob("*.yaml")):
        source = read_yaml(file, file.name)
        for path, what in blanks_in(source.value):
            print_line({"to_fill": what, "file": file.name, "line": source.line_of(path)})
    return 0


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    """Brings official data into the town's content; one line for each value, draft or doubt."""
    folder = settings.commune_dir
    if folder is None or folder.resolve() == DEMO_TOWN.resolve():
        raise Unusable("dites dans quel contenu importer : --commune DOSSIER.")
    if not (folder / "commune.yaml").exists():
        raise Unusable(
            f"« {folder} » n'a pas de commune.yaml : « standardiste new-town {folder} » le prépare."
        )
    return _annuaire(args, folder) if args.what == "annuaire" else _comarquage(args.files, folder)


def run_schema(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Writes the JSON Schemas beside the content; one line per file."""
    folder = settings.commune_dir
    if folder is None:
        raise Unusable("dites à côté de quel contenu les écrire : --commune DOSSIER.")
    for file in write_schemas(folder):
        print_line({"file": str(file)})
    return 0


def _today(asked: datetime | None) -> date:
    return (asked or datetime.now()).date()


def _annuaire(args: argparse.Namespace, folder: Path) -> int:
    if len(args.files) != 1:
        raise Unusable("« import annuaire » prend un seul fichier : la fiche de votre mairie.")
    found = read_directory(args.files[0], args.insee)
    for one in bring_in(folder, found, _today(args.now), replace=args.replace):
        path = ".".join(str(step) for step in one.path)
        print_line(
            {
                "file": "commune.yaml",
                "path": path,
                "value": one.value,
                "before": one.before,
                "result": one.became,
            }
        )
    for flag in found.flags:
        print_line({"to_read": flag})
    return 0


def _comarquage(files: list[Path], folder: Path) -> int:
    n_read = 0
    for file in files:
        try:
            draft = draft_of(read_publication(file))
        except UnusableImport as error:
            print_line({"error": str(error)})
            continue
        n_read += 1
        target = folder / DRAFTS / f"{draft.id}.yaml"
        kept = target.exists()
        if not kept:  # what somebody has begun to correct is not written over
            write_whole(target, draft.yaml.encode())
        print_line(
            {
                "file": f"{DRAFTS}/{draft.id}.yaml",
                "title": draft.title,
                "result": "kept" if kept else "drafted",
                "questions": draft.n_questions,
                "documents": draft.n_items,
                "to_read": list(draft.flags),
            }
        )
    if not n_read:
        raise Unusable("aucun de ces fichiers n'est une fiche que l'on puisse lire.")
    return 0
