"""French numbers as callers say them: the standard words, and septante, huitante, nonante."""

from speech.french_numbers import number

UNITS = tuple(number(value) for value in range(20))
_LOCAL_TENS = {70: "septante", 80: "huitante", 90: "nonante"}


def below_hundred(value: int, *, local: bool = False) -> str:
    """0 to 99 in words; `local` says septante, huitante, nonante.

    >>> below_hundred(71), below_hundred(80), below_hundred(95, local=True)
    ('soixante et onze', 'quatre-vingts', 'nonante-cinq')
    """
    ten, unit = value // 10 * 10, value % 10
    if not local or ten not in _LOCAL_TENS:
        return number(value)
    word = _LOCAL_TENS[ten]
    return word if unit == 0 else f"{word} et un" if unit == 1 else f"{word}-{UNITS[unit]}"


def cardinal(value: int) -> str:
    """0 and above in words.

    >>> cardinal(1200), cardinal(3061), cardinal(200)
    ('mille deux cents', 'trois mille soixante et un', 'deux cents')
    """
    return number(value)
