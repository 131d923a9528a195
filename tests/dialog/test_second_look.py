"""What people say when they change their mind, answer beside the question or come back on what was told."""

import pytest

from dialog.office import OpenTicket
from tests.dialog.visitor import OWN, TUESDAY, Visitor

EVENING = TUESDAY.replace(hour=21, minute=30)


@pytest.mark.parametrize("said", ["on me l'a pris dans le train", "on me les a pris en voiture"])
def test_what_was_stolen_is_no_danger_to_who_is_asked_about_it(said: str) -> None:
    visitor = Visitor("quels papiers pour ma carte d'identité", "pour moi je suis majeure")
    assert "Composez" not in visitor.say(said)
    assert "vol" in visitor.heard


def test_a_danger_named_is_one_whatever_was_asked() -> None:
    visitor = Visitor("quels papiers pour ma carte d'identité", "pour moi je suis majeure")
    assert "Composez le 15" in visitor.say("on me l'a volée et mon mari ne respire plus")


@pytest.mark.parametrize("said", ["la maison pas la voiture", "une maison neuve"])
def test_a_house_is_no_danger_to_who_builds_one(said: str) -> None:
    visitor = Visitor("combien de temps pour un permis de construire")
    assert "Composez" not in visitor.say(said)


@pytest.mark.parametrize(
    "said",
    ["mon amende je veux la faire sauter", "je veux en finir avec ces démarches", "je vais sauter de joie"],
)
def test_a_manner_of_speaking_is_no_distress(said: str) -> None:
    assert "3114" not in Visitor(said).heard


@pytest.mark.parametrize("said", ["je vais sauter du pont", "je veux en finir avec la vie"])
def test_distress_is_heard_all_the_same(said: str) -> None:
    assert "3114" in Visitor(said).heard


def test_what_was_told_of_a_case_is_told_anew_when_it_is_put_right() -> None:
    visitor = Visitor("qu'est-ce qu'il faut pour refaire la carte d'identité de mon petit fils")
    assert "renouveler" in visitor.heard
    assert "perdue" in visitor.say("non en fait il l'a perdue à la plage")


def test_a_day_of_birth_asks_for_no_opening_hours() -> None:
    visitor = Visitor("l'adresse de la mairie")
    assert "horaires" not in visitor.say("il est né le douze mars deux mille quinze").replace(
        "les horaires", ""
    )


def test_the_day_after_is_the_day_after_the_one_told() -> None:
    visitor = Visitor("vous êtes ouverts le vingt-quatre décembre")
    assert "vendredi 25 décembre" in visitor.say("et le lendemain")
    assert "samedi 26 décembre" in visitor.say("et le jour suivant")


@pytest.mark.parametrize("said", ["la piscine est ouverte le dimanche", "à quelle heure ouvre le musée"])
def test_the_hours_of_a_place_that_nobody_has_written_are_not_another_s(said: str) -> None:
    visitor = Visitor(said)
    for other in ("médiathèque", "mairie vous accueille", "7 h 30"):
        assert other not in visitor.heard
    assert visitor.state.stage == "transfer"


def test_a_death_of_long_ago_brings_no_condolences() -> None:
    visitor = Visitor("mon père est mort il y a dix ans il me faut son acte de décès")
    assert "condoléances" not in visitor.heard
    assert visitor.state.stage != "transfer"


def test_the_place_said_again_is_no_other_fault() -> None:
    visitor = Visitor("le feu rouge devant l'école marche plus", "devant l'école", "non", "non", "oui")
    (ticket,) = [one for one in visitor.requests if isinstance(one, OpenTicket)]
    assert (ticket.category, ticket.place) == ("voirie", "devant l'école")
    assert "marche plus" in ticket.nature


def test_a_request_is_no_place() -> None:
    visitor = Visitor("mes poubelles n'ont pas été ramassées", "je veux faire une réclamation")
    assert "dangereux" not in visitor.heard


@pytest.mark.parametrize("said", ["non merci je rappellerai demain", "laissez tomber"])
def test_who_will_ring_again_is_not_asked_for_a_number(said: str) -> None:
    visitor = Visitor("je voudrais parler à quelqu'un", said, now=EVENING)
    assert "personne ne vous rappellera" in visitor.heard
    assert visitor.expects is None


def test_a_call_back_is_never_refused_for_what_it_is_about() -> None:
    visitor = Visitor("rappelez-moi pour mon dossier RSA", now=EVENING)
    assert "peut vous rappeler" in visitor.heard


def test_a_call_back_and_what_for_are_one_request() -> None:
    visitor = Visitor("rappelez-moi j'ai besoin d'une aide du ccas", "oui", now=EVENING)
    (record,) = visitor.records
    assert record["service"] == "ccas"


