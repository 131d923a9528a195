"""The examination itself is sound: legal labels, decisions by the table, calendar and numbers that hold."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from tests.dialog.exam import exam, marking


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTENTS = words("""
    horaires adresse_contact pieces eligibilite cout_delai demarche_info suivi_dossier rdv_prendre
    rdv_deplacer rdv_annuler rdv_consulter signalement reclamation humain rappel oui non correction
    repeter attendre salutation merci_aurevoir reponse hors_sujet decision conseil_juridique
    incompris insulte langue sensible urgence multi
""")
SERVICES = words("""
    mairie etat_civil_acte naissance_declaration deces_declaration cni passeport titre_identite
    mariage pacs livret_famille recensement elections scolaire periscolaire petite_enfance urbanisme
    cimetiere salle dechets voirie eclairage proprete espaces_verts eau_assainissement nuisances
    animaux stationnement police_municipale ccas logement attestation_accueil legalisation
    certificat_vie changement_adresse elu_rdv associations culture_sport marche france_services
    hors_mairie autre_commune aucun
""")
DECISIONS = words("""
    answer continue ask handover refuse_redirect emergency
""")
EXPECTS = words("""
    yes_no choice date time phone dossier reference name place count birth_date amount postcode age
    email
""")
GRAINS = words("""
    minute hour day_part day week month
