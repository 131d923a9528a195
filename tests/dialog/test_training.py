"""The classifier follows from the phrases, and from nothing else."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from dialog.classifier.model import Classifier
from dialog.training.corpus import corpus, fold_of
from dialog.training.expand import expanded
from dialog.training.fit import fitted
from prompts.errors import ContentError
from prompts.learned import Learned
from prompts.load import BASE, DEMO_TOWN, LEARNED, load_town
from prompts.phrasebook import digest_of, phrase_files, read_phrasebook

BOOK = read_phrasebook(phrase_files([BASE]))


def test_the_shipped_classifier_learned_these_very_phrases() -> None:
    assert load_town().learned.digest == digest_of(phrase_files([BASE]))


def test_there_are_thousands_of_different_sentences() -> None:
    assert len({sample.text for sample in corpus(BOOK, np.random.default_rng(1))}) >= 5000


def test_articles_are_contracted_as_people_say_them() -> None:
    rng = np.random.default_rng(1)
    assert expanded("les horaires de {lieu}", {"lieu": ["le marché"]}, rng) == "les horaires du marché"
    assert expanded("je vais à {lieu}", {"lieu": ["les halles"]}, rng) == "je vais aux halles"


def test_the_same_words_belong_to_the_same_fold() -> None:
    assert fold_of("Un passeport, un !", 5) == fold_of("un un passeport", 5)


def test_a_small_training_reads_what_it_was_taught() -> None:
    samples = [one for one in corpus(BOOK, np.random.default_rng(1)) if one.service in ("pacs", "dechets")]
    classifier = Classifier(Learned(fitted(samples[:1500], np.random.default_rng(2)), ""))
    best = classifier.read(["quels", "papiers", "pour", "se", "pacser"]).guesses[0]
    assert (best.intent, best.service) == ("pieces", "pacs")


def test_a_town_with_phrases_of_its_own_is_told_to_learn_them(tmp_path: Path) -> None:
    town = tmp_path / "ville"
    shutil.copytree(DEMO_TOWN, town)
    (town / "phrases").mkdir()
    own = "sujets:\n- service: dechets\n  phrases:\n    horaires: |\n      la benne du quartier passe quand\n"
    (town / "phrases" / "locales.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(ContentError, match=r"comprehension\.npz"):
        load_town(town)
    shutil.copy(BASE / LEARNED, town / LEARNED)
    with pytest.raises(ContentError, match="standardiste train"):
        load_town(town)
