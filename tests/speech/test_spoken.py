"""Written French said as a clerk would."""

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from speech.french_numbers import number, ordinal
from speech.spoken import MONTHS, sentences_in, spoken

CASES = {
    "de 7 h 30 à 13 h": "de sept heures trente à treize heures",
    "à 9h05, à 1 h, à 21 h 21": "à neuf heures cinq, à une heure, à vingt et une heures vingt et une",
    "à 12 h, à 12 h 30, à 0 h": "à midi, à midi trente, à minuit",
    "le mardi 1er décembre": "le mardi premier décembre",
    "le 21 mars 2027": "le vingt et un mars deux mille vingt-sept",
    "le 24/12/2026": "le vingt-quatre décembre deux mille vingt-six",
    "86 €": "quatre-vingt-six euros",
    "8,50 €": "huit euros cinquante",
    "30 000 €": "trente mille euros",
    "05 96 00 12 71": "zéro cinq, quatre-vingt-seize, zéro zéro, douze, soixante et onze",
    "+596 696 20 30 40": "zéro six, quatre-vingt-seize, vingt, trente, quarante",
    "le 3939": "le trente-neuf, trente-neuf",
    "R4821": "erre, quatre, huit, deux, un",
    "n° 12": "numéro douze",
    "une CNI ou un PACS": "une cé enne i ou un pacs",
    "l'ANTS et le CCAS": "l'a enne té esse et le cé cé a esse",
    "la 1re fois, le 2e étage": "la première fois, le deuxième étage",
    "1 place de la Mairie": "un place de la Mairie",
    "21 personnes": "vingt et une personnes",
    "M. Cadet et Mme Dupont": "monsieur Cadet et madame Dupont",
    "de 2-4 témoins": "de deux à quatre témoins",
    "97299 Sainte-Aurore": "quatre-vingt-dix-sept deux cent quatre-vingt-dix-neuf Sainte-Aurore",
    "12,5 %": "douze virgule cinq pour cent",
    "20 m²": "vingt mètres carrés",
    "« Bonjour »": "Bonjour",
    "Rien à changer ici.": "Rien à changer ici.",
    "0800 123 456 ou 0 825 120 007": "zéro huit cents, cent vingt-trois, quatre cent cinquante-six ou "
    "zéro huit cent vingt-cinq, cent vingt, zéro zéro sept",
    "le 116 117": "le cent seize, cent dix-sept",
    "réponse sous 12 h, sous 48 h": "réponse sous douze heures, sous quarante-huit heures",
    "1 h 30 min": "une heure trente",
    "24 h/24 et 7 j/7": "vingt-quatre heures sur vingt-quatre et sept jours sur sept",
    "12,50 €/mois": "douze euros cinquante par mois",
    "8 €50": "huit euros cinquante",
    "mairie@sainte-aurore.fr": "mairie arobase sainte tiret aurore point effe erre",
    "https://www.service-public.fr/": "service tiret public point effe erre",
    "sur ants.gouv.fr.": "sur a enne té esse point gouv point effe erre.",
    "la C.N.I.": "la cé enne i.",
    "le BTP et la CACEM": "le bé té pé et la Cacem",
    "M. DUPONT": "monsieur Dupont",
    "le XXe siècle, Louis XIV, Ier": "le vingtième siècle, Louis quatorze, premier",
    "père/mère": "père ou mère",
    "30 min à 80 km/h": "trente minutes à quatre-vingts kilomètres à l'heure",
    "tapez # ou *": "tapez dièse ou étoile",
    "place du 8-Mai-1945": "place du huit-Mai-mille neuf cent quarante-cinq",
    "merci 🙂 (beaucoup)": "merci beaucoup",
}


@pytest.mark.parametrize(("written", "said"), CASES.items(), ids=list(CASES))
def test_it_is_said_as_a_clerk_would(written: str, said: str) -> None:
    assert spoken(written) == said


NUMBERS = {
    17: "dix-sept",
    70: "soixante-dix",
    71: "soixante et onze",
    80: "quatre-vingts",
    81: "quatre-vingt-un",
    91: "quatre-vingt-onze",
    99: "quatre-vingt-dix-neuf",
    200: "deux cents",
    201: "deux cent un",
    1000: "mille",
    80_000: "quatre-vingt mille",
    200_300: "deux cent mille trois cents",
    2_000_001: "deux millions un",
}


@pytest.mark.parametrize(("value", "words"), NUMBERS.items())
def test_numbers_agree_as_grammar_says(value: int, words: str) -> None:
    assert number(value) == words


def test_ordinals_change_their_stems() -> None:
    said = [ordinal(value) for value in (1, 2, 4, 5, 9, 11, 21, 80, 100)]
    assert said == [
        "premier", "deuxième", "quatrième", "cinquième", "neuvième", "onzième", "vingt et unième",
        "quatre-vingtième", "centième",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 999_999_999), min_size=2, max_size=2, unique=True))
def test_different_numbers_are_said_differently(values: list[int]) -> None:
    assert number(values[0]) != number(values[1])


HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59))
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
PHONES = st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True)
CENTS = st.integers(0, 10**8)


