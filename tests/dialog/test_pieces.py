"""What is said in pieces, taken back, gone on from, or told beside a request."""

from pathlib import Path

import pytest

from dialog import begun_numbers, bereavement, staying_away
from dialog.flows.procedure import is_for_another
from prompts.load import load_town
from tests.dialog.visitor import Visitor
from tests.support.short_town import COMMUNE, written


@pytest.mark.parametrize(
    "pieces",
    [
        ("06 96", "12 34 56"),
        ("alors zéro six", "quatre-vingt-seize douze", "trente-quatre et cinquante-six"),
        ("0696", "0696 12", "34 56"),
        ("zéro six", "non attendez zéro six quatre-vingt-seize douze trente-quatre cinquante-six"),
        ("06 96 12", "attendez je cherche", "34 56"),
        ("06 96", "+123456"),
    ],
)
def test_a_number_is_joined_from_its_pieces(pieces: tuple[str, ...]) -> None:
    call = Visitor("vous pouvez me rappeler", *pieces, caller=None)
    assert "0696 12 34 56" in call.heard
    assert call.expects == "yes_no"


def test_what_was_begun_is_forgotten_once_something_else_is_said() -> None:
    call = Visitor("vous pouvez me rappeler", "06 96", "c'est au sujet de mon passeport", caller=None)
    call.say("12 34 56")
    assert "0696 12 34 56" not in call.heard


def test_the_rest_of_a_number_is_no_other_value() -> None:
    assert begun_numbers.joined("06 96", "demain à neuf heures plutôt") == "demain à neuf heures plutôt"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mon frère vient de mourir", True),
        ("on a perdu notre grand-mère dimanche", True),
        ("suite au décès de mon oncle je dois rendre la salle", True),
        ("le frère de mon mari est décédé hier soir", True),
        ("il y a eu un décès dans la famille", True),
        ("maman nous a quittés cette nuit", False),  # no rule: the classifier reads it
        ("mon père est décédé il y a trente ans", False),
        ("mon mari est mort de rire", False),
        ("mon chien est mort sur la route", False),
        ("j'ai perdu la carte de ma mère", False),
        ("un acte de décès s'il vous plaît", False),
    ],
)
def test_a_recent_death_is_told_from_other_words(text: str, told: bool) -> None:
    assert bereavement.is_told(text) is told


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("et pour mon mari", True),
        ("ah d'accord et pour un bébé", True),
        ("c'est pareil pour mes enfants", True),
        ("et si c'est pour ma belle-mère", True),
        ("et pour samedi", False),
        ("et pour le passeport", False),
        ("merci pour tout", False),
    ],
)
def test_the_same_for_somebody_else_is_told_from_another_subject(text: str, another: bool) -> None:
    assert is_for_another(text) is another


@pytest.mark.parametrize(
    "text",
    [
        "mon père est alité il lui faut une carte d'identité",
        "j'arrive plus à marcher comment je fais pour mon passeport",
        "vous pouvez venir à domicile pour la carte d'identité de maman",
        "elle peut vraiment plus se déplacer pour refaire ses papiers",
    ],
)
def test_who_cannot_come_gets_a_person_where_the_town_wrote_nothing(text: str) -> None:
    call = Visitor(text)
    assert "Pour qui ne peut pas venir" in call.heard


def test_what_can_be_done_from_afar_is_told_as_the_town_wrote_it() -> None:
    town = load_town()
    assert staying_away.written(town, "etat_civil_acte")
    assert not staying_away.written(town, "cni")


@pytest.mark.parametrize("asked", ["est-ce que la conversation est enregistrée", "vous enregistrez l'appel"])
def test_whether_the_call_is_recorded_is_told_with_the_towns_own_durations(asked: str) -> None:
    assert "30 jours" in Visitor(asked).heard


def test_is_it_noted_after_a_booking_is_not_about_the_recording() -> None:
    call = Visitor("combien coûte un passeport pour un adulte", "c'est enregistré")
    assert "Le son de cet appel" not in call.heard


def test_the_services_own_number_and_address_are_told_where_the_town_wrote_them(tmp_path: Path) -> None:
    own = COMMUNE.replace(
        "mediatheque: {nom: la médiathèque,",
        "mediatheque: {nom: la médiathèque, telephone: '+33299112233', adresse: 4 rue Haute,",
    )
    (tmp_path / "commune.yaml").write_text(own, encoding="utf-8")
    told = written(tmp_path, {"say": "quel est le numéro de la médiathèque"})[1]
    assert "L'adresse de la médiathèque : 4 rue Haute." in told
    assert "Le téléphone de la médiathèque : 02 99 11 22 33." in told
    elsewhere = written(tmp_path, {"say": "quel est le numéro de la déchèterie"})[1]
    assert "02 99 11 22 33" not in " ".join(elsewhere)
