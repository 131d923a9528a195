"""The town's name in a sentence, in good French whatever it is."""

import pytest

from prompts.agreeing import with_town


@pytest.mark.parametrize(
    ("commune", "said"),
    [
        ("Sainte-Aurore", "Mairie de Sainte-Aurore, à Sainte-Aurore : Sainte-Aurore {nom}"),
        ("Avignon", "Mairie d'Avignon, à Avignon : Avignon {nom}"),
        ("Évreux", "Mairie d'Évreux, à Évreux : Évreux {nom}"),
        ("Le Lamentin", "Mairie du Lamentin, au Lamentin : Le Lamentin {nom}"),
        ("Les Abymes", "Mairie des Abymes, aux Abymes : Les Abymes {nom}"),
        ("La Trinité", "Mairie de La Trinité, à La Trinité : La Trinité {nom}"),
    ],
)
def test_de_and_a_agree_with_the_name_of_the_town(commune: str, said: str) -> None:
    assert with_town("Mairie de {commune}, à {commune} : {commune} {nom}", commune) == said
