"""The journal on disk: what is acknowledged is in it, whole, whatever happens to the disk."""

import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.errors import JournalUnusable
from callbacks.journal import Entry, Journal


def entry(number: int) -> Entry:
    return Entry(f"k{number}", "callback", {"about": "l'été à « Sainte-Aurore »\n", "n": number})


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "données" / "journal.jsonl")
    assert journal.is_empty()
    assert journal.entries() == ()
    for number in range(3):
        journal.append(entry(number))
    assert not journal.is_empty()
    assert journal.entries() == (entry(0), entry(1), entry(2))


def test_it_is_emptied_only_when_all_that_is_in_it_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    for number in range(3):
        journal.append(entry(number))
    journal.remove(frozenset({"k0", "k1"}))
    assert not journal.is_empty()
    journal.remove(frozenset({"k0", "k1", "k2"}))
    assert journal.is_empty()
    journal.append(entry(4))
    assert journal.entries() == (entry(4),)


@given(cut=st.integers(0, 400), junk=st.binary(max_size=40))
def test_a_line_cut_short_is_left_out_and_harms_no_other(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    journal = Journal(tmp_path_factory.mktemp("j") / "journal.jsonl")
    for number in range(2):
        journal.append(entry(number))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[: max(0, len(whole) - cut)] + junk)
    journal.append(entry(9))
    kept = journal.entries()
    assert kept[-1] == entry(9)
    assert list(kept[:-1]) == [entry(number) for number in range(len(kept) - 1)]


def test_on_a_full_disk_nothing_is_acknowledged_and_what_was_stays(tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: writing stops in the middle of a line."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(entry(1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 20, limits[1]))
    try:
        with pytest.raises(JournalUnusable, match="n'accepte rien"):
            journal.append(entry(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert journal.entries() == (entry(1),)
    journal.append(entry(3))
    assert journal.entries() == (entry(1), entry(3))


def test_a_journal_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(JournalUnusable):
        Journal(tmp_path / "fichier" / "journal.jsonl").append(entry(1))
