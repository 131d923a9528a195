"""Whose town is meant."""

from datetime import datetime

import pytest

from dialog.understanding import understand
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def service(text: str) -> str:
    return understand(text, NOW, TOWN.tz, None, TOWN).service


@pytest.mark.parametrize(
    "text",
    [
        "je suis né à Guingamp et il me faut une copie intégrale de mon acte",
        "on s'est mariés à Carcassonne je voudrais l'extrait d'acte de mariage",
        "j'habite à Vierzon je voudrais inscrire ma fille à la cantine",
        "à quelle heure ouvre la piscine de Saint-Brieuc",
    ],
)
def test_what_another_town_keeps_is_asked_there(text: str) -> None:
    assert service(text) == "autre_commune"


@pytest.mark.parametrize(
    "text",
    [
        "mon fils est né à Carcassonne et je voudrais lui faire un passeport",
        "j'arrive de Vierzon et je voudrais m'inscrire sur vos listes électorales",
        "j'habite à Guingamp mais je veux me marier chez vous",
        "mon mari est décédé à Nîmes et sera enterré chez vous, il me faut une concession",
    ],
)
def test_who_comes_from_elsewhere_is_served_here(text: str) -> None:
    assert service(text) != "autre_commune"
