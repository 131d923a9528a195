"""Dangers told in ordinary words, and the same words about something else."""

from datetime import datetime
from itertools import product

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
        "le scooter garé sous ma fenêtre c'est une poubelle à côté qui fume beaucoup",
        "quelqu'un a laissé un objet suspect à l'arrêt de car",
        "un monsieur est tombé dans une tombe ouverte il bouge plus",
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
        "dans quelle allée se trouve la tombe de ma tante décédée",
        "des gens fument dans leur voiture sous mes fenêtres toute la nuit",
    ],
)
def test_the_same_words_about_something_else_are_none(text: str) -> None:
    assert decision(text) != "emergency"


def said_in_all_ways(*parts: tuple[str, ...]) -> list[str]:
    """Every sentence made of one of each."""
    return [" ".join(words) for words in product(*parts)]


HARMLESS = {
    "asks whether burning is allowed": said_in_all_ways(
        ("a-t-on le droit de", "est-ce qu'on peut", "faut-il une autorisation pour"),
        ("brûler ses branches", "faire un feu de jardin", "brûler de l'herbe coupée"),
        ("dans la commune", "chez soi le week-end"),
    ),
    "a hydrant or an alarm": said_in_all_ways(
        ("la borne d'incendie", "la bouche d'incendie", "le poteau incendie"),
        (
            "devant mon portail est cassée",
            "du lotissement coule depuis hier",
            "est cachée par une camionnette",
        ),
    ),
    "an exclamation": said_in_all_ways(
        ("au secours", "à l'aide"),
        (
            "votre site est incompréhensible",
            "je comprends rien à ce formulaire",
            "votre compte en ligne bloque",
        ),
    ),
    "a grave or a date": said_in_all_ways(
        ("la tombe de", "le caveau de"),
        ("mon grand-père", "mes beaux-parents"),
        ("doit être nettoyée", "elle est à quel endroit"),
    ),
    "a manner of speaking": [
        "vos papiers vont me tuer",
        "ma facture d'eau a explosé cette année",
        "les tarifs de la cantine ont flambé",
        "je me noie dans vos formulaires",
        "on crève de chaud dans la salle d'attente",
        "y a pas le feu je rappellerai lundi",
    ],
}
DANGERS = {
    "an old neighbour behind a door": said_in_all_ways(
        ("ma vieille voisine", "le vieux monsieur d'en face"),
        ("n'ouvre plus depuis deux jours", "n'est pas sorti depuis lundi"),
        ("et j'entends gémir derrière la porte", "et on entend des gémissements"),
    ),
    "who cannot speak freely": said_in_all_ways(
        ("je voudrais une pizza", "c'est pour commander une pizza"),
        ("il est à côté de moi", "je peux pas parler il m'écoute"),
    ),
    "the same words in earnest": [
        "au secours il me frappe je suis enfermée",
        "le voisin brûlait ses branches et sa maison a pris feu",
        "il y a le feu dans le jardin ça gagne la maison",
        "la borne d'incendie est bloquée et l'immeuble brûle",
        "un ouvrier est tombé dans la tombe il ne bouge plus",
        "mon mari se noie dans la rivière",
    ],
}


@pytest.mark.parametrize("sense", HARMLESS)
def test_words_of_danger_in_a_harmless_sense_raise_no_alarm(sense: str) -> None:
    assert [text for text in HARMLESS[sense] if decision(text) == "emergency"] == []


@pytest.mark.parametrize("sense", DANGERS)
def test_a_danger_is_heard_behind_other_words(sense: str) -> None:
    assert [text for text in DANGERS[sense] if decision(text) != "emergency"] == []
