"""Whether a call goes better, worse or must be read, by the rule that the pages explain."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dialog import office
from dialog.events import Answered, CallStarted, Heard, Keys, Silence, TransferFinished
from dialog.replay.compare import rehearse
from dialog.replay.kept import Given, Json, KeptCall, KeptTurn, detail_of, ears_in
from dialog.replay.trials import rehearse_trial
from prompts.content import Phrases, Town
from prompts.faq import Faq
from prompts.load import load_town
from prompts.trial_calls import TrialCall

NOW = datetime.fromisoformat("2026-11-24T10:00:00-04:00")
MARKET = {
    "nom": "la date du marché de Noël",
    "dites": ("c'est quand le marché de Noël", "quel jour il y a les chalets de Noël"),
    "reponse": "Le marché de Noël se tient le 12 décembre.",
    "source": {"titre": "le service culture", "verifie_le": "2026-11-02"},
    "valable_jusquau": "2026-12-31",
}


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


@pytest.fixture(scope="module")
def with_market(town: Town) -> Town:
    return replace(town, faq=Faq.model_validate({"questions": {"marche": MARKET}}))


def call(*given: Given | str, answers: tuple[Json, ...] = ()) -> KeptCall:
    events = [Heard(one) if isinstance(one, str) else one for one in given]
    turns = tuple(KeptTurn(NOW + timedelta(seconds=20 * n), event) for n, event in enumerate(events, 1))
    return KeptCall("appel", NOW, turns, answers)


def test_the_same_content_changes_no_call(town: Town) -> None:
    for one in (
        call("vous ouvrez à quelle heure demain", "merci au revoir"),
        call("je voudrais un rendez-vous pour un passeport", "le premier", "Cadet", "[numéro]", "oui"),
        call(Keys("3"), Silence(8), Keys("0")),
        call("ça sent le gaz"),
    ):
        assert rehearse(town, town, one).verdict == "same"


def test_what_was_in_doubt_and_is_answered_now_is_better(town: Town, with_market: Town) -> None:
    found = rehearse(town, with_market, call("c'est quand le marché de Noël", "oui"))
    assert found.verdict == "better"
    assert found.parted  # « oui » answered only one of them
    assert found.turns[-1].draft.fate == "served"


def test_an_answer_that_is_no_longer_given_at_once_is_worse(town: Town, with_market: Town) -> None:
    asked = call("c'est quand le marché de Noël", "c'est quand le marché de Noël")
    assert rehearse(with_market, town, asked).verdict == "worse"


def test_another_sentence_is_to_be_read(town: Town) -> None:
    sentences = town.sentences.model_copy(update={"goodbye": "Bonne journée à vous."})
    found = rehearse(town, replace(town, sentences=sentences), call("au revoir"))
    assert (found.verdict, found.why) == ("to_read", "dit autrement")


def test_an_emergency_that_is_no_longer_told_is_worse_whatever_else_is_better(town: Town) -> None:
    dangers = town.comprehension.dangers
    phrases = Phrases.model_validate({"sur": ("la soufrière gronde",)})
    more = {**dangers, "volcan": dangers["agression"].model_copy(update={"phrases": phrases})}
    warned = replace(town, comprehension=town.comprehension.model_copy(update={"dangers": more}))
    found = rehearse(warned, town, call("la soufrière gronde"))
    assert (found.verdict, found.why) == ("worse", "le numéro d'urgence n'est plus donné")


def test_times_that_were_free_are_offered_again(town: Town) -> None:
    answers = ({"asked": "FindTimeSlots", "starts": ["2026-12-03T14:20"]},)
    found = rehearse(town, town, call("un rendez-vous pour un passeport", answers=answers))
    assert "14 h 20" in " ".join(found.turns[-1].published.said)


def test_what_is_kept_of_an_answer_holds_nobody(town: Town) -> None:  # noqa: ARG001
    one = office.Appointment("R7310", "titre_identite", NOW.replace(tzinfo=None), "Ferraty", "+596696445566")
    kept = [
        detail_of(Answered(office.FindAppointment("Ferraty", "R7310"), office.AppointmentFound(one))),
        detail_of(Answered(office.FindFile("PC972", "Ferraty"), office.FileFound(True, status="accepte"))),
        detail_of(TransferFinished("accueil", False)),
        detail_of(Silence(8.0)),
    ]  # fmt: skip
    assert not any(word in str(kept) for word in ("Ferraty", "0696", "R7310", "PC972"))
    assert kept[2] == {"asked": "Transfer", "ok": False}
    assert ears_in(detail_of(CallStarted(None))) == CallStarted(None).ears


def test_a_test_call_that_passed_and_fails_is_worse(town: Town, with_market: Town) -> None:
    trial = TrialCall.model_validate(
        {
            "nom": "marché",
            "le": "2026-11-24T10:00",
            "tours": (
                {"dit": "c'est quand le marché de Noël", "attendu": (("12 decembre", "douze décembre"),)},
            ),
        }
    )
    assert rehearse_trial(with_market, with_market, trial).verdict == "same"
    assert rehearse_trial(town, with_market, trial).verdict == "better"
    worse = rehearse_trial(with_market, town, trial)
    assert (worse.verdict, worse.source) == ("worse", "test")
    assert "n'est pas dit" in worse.why
    assert rehearse_trial(town, town, trial).verdict == "to_read"