def test_who_asks_for_somebody_beside_a_fact_gets_somebody() -> None:
    visitor = Visitor("passez-moi l'accueil et dites-moi vos horaires")
    if visitor.expects is not None:
        visitor.say("oui")
    assert visitor.state.stage == "transfer"


def test_who_insists_where_it_is_closed_is_told_how_else_to_reach_us() -> None:
    visitor = Visitor("un agent", now=EVENING)
    assert "écrire à" in visitor.say("un agent je vous dis")
    assert "peut vous rappeler" in visitor.heard


def test_what_was_held_is_held_again() -> None:
    visitor = Visitor("un rendez-vous pour un passeport", "le premier", "Montlouis")
    assert "8 h" not in visitor.say("finalement je préfère l'après-midi").replace("8 h 20", "")
    visitor.say("ah non laissez comme c'était")
    assert "mercredi 25 novembre à 8 h" in visitor.heard
    assert "mercredi 25 novembre à 8 h" in visitor.say("oui")


def test_not_too_early_is_no_refusal_of_the_morning() -> None:
    visitor = Visitor("un rendez-vous pour un passeport", "pas trop tôt le matin")
    assert "11 h 40" in visitor.heard
    assert "à 8 h" not in visitor.heard


def test_wishes_that_leave_no_time_at_all_do_not_make_the_agenda_full() -> None:
    visitor = Visitor("un rendez-vous pour un passeport pas le matin et pas l'après-midi")
    assert "plus aucun rendez-vous" not in visitor.heard
    assert visitor.expects == "choice"


def test_who_refuses_once_told_what_is_kept_is_obeyed() -> None:
    visitor = Visitor("est-ce que vous m'enregistrez")
    assert "ne seront pas conservées" in visitor.say("je refuse")
    assert visitor.state.words_refused


def test_a_long_name_keeps_its_end() -> None:
    visitor = Visitor("un rendez-vous pour un passeport", "le premier", "Marie Eulalie de la Rochefoucauld")
    visitor.say("oui")
    assert "Au nom de Marie Eulalie de la Rochefoucauld" in visitor.heard


def test_names_and_numbers_are_said_as_people_say_them() -> None:
    visitor = Visitor("un rendez-vous pour un passeport", "le premier", "Alcindor", "oui")
    assert "Au nom d'Alcindor" in visitor.heard
    assert "+1 418 555 1234" in Visitor("rappelez-moi", caller="+14185551234").heard
    assert OWN not in visitor.heard


def test_a_child_that_is_beaten_is_no_business_of_another_town() -> None:
    visitor = Visitor("la petite d'à côté elle se fait battre par son beau-père tous les soirs")
    assert "119" in visitor.heard or "17" in visitor.heard


@pytest.mark.parametrize("said", ["ma fille est battue", "on nous expulse", "je n'en peux plus"])
def test_a_grave_word_is_heard_however_short(said: str) -> None:
    assert "Je n'ai pas bien compris" not in Visitor(said).heard


def test_a_class_at_school_is_no_day_to_be_called() -> None:
    visitor = Visitor("rappelez-moi pour la cantine de septembre de mon fils qui est en CE2", now=EVENING)
    visitor.say("oui")
    (record,) = visitor.records
    assert str(record["due"]).startswith("2026-11-25")


def test_who_only_wanted_the_price_is_told_it() -> None:
    visitor = Visitor("je veux un rendez-vous pour un passeport", "en fait non je veux juste savoir le prix")
    assert "86 euros" in visitor.say("adulte")


def test_where_it_is_chooses_the_fault_of_two_requests() -> None:
    visitor = Visitor("c'est une honte les poubelles débordent depuis quinze jours")
    if visitor.expects == "choice":
        assert "dangereux" in visitor.say("rue Schœlcher")


def test_a_no_holds_nothing_whatever_follows_it() -> None:
    visitor = Visitor("rendez-vous avec le maire", "vendredi")
    assert visitor.expects == "yes_no"
    assert "Je vous garde" not in visitor.say("non le matin j'ai la messe")


def test_a_day_is_nobody_s_name() -> None:
    visitor = Visitor("un rendez-vous pour un passeport", "le premier", "mercredi alors")
    assert visitor.expects == "name"


def test_in_front_of_my_gate_is_no_place_that_anybody_could_be_sent_to() -> None:
    visitor = Visitor("il y a une voiture garée devant mon portail")
    if visitor.expects == "yes_no" and "c'est bien ça" in visitor.heard:
        visitor.say("oui")
    assert visitor.expects == "place"
    assert visitor.say("devant mon portail au 12 rue des Alizés")
    assert visitor.expects != "place"


def test_who_cannot_pay_the_rent_is_not_turned_away() -> None:
    visitor = Visitor("je peux plus payer mon loyer")
    assert "ne relève pas" not in visitor.heard
