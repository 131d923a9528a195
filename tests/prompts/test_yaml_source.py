"""YAML files of a town: plain values with their lines, and nothing that could surprise."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.errors import ContentError
from prompts.yaml_source import parse_yaml, read_yaml


def refusal(text: str) -> str:
    with pytest.raises(ContentError) as caught:
        parse_yaml(text.encode(), "ville.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "ville.yaml:1: les renvois YAML"),
        ("a: &a\n  b: *a", "ville.yaml:1: les renvois YAML"),
        ("a: " + "[" * 5000, "plus de 20 niveaux imbriqués"),
        ("a: 1\n" + "".join("  " * n + f"b{n}:\n" for n in range(40)), "plus de 20 niveaux"),
        ("a: 1\n---\nb: 2", "ville.yaml:2: un fichier contient un seul document"),
        ("---\n---\nb: 2", "ville.yaml:2: un fichier contient un seul document"),
        ("? [a, b]\n: c", "une clé doit être un mot simple"),
        ("a: 1\nb: 2\na: 3", "ville.yaml:3: la clé « a » est écrite deux fois"),
        ("a: !!map {b: 1}", "l'étiquette YAML"),
        ("a: 'b\nc: d", "YAML mal écrit"),
        ("a: \x07", "YAML illisible"),
        ("bonjour", "clé: valeur"),
    ],
)
def test_what_could_surprise_is_refused_in_plain_french(text: str, said: str) -> None:
    assert said in refusal(text)


def test_words_that_old_yaml_takes_for_something_else_stay_text() -> None:
    text = "a: oui\nb: on\nc: 07:30\nd: 2026-12-24\ne: 'null'\nf: 012\ng: 1.5\nh: ~\ni: true\nj: 0x10\nk: 1e3"
    assert parse_yaml(text.encode(), "f").value == {
        "a": "oui", "b": "on", "c": "07:30", "d": "2026-12-24", "e": "null", "f": 12, "g": 1.5, "h": None,
        "i": True, "j": "0x10", "k": 1000.0,
    }  # fmt: skip


def test_every_part_remembers_its_line() -> None:
    source = parse_yaml(b"a:\n  - b: 1\n    c:\n      d\n  - e\n", "f")
    assert source.value == {"a": ({"b": 1, "c": "d"}, "e")}
    assert source.line_of(("a", 0, "c")) == 3
    assert source.line_of(("a", 1)) == 5
    assert source.line_of(("a", 0, "z")) == 2


def test_a_file_of_a_hundred_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "gros.yaml"
    with file.open("wb") as out:
        out.truncate(100_000_000)
    with pytest.raises(ContentError, match="trop gros"):
        read_yaml(file, "gros.yaml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_yaml(text.encode("utf-8", "surrogatepass"), "f")
    except ContentError as error:
        lines = [problem.line for problem in error.problems]
    else:
        lines = [1]
    assert min(lines) >= 1
