"""A new town's content from the template: what is left to write is marked, and said by the check."""

import shutil
from pathlib import Path

from prompts.errors import PromptsError
from prompts.schemas import COMPLETED, FOLDER, WHOLE, schema_name, write_schemas

TEMPLATE = Path(__file__).parent / "towns" / "modele"


class FolderTaken(PromptsError):
    """Something is there already; nothing of it was touched."""


def make_town(folder: Path) -> None:
    """Fills this folder, which must not be there yet or be empty. Raises FolderTaken."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(f"« {folder} » existe et n'est pas vide : choisissez un autre dossier.")
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(TEMPLATE.glob("*.yaml")):
        target = folder / source.name
        shutil.copyfile(source, target)
        if source.stem in COMPLETED or source.stem in WHOLE:
            first = f"# yaml-language-server: $schema={FOLDER}/{schema_name(source.stem)}.json\n"
            target.write_text(first + target.read_text(encoding="utf-8"), encoding="utf-8")
    write_schemas(folder)
