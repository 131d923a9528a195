"""What is the town hall's business and what is not, by people whom no phrase was written after."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from dialog.understanding import understand
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
FOLDER = Path(__file__).parent / "scope"
ACTED = ("answer", "continue")


def lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache
def decided(text: str) -> tuple[str, tuple[str, str]]:
    """The decision on these words; intent and service."""
    found = understand(text, NOW, TOWN.tz, None, TOWN)
    return found.decision, (found.intent, found.service)


def ours() -> list[tuple[tuple[str, str], str]]:
    """Requests of the town's: what is asked, and how."""
    rows = [line.split(" | ") for line in lines("ours.txt")]
    return [((label.split()[0], label.split()[1]), text) for label, text in rows]


def test_most_of_what_is_none_of_ours_is_told_to_go_elsewhere() -> None:
    theirs = lines("not_ours.txt")
    refused = sum(decided(text)[0] == "refuse_redirect" for text in theirs)
    assert refused / len(theirs) >= 0.68


def test_hardly_any_request_of_ours_is_sent_elsewhere() -> None:
    sent_away = [text for _, text in ours() if decided(text)[0] == "refuse_redirect"]
    assert len(sent_away) / len(ours()) <= 0.04  # each of them names another's business, as few real calls do


def test_hardly_any_request_is_acted_on_wrongly() -> None:
    acted = [(label, text) for label, text in ours() if decided(text)[0] in ACTED]
    wrong = [text for label, text in acted if decided(text)[1] != label]
    assert len(wrong) / len(acted) <= 0.06
