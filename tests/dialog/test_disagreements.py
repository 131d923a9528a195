"""What the town hall has to look at: the directory says otherwise, a fact expires, a closure hits a visit."""

from dataclasses import replace
from datetime import date, datetime

from dialog.disagreements import closure_at, cut_by_agenda, disagreements, expiring
from prompts.content import Town
from prompts.directory_record import DirectoryRecord
from prompts.load import load_town

DEMO = load_town()
NOW = datetime(2026, 11, 24, 10, tzinfo=DEMO.tz)
OURS = DEMO.commune.places["mairie"].expression


def told(**says: str) -> Town:
    record = {"id": "1", "nom": "Mairie", "importe_le": "2026-11-01", **says}
    return replace(DEMO, directory=DirectoryRecord.model_validate(record))


def test_nothing_is_said_where_both_agree() -> None:
    same = told(
        horaire="Mo,Tu,Th 07:30-13:00,14:00-16:30;We,Fr 07:30-13:00;PH off",
        adresse="1 Place de la Mairie 97299 Sainte-Aurore",
        telephone="+596596000000",
    )
    assert disagreements(same, NOW) == ()
    assert disagreements(DEMO, NOW) == ()


def test_other_hours_are_told_by_the_days_that_differ_alike() -> None:
    found = disagreements(told(horaire=OURS.replace("16:30", "17:00").replace("We,Fr", "We")), NOW)
    assert [one.what for one in found] == ["horaires"]
    sentence = found[0].sentence
    assert (
        "Le lundi, le mardi et le jeudi, l'annuaire dit « de 7 h 30 à 13 h et de 14 h à 17 h », "
        "vous dites « de 7 h 30 à 13 h et de 14 h à 16 h 30 »" in sentence
    )
    assert "le vendredi, l'annuaire dit « fermé », vous dites « de 7 h 30 à 13 h »" in sentence
    assert "mercredi" not in sentence
    assert found[0].where == ("commune.yaml", ("lieux", "mairie", "horaire"))


def test_another_number_is_told_as_people_read_it() -> None:
    (found,) = disagreements(told(telephone="+596596111111"), NOW)
    assert found.sentence == "Téléphone : l'annuaire dit « 0596 11 11 11 », vous dites « 0596 00 00 00 »."
    assert found.where == ("commune.yaml", ("accueil", "telephone"))


def test_hours_that_cannot_be_evaluated_are_no_contradiction() -> None:
    assert disagreements(told(horaire="SH Mo-Fr 08:00-12:00"), NOW) == ()


def test_facts_are_told_of_before_they_expire() -> None:
    last = date(2027, 6, 30)
    assert not [one for one in expiring(DEMO, date(2026, 11, 24)) if one.until == last]
    soon = expiring(DEMO, date(2027, 6, 1))
    assert soon
    assert all(one.until <= date(2027, 7, 16) for one in soon)
    assert not any(one.expired(date(2027, 6, 30)) for one in soon if one.until == last)
    assert all(one.expired(date(2027, 7, 1)) for one in soon if one.until == last)
    assert soon[0].where[0].startswith("demarches/")


def test_a_closure_hits_what_it_covers_and_nothing_else() -> None:
    assert closure_at(DEMO, "passeport", datetime(2026, 12, 24, 14)) == "veille de Noël"
    assert closure_at(DEMO, "passeport", datetime(2026, 12, 24, 11, 59)) is None
    assert closure_at(DEMO, "passeport", datetime(2027, 2, 9, 9)) == "jour de fermeture locale"
    assert closure_at(DEMO, "police_municipale", datetime(2026, 12, 24, 14)) is None
    assert closure_at(DEMO, "aucun", datetime(2026, 12, 24, 14)) == "veille de Noël"
    assert cut_by_agenda(DEMO, "titre_identite", datetime(2026, 12, 24, 14)) is None
