"""Numbers, names, places and addresses that callers give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values import digits_so_far
from prompts.labels import EXPECTS, Expects
from tests.dialog.values.ask import ask, values


@pytest.mark.parametrize(
    ("text", "national", "e164"),
    [
        ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678", "+33612345678"),
        ("plus cinq neuf six six neuf six vingt trente quarante", "0696203040", "+596696203040"),
        ("zéro cinq quatre-vingt-dix vingt-huit trente trente et un", "0590283031", "+590590283031"),
        ("zéro deux soixante-deux vingt quarante soixante", "0262204060", "+262262204060"),
        ("double zéro trente-trois six douze trente-quatre cinquante-six soixante-dix-huit",
         "0612345678", "+33612345678"),
        ("zéro six douze trente non je recommence zéro six treize vingt quarante cinquante",
         "0613204050", "+33613204050"),
        ("six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678", "+33612345678"),
        ("06 12 34 56 78 non 79", "0612345679", "+33612345679"),
    ],
)  # fmt: skip
def test_a_phone_has_its_own_country_code(text: str, national: str, e164: str) -> None:
    (phone,) = ask(text, "phone")
    assert (phone.type, phone.value, phone.e164, phone.valid) == ("phone", national, e164, True)


@pytest.mark.parametrize(
    "text",
    [
        "j'habite au 12 rue des Lilas et ça coûte 86 euros",
        "un deux trois quatre cinq six sept huit neuf dix",
        "zéro six douze trente-quatre",
        "zéro six douze trente-quatre cinquante-six soixante-dix-huit quatre-vingt-dix",
    ],
)  # fmt: skip
def test_what_has_not_ten_digits_is_no_phone(text: str) -> None:
    assert values(text, "phone") == []


def test_sixty_eleven_is_seventy_one_only_where_ten_digits_come_of_it() -> None:
    assert values("zéro six douze treize soixante onze", "phone", "phone") == ["0612136011"]
    assert values("zéro six douze treize quatorze soixante onze", "phone", "phone") == ["0612131471"]
    assert digits_so_far("zéro six soixante onze") == "0671"


@pytest.mark.parametrize(
    ("text", "expects", "kind", "value"),
    [
        ("DP 972 209 26 M 0041", None, "dossier", "DP97220926M0041"),
        ("dé pé neuf cent soixante-douze deux cent neuf vingt-six zéro zéro quarante et un",
         None, "dossier", "DP972209260041"),
        ("mon dossier numéro quatre cent douze", None, "dossier", "412"),
        ("quatre cent douze", "dossier", "dossier", "412"),
        ("six cent douze non six cent treize", "dossier", "dossier", "613"),
        ("R4821", "reference", "reference", "R4821"),
        ("r comme raoul quarante-huit vingt et un", "reference", "reference", "R4821"),
        ("Cadet C A D E T", "name", "name", "Cadet"),
        ("c comme célestin a comme anatole d comme désiré e comme eugène t comme thérèse",
         "name", "name", "Cadet"),
        ("célestin anatole désiré eugène thérèse", "name", "name", "Cadet"),
        ("charlie alpha delta echo tango", "name", "name", "Cadet"),
        ("h a deux n i b a l", "name", "name", "Hannibal"),
        ("l a g r e n e accent aigu e", "name", "name", "Lagrenée"),
        ("d u p o n t non d", "name", "name", "Dupond"),
        ("marie tiret sainte", "name", "name", "Marie-Sainte"),
        ("n'guyen", "name", "name", "N'Guyen"),
        ("je m'appelle jean-marc de la tour et je voudrais un acte", None, "name", "Jean-Marc de la Tour"),
        ("d'artagnan", "name", "name", "d'Artagnan"),
        ("né le douze mars cinquante-six", None, "birth_date", "1956-03-12"),
        ("douze trois cinquante-six", "birth_date", "birth_date", "1956-03-12"),
        ("le trois mai douze", "birth_date", "birth_date", "2012-05-03"),
        ("zéro cinq zéro six mille neuf cent soixante", "birth_date", "birth_date", "1960-06-05"),
        ("j'ai seize ans et demi", None, "age", "16"),
        ("seize non dix-sept ans", None, "age", "17"),
        ("seize", "age", "age", "16"),
        ("quarante-cinq euros cinquante", None, "amount", "45.50"),
        ("mille deux cents euros", None, "amount", "1200"),
        ("cinquante centimes", None, "amount", "0.50"),
        ("quatre-vingt-dix-sept deux cent", "postcode", "postcode", "97200"),
        ("zéro six mille", "postcode", "postcode", "06000"),
        ("pour deux personnes", None, "count", "2"),
        ("nous sommes quatre", None, "count", "4"),
        ("treize", "count", "count", "13"),
        ("jean point dupont arobase orange point fr", None, "email", "jean.dupont@orange.fr"),
        ("mon mail c'est m tiret cadet 97 arobase gmail point com merci",
         None, "email", "m-cadet97@gmail.com"),
        ("a tiret du bas roland arobase free point fr", "email", "email", "a_roland@free.fr"),
        ("12 bis rue des Flamboyants", None, "place", "12 bis rue des Flamboyants"),
        ("il y a un trou rue du 8 mai 1945", None, "place", "rue du 8 mai 1945"),
        ("le lampadaire devant l'école est cassé", None, "place", "devant l'école"),
        ("c'est vers Anse Bleue", None, "place", "Anse Bleue"),
        ("à l'angle de la rue Schœlcher et de l'avenue Lamartine", None, "place",
         "à l'angle de la rue Schœlcher et de l'avenue Lamartine"),
    ],
)  # fmt: skip
def test_a_value_is_found_as_it_was_meant(text: str, expects: Expects | None, kind: str, value: str) -> None:
    assert values(text, kind, expects) == [value]


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("bonjour madame je voudrais un rendez-vous", None),
        ("une concession de trente ans", None),
        ("avez-vous des places en crèche", None),
        ("c'est valable quinze ans", None),
        ("pourquoi vous voulez mon nom", "name"),
        ("je ne connais pas le nom de la rue", "place"),
        ("🙂 السلام عليكم", "name"),
    ],
)
def test_what_is_no_value_is_left_out(text: str, expects: Expects | None) -> None:
    assert values(text, expects=expects) == [] or "🙂" in text


def test_numbers_are_shown_as_numbers() -> None:
    (age,), (amount,) = ask("elle a 12 ans"), ask("ça fait 45,50 euros")
    assert (age.as_json()["value"], amount.as_json()["value"]) == (12, 45.5)


def test_several_values_come_in_spoken_order() -> None:
    found = ask("rendez-vous jeudi à 10 h pour deux personnes au nom de Cadet au 0696 20 30 40")
    assert [one.type for one in found] == ["date", "count", "name", "phone"]


SPOKEN = (
    "le la 3 31 lundi mardi prochain en huit décembre à 14h30 heures et demie dans quinze jours semaine"
    " matin pas tous les samedis ou 22/05 99 minuit 25 h mois de zéro six quatre vingt cent mille non pardon"
    " comme c a d e t arobase point fr rue bis devant euros ans personnes dossier dp r + @ ½ ß ٣ é 😀 - : ."
    " plus double"
)
WORDS = st.sampled_from(SPOKEN.split())


@given(st.lists(WORDS, max_size=25), st.sampled_from([None, *EXPECTS]))
def test_any_words_give_values_or_nothing(words: list[str], expects: Expects | None) -> None:
    for found in ask(" ".join(words), expects):
        assert found.value
        assert found.text


@given(st.text(max_size=200), st.sampled_from([None, *EXPECTS]))
def test_any_text_is_safe(text: str, expects: Expects | None) -> None:
    for found in ask(text, expects):
        assert found.text in text


@pytest.mark.parametrize(
    "word", ["mardi ", "quatre-vingt-dix ", "zéro six non ", "a@", "12 rue ", "😀", "9", "b comme "]
)
def test_five_thousand_words_are_no_trap(word: str) -> None:
    assert len(ask(word * 5000)) < 1000
