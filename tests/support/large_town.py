"""A town with many démarches, to see how long things take with it."""

import shutil
from pathlib import Path

from prompts.load import BASE, DEMO_TOWN


def large_town(folder: Path) -> Path:
    """Sixty démarches: those that ship, and copies to which one of the answers of another leads."""
    shutil.copytree(DEMO_TOWN, folder)
    (folder / "demarches").mkdir()
    text = (BASE / "demarches" / "cni.yaml").read_text("utf-8")
    services = next(line for line in text.splitlines() if line.startswith("services:"))
    n_copies = 60 - len(list((BASE / "demarches").glob("*.yaml")))
    for number in range(n_copies):
        copy = text.replace(services, "services: []")
        (folder / "demarches" / f"copie_{number}.yaml").write_text(copy, "utf-8")
    for first in range(0, n_copies, 9):
        service = ("animaux", "marche", "culture_sport", "nuisances", "associations")[first // 9]
        some = "".join(
            f"      - {{cle: c{number}, nom: cas {number}, vers: copie_{number}}}\n"
            for number in range(first, min(first + 9, n_copies))
        )
        question = (
            f"questions:\n  - cle: cas\n    texte: Quel cas ?\n    sujet: le cas\n    reponses:\n{some}"
        )
        (folder / "demarches" / f"choix_{first}.yaml").write_text(
            f"nom: un choix\nservices: [{service}]\n{question}fiches: []\n", "utf-8"
        )
    return folder
