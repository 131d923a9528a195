"""argparse, speaking French, and the kinds of argument that several verbs take."""

import argparse
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from standardiste.errors import Unusable

# argparse's own sentences (Python 3.11 to 3.13) and ours.
_FRENCH = [
    (r"the following arguments are required: (.+)", r"il manque : \1"),
    (r"unrecognized arguments: (.+)", r"argument inconnu : \1"),
    (r"argument (.+?): expected one argument", r"\1 : il manque une valeur"),
    (r"argument (.+?): expected at least one argument", r"\1 : il manque au moins une valeur"),
    (r"argument (.+?): invalid choice: '?(.+?)'? \(choose from (.+)\)", r"\1 : « \2 » n'est pas parmi \3"),
    (r"argument (.+?): ignored explicit argument '?(.+?)'?", r"\1 : ne prend pas de valeur"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 : ne va pas avec \2"),
    (r"argument (.+?): (.+)", r"\1 : \2"),
]  # fmt: skip


def in_french(message: str) -> str:
    """argparse's complaint, in French."""
    for pattern, sentence in _FRENCH:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, sentence, message, flags=re.DOTALL)
    return message


class _Layout(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Utilisation : " if prefix is None else prefix)


@dataclass(frozen=True)
class AudioTurn:
    """The caller's turn is this recording."""

    path: Path


@dataclass(frozen=True)
class SayTurn:
    """The caller's turn is spoken by the built-in voice."""

    text: str


@dataclass(frozen=True)
class KeysTurn:
    """The caller presses these keys."""

    keys: str


Turn = AudioTurn | SayTurn | KeysTurn


class Parser(argparse.ArgumentParser):
    """Raises Unusable where argparse would print its usage and leave.

    With `recordings_in_order`, positional arguments keep their place among the options: argparse alone
    gathers them all in one place, so each is handed to it as the value of the option `--audio`.
    """

    def __init__(self, *, recordings_in_order: bool = False, **options: Any) -> None:
        options |= {"add_help": False, "allow_abbrev": False, "formatter_class": _Layout}
        super().__init__(**options)
        self._recordings_in_order = recordings_in_order
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{in_french(message)}. Voir : {self.prog} --help")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._recordings_in_order:
            args = list(self._with_recordings_as_options(args))
        return super().parse_known_args(args, namespace)

    def _with_recordings_as_options(self, args: Iterable[str]) -> Iterator[str]:
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                yield from (f"--audio={recording}" for recording in rest)
            elif not arg.startswith("-") or arg == "-":
                yield f"--audio={arg}"
            else:
                yield arg
                action = self._option_string_actions.get(arg)
                if action is not None and action.nargs is None:
                    yield from itertools.islice(rest, 1)


def audio_turn(text: str) -> AudioTurn:
    return AudioTurn(Path(text))


def keys_turn(text: str) -> KeysTurn:
    if not re.fullmatch(r"[0-9*#]+", text):
        raise argparse.ArgumentTypeError(f"« {text} » : attendu des touches parmi 0-9 * #")
    return KeysTurn(text)


def instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n'est pas une date et heure ISO 8601 (2026-11-24T10:00)"
        ) from None


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un port (0 à 65535)")
    return int(text)


def counted(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:7]) <= 100_000:
        raise argparse.ArgumentTypeError(f"« {text} » : attendu un nombre, de 1 à 100000")
    return int(text)


def counts(text: str) -> tuple[int, ...]:
    """« 1,4,8 »."""
    return tuple(counted(part) for part in text.split(","))


def folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un dossier")
    return path


def caller(text: str) -> str | None:
    """An E.164 number, None for "anonymous"."""
    if text == "anonymous":
        return None
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise argparse.ArgumentTypeError(f"« {text} » : attendu +596696203040 ou anonymous")
    return text


def agent_name(text: str) -> str:
    """An agent's name in Asterisk."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}", text):
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nom : lettres, chiffres, - et _")
    return text
