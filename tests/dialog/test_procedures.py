"""A démarche over the telephone: few questions, the right list, and never a fact that may not be told."""

from datetime import date
from functools import cache
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.procedures import (
    UNSURE,
    ProcedureTopic,
    Told,
    Unknown,
    answer_by_key,
    answer_phrases,
    next_question,
    outcome,
    procedure_for,
    question_text,
    read_back,
    told,
    unsure,
)
from prompts.content import Town
from prompts.labels import Service
from prompts.load import load_town
from prompts.procedures import MAX_QUESTIONS, About

TODAY = date(2026, 11, 24)
TOO_LATE = date(2027, 7, 1)
SERVICES: tuple[Service, ...] = (
    "cni", "passeport", "titre_identite", "etat_civil_acte", "mariage", "pacs", "recensement", "elections",
    "scolaire", "periscolaire", "urbanisme", "attestation_accueil", "naissance_declaration",
    "deces_declaration", "livret_famille", "legalisation", "certificat_vie", "cimetiere", "salle", "elu_rdv",
    "logement", "changement_adresse",
)  # fmt: skip
ABOUT: tuple[About, ...] = get_args(About)
TWELVE_SECONDS = 168
"""Letters, at 14 a second."""


@cache
def town() -> Town:
    return load_town()


def talk(service: Service, about: About, *sentences: str) -> ProcedureTopic:
    """The topic after these sentences, each said to the question that the ones before led to."""
    topic = ProcedureTopic(service, about)
    for number, sentence in enumerate(sentences):
        asked = next_question(town(), topic, TODAY) if number else None
        topic = told(town(), topic, sentence, asked=asked)
    return topic


def asks(topic: ProcedureTopic) -> str | None:
    asked = next_question(town(), topic, TODAY)
    return asked.key if asked else None


def spoken(topic: ProcedureTopic, today: date = TODAY) -> str:
    result = outcome(town(), topic, today)
    return " ".join(result.lines) if isinstance(result, Told) else result.reason


@pytest.mark.parametrize("service", SERVICES)
def test_every_main_demarche_has_its_file(service: Service) -> None:
    assert procedure_for(town(), service) is not None


@pytest.mark.parametrize("service", ["dechets", "voirie", "mairie", "aucun", "hors_mairie"])
def test_a_service_without_a_demarche_is_a_persons_business(service: Service) -> None:
    topic = ProcedureTopic(service, "info")
    assert next_question(town(), topic, TODAY) is None
    assert outcome(town(), topic, TODAY) == Unknown("missing")
    assert told(town(), topic, "mon fils de douze ans") == topic


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SERVICES), st.sampled_from(ABOUT), st.lists(st.integers(0, 9), max_size=8))
def test_any_answers_end_in_a_few_questions_and_in_sentences_that_can_be_listened_to(
    service: Service, about: About, keys: list[int]
) -> None:
    topic, asked = ProcedureTopic(service, about), []
    while (question := next_question(town(), topic, TODAY)) is not None:
        assert question.key not in asked
        assert len(question_text(town(), question)) <= TWELVE_SECONDS
        asked.append(question.key)
        key = keys.pop() if keys else 1
        answered = answer_by_key(topic, question, str(key))
        topic = answered or unsure(topic, question)
    assert len(asked) <= MAX_QUESTIONS
    result = outcome(town(), topic, TODAY)
    if isinstance(result, Told):
        assert result.lines
        assert result.sources
        assert result.expires >= TODAY
        assert all(0 < len(line) <= TWELVE_SECONDS and "{" not in line for line in result.lines)
        assert result.complete or UNSURE in topic.known.values()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SERVICES), st.sampled_from(ABOUT), st.lists(st.integers(1, 4), max_size=6))
def test_an_expired_fact_is_never_said_and_no_question_is_asked_for_it(
    service: Service, about: About, keys: list[int]
) -> None:
    topic = ProcedureTopic(service, about)
    for key in keys:
        question = next_question(town(), topic, TODAY)
        if question is None:
            break
        topic = answer_by_key(topic, question, str(key)) or topic
    assert isinstance(outcome(town(), topic, TOO_LATE), Unknown)
    if about == "pieces" and service in ("cni", "mariage", "recensement"):
        assert next_question(town(), ProcedureTopic("cni", about), TOO_LATE) is None


def test_the_last_day_still_counts() -> None:
    topic = talk("cni", "cout", "perdue")
    assert spoken(topic, date(2027, 6, 30)) == "Il faut un timbre fiscal de 25 euros."
    assert spoken(topic, TOO_LATE) == "expired"


def test_one_sentence_may_answer_every_question() -> None:
    topic = talk("cni", "pieces", "mon fils de douze ans a perdu sa carte")
    assert asks(topic) is None
    assert topic.known == {"age": "mineur", "cas": "perte"}
    assert read_back(town(), topic) == ("un mineur", "une perte")
    said = spoken(topic)
    assert "déclaration de perte" in said
    assert "25 euros" in said
    assert said.endswith("le service vous la confirmera selon votre situation.")


