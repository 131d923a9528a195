"""Verbs of ours that a running agent starts, in processes of their own."""

import os

from standardiste.settings import Settings


def environ_of(settings: Settings) -> dict[str, str]:
    """With which such a process works on the same data and the same database.

    The database's address may hold a password: it is no argument, which whoever is on the machine could read.
    """
    ours = {name: value for name, value in os.environ.items() if name != "STANDARDISTE_DATABASE_FILE"}
    place = {"STANDARDISTE_DATA": str(settings.data_dir), "STANDARDISTE_DATABASE": settings.database_url}
    return ours | place
