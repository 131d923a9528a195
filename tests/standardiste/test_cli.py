import argparse
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from standardiste import cli
from standardiste.arguments import AudioTurn, KeysTurn, SayTurn
from standardiste.options import build_parser
from standardiste.verbs_text import BadLine, hours_line

VERBS = (
    "call",
    "transcribe",
    "converse",
    "hours",
    "serve",
    "models",
    "understand",
    "check",
    "bench",
    "doctor",
)


def parse(*argv: str) -> argparse.Namespace:
    return build_parser().parse_args(argv)


@pytest.mark.parametrize("verb", [*VERBS, "platform", "town"])
def test_every_verb_explains_itself_in_french_with_an_example(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(verb, "--help")
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("Utilisation : standardiste")
    assert f"standardiste {verb}" in told.partition("Exemple :")[2]
    for english in ("usage", "show this help", "positional", "optional"):
        assert english not in told


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_the_common_options(verb: str, tmp_path: Path) -> None:
    needed = {"transcribe": ["a.wav"], "models": ["list"], "bench": ["turn"]}.get(verb, [])
    args = parse(
        verb, *needed, "--commune", str(tmp_path), "--now", "2026-11-24T10:00", "--database", "sqlite://"
    )
    assert args.verb == verb
    assert args.commune == tmp_path
    assert args.now == datetime(2026, 11, 24, 10, 0)
    assert args.database == "sqlite://"


def test_a_calls_turns_keep_the_order_they_were_typed_in() -> None:
    args = parse("call", "a.wav", "--dtmf", "1#", "--out", "o.wav", "--say", "oui", "b.wav", "--", "-c.wav")
    assert args.turns == [
        AudioTurn(Path("a.wav")),
        KeysTurn("1#"),
        SayTurn("oui"),
        AudioTurn(Path("b.wav")),
        AudioTurn(Path("-c.wav")),
    ]
    assert args.out == Path("o.wav")
    assert parse("call").turns == []
    assert parse("call", "--say=non").turns == [SayTurn("non")]


def test_an_anonymous_caller_is_nobody() -> None:
    assert parse("converse", "--caller", "anonymous").caller is None
    assert parse("converse").caller is None
    assert parse("call", "--caller", "+596696203040").caller == "+596696203040"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "il manque : VERBE"),
        (["chanter"], "VERBE : « chanter » n'est pas parmi 'call'"),
        (["converse", "--voix", "x"], "argument inconnu : --voix"),
        (["converse", "--now", "hier"], "« hier » n'est pas une date"),
        (["converse", "--now"], "--now : il manque une valeur"),
        (["converse", "--caller", "0696"], "« 0696 » : attendu +596696203040"),
        (["converse", "--commune", "/nowhere"], "« /nowhere » n'est pas un dossier"),
        (["call", "--dtmf", "1A"], "« 1A » : attendu des touches"),
        (["transcribe"], "il manque : AUDIO"),
        (["serve", "--port", "80a"], "« 80a » n'est pas un port"),
        (["bench", "sieste"], "« sieste » n'est pas parmi 'turn'"),
    ],
)
def test_unusable_arguments_are_told_in_one_french_sentence(
    argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(argv) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("standardiste : ")
    assert told.err.count("\n") == 1
    assert sentence in told.err


def script_with_handler(handler: str) -> str:
    """`standardiste hours` with this body as its handler."""
    return (
        "import sys, types\n"
        "module = types.ModuleType('standardiste.verbs_text')\n"
        f"def run_hours(args, settings):\n    {handler}\n"
        "module.run_hours = run_hours\n"
        "sys.modules['standardiste.verbs_text'] = module\n"
        "from standardiste.cli import main\n"
        "sys.exit(main(['hours']))\n"
    )


def run_with_handler(handler: str, *, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script_with_handler(handler)],
        capture_output=True,
        text=True,
        env=os.environ | (env or {}),
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("handler", "code", "sentence"),
    [
        ("from speech.errors import UnusableModel as E; raise E('pas de\\n modèle')", 2, "pas de modèle"),
        ("from standardiste.errors import Unusable as E; raise E('non')", 2, "non"),
        (
            "from callbacks.errors import DatabaseUnavailable as E; raise E('connection refused')",
            2,
            "la base de données ne répond pas : vérifiez qu'elle est en service, et son adresse. "
            "Détails avec --log-level debug.",
        ),
        ("open('/nowhere.wav')", 2, "« /nowhere.wav » : fichier ou dossier introuvable."),
        ("open('/')", 2, "« / » : c'est un dossier."),
        ("import errno; raise OSError(errno.ENOSPC, 'No space', 'x')", 2, "« x » : le disque est plein."),
        ("raise OSError(9999, 'Something in English')", 2, "erreur 9999 du système."),
        ("raise KeyError('x')", 70, "erreur imprévue (KeyError : 'x'). Détails avec --log-level debug."),
    ],
)
def test_a_verb_that_fails_says_one_sentence_and_shows_no_traceback(
    handler: str, code: int, sentence: str
) -> None:
    done = run_with_handler(handler)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"standardiste : {sentence}\n")


def test_an_unexpected_error_shows_where_it_came_from_to_those_who_ask() -> None:
    done = run_with_handler("raise KeyError('x')", env={"STANDARDISTE_LOG_LEVEL": "debug"})
    assert "Traceback" in done.stderr
    assert done.returncode == 70


def test_a_reader_that_leaves_and_an_interruption_are_no_errors() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        gone = subprocess.run(
            [sys.executable, "-m", "standardiste", "hours", "--help"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": ""},  # argparse itself hides what fails unbuffered
            check=False,
        )
    assert (gone.returncode, gone.stderr) == (141, b"")
    interrupted = run_with_handler("raise KeyboardInterrupt")
    assert (interrupted.returncode, interrupted.stderr) == (130, "")
    left = run_with_handler("raise BrokenPipeError")
    assert (left.returncode, left.stderr) == (141, "")


def test_an_interrupted_verb_ends_at_once_and_quietly() -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-c", script_with_handler("print('ready', flush=True); sys.stdin.read()")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == b"ready\n"
        waiting.send_signal(signal.SIGINT)
        _, complaint = waiting.communicate(timeout=10)
    assert waiting.returncode == 130
    assert complaint == b""


def test_help_comes_without_loading_the_engines() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "standardiste", "call", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "standardiste.options" in loaded
    assert not loaded & {"numpy", "pipecat", "loguru", "fastapi", "aiortc", "sqlalchemy", "pydantic"}


def test_output_is_utf8_whatever_the_locale() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "standardiste", "bench", "--help"],
        capture_output=True,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        check=True,
    )
    assert "écrire le résultat" in done.stdout.decode("utf-8")


def test_settings_that_are_wrong_are_told_like_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STANDARDISTE_PORT", "loin")
    assert cli.main(["hours"]) == 2
    assert "STANDARDISTE_PORT" in capsys.readouterr().err


def test_half_a_character_is_a_bad_line_and_not_the_end_of_the_answers() -> None:
    with pytest.raises(BadLine):
        hours_line('{"oh": "\\ud800", "tz": "Europe/Paris", "query": "2026-01-01T10:00"}')


def test_verifying_a_model_that_is_not_there_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "verify", "nope"]) == 2
    assert "nope" in capsys.readouterr().err