def test_what_it_costs_asks_only_what_the_price_depends_on() -> None:
    assert asks(talk("cni", "cout", "combien coûte une carte d'identité")) == "cas"
    assert spoken(talk("cni", "cout", "combien pour la refaire", "je l'ai perdue")).endswith("25 euros.")
    assert spoken(talk("cni", "cout", "c'est une première demande")) == "La démarche est gratuite."
    assert asks(talk("passeport", "cout", "combien coûte un passeport", "pour moi")) is None
    assert asks(talk("cni", "delai", "combien de temps pour une carte")) is None


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("ma fille de quatorze ans", "17"), ("il a quatorze ans", "17"), ("mon fils de quinze ans", "42"),
        ("elle a 17 ans", "42"), ("dix-huit ans", "86"), ("ma fille a un an", "17"),
        ("moins de 15 ans", "17"),
        ("elle a plus de dix-huit ans", "86"), ("mes enfants de 12 et 14 ans", "17"),
        ("soixante-quinze ans", "86"),
    ],
)  # fmt: skip
def test_the_price_of_a_passport_changes_at_fifteen_and_eighteen(said: str, price: str) -> None:
    assert f"de {price} euros" in spoken(talk("passeport", "cout", said))


@pytest.mark.parametrize(
    "said",
    [
        "mon passeport est périmé depuis dix ans", "il me le faut dans quinze ans", "un passeport de dix ans",
        "mes enfants de 12 et 16 ans", "il va avoir quinze ans",
        "un acte de naissance de moins de trois mois",
        "valable dix ans", "il y a 15 ans",
    ],
)  # fmt: skip
def test_what_is_no_age_or_two_ages_settles_no_price(said: str) -> None:
    assert "tranche" not in talk("passeport", "cout", said).known


def test_an_age_alone_answers_the_question_about_it() -> None:
    asked = ("combien pour le passeport de ma fille", "douze")
    assert "17 euros" in spoken(talk("passeport", "cout", *asked))
    assert "17 euros" in spoken(talk("passeport", "cout", asked[0], "euh elle a huit mois"))
    # « deux » is the second key and an age of two: the question is asked again.
    assert asks(talk("passeport", "cout", asked[0], "deux")) == "tranche"


def test_the_callers_own_age_is_not_the_childs() -> None:
    topic = talk("cni", "pieces", "j'ai quarante ans et c'est pour ma fille")
    assert topic.known.get("age") != "majeur"


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("je n'ai pas perdu ma carte c'est un renouvellement", "renouvellement"),
        ("elle a pas été volée elle est perdue", "perte"),
        ("pas volée perdue", "perte"),
        ("un renouvellement enfin non perdue", "perte"),
        ("on me l'a volée non pardon je l'ai perdue", "perte"),
        ("je veux renouveler ma carte perdue", "perte"),
        ("ni perdue ni volée", None),
        ("perdue ou volée je ne sais pas", None),
        ("j'ai un vol samedi pour Paris", None),
        ("je suis un peu perdue là", None),
        ("j'ai perdu mon mari", None),
        ("il n'en a jamais eu", "premiere"),
        ("renouvelement", "renouvellement"),
        ("ma carte est périmée depuis six ans", "renouvellement"),
    ],
)
def test_what_is_denied_taken_back_or_doubled_is_no_answer(said: str, case: str | None) -> None:
    assert talk("cni", "pieces", said).known.get("cas") == case


@pytest.mark.parametrize(
    ("said", "case"), [("un vol", "vol"), ("deux", "renouvellement"), ("la trois", "perte")]
)
def test_a_short_answer_counts_only_for_the_question_asked(said: str, case: str) -> None:
    assert talk("cni", "pieces", "pour un adulte", said).known["cas"] == case
    assert "cas" not in talk("cni", "pieces", said).known


def test_a_correction_replaces_what_was_said() -> None:
    topic = talk("cni", "pieces", "pour moi", "non finalement c'est pour mon fils", "perdue")
    assert topic.known == {"age": "mineur", "cas": "perte"}
    topic = talk("cni", "pieces", "mon fils mineur a perdu sa carte", "non en fait on lui a volée")
    assert topic.known["cas"] == "vol"


def test_a_hint_does_not_change_a_clear_answer() -> None:
    topic = talk("cni", "pieces", "un mineur a perdu sa carte", "je veux la renouveler")
    assert topic.known["cas"] == "perte"


@pytest.mark.parametrize("said", ["une adulte majeure", "mon fils majeur", "mon fils de vingt ans"])
def test_a_grown_up_child_is_an_adult(said: str) -> None:
    assert talk("cni", "pieces", said).known.get("age") != "mineur"


