"""How turns are taken can be tuned in the content alone, and what cannot work is refused with its line."""

from pathlib import Path

import pytest

from prompts.errors import ContentError
from prompts.load import load_town
from speech.turn_profiles import DEFAULT_PROFILES
from telephony.turns import profiles_of
from tests.support.short_town import write_short_town


def with_turns(folder: Path, text: str) -> Path:
    write_short_town(folder)
    (folder / "tours_de_parole.yaml").write_text(text, encoding="utf-8")
    return folder


def test_what_ships_is_what_the_ears_take_without_a_town() -> None:
    assert profiles_of(load_town().turn_taking) == DEFAULT_PROFILES


def test_a_town_changes_one_wait_and_keeps_the_others(tmp_path: Path) -> None:
    town = load_town(with_turns(tmp_path, "questions: {oui_non: {complete_ms: 320}}\nmeubler: []\n"))
    profiles = profiles_of(town.turn_taking)
    assert profiles.of("yes_no").whole_ms == 320
    assert profiles.of("yes_no").begun_ms == DEFAULT_PROFILES.of("yes_no").begun_ms
    assert profiles.of("phone") == DEFAULT_PROFILES.of("phone")
    assert town.turn_taking.fillers == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("questions: {oui_non: {complete_ms: 900}}", "complete_ms"),
        ("jamais_coupees: {phrases: [accueil_mensongere]}", "accueil_mensongere"),
        ("lenteur_au_plus: 0.5", "lenteur_au_plus"),
        ("patience_au_plus_s: 3.0", "patience_au_plus_s"),
        ("questions: {oui_non: {complete_ms: 10}}", "complete_ms"),
    ],
)
def test_what_cannot_work_is_refused_where_it_stands(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(ContentError) as refused:
        load_town(with_turns(tmp_path, "# réglages\n" + text))
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) in {("tours_de_parole.yaml", 2), ("tours_de_parole.yaml", 1)}
    assert wanted in problem.message or problem.line == 2
