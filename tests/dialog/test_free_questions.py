"""Questions that a town writes itself: understood by its own phrases, answered with their source or not."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dialog.actions import Say, Transfer
from dialog.events import CallStarted, Heard
from dialog.manager import State, step
from dialog.understanding import understand
from prompts.content import Town
from prompts.errors import ContentError
from prompts.faq import Faq
from prompts.load import load_town

QUESTIONS = {
    "ludotheque": (
        "la ludothèque",
        ["comment emprunter un jeu à la ludothèque", "faut-il une carte pour la ludothèque"],
    ),
    "jardins": (
        "les jardins partagés",
        [
            "comment avoir une parcelle dans les jardins partagés",
            "y a-t-il un jardin partagé dans la commune",
            "je voudrais louer un bout de potager",
        ],
    ),
    "carnaval": (
        "la date du carnaval",
        ["quand a lieu le carnaval", "quel jour défile le carnaval", "le trajet du carnaval"],
    ),
    "eau_dure": (
        "la dureté de l'eau",
        ["l'eau du robinet est-elle calcaire", "quelle est la dureté de l'eau"],
    ),
    "sable": (
        "les sacs de sable",
        ["où trouver des sacs de sable avant un cyclone", "distribuez-vous des sacs de sable"],
    ),
    "skate": (
        "le skatepark",
        ["le skatepark est-il éclairé le soir", "à partir de quel âge peut-on aller au skatepark"],
    ),
}
NOW = datetime(2026, 11, 24, 10)


def faq(until: str = "2027-01-31") -> Faq:
    return Faq.model_validate(
        {
            "questions": {
                key: {
                    "nom": name,
                    "dites": tuple(said),
                    "reponse": f"Voici ce que la commune répond sur {name}.",
                    "source": {"titre": "le service de la vie locale", "verifie_le": "2026-10-02"},
                    "valable_jusquau": until,
                }
                for key, (name, said) in QUESTIONS.items()
            }
        }
    )


@pytest.fixture(scope="module")
def town() -> Town:
    return replace(load_town(), faq=faq())


def heard(town: Town, *sentences: str) -> tuple[State, list[str]]:
    now = NOW.replace(tzinfo=town.tz)
    state, _ = step(town, State(), CallStarted(None), now)
    said: list[str] = []
    for sentence in sentences:
        state, actions = step(town, state, Heard(sentence), now)
        said = [one.text if isinstance(one, Say) else type(one).__name__ for one in actions]
    return state, said


def asked(town: Town, text: str) -> str | None:
    return understand(text, NOW.replace(tzinfo=town.tz), town.tz, None, town).faq


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("bonjour est-ce qu'on peut emprunter des jeux à la ludothèque", "ludotheque"),
        ("c'est possible d'avoir une parcelle au jardin partagé", "jardins"),
        ("le défilé du carnaval ce sera quel jour", "carnaval"),
        ("euh je voudrais savoir si l'eau du robinet elle est calcaire chez nous", "eau_dure"),
        ("vous donnez des sacs de sable pour le cyclone", "sable"),
        ("mon fils de huit ans peut aller au skatepark", "skate"),
        ("le skatepark il reste éclairé jusqu'à quelle heure", "skate"),
    ],
)
def test_a_question_of_the_town_is_known_in_other_words(town: Town, text: str, key: str) -> None:
    assert asked(town, text) == key


@pytest.mark.parametrize(
    "text",
    [
        "à quelle heure ouvre la mairie demain",
        "quels papiers pour une carte d'identité",
        "il y a une fuite d'eau dans ma rue",
        "comment avoir une carte d'identité pour mon fils",
        "je veux un rendez-vous pour un passeport",
        "où est la mairie",
        "le carnet de vaccination",
        "quand a lieu le ramassage des encombrants",
        "je voudrais louer une salle",
        "à partir de quel âge faut-il se faire recenser",
        "quelle est la capitale de l'Australie",
        "oui",
        "l'eau est coupée",
        "le parc est fermé ce soir",
        "combien coûte l'eau",
    ],
)
def test_another_request_is_none_of_them(town: Town, text: str) -> None:
    assert asked(town, text) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("au secours il y a le feu au skatepark", "urgence"),
        ("je veux parler à quelqu'un de la ludothèque", "humain"),
        ("mon père est décédé hier soir pendant le carnaval", "sensible"),
    ],
)
def test_no_question_outranks_a_danger_a_person_or_a_grief(town: Town, text: str, intent: str) -> None:
    found = understand(text, NOW.replace(tzinfo=town.tz), town.tz, None, town)
    assert (found.intent, found.faq) == (intent, None)


def test_the_answer_comes_with_its_source(town: Town) -> None:
    state, said = heard(town, "quand a lieu le carnaval")
    assert said[0] == "Voici ce que la commune répond sur la date du carnaval."
    assert state.source is not None
    assert state.source.title == "le service de la vie locale"
    _, said = heard(town, "quand a lieu le carnaval", "d'où vient cette information")
    assert said[0].startswith("Cette information vient de la commune : le service de la vie locale.")


def test_an_expired_answer_is_never_spoken(town: Town) -> None:
    state, said = heard(replace(town, faq=faq("2026-11-23")), "quand a lieu le carnaval")
    assert not any("carnaval" in line for line in said)
    assert said[0] == town.sentences.fact_expired
    assert state.stage == "transfer"
    assert said[-1] == Transfer.__name__


def test_in_the_middle_of_something_else_it_is_answered_in_passing(town: Town) -> None:
    state, said = heard(town, "quels papiers pour une carte d'identité", "quand a lieu le carnaval")
    assert said[0].startswith("Voici ce que la commune répond")
    assert state.stage == "task"


def test_a_town_writes_them_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "commune.yaml").write_text(
        (Path("prompts/towns/sainte-aurore/commune.yaml")).read_text("utf-8"), "utf-8"
    )
    text = (
        "questions:\n  carnaval:\n    nom: la date du carnaval\n    dites: [quand a lieu le carnaval]\n"
        "    reponse: Le 9 février.\n    source: {titre: le service culture, verifie_le: 2026-11-01}\n"
        "    valable_jusquau: 2027-02-09\n"
    )
    (tmp_path / "faq.yaml").write_text(text, "utf-8")
    assert load_town(tmp_path).faq.questions["carnaval"].answer == ("Le 9 février.",)
    (tmp_path / "faq.yaml").write_text(text.replace("    valable_jusquau: 2027-02-09\n", ""), "utf-8")
    with pytest.raises(ContentError, match=r"faq.yaml:2: il manque « valable_jusquau »"):
        load_town(tmp_path)
