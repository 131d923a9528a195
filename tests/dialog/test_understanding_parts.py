"""What a sentence says beside its request: two requests, a language, distress, a wish about the call."""

from datetime import datetime

import pytest

from dialog.understanding import understand
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def test_two_requests_are_both_kept_in_spoken_order() -> None:
    text = "je voudrais les horaires de la déchèterie et aussi prendre rendez-vous pour un passeport"
    found = understand(text, NOW, TOWN.tz, None, TOWN)
    assert found.intent == "multi"
    assert [(part.intent, part.service) for part in found.parts] == [
        ("horaires", "dechets"),
        ("rdv_prendre", "passeport"),
    ]
    assert found.service == "dechets"


@pytest.mark.parametrize(
    ("text", "language"),
    [("hello i need help with my passport please", "en"), ("hola no hablo francés necesito ayuda", "es")],
)
def test_another_language_is_named(text: str, language: str) -> None:
    found = understand(text, NOW, TOWN.tz, None, TOWN)
    assert (found.intent, found.language) == ("langue", language)


@pytest.mark.parametrize(
    ("text", "subject"),
    [("mon père est décédé cette nuit", "deuil"), ("je dors dehors avec mes deux enfants", "sans_abri")],
)
def test_distress_says_which(text: str, subject: str) -> None:
    found = understand(text, NOW, TOWN.tz, None, TOWN)
    assert (found.intent, found.sensitive, found.decision) == ("sensible", subject, "handover")


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("je ne veux pas être enregistré", "no_storage"),
        ("je suis sourde je n'entends pas au téléphone", "deaf"),
        ("vous pouvez parler plus lentement", "slower"),
        ("le plus tôt possible", "earliest"),
        ("n'importe quand ça m'est égal", "any_time"),
        ("d'où vient cette information", "source"),
    ],
)
def test_a_wish_about_the_call_is_heard(text: str, signal: str) -> None:
    assert signal in understand(text, NOW, TOWN.tz, None, TOWN).signals


@pytest.mark.parametrize(
    "text",
    [
        "mon grand-père est allongé dans le jardin il ne réagit plus",
        "il y a des flammes qui sortent du garage du voisin",
        "un pylône s'est couché sur la chaussée le courant passe encore",
        "on sent une forte odeur de gaz dans le couloir",
        "un gars avec un couteau menace tout le monde au marché",
    ],
)
def test_a_danger_is_told_by_words_that_meet(text: str) -> None:
    assert understand(text, NOW, TOWN.tz, None, TOWN).decision == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "il y a eu un incendie chez moi l'année dernière je refais ma carte d'identité",
        "mon mari a fait un malaise il y a deux ans il lui faut une aide à domicile",
        "c'est urgent il me faut un rendez-vous pour mon passeport",
    ],
)
def test_what_is_over_or_only_urgent_is_no_danger(text: str) -> None:
    assert understand(text, NOW, TOWN.tz, None, TOWN).decision != "emergency"


def test_a_technical_danger_is_marked_as_one() -> None:
    dangers = TOWN.comprehension.dangers
    assert dangers["effondrement"].technical
    assert not dangers["secours"].technical


def test_a_name_is_an_answer_where_a_name_was_asked_and_a_person_still_wins() -> None:
    assert understand("Hortense Belmont", NOW, TOWN.tz, "name", TOWN).intent == "reponse"
    assert understand("passez-moi quelqu'un", NOW, TOWN.tz, "name", TOWN).intent == "humain"


def test_a_lower_risk_never_lowers_the_threshold() -> None:
    limits = [TOWN.learned.thresholds(risk).answer for risk in (0.2, 0.1, 0.05, 0.02, 0.01)]
    assert limits == sorted(limits)
