"""What is understood of sentences that the content does not contain word for word."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dialog.understanding import understand
from prompts.labels import INTENTS, SERVICES
from prompts.load import load_town

TOWN = load_town()
SENTENCES: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parent / "cases" / "sentences.yaml")
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def read(text: str, *, heard: float = 1.0) -> tuple[str, str]:
    found = understand(text, NOW, TOWN.tz, None, TOWN, heard=heard)
    return found.intent, found.service


@pytest.mark.parametrize(
    ("text", "intent", "service"),
    [
        ("a quelle heure sa ferme la bibliotheque", "horaires", "culture_sport"),
        ("ouvre til la mairie le samedi", "horaires", "mairie"),
        ("c'est ouvert l'urba aujourd'hui l'urbanisme", "horaires", "urbanisme"),
        ("est-ce que le centre communal d'action sociale est ouvert", "horaires", "ccas"),
        ("le simetière il ferme quand le soir à quelle heure", "horaires", "cimetiere"),
        ("la police munissipale elle est ouverte", "horaires", "police_municipale"),
        ("faut quoi pour refaire un passe-port", "pieces", "passeport"),
        ("heu bah pour la carte didentité les papiers c'est quoi", "pieces", "cni"),
        ("je peux avoir un conseillé s'il vous plaît", "humain", "aucun"),
        ("plaît-il", "repeter", "aucun"),
        ("ouais", "oui", "aucun"),
        ("nan", "non", "aucun"),
        ("bon bah merci au revoir", "merci_aurevoir", "aucun"),
        ("bonsoir", "salutation", "aucun"),
        ("", "incompris", "aucun"),
        ("Sous-titres réalisés par la communauté d'Amara.org", "incompris", "aucun"),
    ],
)
def test_a_caller_is_understood_as_they_speak(text: str, intent: str, service: str) -> None:
    assert read(text) == (intent, service)


@pytest.mark.parametrize(
    "text",
    [
        "au secours il y a le feu dans l'immeuble",
        "mon mari fait un malaise",
        "ca sent le gaz chez moi",
        "elle respire plus",
        "il y a un cable electrique par terre",
        "on m'agresse",
        "j'ai envie de mourir",
    ],
)
def test_a_danger_is_never_missed_even_badly_heard(text: str) -> None:
    for heard in (1.0, 0.2):
        found = understand(text, NOW, TOWN.tz, None, TOWN, heard=heard)
        assert found.decision == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "c'est urgent pour mon passeport",
        "le feu rouge est cassé",
        "le feu d'artifice c'est quand",
        "ma facture de gaz",
    ],
)
def test_an_urgent_matter_is_not_an_emergency(text: str) -> None:
    assert understand(text, NOW, TOWN.tz, None, TOWN).decision != "emergency"


def test_most_sentences_nobody_wrote_phrases_for_are_understood() -> None:
    right = [case for case in SENTENCES if _as_it_should(case)]
    assert len(right) / len(SENTENCES) >= 0.7


@pytest.mark.parametrize(
    "case",
    [case for case in SENTENCES if case.get("intent") == "urgence"],
    ids=lambda case: str(case["text"]),
)
def test_every_emergency_among_them_is_told(case: dict[str, Any]) -> None:
    assert understand(case["text"], NOW, TOWN.tz, None, TOWN).decision == "emergency"


def _as_it_should(case: dict[str, Any]) -> bool:
    found = understand(case["text"], NOW, TOWN.tz, None, TOWN)
    for key in ("intent", "service"):
        wanted = case.get(key, getattr(found, key))
        if getattr(found, key) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


@pytest.mark.parametrize("text", ["demain", "plutôt jeudi", "le 3 au matin", "jeudi ou vendredi"])
def test_a_bare_day_is_an_answer_where_a_day_was_asked(text: str) -> None:
    found = understand(text, NOW, TOWN.tz, "date", TOWN)
    assert found.intent in ("reponse", "correction")
    assert found.decision == "continue"
    assert found.entities


@pytest.mark.parametrize(
    "text",
    ["la mairie de Sainte-Aurore", "la mairie de saint orore", "la mairie de demain", "la mairie du bourg"],
)
def test_our_own_town_hall_is_not_another(text: str) -> None:
    assert understand(f"{text} ouvre quand", NOW, TOWN.tz, None, TOWN).service == "mairie"


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "😀😀😀", "\x00", "上午好", "Привет", "مرحبا", "œ ß İ", "a" * 5000]
)
def test_no_text_is_a_trap(text: str) -> None:
    assert understand(text, NOW, TOWN.tz, None, TOWN).decision in ("ask", "handover")


def test_digits_alone_are_a_value_and_no_request() -> None:
    assert understand("0696112233", NOW, TOWN.tz, None, TOWN).intent == "reponse"


def test_five_thousand_words_are_understood_by_their_beginning() -> None:
    found = understand("les horaires de la mairie " + "et puis voilà " * 1700, NOW, TOWN.tz, None, TOWN)
    assert found.intent == "horaires"


def test_what_was_badly_heard_is_not_answered() -> None:
    assert understand("les horaires de la mairie", NOW, TOWN.tz, None, TOWN, heard=0.3).decision == "ask"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.floats(0, 1))
def test_any_text_is_understood_as_something_of_the_interface(text: str, heard: float) -> None:
    found = understand(text, NOW, TOWN.tz, None, TOWN, heard=heard)
    assert found.intent in INTENTS
    assert found.service in SERVICES
    assert 0 <= found.confidence <= 1
