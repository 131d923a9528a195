"""A town's phrases learned on top of what ships: they are read, and nothing shipped is forgotten."""

from dataclasses import replace

import pytest

from dialog.classifier.model import Classifier
from dialog.matching import plain
from dialog.replay.grouping import Unanswered, grouped
from dialog.training.warm import NotWarm, warmed
from prompts.load import BASE, load_town
from prompts.phrasebook import Topic, phrase_files, read_phrasebook

BOOK = read_phrasebook(phrase_files([BASE]))
SHIPPED = replace(
    BOOK, topics=tuple(topic for topic in BOOK.topics if topic.service in ("pacs", "dechets", "periscolaire"))
)
OWN = Topic.model_validate(
    {
        "service": "periscolaire",
        "phrases": {
            "demarche_info": "le pédibus du matin comment on s'y met\nmon fils veut prendre le pédibus\n"
            "pour le pédibus on fait comment\nle pédibus c'est ouvert aux maternelles comment faire\n"
            "comment inscrire un petit au pédibus"
        },
    }
)


def test_the_towns_phrases_are_learned_and_what_ships_is_not_forgotten() -> None:
    base = load_town().learned
    steps: list[tuple[int, int]] = []
    whole = replace(SHIPPED, topics=(*SHIPPED.topics, OWN), digest="les deux")
    found = warmed(base, SHIPPED, whole, lambda done, of: steps.append((done, of)))
    assert steps == [(n, 7) for n in range(1, 8)]
    assert found.learned.digest == "les deux"
    best = Classifier(found.learned).read(plain("le pédibus du matin comment on s'y met").split()).guesses[0]
    assert (best.intent, best.service) == ("demarche_info", "periscolaire")
    assert found.own is not None
    assert found.own.n == 5
    assert found.own.after >= found.own.before
    assert found.shipped.after > found.shipped.before - 0.03


def test_a_request_of_no_shipped_kind_needs_the_whole_training() -> None:
    odd = Topic.model_validate(
        {"service": "dechets", "phrases": {"urgence.meteorite": "une météorite tombe"}}
    )
    whole = replace(SHIPPED, topics=(*SHIPPED.topics, odd))
    with pytest.raises(NotWarm, match=r"urgence\.meteorite"):
        warmed(load_town().learned, SHIPPED, whole, lambda _done, _of: None)


def test_sentences_that_say_much_the_same_are_one_group() -> None:
    told = [
        Unanswered("a", "vous prêtez un broyeur"),
        Unanswered("b", "Vous prêtez un broyeur ?"),
        Unanswered("c", "le broyeur de la mairie on peut l'emprunter"),
        Unanswered("d", "est-ce que la navette passe le dimanche"),
        Unanswered("e", "euh"),
    ]
    first, second = grouped(told, load_town().learned)
    assert set(first.calls) == {"a", "b", "c"}
    assert len(first.sentences) == 2
    assert second.sentences == ("est-ce que la navette passe le dimanche",)
    assert grouped([], load_town().learned) == ()
