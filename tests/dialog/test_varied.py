"""What is said often is said in other words; a town's own keys lead where it says."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dialog.actions import Say
from dialog.events import CallStarted, Event, Heard, Keys
from dialog.manager import State, step
from prompts.content import Town
from prompts.errors import ContentError
from prompts.load import DEMO_TOWN, load_town
from prompts.menu import Menu
from prompts.variants import Variants
from tests.dialog.test_free_questions import faq

DEMO = load_town()


def played(town: Town, *events: Event) -> tuple[State, list[list[str]]]:
    now = datetime(2026, 11, 24, 10, tzinfo=town.tz)
    state, said = State(), []
    for event in (CallStarted(None), *events):
        state, actions = step(town, state, event, now)
        said.append([action.text for action in actions if isinstance(action, Say)])
    return state, said


def test_the_same_words_come_back_only_after_all_the_others() -> None:
    forms = {"variantes": {"autre_chose": ("Encore autre chose ?", "Quoi d'autre ?")}}
    town = replace(DEMO, variants=Variants.model_validate(forms))
    questions = [Heard("la mairie ouvre à quelle heure demain")] * 4
    ends = [said[-1] for said in played(town, *questions)[1][1:]]
    first = DEMO.sentences.anything_else
    assert ends == [first, "Encore autre chose ?", "Quoi d'autre ?", first]


def test_without_variants_the_sentence_itself_is_said_again() -> None:
    town = replace(DEMO, variants=Variants.model_validate({}))
    ends = [said[-1] for said in played(town, *[Heard("la mairie ouvre quand demain")] * 2)[1][1:]]
    assert ends == [DEMO.sentences.anything_else] * 2


def test_two_calls_hear_the_same_in_the_same_order() -> None:
    keys = [Keys("7"), Keys("7")]
    assert played(DEMO, *keys) == played(DEMO, *keys)
    said = played(DEMO, *keys)[1]
    assert said[1][0] != said[2][0]


def test_a_key_of_the_town_leads_to_its_request_or_question() -> None:
    menu = {"touches": {"5": {"demande": "horaires", "service": "dechets"}, "6": {"question": "carnaval"}}}
    town = replace(DEMO, menu=Menu.model_validate(menu), faq=faq())
    _, said = played(town, Keys("5"), Keys("6"))
    assert "déchèterie" in said[1][0]
    assert said[2][0] == "Voici ce que la commune répond sur la date du carnaval."
    _, said = played(town, Keys("7"))
    assert said[1][0] == town.sentences.unknown_key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('touches:\n  "1": {demande: horaires}', "menu.yaml:2"),
        ('touches:\n  "5": {demande: urgence}', "menu.yaml:2"),
        ('touches:\n  "5": {question: inconnue}', "n'existe pas"),
        ('touches:\n  "5": {demande: horaires}', "n'annonce la touche 5"),
        ('touches:\n  "5": {demande: horaires, question: x}', "pas aux deux"),
    ],
)
def test_a_key_that_leads_nowhere_or_that_nobody_is_told_of_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "commune.yaml").write_text((DEMO_TOWN / "commune.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "menu.yaml").write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        load_town(tmp_path)
    assert said in str(caught.value)
