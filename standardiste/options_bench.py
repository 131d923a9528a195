"""The options of the verb `bench`."""

from collections.abc import Callable
from pathlib import Path

from standardiste.arguments import Parser, counted, counts

BENCHES = ("turn", "load", "asr", "tts", "understanding", "pages", "replay", "publish", "towns", "sizing")


def add_bench(add: Callable[..., Parser]) -> None:
    """Adds it."""
    verb = add(
        "bench",
        "mesurer, et écrire le résultat dans bench/results/",
        "  standardiste bench turn --quick",
    )
    verb.add_argument("name", choices=BENCHES, metavar="|".join(BENCHES), help="ce qu'il faut mesurer")
    verb.add_argument("--quick", action="store_true", help="en moins d'une minute")
    verb.add_argument(
        "--data",
        action="append",
        default=[],
        type=Path,
        metavar="DOSSIER",
        help="asr, turn : des enregistrements de gens (reponses.tsv, manifest.tsv, Armelle…) ; répétable",
    )
    verb.add_argument(
        "--systems",
        metavar="NOMS",
        help="turn : lesquels de ours,silence,pipecat ; load : de ours,without_admission (par défaut : tous)",
    )
    verb.add_argument(
        "--calls",
        type=int,
        default=4,
        metavar="N",
        help="turn : appels à la fois au second passage ; 1 : aucun",
    )
    verb.add_argument(
        "--callers",
        type=counts,
        metavar="N,N",
        help="load : combien d'appelants à la fois (par défaut : 1,4,8,16,30,60)",
    )
    verb.add_argument(
        "--duration", type=counted, metavar="SECONDES", help="load : pour chacun (par défaut : 180)"
    )
    verb.add_argument("--turns", type=int, metavar="N", help="turn : seulement N tours de parole")
    verb.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="turn : s'arrêter après N minutes ; le prochain essai continue",
    )
    verb.add_argument(
        "--sweep", action="store_true", help="turn : essayer aussi des attentes plus courtes et plus longues"
    )
    verb.add_argument(
        "--calibrate", action="store_true", help="asr : régler d'abord la confiance de chaque écoute"
    )
    verb.add_argument(
        "--write-trust",
        action="store_true",
        help="asr : écrire à côté de chaque modèle ce que les enregistrements de gens en montrent",
    )
