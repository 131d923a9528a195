"""The verbs of the command line with their options, and what their help says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prompts.labels import EXPECTS
from standardiste.arguments import (
    Parser,
    SayTurn,
    audio_turn,
    caller,
    counted,
    folder,
    instant,
    keys_turn,
    port,
)
from standardiste.options_bench import add_bench
from standardiste.options_platform import add_platform
from standardiste.options_upkeep import add_part, add_upkeep
from standardiste.settings import LOG_LEVELS

ROLES = ("clerk", "supervisor", "admin")

AddVerb = Callable[..., Parser]


def build_parser() -> Parser:
    """The whole command line; parsing gives a namespace with `verb` and that verb's options."""
    parser = Parser(
        prog="standardiste",
        description="L'agent vocal libre qui décroche le téléphone d'une mairie.",
        epilog="Chaque verbe a son aide et un exemple : standardiste converse --help",
    )
    verbs = parser.add_subparsers(
        dest="verb", metavar="VERBE", title="verbes", required=True, parser_class=Parser
    )

    def add(name: str, summary: str, example: str, **more: Any) -> Parser:
        verb: Parser = verbs.add_parser(
            name, help=summary, description=_sentence(summary), epilog=f"Exemple :\n{example}", **more
        )
        _common(verb)
        return verb

    _call(add)
    _converse(add)
    _understand(add)
    _train(add)
    _transcribe(add)
    _hours(add)
    _check(add)
    _replay(add)
    _new_town(add)
    _import(add)
    _schema(add)
    _models(add)
    add_bench(add)
    _serve(add)
    _user(add)
    _doctor(add)
    add_upkeep(add)
    add_platform(add)
    return parser


def _sentence(summary: str) -> str:
    return f"{summary[0].upper()}{summary[1:]}."


def _common(verb: Parser) -> None:
    group = verb.add_argument_group("options communes")
    group.add_argument(
        "--commune",
        type=folder,
        metavar="DOSSIER",
        help="le contenu de la ville (sinon Sainte-Aurore)",
    )
    group.add_argument(
        "--now",
        type=instant,
        metavar="ISO8601",
        help="l'heure qu'il est (par défaut : la vraie) ; sans décalage, l'heure de la ville",
    )
    group.add_argument(
        "--database", metavar="URL", help="base de données SQLAlchemy ; sqlite:// : en mémoire, pour essayer"
    )
    group.add_argument(
        "--log-level",
        choices=LOG_LEVELS,
        help="ce qui est écrit sur l'erreur standard (sinon : warning)",
    )
    group.add_argument(
        "--log-json", action="store_true", help="l'écrire en lignes JSON, pour un collecteur de journaux"
    )


def _call(add: AddVerb) -> None:
    verb = add(
        "call",
        "jouer un appel entier, en son, sans téléphone",
        "  standardiste call --say 'À quelle heure ouvrez-vous demain ?' --dtmf 0 --out appel.wav\n"
        "  standardiste call bonjour.wav question.wav",
        usage="standardiste call [AUDIO | --say TEXTE | --dtmf TOUCHES]... [--out FICHIER] [options]",
        recordings_in_order=True,
    )
    turns = verb.add_argument_group("tours de l'appelant, joués dans l'ordre donné")
    for option, kind, name, meaning in (
        ("--audio", audio_turn, "AUDIO", "un enregistrement, aussi sans --audio"),
        ("--say", SayTurn, "TEXTE", "une phrase dite par la voix intégrée"),
        ("--dtmf", keys_turn, "TOUCHES", "des touches : 0-9 * #"),
    ):
        turns.add_argument(option, action="append", dest="turns", type=kind, metavar=name, help=meaning)
    verb.set_defaults(turns=[])
    verb.add_argument(
        "--out",
        type=Path,
        default=Path("call.wav"),
        metavar="FICHIER",
        help="l'appel enregistré : appelant à gauche, agent à droite (par défaut : call.wav)",
    )
    _caller(verb)


