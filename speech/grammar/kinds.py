# ruff: noqa: SIM905  lists of words read better as text
"""A grammar for each kind of answer the dialogue may wait for.

The kinds are the product's (`yes_no`, `date`, `phone`…). Each also lets the caller ask for a repetition, a
person or
a moment, and hesitate before and be polite after the answer.
"""

from collections.abc import Sequence as Sequence_
from functools import lru_cache

from speech.errors import SpeechError
from speech.french_numbers import LETTERS
from speech.grammar.expression import Again, Anything, Choice, Expression, Maybe, Phrase, in_order, one_of
from speech.grammar.graph import Graph, compiled
from speech.grammar.numbers import UNITS, below_hundred, cardinal

YES = (
    "oui|ouais|oui oui|oui merci|oui voilà|oui c'est ça|oui tout à fait|oui d'accord|ok|d'accord|ça marche|"
    "tout à fait|"
    "absolument|exactement|c'est ça|voilà|parfait|je veux bien|volontiers|mais si|bien sûr|entendu|c'est bon|"
    "c'est bien ça|ça me va|ça me convient|très bien|oui allez-y|je confirme|c'est correct|pas de problème|"
    "oui bien sûr|"
    "oui c'est bon|oui je veux bien|oui parfait|oui exactement|mais oui|oui s'il vous plaît"
).split("|")
NO = (
    "non|nan|non non|non merci|pas du tout|absolument pas|surtout pas|ah non|mais non|c'est pas ça|ce n'est "
    "pas ça|"
    "non c'est pas ça|non ce n'est pas ça|non pas du tout|ça ira|non ça ira|non ça va|non c'est tout|c'est "
    "pas bon|"
    "je ne veux pas|je ne peux pas|ça ne me convient pas|pas maintenant|non je ne veux pas|non c'est faux"
).split("|")
COMMANDS = (
    "répétez|vous pouvez répéter|répétez s'il vous plaît|pardon|comment|j'ai pas entendu|je n'ai pas compris|"
    "plus lentement|un instant|attendez|ne quittez pas|une seconde|un agent|une personne|un conseiller|"
    "je veux parler à quelqu'un|je voudrais parler à quelqu'un|je veux parler à une personne|passez-moi "
    "l'accueil|"
    "annuler|annulez|menu|retour|stop|au revoir|merci au revoir|c'est tout|c'est tout merci|je ne sais pas|"
    "je sais pas|"
    "aide|recommencez|allô|bonjour|rappelez-moi"
).split("|")
HESITATIONS = "euh|ben|bah|alors|eh bien|ah|bon|euh ben|attendez|enfin|donc".split("|")
POLITE = "merci|s'il vous plaît|madame|monsieur|voilà|c'est ça".split("|")
DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
DAY_PARTS = (
    "matin|après-midi|soir|midi|le matin|l'après-midi|le soir|à midi|dans la matinée|en fin de matinée|en "
    "début d'après-midi|"
    "en fin d'après-midi|en fin de journée|prochain|en huit|en quinze|de la semaine prochaine"
).split("|")
RELATIVE = (
    "aujourd'hui|demain|après-demain|hier|avant-hier|ce matin|cet après-midi|ce soir|demain matin|demain "
    "après-midi|"
    "demain soir|la semaine prochaine|la semaine d'après|cette semaine|le mois prochain|dans huit jours|dans "
    "quinze jours|"
    "dans une semaine|dans deux semaines|dans trois semaines|dans un mois|le plus tôt possible|dès que "
    "possible|"
    "n'importe quand|n'importe quel jour|peu importe|en début de semaine|en fin de semaine|après les fêtes"
).split("|")
ORDINALS = (
    "le premier|le deuxième|le troisième|le quatrième|la première|la deuxième|la troisième|la quatrième|le "
    "dernier|"
    "la dernière|aucun|aucune|ni l'un ni l'autre|autre chose|les deux"
).split("|")
SPELLING = (
    "Anatole Berthe Célestin Désiré Eugène François Gaston Henri Irma Joseph Kléber Louis Marcel Nicolas "
    "Oscar Pierre Quintal "
    "Raoul Suzanne Thérèse Ursule Victor William Xavier Yvonne Zoé"
).split()
KINDS = (
    "yes_no", "choice", "date", "time", "phone", "dossier", "reference", "name", "place", "count",
    "birth_date", "amount",
    "postcode", "age", "email", "command", "digit",
)  # fmt: skip
COMMAND_COST = 1.0
LOCAL_COST = 1.0
SPOTTING_PRICE = 0.35
"""Per frame of 20 ms of other speech, against the best free phoneme.

Anything from 0.2 to 0.6 finds as many keywords (96 % with noise at 5 dB, in voices no training heard, where
3 % are found in vain): the judgement, not the price, keeps out what was not said. See the notes in the
model's calibration.json.
"""


