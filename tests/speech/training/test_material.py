import re
import wave
from pathlib import Path

import numpy as np
import pytest

from speech.training import voices
from speech.training.batches import batches, collated, item, pool
from speech.training.material import MAX_SECONDS, RATE_HZ, Store, made_up, trimmed
from speech.training.people import Places, kept_apart, recordings
from speech.training.score import edit_distance, greedy
from speech.training.voices import HELD_VARIANTS, PRODUCT_VARIANTS, data_folder, training_variants


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with twenty made-up sentences."""
    folder = tmp_path_factory.mktemp("training")
    assert Store(folder, "few").write(made_up(folder, 20, 1, ())) == 20
    return folder


def test_a_store_gives_back_what_was_written(work: Path) -> None:
    samples, utterances = Store(work, "few").read()
    assert sum(one.n_samples for one in utterances) == len(samples)
    for one in utterances:
        part = samples[one.start : one.start + one.n_samples]
        assert 0.15 < len(part) / RATE_HZ <= MAX_SECONDS
        assert np.abs(part.astype(int)).max() > 500
        assert one.phonemes
        assert one.text


def test_a_store_without_recordings_is_read_as_empty(tmp_path: Path) -> None:
    store = Store(tmp_path, "nobody")
    assert store.write([]) == 0
    samples, utterances = store.read()
    assert (len(samples), utterances) == (0, [])


def test_the_same_seed_says_the_same_with_the_same_voices(work: Path) -> None:
    first = [row[1:] for row in made_up(work, 3, 9, ())]
    again = [row[1:] for row in made_up(work, 3, 9, ())]
    assert first == again


def test_the_test_voices_are_never_trained_on(work: Path) -> None:
    assert not set(training_variants(data_folder(work))) & set(HELD_VARIANTS)
    speakers = {speaker.split("+")[1] for *_, speaker, _ in made_up(work, 15, 2, (), held=True)}
    assert speakers <= set(HELD_VARIANTS)


def test_silence_at_both_ends_is_cut_to_a_margin() -> None:
    voice = (3000 * np.sin(np.arange(RATE_HZ) / 5)).astype(np.int16)
    padded = np.concatenate([np.zeros(RATE_HZ, np.int16), voice, np.zeros(RATE_HZ, np.int16)])
    assert len(voice) <= len(trimmed(padded)) <= len(voice) + 0.2 * RATE_HZ


def test_batches_fit_the_encoder_and_leave_room_for_every_phoneme(work: Path) -> None:
    few = pool([Store(work, "few")])
    source = batches(few, few, np.random.default_rng(1), size=3)
    for _ in range(4):
        batch = next(source)
        assert batch.features.shape[2] <= 800
        assert batch.mask.shape == (3, batch.features.shape[2])
        assert not batch.features[batch.mask[:, None, :].repeat(80, 1) == 0].any()
        assert all(length > len(said) for length, said in zip(batch.lengths, batch.phonemes, strict=True))


def test_some_items_are_noise_without_words(work: Path) -> None:
    few = pool([Store(work, "few")])
    rng = np.random.default_rng(2)
    assert 1 <= sum(not item(few, few, rng).phonemes for _ in range(120)) <= 15


def test_a_padded_batch_says_how_long_each_item_is(work: Path) -> None:
    few = pool([Store(work, "few")])
    items = [item(few, few, np.random.default_rng(seed)) for seed in range(3)]
    batch = collated(items)
    assert batch.lengths.tolist() == [-(-one.features.shape[1] // 2) for one in items]


def write_clip(path: Path, seconds: float) -> None:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    with wave.open(str(path), "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(RATE_HZ)
        clip.writeframes((8000 * np.sin(2 * np.pi * 200 * time)).astype("<i2").tobytes())


@pytest.fixture
def common_voice(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    lines = ["client_id\tpath\tsentence"]
    for number in range(60):
        write_clip(tmp_path / "clips" / f"{number}.wav", 1.5)
        lines.append(f'speaker{number}\t{number}.wav\tbonjour "madame" numéro {number}')
    lines.append("speaker0\tmissing.wav\tce fichier manque")
    write_clip(tmp_path / "clips" / "long.wav", 12)
    lines.append("speaker0\tlong.wav\tbonjour")
    (tmp_path / "validated.tsv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_a_common_voice_folder_adds_people_and_keeps_some_speakers_apart(common_voice: Path) -> None:
    places = Places(common_voice=(common_voice,))
    trained = {row[3] for row in recordings(places, held=False)}
    held = {row[3] for row in recordings(places, held=True)}
    assert trained
    assert not trained & held
    assert len(trained | held) == 60
    assert all(kept_apart(speaker, 20) for speaker in held)


def test_a_folder_without_a_table_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"validated\.tsv"):
        list(recordings(Places(common_voice=(tmp_path,)), held=False))


@pytest.mark.parametrize(
    ("heard", "said", "edits"), [((), (), 0), ((1, 2), (), 2), ((1, 2, 3), (1, 3), 1), ((1,), (2,), 1)]
)
def test_edits_are_counted(heard: tuple[int, ...], said: tuple[int, ...], edits: int) -> None:
    assert edit_distance(heard, said) == edits


def test_greedy_reading_merges_repeats_but_not_across_a_blank() -> None:
    assert greedy(np.eye(4, dtype=np.float32)[[1, 1, 0, 1, 2, 2, 0]]) == (1, 1, 2)


def test_no_training_hears_the_voices_of_the_projects_own_calls(work: Path) -> None:
    told = (Path(voices.__file__).parent / "HELD_OUT.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", told))
    assert named == PRODUCT_VARIANTS
    assert named & set(training_variants(data_folder(work))) == set()


def test_voices_can_be_left_out_of_material_made_earlier(work: Path) -> None:
    store = Store(work, "few")
    everyone = {line.speaker.rpartition("+")[2] for _, line in pool([store]).utterances}
    one = min(everyone)
    left = pool([store], leave_out=frozenset({one}))
    assert {line.speaker.rpartition("+")[2] for _, line in left.utterances} == everyone - {one}
