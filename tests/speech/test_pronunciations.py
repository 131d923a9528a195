"""A town's own words are said as it wants them said."""

from speech.pronunciations import Pronunciations
from speech.spoken import spoken

OURS = Pronunciations(
    [("Ducos", "du cosse"), ("SIVOM", "sivome"), ("rue Ducos", "rue du cosse"), ("anse", "ansse")]
)


def test_whole_words_are_said_as_the_town_wants() -> None:
    assert OURS("La mairie de Ducos, le SIVOM.") == "La mairie de du cosse, le sivome."
    assert OURS("Ducosien, ducos") == "Ducosien, ducos"


def test_what_is_written_small_is_met_with_a_capital() -> None:
    assert OURS("Anse Bleue, à l'anse") == "ansse Bleue, à l'ansse"


def test_the_rest_is_said_as_ever() -> None:
    assert spoken(OURS("Ducos ouvre à 8 h 30.")) == "du cosse ouvre à huit heures trente."
    assert Pronunciations()("à 8 h 30") == "à 8 h 30"