class NoGrammar(SpeechError):
    """There is no grammar for this kind of answer, or nothing to choose from."""


def digits() -> Choice:
    return one_of(UNITS[:10])


def pairs(first: int = 0, last: int = 99) -> Choice:
    """Numbers of two digits as they are said, septante and nonante too."""
    usual = [Phrase(below_hundred(number)) for number in range(first, last + 1)]
    local = [
        Phrase(below_hundred(number, local=True), LOCAL_COST)
        for number in (*range(70, 80), *range(90, 100))
        if first <= number <= last
    ]
    return Choice((*usual, *local))


def phone() -> Expression:
    """Ten digits: by pairs, overseas by triples, or one by one."""
    zero = Phrase("zéro")
    pair = Choice((pairs(10), in_order(zero, digits())))
    overseas = in_order(zero, one_of(["cinq", "six"]), pairs(90, 97))
    triple = Choice((one_of(cardinal(number) for number in range(100, 1000)), in_order(zero, pair)))
    digit = digits()
    return Choice(
        (
            in_order(zero, one_of(UNITS[1:10]), pair, pair, pair, pair),
            in_order(overseas, triple, triple),
            in_order(overseas, triple, pair, digit),
            in_order(*([digit] * 10)),
        )
    )


def day_number() -> Choice:
    return Choice((Phrase("premier"), *pairs(1, 31).parts))


def year() -> Choice:
    return one_of(cardinal(number) for number in range(1920, 2036))


def _hours(hour: int) -> str:
    said = {1: "une", 21: "vingt et une"}.get(hour) or below_hundred(hour)
    return f"{said} heure" if hour == 1 else f"{said} heures"


def time() -> Expression:
    hours = one_of(_hours(hour) for hour in range(24))
    after = Choice(
        (
            *pairs(1, 59).parts,
            *one_of(
                "et demie|et quart|moins le quart|moins dix|moins vingt|moins cinq|pile".split("|")
            ).parts,
        )
    )
    noon = in_order(
        one_of(["midi", "minuit"]), Maybe(one_of(["et demi", "et quart", "moins le quart", "moins dix"]))
    )
    moment = Choice(
        (in_order(hours, Maybe(after), Maybe(one_of(["du matin", "du soir", "de l'après-midi"], 0.5))), noon)
    )
    between = in_order(Phrase("entre", 1.0), Choice((pairs(7, 20), moment)), Phrase("et"), moment)
    before = one_of("à|vers|vers les|à partir de|avant|après|plutôt à|plutôt vers|pour".split("|"), 0.5)
    return Choice((in_order(Maybe(before), moment), between))


def date() -> Expression:
    month = in_order(one_of(MONTHS), Maybe(year()))
    dated = in_order(
        Maybe(Phrase("le")),
        Maybe(one_of(DAYS)),
        Maybe(Phrase("le")),
        day_number(),
        Maybe(month),
        Maybe(one_of(DAY_PARTS)),
    )
    weekday = in_order(
        Maybe(one_of(["le", "ce", "plutôt", "plutôt le"], 0.3)), one_of(DAYS), Maybe(one_of(DAY_PARTS))
    )
    either = in_order(one_of(DAYS), Phrase("ou", 0.5), one_of(DAYS))
    day = Choice(
        (
            dated,
            weekday,
            either,
            one_of(RELATIVE),
            in_order(Maybe(one_of(["en", "courant", "début", "fin", "mi"])), month),
        )
    )
    return in_order(
        Maybe(one_of(["pas", "sauf", "plutôt"], 1.0)), day, Maybe(in_order(Maybe(Phrase("à")), time()))
    )


