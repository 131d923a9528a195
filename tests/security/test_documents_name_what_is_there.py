"""The threat model and the ASVS table name files and tests: each of them is there."""

import re

import pytest

from tests.security.product import ROOT

NAMED = re.compile(r"`([\w./-]+\.(?:py|conf|yml|lock|md))`")
EVERYWHERE = (
    "standardiste",
    "telephony",
    "callbacks",
    "prompts",
    "speech",
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
    rows = re.findall(r"^\| (\d+\.\d[^|]*) \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE)
    numbers = [number for number, _ in rows]
    assert len(numbers) > 200
    assert len(set(numbers)) == len(numbers)
    assert {state for _, state in rows} <= {"oui", "non", "en partie", "mairie", "s. o.", "non vérifié ici"}
