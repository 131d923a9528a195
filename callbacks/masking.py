"""Words of calls as they are kept: without the numbers and addresses by which people can be reached."""

import re

NUMBER, EMAIL = "[numéro]", "[adresse]"
_WORDS = (
    "zero|o|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    "dix-sept|dix-huit|dix-neuf|vingt|vingts|trente|quarante|cinquante|soixante|septante|huitante|octante|"
    "nonante|cent|cents|zéro|et"
)
_PART = rf"(?:\+?\d+|\b(?:{_WORDS})\b)"
_RUN = re.compile(rf"{_PART}(?:[\s.,/-]*{_PART})*", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+\s*@\s*[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
_SPOKEN_EMAIL = re.compile(
    r"[\w.-]+(?:\s+(?:point|tiret)\s+[\w-]+)*\s+(?:arobase|arrobase|at)\s+[\w-]+(?:\s+(?:point|tiret)\s+\w+)*",
    re.IGNORECASE,
)
_MIN_DIGITS = 6
"""Dates, hours and prices are shorter; telephone, social security and bank numbers are longer."""
_MIN_WORDS = 5
"""« zéro six douze trente-quatre… »; « deux mille vingt-six » is a year."""


def masked(text: str) -> str:
    """The text with telephone numbers (in digits or in words) and e-mail addresses replaced."""
    return _RUN.sub(_number, _SPOKEN_EMAIL.sub(EMAIL, _EMAIL.sub(EMAIL, text)))


def masked_phone(phone: str | None) -> str | None:
    """A number for logs and lists that need not show it whole: +596 696 •• •• 40."""
    return None if phone is None else f"{phone[:7]}••••{phone[-2:]}" if len(phone) > 9 else "••••"


def _number(found: re.Match[str]) -> str:
    run = found[0]
    words = [part for part in re.findall(rf"\b(?:{_WORDS})\b", run, re.IGNORECASE) if part.lower() != "et"]
    n_digits = sum(char.isdigit() for char in run)
    if n_digits >= _MIN_DIGITS or len(words) >= _MIN_WORDS or (n_digits >= 2 and len(words) >= 3):
        return NUMBER
    return run