def test_an_identity_paper_unsaid_which_is_asked_and_what_was_said_before_is_kept() -> None:
    topic = talk("titre_identite", "pieces", "mon fils de quatorze ans a perdu ses papiers")
    assert asks(topic) == "titre"
    topic = told(town(), topic, "le passeport", asked=next_question(town(), topic, TODAY))
    assert asks(topic) is None
    assert "17 euros" in spoken(topic)
    assert "passeport perdu d'un mineur" in spoken(topic)


def test_who_does_not_know_hears_what_holds_in_every_case() -> None:
    topic = talk("mariage", "pieces", "oui on habite à Sainte-Aurore", "je ne sais pas", "je sais pas")
    result = outcome(town(), topic, TODAY)
    assert isinstance(result, Told)
    assert not result.complete
    said = " ".join(result.lines)
    assert "Dans tous les cas, il faut" in said
    assert "notaire" not in said
    assert "la nationalité des futurs époux et le contrat de mariage" in said


def test_a_price_that_depends_on_one_thing_is_told_for_each() -> None:
    topic = talk("passeport", "cout", "pour un mineur", "je ne sais pas")
    assert spoken(topic) == (
        "Pour un enfant de quatorze ans ou moins : il faut un timbre fiscal de 17 euros, à acheter chez un "
        "buraliste ou en ligne. Pour un mineur de quinze ans ou plus : il faut un timbre fiscal de 42 euros, "
        "à acheter chez un buraliste ou en ligne."
    )


def test_nobody_is_told_what_is_not_known_of_their_case() -> None:
    assert spoken(talk("passeport", "pieces", "j'ai perdu mon passeport d'adulte")) == "missing"
    assert spoken(talk("passeport", "cout", "j'ai perdu mon passeport d'adulte")).startswith(
        "Il faut un timbre"
    )
    assert spoken(talk("elections", "pieces", "une procuration")) == "missing"


def test_what_only_the_town_hall_decides_goes_to_a_person() -> None:
    result = outcome(town(), talk("scolaire", "pieces", "je veux une dérogation"), TODAY)
    assert isinstance(result, Unknown)
    assert result.reason == "decision"
    assert result.line is not None
    host = outcome(town(), talk("attestation_accueil", "eligibilite", "je suis locataire"), TODAY)
    assert isinstance(host, Told)
    assert host.decision


def test_a_yes_or_a_no_answers_only_the_question_asked() -> None:
    topic = ProcedureTopic("mariage", "pieces")
    asked = next_question(town(), topic, TODAY)
    assert asked is not None
    assert told(town(), topic, "oui", asked=asked, yes=True).known == {"habite": "oui"}
    assert told(town(), topic, "non", asked=asked, yes=False).known == {"habite": "non"}
    assert told(town(), topic, "oui", yes=True).known == {}
    assert told(town(), topic, "habite", asked=asked).known == {}


def test_the_towns_name_means_here() -> None:
    assert talk("etat_civil_acte", "pieces", "je suis né à Sainte-Aurore").known["lieu"] == "ici"
    assert talk("etat_civil_acte", "pieces", "un acte", "à Bordeaux").known["lieu"] == "ailleurs"
    assert talk("etat_civil_acte", "pieces", "je suis né à l'étranger").known["lieu"] == "etranger"


def test_a_surface_decides_the_formality() -> None:
    said = spoken(talk("urbanisme", "eligibilite", "un abri de jardin de douze mètres carrés"))
    assert "déclaration préalable" in said
    assert "En règle générale" in said
    assert asks(talk("urbanisme", "eligibilite", "un garage")) == "surface"
    assert "pas de formalité" in spoken(talk("urbanisme", "eligibilite", "un abri de 5 m²"))
    assert "permis de construire" in spoken(talk("urbanisme", "eligibilite", "un garage de vingt et un m2"))


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "你好", "oui " * 5000, "12 " * 2000, "{commune} {x}"])
def test_strange_text_answers_nothing_and_breaks_nothing(text: str) -> None:
    for service in SERVICES:
        topic = ProcedureTopic(service, "pieces")
        asked = next_question(town(), topic, TODAY)
        assert told(town(), topic, text, asked=asked).known == {}


@pytest.mark.parametrize("key", ["0", "5", "*", "#", "12", "", "²"])
def test_a_key_that_the_question_has_not_is_no_answer(key: str) -> None:
    topic = talk("cni", "pieces", "pour un adulte")
    asked = next_question(town(), topic, TODAY)
    assert asked is not None
    assert answer_by_key(topic, asked, key) is None
    assert "perdu" in answer_phrases(asked)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SERVICES), st.text(max_size=200))
def test_any_text_leaves_a_topic_that_goes_on(service: Service, text: str) -> None:
    topic = told(town(), ProcedureTopic(service, "pieces"), text)
    next_question(town(), topic, TODAY)
    outcome(town(), topic, TODAY)
