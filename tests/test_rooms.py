"""The house keeps its plan: who may import whom, what stays pure, how long a file gets, what nobody names."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROOMS = ("standardiste", "telephony", "speech", "dialog", "callbacks", "prompts", "bench", "tests")
ALL = set(ROOMS)
MAY_IMPORT = {
    "standardiste": ALL - {"tests"},
    "telephony": {"speech", "dialog", "prompts", "callbacks"},
    "speech": set[str](),
    "dialog": {"prompts"},
    "callbacks": {"prompts"},
    "prompts": set[str](),
    "bench": ALL,
    "tests": ALL,
}
PURE = (
    "dialog/*.py",
    "dialog/**/*.py",
    "speech/dtmf.py",
    "speech/endpointing.py",
    "speech/engines/cutting.py",
    "speech/engines/hints.py",
    "speech/engines/inventions.py",
    "speech/engines/pieces.py",
    "speech/french_numbers.py",
    "speech/grammar/*.py",
    "speech/listening.py",
    "speech/nonspeech.py",
    "speech/spoken.py",
    "speech/streaming.py",
    "speech/trust.py",
)
IMPURE_MODULES = {
    "asyncio", "socket", "ssl", "select", "selectors", "time", "threading", "multiprocessing", "subprocess",
    "os", "random", "secrets", "urllib.request", "http", "pipecat", "httpx", "websockets", "aiortc",
    "fastapi", "sqlalchemy", "anyio", "logging",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}
"""Of datetime and date; fromtimestamp without a zone reads the machine's."""

MAX_LINES = 400
LONG_FOR_A_REASON = {
    "asterisk/lab": "one program in one file, so that it can be copied to another machine",
    "LICENSE": "the licence's own text",
    "requirements.lock": "written by a program",
}
TEXT_SUFFIXES = {".py", ".js", ".css", ".html", ".sh", ".toml", ".conf", ""}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def modules_of(*patterns: str) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that the file imports, anywhere in it, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: say whole names, not relative ones"
            assert node.module is not None
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    forbidden = ALL - MAY_IMPORT[room] - {room}
    broken = [
        f"{path.relative_to(ROOT)}:{line}: {room} must not import {name}"
        for path in modules_of(f"{room}/**/*.py")
        for line, name in imported(path)
        if name.partition(".")[0] in forbidden
    ]
    assert broken == []


def test_the_pure_modules_know_no_clock_no_socket_and_no_loop() -> None:
    broken = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules_of(*PURE)
        for line, name in imported(path)
        if any(name == banned or name.startswith(f"{banned}.") for banned in IMPURE_MODULES)
    ]
    for path in modules_of(*PURE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.AsyncFunctionDef | ast.Await):
                broken.append(f"{where}: async")
            elif isinstance(node, ast.Call) and is_a_clock(node.func):
                broken.append(f"{where}: {ast.unparse(node.func)}()")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
                broken.append(f"{where}: open()")
    assert broken == []


def is_a_clock(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in CLOCKS
        and isinstance(function.value, ast.Name | ast.Attribute)
        and ast.unparse(function.value).rpartition(".")[2] in ("datetime", "date")
    )


def test_the_plan_is_kept_for_real() -> None:
    """The readers above do see what they look for."""
    assert is_a_clock(ast.parse("datetime.datetime.now(tz)", mode="eval").body.func)  # type: ignore[attr-defined]
    assert not is_a_clock(ast.parse("event.now()", mode="eval").body.func)  # type: ignore[attr-defined]
    assert "speech.audio" in [name for _, name in imported(ROOT / "telephony" / "line.py")]


def test_files_stay_short_enough_to_be_read_at_once() -> None:
    long = {}
    for path in tracked_files():
        name = str(path.relative_to(ROOT))
        if path.suffix in TEXT_SUFFIXES and name not in LONG_FOR_A_REASON:
            try:
                n_lines = len(path.read_text(encoding="utf-8").splitlines())
            except UnicodeDecodeError:
                continue  # sound or another binary without a suffix
            if n_lines > MAX_LINES:
                long[name] = n_lines
    assert long == {}


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*--(index|extra|find|trusted)|^\s*-[if]\b", lock, re.MULTILINE)
    entries = re.split(r"\n(?=[a-zA-Z])", lock.strip())
    unpinned = [
        entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry
    ]
    assert unpinned == []


def test_no_tracked_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    # Written in pieces, or this file would name them itself.
    places = re.compile(
        "|".join(
            [
                r"(?<!\w)/wo" + "rk/",
                r"(?<!\w)/ro" + "ot/",
                r"(?<!\w)/ho" + "me/(?!ada/)[a-z]+/",
                "py" + r"pi\.org",
                "pythonho" + "sted",
            ]
        )
    )
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), 1)
            if places.search(line)
        ]
    assert found == []


def test_the_banned_word_is_nowhere() -> None:
    """An entity, a time_slot: never the bare word that means both."""
    word = re.compile(r"(?<![a-z_])sl" + r"ots?(?![a-z_])", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ROOMS
        for path in modules_of(f"{room}/**/*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if word.search(line) and "time " + "slot" not in line and "slots=True" not in line.replace(" ", "")
    ]
    assert found == []
