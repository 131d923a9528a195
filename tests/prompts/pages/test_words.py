"""What changed, told to a secretary; a démarche as a tree and as lines."""

from typing import Any

import pytest

from prompts.pages.fields import Unreadable
from prompts.pages.procedure_text import facts_from, lines_from
from prompts.pages.tree import tree_of
from prompts.pages.words import changes_told

PLACE = {"nom": "la mairie", "horaire": "Mo-Fr 08:30-12:00,13:30-17:00; PH off"}


def commune(**changed: Any) -> dict[str, Any]:
    return {"commune.yaml": {"lieux": {"mairie": {**PLACE, **changed}}}}


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (
            commune(horaire="Mo,We-Fr 08:30-12:00,13:30-17:00; Tu 08:30-12:00,13:30-16:30; PH off"),
            ["Mairie, mardi : fermeture 17 h → 16 h 30"],
        ),
        (
            commune(horaire="Mo-Th 08:30-12:00,13:30-17:00; Fr 08:30-12:00; PH off"),
            ["Mairie, vendredi : 8 h 30 - 12 h et 13 h 30 - 17 h → 8 h 30 - 12 h"],
        ),
        (
            commune(horaire="Mo-Fr 08:30-12:00,13:30-17:00"),
            ["Mairie, jours fériés : ouvert comme les autres jours"],
        ),
        (commune(nom="l'hôtel de ville"), ["Hôtel de ville, nom : « la mairie » → « l'hôtel de ville »"]),
        (
            commune(horaire="Jan Mo 08:00-12:00"),
            ["Mairie : horaires « Mo-Fr 08:30-12:00,13:30-17:00; PH off » → « Jan Mo 08:00-12:00 »"],
        ),
    ],
)
def test_a_change_of_hours_is_told_day_by_day(after: dict[str, Any], told: list[str]) -> None:
    assert list(changes_told(commune(), after)) == told


def test_what_is_added_and_taken_away_is_told() -> None:
    before = {"commune.yaml": {"jours_locaux_fermes": ("2027-05-22",)}, "phrases.yaml": {"menu": "Tapez 1."}}
    after = {"commune.yaml": {"jours_locaux_fermes": ("2027-05-22", "2027-05-23")}, "phrases.yaml": {}}
    assert changes_told(before, after) == (
        "Commune, jours fermés : ajouté « 2027-05-23 »",
        "Phrases, « menu » : retiré (« Tapez 1. »)",
    )


def test_what_has_a_name_is_told_by_it() -> None:
    question = {"nom": "le marché de Noël", "reponse": "Du 12 au 20.", "dites": ("c'est quand",)}
    extension = {"nom": "le service voirie", "horaires": "mairie"}
    after = {
        "faq.yaml": {"questions": {"marche": question}},
        "commune.yaml": {"transferts": {"voirie": extension}},
    }
    assert changes_told({"commune.yaml": {}}, after) == (
        "Commune, transferts, « voirie » : ajouté « le service voirie »",
        "Questions fréquentes, « marche » : ajouté « le marché de Noël », « Du 12 au 20. »",
    )
    assert changes_told(after, {"faq.yaml": after["faq.yaml"], "commune.yaml": {"transferts": {}}}) == (
        "Commune, transferts, « voirie » : retiré « le service voirie »",
    )


def test_facts_are_typed_one_a_line_with_their_case() -> None:
    facts = ("une photo", {"texte": "le jugement", "si": {"age": "mineur", "cas": ("perte", "vol")}})
    lines = "une photo\nle jugement [si age=mineur, cas=perte|vol]"
    assert lines_from(facts) == lines
    assert facts_from(lines + "\n\n", "Documents") == [
        "une photo",
        {"texte": "le jugement", "si": {"age": "mineur", "cas": ["perte", "vol"]}},
    ]
    for wrong in ("le jugement [si mineur]", "<script>alert(1)</script>", "une photo [si age=]"):
        with pytest.raises(Unreadable):
            facts_from(wrong, "Documents")


def test_the_tree_ends_each_way_in_its_fiche_and_shows_where_one_is_missing() -> None:
    majeur, mineur = {"cle": "oui", "nom": "majeur"}, {"cle": "non", "nom": "mineur"}
    premier, autre = {"cle": "a", "nom": "premier"}, {"cle": "b", "nom": "autre", "vers": "passeport"}
    questions = (
        {"cle": "age", "texte": "Quel âge ?", "reponses": (majeur, mineur)},
        {"cle": "cas", "texte": "Quel cas ?", "si": {"age": "oui"}, "reponses": (premier, autre)},
    )
    sheets = ({"nom": "premier, majeur", "si": {"age": "oui", "cas": ("a", "b")}},)
    tree = tree_of(questions, sheets)
    adult, minor = tree.branches
    assert tree.question == (0, "Quel âge ?")
    assert [(each.answer, each.key, each.sheets, each.goes_to) for each in adult.branches] == [
        ("premier", 1, ((0, "premier, majeur"),), ""),
        ("autre", 2, (), "passeport"),
    ]
    assert minor.sheets == ()


def test_a_tree_of_anything_at_all_is_drawn_or_left_out() -> None:
    assert tree_of(({"reponses": 3}, "texte", None), ("fiche",)).sheets == ()
