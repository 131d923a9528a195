# ruff: noqa: E501, SIM905  long lists of words read better as text
"""French numbers in words, as they are said on the telephone."""

import random

UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf"
).split()
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
LOCAL_TENS = {70: "septante", 80: "huitante", 90: "nonante"}


def below_hundred(number: int, *, local: bool = False) -> str:
    """0 to 99 in words; `local` says septante, huitante, nonante.

    >>> below_hundred(71), below_hundred(80), below_hundred(81), below_hundred(21), below_hundred(95, local=True)
    ('soixante et onze', 'quatre-vingts', 'quatre-vingt-un', 'vingt et un', 'nonante-cinq')
    """
    if number < 20:
        return UNITS[number]
    ten = number // 10 * 10
    if (ten in TENS and ten != 60) or local:
        word = TENS.get(ten) or LOCAL_TENS[ten]
        rest = number - ten
        return word if rest == 0 else f"{word} et un" if rest == 1 else f"{word}-{UNITS[rest]}"
    base, word = (60, "soixante") if number < 80 else (80, "quatre-vingt")
    rest = number - base
    if rest == 0:
        return word if base == 60 else "quatre-vingts"
    if base == 60 and rest in (1, 11):
        return f"soixante et {UNITS[rest]}"
    return f"{word}-{UNITS[rest]}"


def cardinal(number: int) -> str:
    """0 to 999,999 in words.

    >>> cardinal(1200), cardinal(3061), cardinal(200)
    ('mille deux cents', 'trois mille soixante et un', 'deux cents')
    """
    if number < 100:
        return below_hundred(number)
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = "cent" if hundreds == 1 else f"{UNITS[hundreds]} cent" + ("s" if rest == 0 else "")
        return head if rest == 0 else f"{head} {below_hundred(rest)}"
    thousands, rest = divmod(number, 1000)
    head = "mille" if thousands == 1 else f"{cardinal(thousands).removesuffix('s')} mille"
    return head if rest == 0 else f"{head} {cardinal(rest)}"


def phone(rng: random.Random) -> str:
    """A telephone number as people say it: by pairs, by triples after 0696, or digit by digit."""
    prefix = rng.choice("06 07 01 02 03 04 05 09 0596 0696 0697 0590 0690 0692 0594".split())
    digits = prefix + "".join(rng.choice("0123456789") for _ in range(10 - len(prefix)))
    if len(prefix) == 4 and rng.random() < 0.5:
        groups = [digits[:2], digits[2:4], digits[4:7], digits[7:]]
    elif rng.random() < 0.08:
        groups = list(digits)
    else:
        groups = [digits[i : i + 2] for i in range(0, 10, 2)]
    said = []
    for group in groups:
        zero = "zéro " if group[0] == "0" and len(group) > 1 and int(group) else ""
        said.append("zéro zéro" if group == "00" else zero + cardinal(int(group)))
    return (", " if rng.random() < 0.6 else " ").join(said)


def any_number(rng: random.Random) -> str:
    """One number of the sizes callers say, small ones most."""
    draw = rng.random()
    if draw < 0.6:
        return below_hundred(rng.randrange(100), local=rng.random() < 0.1)
    if draw < 0.8:
        return cardinal(rng.randrange(100, 1000))
    if draw < 0.93:
        return cardinal(
            rng.choice([rng.randrange(1900, 2031), rng.randrange(1000, 10000), 97200 + rng.randrange(99)])
        )
    return " ".join(UNITS[rng.randrange(10)] for _ in range(rng.randint(2, 6)))
