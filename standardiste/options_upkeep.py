"""The options of the verbs that keep an installation in order: `backup`, `restore`, `drain`."""

from collections.abc import Callable
from pathlib import Path

from standardiste.arguments import Parser, agent_name, counted
from standardiste.roles import ROLES


def add_upkeep(add: Callable[..., Parser]) -> None:
    _backup(add)
    _restore(add)
    _drain(add)


def add_part(verb: Parser) -> None:
    """Which process it is, where several share a town's work."""
    verb.add_argument(
        "--role",
        choices=ROLES,
        metavar="|".join(ROLES),
        help="une part seulement, quand une machine ne suffit plus : les appels, la parole, ou les pages",
    )
    verb.add_argument(
        "--name",
        dest="agent_name",
        type=agent_name,
        metavar="NOM",
        help="son nom dans Asterisk, quand plusieurs se partagent les appels (sinon : accueil)",
    )


def _backup(add: Callable[..., Parser]) -> None:
    verb = add(
        "backup",
        "sauvegarder les données de la mairie, pendant que l'agent répond",
        "  standardiste backup /mnt/sauvegardes --garder 12",
    )
    verb.add_argument("folder", type=Path, metavar="DOSSIER", help="où écrire la sauvegarde")
    verb.add_argument(
        "--garder",
        type=counted,
        dest="keep",
        metavar="N",
        help="garder les N dernières, une par heure d'un jour, une par jour d'une semaine (sinon : toutes)",
    )


def _restore(add: Callable[..., Parser]) -> None:
    verb = add(
        "restore",
        "remettre une sauvegarde en place, l'agent étant arrêté",
        "  standardiste restore /mnt/sauvegardes/standardiste-20261123T103000Z.tar.gz",
    )
    verb.add_argument("file", type=Path, metavar="FICHIER", help="la sauvegarde")
    verb.add_argument(
        "--remplacer",
        action="store_true",
        dest="replace",
        help="même s'il y a déjà des données : elles sont mises de côté",
    )


def _drain(add: Callable[..., Parser]) -> None:
    verb = add(
        "drain",
        "faire finir ses appels à l'agent en service, qui n'en prend plus ; la relève continue",
        "  standardiste serve --beside &\n  standardiste drain",
    )
    verb.add_argument(
        "--within",
        type=counted,
        default=60,
        metavar="SECONDES",
        help="temps laissé pour lâcher les pages (par défaut : 60) ; ses appels peuvent durer plus longtemps",
    )
    add_part(verb)
