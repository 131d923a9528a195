"""How long a sentence lasts is told well enough without synthesising it."""

import pytest

from dialog.proof.durations import MAX_SENTENCE_S, duration_s
from speech.audio import RATE_HZ
from speech.engines.espeak import Espeak
from speech.spoken import spoken

SENTENCES = (
    "Je vous passe le service état civil.",
    "Les horaires habituels de la médiathèque : du mardi au samedi, de 9 h à 17 h.",
    "C'est noté : la police municipale vous rappellera au 0696 20 30 40.",
    "Quelle est la référence de votre rendez-vous ?",
    "Attention, horaires exceptionnels : le CCAS vous accueille le mercredi 30 septembre, de 8 h à 12 h.",
    "L'adresse de la mairie : 12 avenue du Général-de-Gaulle, 57000 Metz.",
    "Apportez aussi une photo d'identité, un justificatif de domicile de moins d'un an, et votre carte.",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_told_is_never_too_short_and_hardly_too_long(sentence: str) -> None:
    text = spoken(sentence)
    lasts_s = len(Espeak().synthesise(text)) / RATE_HZ
    assert lasts_s <= duration_s(text) <= lasts_s * 1.35 + 0.8


def test_a_long_list_is_longer_than_anybody_keeps_in_mind() -> None:
    text = spoken("Il faut " + ", ".join(["une photo d'identité de moins de six mois"] * 6) + ".")
    assert duration_s(text) > MAX_SENTENCE_S
