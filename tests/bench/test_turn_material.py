"""The recordings of the bench of turns: labels that are true, and answers that mean something."""

import random
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bench.asr_material import TEST_VARIANTS
from bench.turns.material import Plan, Recording, interruptions, turns
from bench.turns.scripts import OPEN, Script, phone, scripts
from dialog.understanding import understand
from speech.audio import RATE_HZ
from speech.telephone_band import level_dbfs
from standardiste.town import read_town

PHRASES = ("quels sont les horaires de la déchèterie samedi", "je voudrais un rendez-vous pour un passeport")
PLAN = Plan({"yes_no": 6, "phone": 3, "date": 3, OPEN: 3}, interruptions=2, noises_of_throat=1, canteens=1)
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("turns")


@pytest.fixture(scope="module")
def played(work: Path) -> list[Recording]:
    return turns(PLAN, PHRASES, work)


def test_a_voice_ends_where_its_label_says(played: list[Recording]) -> None:
    clean = [one for one in played if not one.label.place]
    assert clean
    for one in clean:
        end = round(one.label.voice_end_s * RATE_HZ)
        last, after = one.samples[end - RATE_HZ // 100 : end], one.samples[end:]
        assert end <= len(one.samples)
        assert level_dbfs(after) < level_dbfs(last)


def test_the_place_is_heard_long_after_the_voice(played: list[Recording]) -> None:
    # Or the end of the noise would tell the end of the turn.
    noisy = [one for one in played if one.label.place]
    assert noisy
    for one in noisy:
        end = round(one.label.voice_end_s * RATE_HZ)
        assert len(one.samples) - end >= 3 * RATE_HZ
        assert level_dbfs(one.samples[end + RATE_HZ : end + 2 * RATE_HZ]) > -65


def test_what_was_made_is_kept_and_made_elsewhere_says_the_same(
    played: list[Recording], work: Path, tmp_path: Path
) -> None:
    kept, elsewhere = turns(PLAN, PHRASES, work), turns(PLAN, PHRASES, tmp_path)
    for one, again, other in zip(played, kept, elsewhere, strict=True):
        assert again.label == one.label
        assert np.array_equal(again.samples, one.samples)
        # espeak-ng never says a sentence twice to the sample.
        assert (other.label.means, other.label.voice) == (one.label.means, one.label.voice)
        assert abs(other.label.voice_end_s - one.label.voice_end_s) < 0.2


def test_only_voices_that_no_training_heard_speak(played: list[Recording]) -> None:
    for one in played:
        assert one.label.voice.partition("+")[2].partition("@")[0] in TEST_VARIANTS


def test_interruptions_and_what_is_none_are_told_apart(work: Path) -> None:
    kinds = sorted(one.label.kind for one in interruptions(PLAN, work))
    assert kinds == ["canteen", "cough", "mm-hm", "speech", "speech"]
    for one in interruptions(PLAN, work):
        assert np.abs(one.samples.astype(np.int32)).max() > 100


def test_every_closed_answer_means_a_value() -> None:
    town = read_town(None)
    per_kind = dict.fromkeys(("yes_no", "date", "time", "phone", "name", "reference"), 12)
    for script in scripts(per_kind, PHRASES, seed=3):
        found = understand(script.means, NOW, town.tz, script.expects, town)  # type: ignore[arg-type]
        if script.kind == "yes_no":
            assert found.intent != "incompris", script
        else:
            assert script.kind in [entity.type for entity in found.entities], script


def test_a_telephone_number_is_said_in_pieces_with_pauses() -> None:
    said = [phone(random.Random(seed)) for seed in range(40)]
    assert all(len(script.pieces) >= 4 for script in said)
    assert 0.3 < sum(script.longest_pause_s > 0.45 for script in said) / len(said) < 1.0
    assert any("euh" in [piece.text for piece in script.pieces] for script in said)


def test_the_last_pause_is_not_inside_the_turn() -> None:
    assert Script("name", (), "").longest_pause_s == 0.0