def _converse(add: AddVerb) -> None:
    verb = add(
        "converse",
        "tenir un appel entier par écrit, une ligne JSON par tour",
        """  echo '{"say": "quels papiers pour un passeport ?"}' | standardiste converse --database sqlite://""",
    )
    _caller(verb)


def _understand(add: AddVerb) -> None:
    add(
        "understand",
        "dire ce que l'agent comprend d'une phrase, une ligne JSON par phrase",
        """  echo '{"text": "vous ouvrez à quelle heure samedi ?"}' | standardiste understand""",
    )


def _train(add: AddVerb) -> None:
    verb = add(
        "train",
        "apprendre à comprendre : les phrases du produit et celles de la commune",
        "  standardiste train --commune ma-commune",
    )
    verb.add_argument(
        "--vite",
        action="store_true",
        dest="quick",
        help="seulement les phrases de la commune, à partir du modèle livré : moins d'une minute",
    )
    verb.add_argument("--progress", action="store_true", help="dire aussi où cela en est")


def _transcribe(add: AddVerb) -> None:
    verb = add(
        "transcribe",
        "écrire ce qui est dit dans des enregistrements",
        "  standardiste transcribe message.wav --expects phone",
    )
    verb.add_argument("audio", nargs="+", type=Path, metavar="AUDIO", help="un fichier WAV, FLAC, Opus…")
    verb.add_argument(
        "--expects", choices=EXPECTS, metavar="GENRE", help=f"le genre de réponse : {', '.join(EXPECTS)}"
    )
    verb.add_argument("--engine", metavar="NOM", help="le moteur (par défaut : le meilleur installé)")
    verb.add_argument(
        "--stream", action="store_true", help="le faire entendre en temps réel et montrer les hypothèses"
    )


def _hours(add: AddVerb) -> None:
    add(
        "hours",
        "calculer si c'est ouvert et quand cela change, une ligne JSON par question",
        """  echo '{"oh": "Mo-Fr 08:30-12:00; PH off", "tz": "America/Martinique", "country": "FR",
         "subdivision": "972", "closures": [], "query": "2026-11-24T10:00:00-04:00"}' | standardiste hours""",
    )


def _check(add: AddVerb) -> None:
    add(
        "check",
        "vérifier le contenu de la ville et prouver le dialogue entier (une minute) ; une ligne par problème",
        "  standardiste check --commune ma-ville/",
    )


def _new_town(add: AddVerb) -> None:
    verb = add(
        "new-town",
        "préparer le contenu d'une commune, et dire ce qu'il reste à écrire",
        "  standardiste new-town ma-ville --annuaire mairie.json",
    )
    verb.add_argument("folder", type=Path, metavar="DOSSIER", help="un dossier qui n'existe pas encore")
    verb.add_argument(
        "--annuaire", type=Path, metavar="FICHIER", help="la fiche de la mairie dans l'annuaire (JSON)"
    )
    _insee(verb)


def _import(add: AddVerb) -> None:
    verb = add(
        "import",
        "reprendre des données officielles ; ce qui est douteux est montré, jamais deviné",
        "  standardiste import annuaire mairie.json --commune ma-ville\n"
        "  standardiste import comarquage F1341.xml F1342.xml --commune ma-ville",
    )
    verb.add_argument(
        "what",
        choices=("annuaire", "comarquage"),
        metavar="annuaire|comarquage",
        help="l'annuaire de l'administration, ou des fiches de service-public (brouillons à approuver)",
    )
    verb.add_argument("files", nargs="+", type=Path, metavar="FICHIER", help="ce qu'il faut lire")
    verb.add_argument(
        "--replace",
        action="store_true",
        help="annuaire : remplacer aussi ce que la commune a écrit autrement",
    )
    _insee(verb)


def _insee(verb: Parser) -> None:
    verb.add_argument(
        "--insee", metavar="CODE", help="annuaire : la commune, si le fichier en contient plusieurs"
    )


def _schema(add: AddVerb) -> None:
    add(
        "schema",
        "écrire la forme de chaque fichier (JSON Schema), pour les éditeurs de texte",
        "  standardiste schema --commune ma-ville",
    )


