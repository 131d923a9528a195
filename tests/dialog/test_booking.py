"""Appointments are offered as callers wish them, read back whole, and booked on a plain yes only."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialog.ears import Ears
from dialog.office import AskCallback, Book, FindTimeSlots, HoldTimeSlot, Request
from tests.dialog.visitor import OWN, TUESDAY, Visitor

ASKED = "je voudrais prendre rendez-vous pour un passeport"
TUESDAY_AFTERNOON = f"{ASKED} mardi après-midi"
WEAK = Ears(
    open="keys",
    kinds=(("choice", "keys"), ("yes_no", "keys"), ("phone", "keys"), ("date", "keys"), ("name", "confirm")),
)


def read_back(*more: str, caller: str | None = OWN) -> Visitor:
    """A caller to whom Tuesday 1 December, 14 h 40, is read back."""
    visitor = Visitor(TUESDAY_AFTERNOON, "quatorze heures quarante", "Cadet", caller=caller)
    visitor.say("oui" if caller else "sans numéro")
    for turn in more:
        visitor.say(turn)
    return visitor


def test_two_or_three_times_of_the_wish_are_offered_in_one_sentence() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON)
    assert "mardi 1er décembre à 14 h 40 ou à 15 h" in visitor.heard
    assert visitor.expects == "choice"
    assert len(visitor.choices) == 2


def test_everything_is_read_back_then_booked_on_yes() -> None:
    visitor = read_back()
    for told in ("pour un passeport", "mardi 1er décembre à 14 h 40", "Cadet", "0696 20 30 40"):
        assert told in visitor.heard
    assert visitor.expects == "yes_no"
    assert visitor.records == []
    visitor.say("oui c'est bien ça")
    (record,) = visitor.records
    assert (record["action"], record["at"], record["name"]) == ("created", "2026-12-01T14:40", "Cadet")
    assert record["phone"] == OWN
    assert str(record["ref"]) in visitor.heard


@pytest.mark.parametrize(
    ("wish", "offered", "never"),
    [
        ("mais pas le matin", ["14 h 20", "15 h 40"], ["à 8 h", "10 h"]),
        ("n'importe quand sauf mercredi", ["jeudi 26 novembre"], ["mercredi"]),
        ("jeudi ou vendredi", ["jeudi 26 novembre à 7 h 40"], ["mercredi", "lundi"]),
        ("un jeudi après 15 h", ["15 h 40", "15 h 20"], ["14 h"]),
        ("la semaine prochaine", ["lundi 30 novembre à 8 h"], ["jeudi 26"]),
        ("plutôt en fin de journée", ["lundi 30 novembre à 16 h"], ["14 h"]),
        ("avant 8 h", ["7 h 40"], ["à 8 h"]),
    ],
)
def test_only_times_that_suit_are_offered(wish: str, offered: list[str], never: list[str]) -> None:
    visitor = Visitor(f"{ASKED} {wish}")
    for time in offered:
        assert time in visitor.heard
    for time in never:
        assert time not in visitor.heard


def test_the_exact_time_wished_is_offered_alone() -> None:
    visitor = Visitor(f"{ASKED} mardi à quinze heures")
    assert "mardi 1er décembre à 15 h." in visitor.heard
    assert "14 h 40" not in visitor.heard
    assert visitor.expects == "yes_no"
    assert "nom" in visitor.say("oui")


def test_nothing_in_the_wish_is_said_and_the_nearest_are_offered() -> None:
    assert "rien de libre à ce moment-là" in Visitor(f"{ASKED} samedi matin").heard
    late = Visitor(f"{ASKED} le 24 décembre")
    assert "mardi 8 décembre à 8 h" in late.heard
    assert "novembre" not in late.heard


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("le premier", "2026-12-01T09:20"),
        ("le deuxième", "2026-12-01T14:40"),
        ("le dernier", "2026-12-01T15:00"),
        ("celui de quatorze heures quarante", "2026-12-01T14:40"),
        ("le matin", "2026-12-01T09:20"),
        ("neuf heures", "2026-12-01T09:20"),
        ("n'importe lequel", "2026-12-01T09:20"),
        ("+2", "2026-12-01T14:40"),
        ("le 3", "2026-12-03T07:40"),
    ],
)
def test_an_offer_is_chosen_in_many_ways(answer: str, at: str) -> None:
    visitor = Visitor(f"{ASKED} mardi", answer)
    if visitor.expects == "choice":  # « le 3 » is a day when nothing else is said
        visitor.say("le premier")
    held = [request.at for request in visitor.requests if isinstance(request, HoldTimeSlot)]
    assert [time.isoformat(timespec="minutes") for time in held] in ([at], ["2026-12-01T15:00"])


def test_none_of_the_offers_leads_to_others() -> None:
    visitor = Visitor(ASKED)
    first = visitor.heard
    assert "mercredi 25 novembre à 8 h" in first
    assert "jeudi 26 novembre" in visitor.say("aucun")
    assert visitor.say("non plutôt mardi").startswith("Je peux vous proposer mardi 1er décembre")


def test_earlier_and_later_are_seen_from_what_was_offered() -> None:
    visitor = Visitor(f"{ASKED} mardi")
    assert "mercredi 2 décembre" in visitor.say("plus tard")
    earlier = visitor.say("vous n'avez rien plus tôt")
    assert "mardi 1er décembre à 9 h 20, à 14 h 40 ou à 15 h" in earlier
    soonest = Visitor(ASKED)
    assert "rien de libre plus tôt" in soonest.say("vous n'avez rien plus tôt")
    assert "mercredi 25 novembre à 8 h" in soonest.heard


def test_another_day_skips_the_days_offered() -> None:
    heard = Visitor(ASKED).say("un autre jour")
    assert "jeudi 26 novembre" in heard
    assert "mercredi" not in heard


@pytest.mark.parametrize(
    ("said", "persons"),
    [
        ("pour deux personnes", 2),
        ("pour moi et mes deux enfants", 3),
        ("mon mari et moi", 2),
        ("pour ma fille", 1),
        ("pour moi", 1),
        ("pour mon mari mes deux enfants et moi", 4),
        ("on sera deux", 2),
    ],
)
def test_as_many_times_in_a_row_as_there_are_persons(said: str, persons: int) -> None:
    visitor = Visitor(f"{ASKED} {said}")
    (request,) = (one for one in visitor.requests[:1] if isinstance(one, FindTimeSlots))
    assert request.persons == persons


def test_several_persons_are_read_back() -> None:
    visitor = Visitor(f"{ASKED} pour deux personnes", "mardi", "oui", "Cadet", "oui")
    assert "pour 2 personnes" in visitor.heard
    visitor.say("oui")
    (booked,) = (request for request in visitor.requests if isinstance(request, Book))
    assert booked.persons == 2


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        ("oui mais plutôt quinze heures", "mardi 1er décembre à 15 h"),
        ("non c'est Cadot C A D O T", "Cadot"),
        ("non le numéro c'est le 0596 71 82 93", "0596 71 82 93"),
        ("non à la fin c'est quarante-deux", "0696 20 30 42"),
        ("oui mais on sera deux", "pour 2 personnes"),
    ],
)
def test_what_is_corrected_is_changed_and_all_is_read_back(correction: str, told: str) -> None:
    visitor = read_back(correction)
    assert told in visitor.heard
    assert "Est-ce que je réserve" in visitor.heard
    assert visitor.records == []
    visitor.say("oui")
    assert len(visitor.records) == 1


def test_another_day_at_the_end_is_searched_and_read_back() -> None:
    visitor = read_back("non pas mardi mercredi")
    assert "mercredi" in visitor.heard
    visitor.say("le premier")
    assert "Cadet" in visitor.heard
    assert "mercredi" in visitor.heard
    assert visitor.records == []


@pytest.mark.parametrize("said", ["oui mais", "non non c'est bon", "oui enfin non", "attendez", "peut-être"])
def test_anything_but_a_plain_yes_books_nothing(said: str) -> None:
    assert read_back(said).records == []


def test_a_yes_that_was_hardly_heard_books_nothing() -> None:
    visitor = read_back()
    visitor.say("oui", confidence=0.2)
    assert visitor.records == []


def test_silence_and_hanging_up_book_nothing() -> None:
    visitor = read_back()
    visitor.silence()
    visitor.silence()
    assert visitor.records == []
    visitor.hang_up()
    assert visitor.records == []


def test_a_plain_no_asks_what_to_change_and_giving_up_is_said() -> None:
    visitor = read_back("non")
    assert "Que faut-il changer" in visitor.heard
    assert visitor.say("le nom").startswith("À quel nom")
    assert "Duval" in visitor.say("Duval")
    assert "rien réservé" in visitor.say("laissez tomber")
    assert visitor.records == []


def test_the_telephone_may_be_refused() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", "Cadet", "non", "je préfère ne pas le donner")
    assert "sans numéro" in visitor.heard
    visitor.say("oui")
    assert visitor.records[0]["phone"] is None


def test_a_hidden_number_is_asked_for() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", "Cadet", caller=None)
    assert visitor.expects == "phone"
    assert "0596 71 82 93" in visitor.say("+0596718293")


def test_a_day_is_no_name() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", "ah non plutôt jeudi")
    assert "jeudi 26 novembre" in visitor.heard


def test_a_name_that_was_hardly_heard_is_spelled() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON, "le premier")
    assert "épeler" in visitor.say("Cadet", confidence=0.3)
    assert "0696" in visitor.say("C A D E T")


def test_a_time_taken_meanwhile_is_not_promised() -> None:
    def quicker(visitor: Visitor, request: Request) -> None:
        if isinstance(request, HoldTimeSlot) and len(visitor.requests) == 2:
            visitor.somebody_books("titre_identite", "2026-12-01T14:40")

    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", before=quicker)
    assert "vient d'être pris" in visitor.heard
    assert "mardi 1er décembre à 15 h" in visitor.heard


def test_a_time_taken_before_the_yes_is_not_booked() -> None:
    def quicker(visitor: Visitor, request: Request) -> None:
        if isinstance(request, Book) and not visitor.records:
            visitor.somebody_books("titre_identite", "2026-12-01T14:40")

    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", "Cadet", "oui", "oui", before=quicker)
    assert visitor.records == []
    assert "vient d'être pris" in visitor.heard


def test_a_full_agenda_is_said_and_somebody_is_rung() -> None:
    visitor = Visitor(ASKED, now=TUESDAY.replace(month=12, day=14))
    assert "plus aucun rendez-vous libre" in visitor.heard
    visitor.nobody_answers()
    visitor.say("oui")
    (asked,) = (request for request in visitor.requests if isinstance(request, AskCallback))
    assert asked.reason == "unavailable"


def test_records_that_cannot_be_had_book_nothing() -> None:
    visitor = read_back()
    visitor.down = (Book,)
    assert "rien enregistré" in visitor.say("oui")
    assert visitor.records == []
    assert visitor.state.stage == "transfer"


def test_a_subject_without_agenda_is_for_a_person() -> None:
    visitor = Visitor("je voudrais prendre rendez-vous pour un acte de naissance")
    assert "Je ne prends pas de rendez-vous pour ce sujet" in visitor.heard
    assert visitor.state.stage == "transfer"


def test_every_subject_of_the_town_can_be_chosen_by_key() -> None:
    visitor = Visitor("+3")
    told = visitor.heard + visitor.say("+4") + visitor.say("+4")
    for subject in ("passeport", "mariage", "PACS", "élu", "urbanisme", "CCAS", "scolaire"):
        assert subject in told
    visitor.say("+4")
    assert "mercredi 25 novembre à 8 h" in visitor.say("+1")


def test_with_weak_ears_all_but_the_name_is_typed() -> None:
    visitor = Visitor("+3", "+1", ears=WEAK)
    assert "Tapez 1, 2 ou 3" in visitor.heard
    assert "Tapez 1, 2 ou 3" in visitor.say("+4")
    visitor.say("+1")
    visitor.say("Cadet")
    assert "Tapez 1 pour oui" in visitor.heard
    assert "Tapez votre numéro" in visitor.say("+2")
    assert "0596 71 82 93" in visitor.say("+0596718293")
    visitor.say("oui")
    assert visitor.records == [], "a yes by voice is a hint to weak ears"
    visitor.say("+1")
    assert len(visitor.records) == 1


def test_opening_hours_in_passing_do_not_lose_the_appointment() -> None:
    visitor = read_back("à quelle heure ferme la mairie aujourd'hui")
    assert "16 h 30" in visitor.heard
    assert "Est-ce que je réserve" in visitor.heard


def test_a_second_appointment_does_not_ask_the_name_again() -> None:
    visitor = read_back("oui", f"{ASKED} lundi matin")
    visitor.say("le premier")
    assert "Cadet" in visitor.heard
    visitor.say("oui")
    assert len(visitor.records) == 2


def test_the_documents_of_what_was_booked_are_told_on_request() -> None:
    visitor = read_back("oui")
    assert "quels documents" in visitor.heard
    visitor.say("quels documents faut-il apporter")
    assert "adulte" in visitor.heard or "pour un passeport" in visitor.heard


def test_the_subject_may_be_corrected_at_the_end() -> None:
    visitor = read_back("non c'est pour prendre rendez-vous pour une carte d'identité")
    assert "pour une carte d'identité" in visitor.heard
    assert "Cadet" in visitor.heard
    visitor.say("oui")
    (booked,) = (request for request in visitor.requests if isinstance(request, Book))
    assert booked.subject == "cni"


def test_thanks_are_neither_a_yes_nor_a_goodbye() -> None:
    visitor = read_back("c'est bon merci")
    assert visitor.expects == "yes_no" or len(visitor.records) == 1
    assert visitor.state.stage != "ended"


def test_the_hash_key_gives_no_number() -> None:
    visitor = Visitor(
        TUESDAY_AFTERNOON, "le premier", "Cadet", "+2", "+#", ears=Ears(kinds=(("phone", "keys"),))
    )
    assert "sans numéro" in visitor.heard


def test_working_in_the_morning_leaves_the_afternoon() -> None:
    heard = Visitor(f"{ASKED} je travaille le matin").heard
    assert "14 h 20" in heard
    assert "à 8 h" not in heard


def test_what_is_said_at_once_is_not_asked_again() -> None:
    visitor = Visitor(f"{TUESDAY_AFTERNOON} au nom de Cadet", "le premier")
    assert visitor.expects == "yes_no"
    assert "Au nom de Cadet" in visitor.say("oui")


def test_a_name_of_weak_ears_is_spelled_back() -> None:
    ears = Ears(kinds=(("name", "confirm"),))
    visitor = Visitor(TUESDAY_AFTERNOON, "le premier", "Cadet", "oui", ears=ears)
    assert "C, A, D, E, T" in visitor.heard


NO_YES = st.sampled_from(
    [ASKED, "mardi", "le premier", "Cadet", "non", "aucun", "plus tard", "quatorze heures", "sans numéro",
     "pour deux personnes", "laissez tomber", "le nom", "+2", "+4", "+3", "peut-être", "C A D E T", "jeudi",
     "0596 71 82 93", "pas le matin", "euh", "oui mais plutôt quinze heures"]
)  # fmt: skip


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NO_YES, max_size=14))
def test_without_a_yes_nothing_is_ever_booked(turns: list[str]) -> None:
    visitor = Visitor(TUESDAY_AFTERNOON)
    for turn in turns:
        visitor.say(turn)
        if visitor.state.stage in ("transfer", "ended"):
            break
        assert visitor.heard
    assert visitor.records == []


@pytest.mark.parametrize("again", ["vous pouvez répéter", "+*"])
def test_all_that_was_read_back_can_be_heard_again(again: str) -> None:
    visitor = read_back(again)
    assert "mardi 1er décembre à 14 h 40" in visitor.heard
    assert "Cadet" in visitor.heard
    assert visitor.records == []


def test_the_time_already_held_said_again_changes_nothing() -> None:
    visitor = Visitor(TUESDAY_AFTERNOON, "quatorze heures quarante", "oui mardi à quatorze heures quarante")
    assert visitor.expects == "name"
    visitor.say("Cadet")
    assert "puis-je noter" in visitor.say("attendez non plutôt mardi")
