import pytest

from speech.grammar.decode import decode
from speech.grammar.kinds import KINDS, NoGrammar, grammar, open_grammar
from tests.speech.grammar.test_decode import voice


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yes_no", "oui tout à fait"), ("yes_no", "euh non merci"), ("digit", "quatre"),
        ("command", "je veux parler à quelqu'un"), ("count", "nous sommes quatre"), ("age",
        "j'ai soixante-douze ans"),
        ("phone", "zéro six quatre-vingt-seize deux cent trente-quatre cinq cent six"),
        ("phone", "zéro un quarante-deux soixante et onze zéro six quatre-vingts"),
        ("date", "mardi trois décembre à quatorze heures trente"), ("date",
        "le premier mars deux mille vingt-sept"),
        ("date", "jeudi ou vendredi"), ("date", "après-demain"), ("birth_date",
        "le douze mai mille neuf cent soixante-deux"),
        ("time", "vers neuf heures et demie"), ("time", "midi et quart"), ("amount",
        "mille deux cents euros"),
        ("postcode", "quatre-vingt-dix-sept deux cent vingt"),
    ],
)  # fmt: skip
def test_an_answer_of_each_kind_is_heard_word_for_word(kind: str, text: str) -> None:
    assert decode(grammar(kind), voice(text)).text == text


def test_letters_and_references_come_as_letters() -> None:
    assert decode(grammar("name"), voice("cé, a, dé, eu, té")).text == "C A D E T"
    assert decode(grammar("name"), voice("cé comme Célestin")).text == "C comme Célestin"
    assert (
        decode(grammar("reference"), voice("erre quarante-huit vingt et un")).text
        == "R quarante-huit vingt et un"
    )


def test_a_choice_is_among_what_is_offered_or_by_rank() -> None:
    offered = grammar("choice", ("carte d'identité", "passeport"))
    assert decode(offered, voice("passeport")).text == "passeport"
    assert decode(offered, voice("le deuxième")).text == "le deuxième"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"choice", "place", "email"}])
def test_a_person_can_be_asked_for_whatever_is_expected(kind: str) -> None:
    assert (
        decode(grammar(kind), voice("je voudrais parler à quelqu'un")).text
        == "je voudrais parler à quelqu'un"
    )


@pytest.mark.parametrize("kind", ["email", "choice", "place", "nonsense"])
def test_a_kind_without_a_grammar_says_so(kind: str) -> None:
    with pytest.raises(NoGrammar):
        grammar(kind)


def test_an_open_question_hears_the_domains_phrases() -> None:
    graph = open_grammar(["je voudrais un passeport", "quels sont les horaires de la mairie"])
    assert (
        decode(graph, voice("bonjour je voudrais un passeport s'il vous plaît")).text
        == "bonjour je voudrais un passeport s'il vous plaît"
    )