def _replay(add: AddVerb) -> None:
    verb = add(
        "replay",
        "rejouer avec un brouillon les appels des derniers jours et les essais de la ville",
        "  standardiste replay --commune ma-ville/ --draft brouillon/ --lisible",
    )
    verb.add_argument(
        "--draft",
        type=folder,
        metavar="DOSSIER",
        help="le contenu à essayer (sinon : le brouillon des pages de réglages)",
    )
    verb.add_argument(
        "--days", type=counted, default=30, metavar="N", help="combien de jours (par défaut : 30)"
    )
    verb.add_argument(
        "--most",
        type=counted,
        default=1000,
        metavar="N",
        help="au plus N appels, les derniers (par défaut : 1000)",
    )
    verb.add_argument(
        "--unanswered", action="store_true", help="seulement les appels où une demande n'a pas eu de réponse"
    )
    verb.add_argument("--lisible", action="store_true", dest="readable", help="un texte à lire, côte à côte")
    verb.add_argument("--progress", action="store_true", help="dire aussi où cela en est")


def _models(add: AddVerb) -> None:
    verb = add(
        "models",
        "lister, télécharger ou vérifier les modèles d'écoute et de voix",
        "  standardiste models fetch --recommended",
    )
    verb.add_argument(
        "action", choices=("list", "fetch", "verify"), metavar="list|fetch|verify", help="ce qu'il faut faire"
    )
    verb.add_argument("names", nargs="*", metavar="NOM", help="des modèles (par défaut : tous)")
    verb.add_argument("--recommended", action="store_true", help="ceux que le projet conseille")


def _serve(add: AddVerb) -> None:
    verb = add(
        "serve",
        "répondre : pages web, téléphone du navigateur et, s'il est configuré, Asterisk",
        "  standardiste serve --port 8080",
    )
    verb.add_argument("--host", metavar="ADRESSE", help="adresse d'écoute (par défaut : 127.0.0.1)")
    verb.add_argument("--port", type=port, metavar="PORT", help="port d'écoute (par défaut : 8080)")
    verb.add_argument(
        "--beside",
        action="store_true",
        help="à côté de l'agent en service, pour le remplacer sans couper d'appel (ensuite : drain)",
    )
    add_part(verb)


def _user(add: AddVerb) -> None:
    verb = add(
        "user",
        "créer un compte pour les pages ; le mot de passe est lu sur l'entrée standard",
        "  standardiste user add elodie --role clerk --shown-name 'Élodie Cadet' < mot-de-passe.txt",
    )
    verb.add_argument("action", choices=("add",), metavar="add", help="ce qu'il faut faire")
    verb.add_argument("name", metavar="NOM", help="le nom du compte, sans accent ni espace")
    verb.add_argument(
        "--role",
        choices=ROLES,
        required=True,
        metavar="|".join(ROLES),
        help="agent, responsable ou administrateur",
    )
    verb.add_argument("--shown-name", metavar="NOM", help="le nom que lisent les collègues")
    verb.add_argument("--email", metavar="ADRESSE", help="celle que donne le fournisseur d'identité")
    verb.add_argument("--phone", metavar="POSTE", help="ce que « Appeler » fait sonner, comme PJSIP/agent1")
    verb.add_argument(
        "--service",
        action="append",
        default=[],
        metavar="SERVICE",
        help="un service dont les rappels sont montrés d'abord ; répétable",
    )
    verb.add_argument(
        "--no-password", action="store_true", help="seulement par le fournisseur d'identité (avec --email)"
    )


def _doctor(add: AddVerb) -> None:
    verb = add(
        "doctor",
        "examiner l'installation, et dire comment réparer ce qui ne va pas",
        "  standardiste doctor\n  standardiste doctor --json",
    )
    verb.add_argument("--json", action="store_true", help="une ligne JSON par point examiné")


def _caller(verb: Parser) -> None:
    verb.add_argument(
        "--caller",
        type=caller,
        metavar="NUMÉRO",
        help="le numéro qui appelle, +596696203040 ou anonymous",
    )
