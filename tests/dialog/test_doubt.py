"""What is doubtful is asked back with concrete choices; what is short is meant as what came before."""

from dataclasses import replace
from datetime import datetime

import pytest

from dialog.actions import Listen, Say
from dialog.events import CallStarted, Event, Heard, Keys, Understood
from dialog.manager import step
from dialog.meaning import Alternative, Understanding
from dialog.named import service_named
from dialog.talk import State
from dialog.understanding import understand
from prompts.labels import Service
from prompts.load import load_town
from tests.dialog.visitor import Visitor

TOWN = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=TOWN.tz)
DOUBT = (TOWN.thresholds.answer + TOWN.thresholds.confirm) / 2
HOURS = Understanding("horaires", "culture_sport", DOUBT, "ask", text="la culture")
NEAR = replace(HOURS, alternatives=(Alternative("adresse_contact", "mairie", DOUBT / 2),))


def after(*events: Event) -> tuple[State, str]:
    """The state after these events, and what was said last."""
    state, heard = State(), ""
    for event in (CallStarted(None), *events):
        state, actions = step(TOWN, state, event, NOW)
        assert not any(isinstance(one, Listen) for one in actions[:-1])
        heard = " ".join(one.text for one in actions if isinstance(one, Say))
    return state, heard


def test_two_readings_that_are_close_are_asked_back_as_a_choice_with_keys() -> None:
    state, heard = after(Understood(NEAR))
    assert "les horaires de la médiathèque, ou l'adresse" in heard
    assert "Tapez 1 ou 2" in heard
    assert state.expects == "choice"


@pytest.mark.parametrize(("key", "told"), [("1", "médiathèque"), ("2", "place de la Mairie")])
def test_the_key_of_a_choice_serves_it(key: str, told: str) -> None:
    assert told in after(Understood(NEAR), Keys(key))[1]


def test_a_choice_is_also_named_by_its_words_or_its_place() -> None:
    for text, told in (("l'adresse", "place de la Mairie"), ("le premier", "médiathèque")):
        said = Understanding("reponse", "aucun", 0.95, "continue", text=text)
        assert told in after(Understood(NEAR), Understood(said))[1]


def test_one_doubtful_reading_is_read_back_with_its_day() -> None:
    found = understand("la médiathèque samedi", NOW, TOWN.tz, None, TOWN)
    doubtful = replace(HOURS, entities=found.entities)
    assert (
        "les horaires de la médiathèque, le samedi 28 novembre, c'est bien ça"
        in after(Understood(doubtful))[1]
    )


def test_a_word_that_means_two_things_is_never_guessed() -> None:
    visitor = Visitor("c'est pour mon permis")
    assert "un permis de construire, ou un permis de conduire" in visitor.heard
    assert "France Titres" in visitor.say("le permis de conduire")


def test_a_name_alone_asks_the_same_of_another_service() -> None:
    visitor = Visitor("les horaires de la médiathèque demain")
    assert "police municipale" in visitor.say("et la police municipale").lower()
    assert visitor.state.stage == "more"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("c'est pour la carte d'identité", "cni"),
        ("le c c a s c'est ouvert", "ccas"),
        ("la médiathèque", "culture_sport"),
        ("la carte d'identité ou le passeport", None),
        ("bonjour", None),
    ],
)
def test_a_service_is_known_by_the_name_that_the_town_gives_it(text: str, service: Service | None) -> None:
    assert service_named(TOWN, text) == service


@pytest.mark.parametrize(
    "text",
    [
        "quels papiers pour la carte d'identité et le passeport",
        "je peux venir mardi et jeudi",
        "je vous donne mon nom et mon prénom",
    ],
)
def test_two_words_joined_are_one_request(text: str) -> None:
    assert understand(text, NOW, TOWN.tz, None, TOWN).intent != "multi"


def test_each_of_two_requests_has_its_own_words_and_values() -> None:
    text = "je voudrais les horaires de la déchèterie samedi et l'adresse de la mairie"
    first, second = understand(text, NOW, TOWN.tz, None, TOWN).parts
    assert (first.intent, first.service, second.intent) == ("horaires", "dechets", "adresse_contact")
    assert [entity.value for entity in first.entities] == ["2026-11-28"]
    assert second.entities == ()
    assert second.text == "et l'adresse de la mairie"


@pytest.mark.parametrize(
    "answer", ["pour ma grande", "c'est pour moi", "oui la carte d'identité", "oui voilà"]
)
def test_who_tells_more_of_what_is_asked_back_has_said_yes(answer: str) -> None:
    papers = Understanding("pieces", "cni", DOUBT, "ask", text="les trucs pour la carte")
    state, heard = after(Understood(papers), Heard(answer))
    assert "c'est bien ça" not in heard
    assert state.task is not None
    assert state.misses == 0


def test_what_is_told_beside_a_doubtful_request_spares_its_question() -> None:
    papers = Understanding("pieces", "cni", DOUBT, "ask", text="les trucs pour la carte")
    assert "adulte ou pour un mineur" in after(Understood(papers), Heard("oui"))[1]
    assert "adulte ou pour un mineur" not in after(Understood(papers), Heard("pour ma fille"))[1]


COMPLAINT = Understanding("reclamation", "voirie", 1.0, "continue", text="je me plains de la voirie")


@pytest.mark.parametrize(
    ("second", "first_served"),
    [
        (
            Understanding("rdv_prendre", "cni", 1.0, "continue", text="et un rendez-vous carte d'identité"),
            True,
        ),
        (Understanding("signalement", "eclairage", 1.0, "continue", text="et un lampadaire cassé"), True),
        (Understanding("horaires", "mairie", 1.0, "answer", text="et vos horaires"), False),
    ],
)
def test_only_a_fact_told_at_once_is_told_before_the_call_goes_to_somebody(
    second: Understanding, first_served: bool
) -> None:
    both = Understanding("multi", "voirie", 1.0, "continue", parts=(COMPLAINT, second), text="les deux")
    state, heard = after(Understood(both))
    complaint = TOWN.requests.complaint.split(".")[0]
    assert complaint in heard
    assert ("horaires habituels" in heard) is not first_served
    assert state.stage == "transfer"
