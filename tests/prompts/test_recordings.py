"""Recordings go with the versions of a content: published, taken back, merged, never without their sound."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from prompts.errors import ContentError
from prompts.load import load_town
from prompts.recordings import FILE, FOLDER
from prompts.versions import VersionStore
from prompts.versions_draft import Part
from prompts.versions_files import content_digest
from prompts.versions_yaml import digest_of_part
from speech.recorded import wav
from tests.support.killed import killed_at
from tests.support.short_town import write_short_town

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MENU = Part(FILE, ("enregistrements", "phrases-menu"))
GOODBYE = Part(FILE, ("enregistrements", "phrases-au_revoir"))


def sound(value: int) -> bytes:
    return wav(np.full(16_000, value, np.int16))


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    (tmp_path / "commune").mkdir()
    return VersionStore(tmp_path / "versions", write_short_town(tmp_path / "commune"))


def record(store: VersionStore, part: Part, text: str, data: bytes, who: str = "Léa") -> None:
    store.record(part, text, data, digest_of_part(store.open_draft(NOW).value(part)), who, NOW)


def heard(store: VersionStore) -> dict[str, bytes]:
    """What stands for which text, of what is published."""
    return {each.text: each.path.read_bytes() for each in load_town(store.served_folder()).recorded}


def sounds_in(content: Path) -> int:
    return len(list((content / FOLDER).glob("*")))


def test_a_recording_is_published_made_again_and_taken_back_with_its_version(store: VersionStore) -> None:
    record(store, MENU, "Tapez 1.", sound(1))
    assert heard(store) == {}, "a draft is heard by nobody"
    first = store.publish("Léa", "", NOW)
    record(store, MENU, "Tapez 1.", sound(2))
    second = store.publish("Léa", "", NOW)
    assert heard(store) == {"Tapez 1.": sound(2)}
    assert sounds_in(store.content_of(second)) == 1, "what is not heard any more is not carried along"
    store.roll_back(first, "Léa", "", NOW)
    assert heard(store) == {"Tapez 1.": sound(1)}
    draft = store.open_draft(NOW)
    store.edit(MENU, None, digest_of_part(draft.value(MENU)), "Léa", NOW)
    assert sounds_in(draft.content) == 0
    store.publish("Léa", "", NOW)
    assert heard(store) == {}


def test_versions_share_the_sounds_that_they_have_in_common(store: VersionStore) -> None:
    record(store, MENU, "Tapez 1.", sound(1))
    store.publish("Léa", "", NOW)
    record(store, GOODBYE, "Au revoir.", sound(2))
    store.publish("Léa", "", NOW)
    (kept,) = (store.content_of(2) / FOLDER).glob("*")
    assert (store.content_of(3) / FOLDER / kept.name).samefile(kept)


def test_recordings_of_two_admins_are_both_in_what_is_published(store: VersionStore) -> None:
    record(store, MENU, "Tapez 1.", sound(1))
    store.schedule("Léa", "", NOW.replace(hour=11), None)
    record(store, GOODBYE, "Au revoir.", sound(2), "Zoé")
    store.publish("Zoé", "", NOW)
    joined = store.joined_due(NOW.replace(hour=12))
    assert joined is not None
    store.note_check(content_digest(joined), "")
    store.publish_due(NOW.replace(hour=12))
    assert heard(store) == {"Tapez 1.": sound(1), "Au revoir.": sound(2)}


def test_the_same_recording_again_changes_nothing(store: VersionStore) -> None:
    record(store, MENU, "Tapez 1.", sound(1))
    store.publish("Léa", "", NOW)
    seen = digest_of_part(store.open_draft(NOW).value(MENU))
    assert store.record(MENU, "Tapez 1.", sound(1), seen, "Léa", NOW) is None


@pytest.mark.parametrize("harm", ["gone", "cut", "other"])
def test_a_content_whose_sound_is_not_what_was_recorded_is_refused(store: VersionStore, harm: str) -> None:
    record(store, MENU, "Tapez 1.", sound(1))
    content = store.open_draft(NOW).content
    (path,) = (content / FOLDER).glob("*")
    data = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(data[:-9] if harm == "cut" else sound(7))
    with pytest.raises(ContentError, match="manque ou est abîmé"):
        load_town(content)


def test_wherever_the_machine_stops_while_recording_the_next_one_is_whole(store: VersionStore) -> None:
    seen = digest_of_part(store.open_draft(NOW).value(MENU))
    nth = 1
    while killed_at(nth, partial(store.record, MENU, "Tapez 1.", sound(nth), seen, "Léa", NOW)):
        with store.writing():
            pass  # sets right what the stopped one left
        record(store, GOODBYE, f"Au revoir {nth}.", sound(500 + nth))
        content = store.open_draft(NOW).content
        assert any(each.text == f"Au revoir {nth}." for each in load_town(content).recorded)
        assert sounds_in(content) == len({each.path for each in load_town(content).recorded})
        seen = digest_of_part(store.open_draft(NOW).value(MENU))
        nth += 3
    assert nth > 9
