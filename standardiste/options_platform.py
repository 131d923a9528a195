"""The options of the verbs for many towns on one platform: `platform`, `town`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from standardiste.arguments import Parser, folder, port

WATCH_PORT = 8081


def add_platform(add: Callable[..., Parser]) -> None:
    """Adds both."""
    _platform(add)
    _town(add)


def _platform(add: Callable[..., Parser]) -> None:
    verb = add(
        "platform",
        "servir plusieurs communes, chacune avec ses données, ses pages et ses numéros à elle",
        "  standardiste platform check villes/\n"
        "  standardiste platform asterisk villes/ --into /etc/asterisk/local\n"
        "  standardiste platform serve villes/ --port 8080",
    )
    verb.add_argument(
        "action",
        choices=("serve", "check", "asterisk"),
        metavar="serve|check|asterisk",
        help="servir, vérifier que rien n'est commun à deux communes, ou écrire ce qu'Asterisk doit savoir",
    )
    verb.add_argument(
        "folder", type=folder, metavar="DOSSIER", help="un dossier par commune, avec un fichier reglages.env"
    )
    verb.add_argument("--host", metavar="ADRESSE", help="adresse d'écoute (par défaut : 127.0.0.1)")
    verb.add_argument("--port", type=port, metavar="PORT", help="port des pages (par défaut : 8080)")
    verb.add_argument(
        "--watch-port",
        type=port,
        default=WATCH_PORT,
        metavar="PORT",
        help=f"état et chiffres de toutes les communes, sur 127.0.0.1 seulement (par défaut : {WATCH_PORT})",
    )
    verb.add_argument(
        "--beside", action="store_true", help="à côté de la plateforme en service, pour la remplacer"
    )
    verb.add_argument(
        "--into", type=Path, metavar="DOSSIER", help="asterisk : le dossier « local » de sa configuration"
    )


def _town(add: Callable[..., Parser]) -> None:
    verb = add(
        "town",
        "lancer un verbe pour une commune d'une plateforme, avec ses réglages et ses données à elle",
        "  standardiste town villes/vauclair user add elodie --role clerk < mot-de-passe.txt\n"
        "  standardiste town villes/vauclair backup /mnt/sauvegardes/vauclair",
        usage="standardiste town DOSSIER VERBE [options du verbe]",
    )
    verb.add_argument("folder", type=folder, metavar="DOSSIER", help="celui de la commune")
    verb.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="VERBE…", help="le verbe, avec ses options"
    )