""")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
WEEKDAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
TIME = re.compile(r"([01]\d|2[0-4]):[0-5]\d")


def is_date_value(value: str) -> bool:
    if value.startswith("weekly:"):
        return value.removeprefix("weekly:") in WEEKDAY_CODES
    if value.startswith("not:"):
        rest = value.removeprefix("not:")
        return all(code in WEEKDAY_CODES for code in rest.split(",")) or is_date_value(rest)
    sides = value.split("/")
    moments = [datetime.fromisoformat(side) for side in sides if side != ".."]
    return len(sides) <= 2 and bool(moments) and (len(moments) == 1 or moments[0] < moments[1])


def is_time_value(value: str) -> bool:
    sides = value.split("/")
    return (
        len(sides) <= 2 and all(side == ".." or TIME.fullmatch(side) for side in sides) and value != "../.."
    )


@pytest.mark.parametrize(
    "name", ["sentences.jsonl", "fresh.jsonl", "third.jsonl", "fourth.jsonl", "dates.jsonl", "values.jsonl"]
)
def test_no_line_stands_twice_in_a_file(name: str) -> None:
    rows = [json.loads(line) for line in (exam.FOLDER / name).read_text(encoding="utf-8").splitlines()]
    keys = [(row["text"], row.get("expects"), row.get("now"), row.get("tz")) for row in rows]
    assert len(keys) == len(set(keys))


def test_every_sentence_bears_legal_labels_and_the_decision_of_the_table() -> None:
    for sentence in (*exam.sentences(), *exam.fresh(), *exam.third(), *exam.fourth()):
        for intent, service in (sentence.label, *sentence.also, *sentence.parts):
            assert intent in INTENTS, sentence
            assert service in SERVICES, sentence
        assert sentence.decision == marking.decision_of(sentence.label), sentence
        assert sentence.decision in DECISIONS, sentence
        assert DECISIONS.issuperset(sentence.also_decisions), sentence
        assert sentence.expects is None or sentence.expects in EXPECTS, sentence


def test_every_service_is_asked_about_in_several_ways_and_every_intent_appears() -> None:
    intents_of: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for sentence in exam.sentences():
        intents_of[sentence.label[1]].add(sentence.label[0])
        counts[sentence.label[1]] += 1
    assert set(counts) == SERVICES
    assert min(counts.values()) >= 8
    assert all(len(intents) >= 3 for intents in intents_of.values())
    assert set.union(*intents_of.values()) == INTENTS


def test_a_double_request_lists_two_different_parts_and_bears_the_service_of_the_first() -> None:
    for sentence in exam.sentences():
        assert (sentence.label[0] == "multi") == bool(sentence.parts), sentence
        if sentence.parts:
            assert len(set(sentence.parts)) >= 2, sentence
            assert sentence.parts[0][1] == sentence.label[1], sentence


def test_no_near_miss_is_an_emergency() -> None:
    near_misses = [sentence for sentence in exam.sentences() if sentence.near_miss]
    assert len(near_misses) >= 50
    assert all(sentence.decision != "emergency" for sentence in near_misses)
    assert sum(sentence.decision == "emergency" for sentence in exam.sentences()) >= 60


def test_every_moment_is_written_in_local_time_of_its_zone() -> None:
    for utterance in exam.dates():
        assert utterance.now is not None
        assert utterance.tz is not None
        assert utterance.now.utcoffset() == utterance.now.astimezone(ZoneInfo(utterance.tz)).utcoffset(), (
            utterance
        )


def test_every_date_and_time_has_a_legal_value_and_grain() -> None:
    for utterance in exam.dates():
        for entity in utterance.entities:
            values = [str(value) for value in (entity.value, *entity.also)]
            if entity.type == "date":
                assert all(is_date_value(value) for value in values), utterance
            elif entity.type == "time":
                assert all(is_time_value(value) for value in values), utterance
            else:
                assert entity.type == "birth_date", utterance
                assert all(date.fromisoformat(value) for value in values), utterance
            assert entity.grain is None or entity.grain in GRAINS, utterance


def test_a_single_weekday_said_is_the_weekday_of_the_value() -> None:
    checked = 0
    for utterance in exam.dates():
        said = [day for day in re.findall(r"\w+", utterance.text) if day in WEEKDAYS]
        relative = re.search(
            r"lundi de |mardi gras|carnaval|dimanche c|non |pas |partir|avant|jusqu", utterance.text
        )
        dates = [entity for entity in utterance.entities if entity.type == "date" and not entity.optional]
        if len(said) != 1 or len(dates) != 1 or relative or dates[0].ambiguous:
            continue
        start = str(dates[0].value).split("/")[0]
        if start == ".." or ":" in start[:8]:
            continue
        assert datetime.fromisoformat(start).weekday() == WEEKDAYS.index(said[0]), utterance
        checked += 1
    assert checked >= 40


def test_every_value_has_the_form_of_its_type() -> None:
    forms = {
        "phone": re.compile(r"0\d{9}"),
        "dossier": re.compile(r"[A-Z0-9-]+"),
        "reference": re.compile(r"[A-Z0-9]+"),
        "postcode": re.compile(r"\d{5}"),
        "email": re.compile(r"[a-z0-9._-]+@[a-z0-9.-]+\.[a-z]+"),
    }
    for utterance in exam.values():
        assert utterance.expects is None or utterance.expects in EXPECTS, utterance
        for entity in utterance.entities:
            assert entity.type in marking.VALUE_TYPES | {"time"}, utterance
            if entity.value is None:
                assert entity.optional, utterance
            elif entity.type in forms:
                assert forms[entity.type].fullmatch(str(entity.value)), utterance
            elif entity.type in ("age", "amount", "count"):
                assert isinstance(entity.value, int | float), utterance
            elif entity.type == "birth_date":
                assert date.fromisoformat(str(entity.value)), utterance


def test_every_phone_number_is_one_that_can_exist() -> None:
    phones = [
        entity for one in exam.values() for entity in one.entities if entity.type == "phone" and entity.value
    ]
    assert len(phones) >= 60
    for entity in phones:
        assert entity.e164 is not None
        number = phonenumbers.parse(entity.e164)
        assert phonenumbers.is_valid_number(number) == entity.valid, entity
        assert entity.e164.endswith(str(entity.value)[1:]), entity


def test_the_marking_knows_right_from_wrong() -> None:
    first = exam.sentences()[0]
    assert marking.label_is_right(first, *first.label)
    assert not marking.label_is_right(first, "insulte", "aucun")
    emergency = next(sentence for sentence in exam.sentences() if sentence.decision == "emergency")
    assert marking.decision_is_right(emergency, "emergency")
    assert not marking.decision_is_right(emergency, "handover")


def test_an_answer_equal_to_the_expected_values_passes() -> None:
    for utterances, types in (
        (exam.dates(), marking.DATE_TYPES),
        (exam.values(), marking.VALUE_TYPES),
    ):
        for utterance in utterances:
            got = [
                {
                    "type": one.type,
                    "value": one.value,
                    "grain": one.grain,
                    "e164": one.e164,
                    "valid": one.valid,
                }
                for one in utterance.entities
            ]
            assert marking.entities_are_right(utterance, got, types), utterance


def test_the_examination_lies_beside_its_explanation() -> None:
    assert (Path(__file__).parent / "README.md").is_file()
