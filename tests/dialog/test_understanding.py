"""What is understood of sentences that the content does not contain word for word."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.understanding import understand
from prompts.labels import INTENTS, SERVICES
from prompts.load import load_town

TOWN = load_town()
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("demain", "2026-11-25"),
        ("après-demain", "2026-11-26"),
        ("samedi matin", "2026-11-28T00:00/2026-11-28T12:00"),
        ("le 3 décembre", "2026-12-03"),
        ("le premier janvier", "2027-01-01"),
        ("le vingt-cinq décembre", "2026-12-25"),
        ("lundi en huit", "2026-12-07"),
        ("cet après-midi", "2026-11-24T12:00/2026-11-24T18:00"),
    ],
)
def test_a_day_is_understood(text: str, value: str) -> None:
    found = understand(f"vous ouvrez {text}", NOW, TOWN.tz, None, TOWN)
    assert [entity.value for entity in found.entities] == [value]


def test_what_was_badly_heard_is_not_answered() -> None:
    assert understand("les horaires de la mairie", NOW, TOWN.tz, None, TOWN, heard=0.4).decision == "ask"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.floats(0, 1))
def test_any_text_is_understood_as_something_of_the_interface(text: str, heard: float) -> None:
    found = understand(text, NOW, TOWN.tz, None, TOWN, heard=heard)
    assert found.intent in INTENTS
    assert found.service in SERVICES
    assert 0 <= found.confidence <= 1
