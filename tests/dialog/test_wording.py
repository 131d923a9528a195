"""French that is spoken must be right."""

import pytest

from dialog.wording import of


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("la mairie", "de la mairie"),
        ("le CCAS", "du CCAS"),
        ("l'état civil", "de l'état civil"),
        ("les archives", "des archives"),
        ("Les services techniques", "des services techniques"),
        ("un élu", "d'un élu"),
        ("état civil", "d'état civil"),
        ("France Services", "de France Services"),
    ],
)
def test_of_contracts_with_the_article(name: str, said: str) -> None:
    assert of(name) == said
