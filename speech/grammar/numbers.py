"""French numbers in words."""

UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
LOCAL_TENS = {70: "septante", 80: "huitante", 90: "nonante"}


def below_hundred(number: int, *, local: bool = False) -> str:
    """0 to 99 in words; `local` says septante, huitante, nonante.

    >>> below_hundred(71), below_hundred(80), below_hundred(81), below_hundred(21), below_hundred(95,
    local=True)
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