def written_hour(hour: int, minute: int) -> list[str]:
    ways = [
        f"{hour} h {minute:02d}",
        f"{hour}h{minute:02d}",
        f"{hour:02d}:{minute:02d}",
        f"{hour}\u202fh\u00a0{minute:02d}",
    ]
    return [*ways, f"{hour} h", f"{hour}h"] if minute == 0 else ways


def written_day(day: dt.date) -> list[str]:
    number = "1er" if day.day == 1 else str(day.day)
    ways = [f"{number} {MONTHS[day.month - 1]} {day.year}", f"{day.day}/{day.month}/{day.year}"]
    return [*ways, f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", day.isoformat()]


def written_phone(phone: str) -> list[str]:
    pairs = [phone[i : i + 2] for i in range(0, 10, 2)]
    ways = [phone, " ".join(pairs), ".".join(pairs), "\u00a0".join(pairs), "-".join(pairs)]
    return [
        *ways,
        f"{phone[:4]} {' '.join(pairs[2:])}",
        f"+33 {phone[1]} {' '.join(pairs[1:])}",
        f"+596{phone[1:]}",
    ]


def written_amount(cents: int) -> list[str]:
    euros, rest = divmod(cents, 100)
    spaced = f"{euros:,}".replace(",", "\u202f")
    if rest == 0:
        return [f"{euros} €", f"{euros}€", f"{spaced} €", f"{euros},00 €", f"{euros} euros", f"{euros} EUR"]
    return [
        f"{euros},{rest:02d} €",
        f"{spaced},{rest:02d}\u00a0€",
        f"{euros}.{rest:02d}€",
        f"{euros} €{rest:02d}",
    ]


VALUES = st.one_of(
    HOURS.map(lambda hour: written_hour(*hour)),
    DAYS.map(written_day),
    PHONES.map(written_phone),
    CENTS.map(written_amount),
)
SAYABLE = re.compile(r"[a-zA-ZÀ-ÖØ-öø-ÿœŒŸ ,.;:!?…'\-]*")


@given(VALUES)
def test_equal_values_are_said_equally_however_they_are_written(ways: list[str]) -> None:
    assert len({spoken(f"C'est {way}, voilà.") for way in ways}) == 1


@given(VALUES)
def test_a_value_is_said_in_words_and_nothing_else(ways: list[str]) -> None:
    said = spoken(ways[0])
    assert re.fullmatch(r"[a-zéèêôûç' ,\-]+", said)
    assert spoken(said) == said


@pytest.mark.parametrize("values", [HOURS.map(lambda hour: written_hour(*hour)[0]), PHONES, DAYS.map(str)])
@given(data=st.data())
def test_different_values_are_said_differently(values: st.SearchStrategy[str], data: st.DataObject) -> None:
    first, second = data.draw(st.lists(values, min_size=2, max_size=2, unique=True))
    assert spoken(first) != spoken(second)


@given(st.from_regex(r"[A-Z]{1,3}[0-9]{1,12}", fullmatch=True))
@example("A0000000000")  # its digits alone would be a telephone number
@example("AB0812345678")
def test_a_reference_is_said_sign_by_sign(reference: str) -> None:
    said = spoken(f"Dossier {reference}.")
    assert re.fullmatch(r"Dossier [a-zéèê ,\-]+\.", said)
    assert spoken(said) == said


pieces = st.one_of(
    st.sampled_from(list(CASES)),
    st.integers(0, 10**7).map(str),
    st.times().map(lambda time: f"{time.hour} h {time.minute:02d}"),
    st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)).map(lambda day: f"{day.day} {MONTHS[day.month - 1]}"),
    st.text(alphabet="0123456789 ,.€%hABRer°n/-+'\u00a0", max_size=12),
)


@given(st.lists(pieces, max_size=5).map(" ".join))
def test_no_digit_is_left_and_saying_it_again_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert not re.search(r"[0-9]", said)
    assert spoken(said) == said


@given(st.text(max_size=80))
def test_of_any_text_at_all_only_what_a_voice_can_say_is_left(text: str) -> None:
    assert SAYABLE.fullmatch(spoken(text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("Bonjour", ["Bonjour"]),
        ("Bonjour. Que puis-je faire ? Dites !", ["Bonjour.", "Que puis-je faire ?", "Dites !"]),
        ("M. Cadet et J. Dupont, av. Foch.", ["M. Cadet et J. Dupont, av. Foch."]),
        ("Ouvert à 7 h 30. « Agent » ou 0. 2 choix.", ["Ouvert à 7 h 30.", "« Agent » ou 0.", "2 choix."]),
        ("Sur service-public.fr et ailleurs.", ["Sur service-public.fr et ailleurs."]),
    ],
)
def test_a_text_is_taken_apart_at_the_ends_of_its_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_in(text) == sentences


@given(st.from_regex(r"0[1-9]([ .]?[0-9]{2}){4}", fullmatch=True))
def test_a_phone_number_is_always_five_pairs(phone: str) -> None:
    said = spoken(f"Appelez le {phone}.").removeprefix("Appelez le ").removesuffix(".")
    assert said.count(",") == 4
    assert said.startswith("zéro ")
