"""The threat model and the ASVS table name files and tests: each of them is there."""

import re

import pytest

from tests.security.product import ROOT
from tests.support import pictures

NAMED = re.compile(r"`([\w./-]+\.(?:py|conf|yml|lock|md))`")
EVERYWHERE = (
    "standardiste",
    "telephony",
    "callbacks",
    "prompts",
    "speech",
    "dialog",
    "asterisk",
    "tests",
    "deploy",
    "docs",
)


@pytest.mark.parametrize("document", ["securite.md", "asvs.md"])
def test_what_a_document_points_to_is_there(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    names = set(NAMED.findall(text))
    assert len(names) > 30
    there = {path.name for room in EVERYWHERE for path in (ROOT / room).rglob("*.*")}
    missing = {name for name in names if not (ROOT / name).exists() and name.rpartition("/")[2] not in there}
    assert missing == set()


def test_every_item_of_the_table_has_a_state_and_none_stands_twice() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+\.\d[^|]*) \| [^|]+ \| ([^|]+) \|([^|]*)\|", text, re.MULTILINE)
    assert [number for number, _, why in rows if not why.strip()] == [], "each says where, or why"
    numbers = [number for number, _, _ in rows]
    assert len(numbers) > 200
    assert len(set(numbers)) == len(numbers)
    assert {state for _, state, _ in rows} <= {
        "oui",
        "non",
        "en partie",
        "mairie",
        "s. o.",
        "non vérifié ici",
    }


LEVEL_2 = (
    "1.1:7 1.2:4 1.4:1,4,5 1.5:4 1.6:4 1.7:2 1.8:2 1.9:2 1.10:1 1.11:2 1.12:2, 1.14:6 2.1:12 2.2:3 2.3:3 "
    "2.4:5 2.5:7 2.6:3 2.7:6 2.8:7 2.9:3 2.10:4 3.1:1 3.2:4 3.3:4 3.4:5 3.5:3 3.7:1 4.1:1,2,3,5 4.2:2 "
    "4.3:3 5.1:5 5.2:8 5.3:10 5.4:3 5.5:4 6.1:3 6.2:6 6.3:2 6.4:2 7.1:4 7.2:2 7.3:1,3,4 7.4:3 8.1:4 8.2:3 "
    "8.3:8 9.1:3 9.2:4 10.2:2 10.3:3 11.1:8 12.1:3 12.2:1 12.3:6 12.4:2 12.5:2 12.6:1 13.1:1,3,4,5 "
    "13.2:1,2,3,5,6 14.1:4 14.2:6 14.3:2,3 14.4:7 14.5:4"
)
"""OWASP ASVS 4.0.3: the items of levels 1 and 2 that still stand, by section: how many, or which."""


def wanted() -> set[str]:
    found = set()
    for told in LEVEL_2.split():
        section, _, which = told.partition(":")
        numbers = which.split(",") if "," in which else [str(n) for n in range(1, int(which) + 1)]
        found |= {f"{section}.{number}" for number in numbers if number}
    return found


def test_no_item_of_level_2_is_left_out_of_the_table() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    there = set()
    for first, last in re.findall(r"^\| (\d+\.\d+\.\d+)(?: – (\d+\.\d+\.\d+))? \|", text, re.MULTILINE):
        section, _, begin = first.rpartition(".")
        end = last.rpartition(".")[2] if last else begin
        there |= {f"{section}.{number}" for number in range(int(begin), int(end) + 1)}
    assert wanted() - there == set()
    assert "13.3, 13.4" in text


def test_the_pictures_of_the_guides_are_those_that_the_tests_take() -> None:
    shown = {
        name
        for guide in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for name in re.findall(r"!\[[^\]]+\]\((?:docs/)?([\w-]+)\.png\)", guide.read_text("utf-8"))
    }
    sizes = {path.stem: path.stat().st_size for path in (ROOT / "docs").glob("*.png")}
    assert shown == set(sizes) == pictures.ALL
    assert {name: size for name, size in sizes.items() if size > pictures.MOST_BYTES} == {}
