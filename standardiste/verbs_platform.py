"""The verbs `platform` and `town`: many towns on one platform, and one of them alone."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from prompts.errors import ContentError
from standardiste.errors import Unusable
from standardiste.platform_asterisk import write_asterisk_files
from standardiste.platform_settings import Found, TownPlace, read_places, shared_between, town_environ
from standardiste.settings import Settings
from standardiste.town import read_town

_NOT_OF_ONE_TOWN = ("platform", "town", "serve", "drain")
"""The platform serves them all."""
_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""Of the platform's environment, what any program needs: nothing else of it reaches a town's verb."""


def run_platform(args: argparse.Namespace, settings: Settings) -> int:
    """Serves all towns of a folder, checks them, or writes what Asterisk has to know of them."""
    if args.commune or args.database:
        raise Unusable(
            "platform : ni --commune ni --database ; chaque commune a les siens, dans son dossier."
        )
    match args.action:
        case "serve":
            from standardiste.platform_serve import run_platform_serve

            return run_platform_serve(args, settings)
        case "check":
            return _check(read_places(args.folder, os.environ, settings.models_dirs))
        case _:
            return _asterisk(read_places(args.folder, os.environ, settings.models_dirs), args.into)


def run_town(args: argparse.Namespace, settings: Settings) -> int:
    """Runs another verb with the settings of one town of a platform, and with no other town's."""
    verb = args.command[0] if args.command else ""
    if not verb or verb in _NOT_OF_ONE_TOWN:
        raise Unusable(
            f"town : « {verb} » n'est pas un verbe pour une seule commune d'une plateforme. Par exemple : "
            "standardiste town villes/vauclair doctor"
        )
    own = town_environ(args.folder.absolute(), os.environ)
    own["STANDARDISTE_MODELS"] = ":".join(map(str, settings.models_dirs))
    environ = {name: os.environ[name] for name in _KEPT if name in os.environ} | own
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "standardiste", *args.command], environ)


def _check(found: Found) -> int:
    """One line per problem on standard output; 1 where there are any."""
    shared = shared_between(found.places)
    problems = [f"{name} : {why}" for name, why in found.wrong.items()]
    problems += [f"{name} : {each}" for name, told in shared.items() for each in told]
    problems += [f"{place.name} : {each}" for place in found.places for each in _of_content(place)]
    for problem in problems:
        print(problem)
    n_good = len(found.places)
    print(f"{n_good} communes lues, {len(problems)} problèmes.", file=sys.stderr)
    return 1 if problems else 0


def _of_content(place: TownPlace) -> Sequence[str]:
    try:
        read_town(place.settings.commune_dir)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return () if place.numbers else ("aucun numéro (STANDARDISTE_NUMBERS) : personne ne peut l'appeler",)


def _asterisk(found: Found, into: Path | None) -> int:
    if into is None:
        raise Unusable("platform asterisk : indiquez --into, le dossier « local » d'Asterisk.")
    shared = [each for told in shared_between(found.places).values() for each in told]
    if wrong := [*found.wrong.values(), *shared]:
        raise Unusable(f"à corriger d'abord (standardiste platform check) : {wrong[0]}")
    for file in write_asterisk_files(found.places, into):
        print(file, file=sys.stderr)
    return 0
