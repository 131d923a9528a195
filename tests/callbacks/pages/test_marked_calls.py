"""« Le robot s'est trompé »: the call can be played again, by the town's replay and by the call scripts."""

from pathlib import Path

from sqlalchemy import update

from callbacks import calls
from callbacks.calls import CallStart, TurnHeard
from callbacks.models import Call
from prompts.trial_calls import read_trial_calls
from tests.acceptance.script import FOLDER, read_calls
from tests.support.desk import Office, demo_town, office, signed_in

NAME_ASKED = "Très bien. À quel nom ?"


async def wrong_call(place: Office) -> None:
    at = place.now
    turns = [
        TurnHeard("a-1", 0, at, "start", said="Bonjour, mairie de Sainte-Aurore."),
        TurnHeard(
            "a-1", 1, at, "voice", "un rendez-vous, rappelez-moi au 0696 20 30 40 ou lea@exemple.fr", 0.914,
            said=NAME_ASKED,
        ),
        TurnHeard("a-1", 2, at, "voice", "Zobdarex tiret Montlouis", 0.5, said="Au nom de Bellemare ?"),
        TurnHeard("a-1", 3, at, "keys", "0696203040", said="Merci madame Bellemare."),
        TurnHeard("a-1", 4, at, "silence", said="Je vous écoute."),
        TurnHeard("a-1", 5, at, "voice", "c'est josiane bellemare qui vous parle", 0.8, said="Au revoir."),
    ]  # fmt: skip
    await place.wants_callback()
    async with place.database.transaction() as session:
        await calls.begin(session, CallStart("a-1", at, "+596696112233"))
        await calls.write_turns(session, turns)
        await calls.end(session, "a-1", at, "callback")
        await session.execute(update(Call).values(marked_wrong=True))


async def test_a_marked_call_is_exported_in_both_forms_with_nothing_of_who_made_it(tmp_path: Path) -> None:
    async with office() as place, signed_in(place, "elodie", "supervisor") as web:
        await wrong_call(place)
        await place.wants_callback("Josiane Bellemare", service="ccas", call_id="a-1")
        trials = (await web.get("/pilotage/essais.yaml")).text
        scripts = (await web.get("/pilotage/essais.yaml?forme=appels")).text
    for text in (trials, scripts):
        for private in ("Zobdarex", "Montlouis", "ellemare", "josiane", "0696", "20 30 40", "lea@", "a-1"):
            assert private not in text
    (tmp_path / "essais").mkdir()
    (tmp_path / "essais" / "signales.yaml").write_text(trials, encoding="utf-8")
    (trial,) = read_trial_calls(tmp_path)
    assert [turn.says or turn.keys or turn.silence_s for turn in trial.turns] == [
        "un rendez-vous, rappelez-moi au 06 39 98 00 01 ou personne arobase exemple point fr",
        "Martin", "0639980001", 8, "c'est Martin Martin qui vous parle",
    ]  # fmt: skip
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "signales.yaml").write_text(scripts, encoding="utf-8")
    (tmp_path / "callers.yaml").write_text((FOLDER / "callers.yaml").read_text("utf-8"), encoding="utf-8")
    (call,) = read_calls(tmp_path)
    assert call.now == "2026-11-24T10:00"
    assert call.end.outcome == ("callback",)
    assert [step.give for step in call.steps][:2] == [
        {"say": trial.turns[0].says, "confidence": 0.91}, {"say": "Martin", "confidence": 0.5},
    ]  # fmt: skip


async def test_the_question_for_a_name_is_known_as_the_town_asks_it() -> None:
    assert demo_town().booking.name_asked in NAME_ASKED


async def test_clerks_have_no_test_set_and_without_marked_calls_it_is_empty() -> None:
    async with office() as place:
        async with signed_in(place, "marc") as web:
            assert (await web.get("/pilotage/essais.yaml")).status_code == 403
        async with signed_in(place, "elodie", "supervisor") as web:
            assert (await web.get("/pilotage/essais.yaml")).text == "appels: []\n"
