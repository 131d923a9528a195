"""The command `standardiste`: its verbs, their options, and what a failed one says.

Each verb's own work is imported when it is asked for, so that `--help` and small verbs start at once.
"""

import argparse
import importlib
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence

from prompts.os_words import why
from standardiste.log import configure_logging
from standardiste.log_masking import Secrets
from standardiste.options import build_parser
from standardiste.settings import read_settings

_HANDLERS = {
    "call": "standardiste.verbs_call:run_call",
    "transcribe": "standardiste.verbs_sound:run_transcribe",
    "models": "standardiste.verbs_sound:run_models",
    "bench": "standardiste.verbs_sound:run_bench",
    "converse": "standardiste.verbs_text:run_converse",
    "understand": "standardiste.verbs_text:run_understand",
    "train": "standardiste.verbs_train:run_train",
    "hours": "standardiste.verbs_text:run_hours",
    "check": "standardiste.verbs_check:run_check",
    "replay": "standardiste.verbs_replay:run_replay",
    "new-town": "standardiste.verbs_content:run_new_town",
    "import": "standardiste.verbs_content:run_import",
    "schema": "standardiste.verbs_content:run_schema",
    "serve": "standardiste.verbs_serve:run_serve",
    "drain": "standardiste.in_charge:run_drain",
    "user": "standardiste.verbs_user:run_user",
    "platform": "standardiste.verbs_platform:run_platform",
    "town": "standardiste.verbs_platform:run_town",
    "backup": "standardiste.verbs_backup:run_backup",
    "restore": "standardiste.verbs_backup:run_restore",
}
_WITHOUT_SETTINGS = {"doctor": "standardiste.verbs_doctor:run_doctor"}
"""What reads the settings by itself, as they may be what is wrong."""
_ROOMS = ("standardiste", "telephony", "speech", "dialog", "callbacks", "prompts")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code. Nothing escapes but what `--help` needs."""
    _speak_utf8()
    log_level = "warning"
    try:
        args = _parse(argv)
        if own := _WITHOUT_SETTINGS.get(args.verb):
            configure_logging("error")
            code: int = _handler(own)(args, os.environ)
            return code
        settings = read_settings(os.environ, args)
        log_level = settings.log_level
        configure_logging(log_level, as_json=settings.log_json, secrets=Secrets(settings.secrets()))
        code = _handler(_HANDLERS[args.verb])(args, settings)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130  # what a shell makes of SIGINT: 128 + 2
    except BrokenPipeError:
        # Whoever read us has left (`| head`): nothing to say, nor at the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # 128 + SIGPIPE
    except _error_families() as error:
        return _say(_told(error, log_level), 2)
    except OSError as error:
        return _say(_of_the_system(error), 2)
    except Exception as error:
        logging.getLogger("standardiste").debug("unexpected", exc_info=error)
        hint = "" if log_level == "debug" else " Détails avec --log-level debug."
        return _say(f"erreur imprévue ({type(error).__name__} : {error}).{hint}", 70)  # EX_SOFTWARE
    return code


def _handler(where: str) -> Callable[..., int]:
    module, _, function = where.partition(":")
    handler: Callable[..., int] = getattr(importlib.import_module(module), function)
    return handler


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    try:
        return build_parser().parse_args(argv)
    except SystemExit:  # after --help: a reader that has left is then met here, not at the interpreter's end
        sys.stdout.flush()
        raise


def _speak_utf8() -> None:
    """Whatever the locale: JSON Lines are UTF-8 (RFC 8259 §8.1). A closed standard input is an empty one."""
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace"), (sys.stderr, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _error_families() -> tuple[type[Exception], ...]:
    """The error family of each room that was imported: one that was not cannot have raised anything."""
    return tuple(
        value
        for room in _ROOMS
        for value in vars(sys.modules.get(f"{room}.errors", object)).values()
        if isinstance(value, type) and Exception in value.__bases__
    )


def _told(error: Exception, log_level: str) -> str:
    """Our own errors are sentences already, but for what a database's driver says, in English."""
    away = getattr(sys.modules.get("callbacks.errors"), "DatabaseUnavailable", None)
    if away is None or not isinstance(error, away):
        return str(error)
    logging.getLogger("standardiste").debug("database", exc_info=error)
    hint = "" if log_level == "debug" else " Détails avec --log-level debug."
    return f"la base de données ne répond pas : vérifiez qu'elle est en service, et son adresse.{hint}"


def _of_the_system(error: OSError) -> str:
    return f"« {error.filename} » : {why(error)}." if error.filename else f"{why(error)}."


def _say(sentence: str, code: int) -> int:
    print(f"standardiste : {' '.join(sentence.split())}", file=sys.stderr)
    return code