def spelt() -> Expression:
    letter = Choice(tuple(Phrase(name, said=said) for name, said in LETTERS.items()))
    like = in_order(letter, Phrase("comme"), one_of(SPELLING))
    accents = one_of(
        "accent aigu|accent grave|accent circonflexe|cédille|tréma|tiret|apostrophe|espace".split("|"), 0.5
    )
    twice = in_order(Phrase("deux", 1.0), letter)
    return Again(Choice((letter, like, twice, accents)))


def reference() -> Expression:
    letter = Choice(tuple(Phrase(name, said=said) for name, said in LETTERS.items()))
    return in_order(
        Maybe(Again(letter)),
        Again(Choice((pairs(), one_of(cardinal(number) for number in range(100, 1000, 1))))),
    )


def _answer(kind: str, choices: tuple[str, ...]) -> Expression:
    match kind:
        case "yes_no":
            return one_of([*YES, *NO])
        case "digit":
            return digits()
        case "command":
            return one_of(COMMANDS)
        case "phone":
            return in_order(
                Maybe(one_of("c'est le|le|au|mon numéro c'est le|au numéro".split("|"), 0.5)), phone()
            )
        case "date":
            return date()
        case "birth_date":
            return in_order(Maybe(one_of(["le", "je suis né le", "je suis née le", "né le", "née le"])),
            day_number(),
                            Choice((one_of(MONTHS), pairs(1, 12))), Maybe(year()))  # fmt: skip
        case "time":
            return time()
        case "count" | "age":
            unit = "ans" if kind == "age" else "personnes"
            return in_order(
                Maybe(one_of(["j'ai", "il a", "elle a", "nous sommes", "on est"])),
                pairs(),
                Maybe(one_of([unit, "enfants", "copies"])),
            )
        case "amount":
            euros = Choice((pairs(), one_of(cardinal(number) for number in range(100, 1000))))
            return in_order(
                Maybe(in_order(Maybe(pairs(2)), Phrase("mille"))), euros, Phrase("euros"), Maybe(pairs(1, 99))
            )
        case "postcode":
            rest = Choice(
                (one_of(cardinal(number) for number in range(100, 1000)), in_order(Phrase("zéro"), pairs()))
            )
            return Choice(
                (
                    in_order(pairs(), rest),
                    in_order(Phrase("zéro"), digits(), rest),
                    in_order(*([digits()] * 5)),
                )
            )
        case "reference" | "dossier":
            return in_order(
                Maybe(one_of(["numéro", "dossier", "dossier numéro", "c'est le", "le"], 0.5)), reference()
            )
        case "name":
            return spelt()
        case "choice" | "place" if choices:
            return Choice((*one_of(choices).parts, *one_of(ORDINALS, COMMAND_COST).parts))
        case _:
            raise NoGrammar(f"no grammar for {kind!r}" + ("" if choices else " without choices"))


@lru_cache(maxsize=256)
def grammar(kind: str, choices: tuple[str, ...] = ()) -> Graph:
    """The graph for an answer of this kind; `choices` are what `choice` and `place` are chosen from.

    Raises NoGrammar for kinds that only a full recogniser hears (`email`, a name that is not spelt).
    """
    answer = _answer(kind, choices)
    commands = one_of(COMMANDS, 0.0 if kind == "command" else COMMAND_COST)
    full = in_order(Maybe(one_of(HESITATIONS, 0.5)), Choice((answer, commands)), Maybe(one_of(POLITE, 0.5)))
    return compiled(full)


def open_grammar(phrases: Sequence_[str]) -> Graph:
    """The graph for an open question: the domain's phrases, as whole sentences, and the commands."""
    politeness = one_of(
        "bonjour|bonjour madame|bonjour monsieur|oui bonjour|allô bonjour|bonsoir|euh|alors".split("|"), 0.3
    )
    return compiled(
        in_order(
            Maybe(politeness),
            Choice((one_of(phrases), one_of(COMMANDS, COMMAND_COST))),
            Maybe(one_of(POLITE, 0.5)),
        )
    )


def spotting_grammar(keywords: Sequence_[str], price: float = SPOTTING_PRICE) -> Graph:
    """The graph that hears only these words and phrases in whatever else is said, at least one of them.

    For open questions that no list of sentences can hold: its text is the keywords in the order heard.
    """
    return compiled(in_order(Anything(price), Again(in_order(one_of(keywords), Anything(price)))))
