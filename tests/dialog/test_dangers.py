"""Dangers told in ordinary words, and the same words about something else."""

from datetime import datetime

import pytest

from dialog.understanding import understand
from prompts.load import load_town

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)


def decision(text: str) -> str:
    return understand(text, NOW, TOWN.tz, None, TOWN).decision


@pytest.mark.parametrize(
    "text",
    [
        "il y a quelqu'un d'inanimé dans l'ascenseur de la résidence",
        "le chauffe-eau vient d'exploser chez la voisine",
        "il est en train de cogner sa femme devant les enfants venez vite",
        "la ravine monte et on est coincés sur le toit avec les petits",
        "mon beau-père a la bouche de travers et il arrive plus à parler",
        "un accident au feu rouge il y a un blessé par terre",
        "ça fait une heure qu'on retrouve pas mon neveu à la fête patronale",
        "mamie s'est sauvée de la maison de retraite",
        "mon grand père est toujours pas revenu de sa promenade",
    ],
)
def test_a_danger_in_ordinary_words_is_one(text: str) -> None:
    assert decision(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "la tombe de mes parents est à moitié effondrée qui dois-je voir",
        "le poteau est éteint devant chez moi depuis trois nuits",
        "j'ai grillé un feu rouge et j'ai reçu une amende",
        "vous m'avez fait mourir de rire avec votre musique",
        "l'extrait de naissance de mon neveu a été envoyé je le retrouve plus",
        "le vélo de ma fille a disparu devant le gymnase",
        "mon fils s'est perdu dans les papiers de la cantine",
        "le feu est toujours au rouge au carrefour de la poste",
    ],
)
def test_the_same_words_about_something_else_are_none(text: str) -> None:
    assert decision(text) != "emergency"
