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
_DIGITS = re.compile(r"(?<![\w])\d(?:[\s./-]?\d){12,15}(?![\s./-]?\d)")
_IBAN = re.compile(r"\bfr\s?\d{2}(?:\s?[\da-z]){23}\b", re.IGNORECASE)
_SOCIAL_SECURITY = re.compile(r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)\d{8}(?:\d{2})?")
"""Sex, year and month of birth, place, order, and a key that may be left out (INSEE, « NIR »)."""
_CARD_DIGITS = 16
_MIN_DIGITS = 6
"""Dates, hours and prices are shorter; telephone, social security and bank numbers are longer."""
_MIN_WORDS = 5
"""« zéro six douze trente-quatre… »; « deux mille vingt-six » is a year."""


def masked(text: str) -> str:
    """The text with telephone numbers (in digits or in words) and e-mail addresses replaced."""
    return _RUN.sub(_number, _SPOKEN_EMAIL.sub(EMAIL, _EMAIL.sub(EMAIL, text)))


def without_private_numbers(text: str) -> str:
    """The text without social security, bank card and account numbers: nobody at a town hall needs them.

    A telephone or file number stays: whoever calls back needs it.
    """
    return _DIGITS.sub(_private, _IBAN.sub(NUMBER, text))


def masked_phone(phone: str | None) -> str | None:
    """A number for logs and lists that need not show it whole: +596 696 •• •• 40."""
    return None if phone is None else f"{phone[:7]}••••{phone[-2:]}" if len(phone) > 9 else "••••"


def _private(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    card = len(digits) == _CARD_DIGITS and _luhn(digits)
    return NUMBER if card or _SOCIAL_SECURITY.fullmatch(digits) else found[0]


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _number(found: re.Match[str]) -> str:
    run = found[0]
    words = [part for part in re.findall(rf"\b(?:{_WORDS})\b", run, re.IGNORECASE) if part.lower() != "et"]
    n_digits = sum(char.isdigit() for char in run)
    if n_digits >= _MIN_DIGITS or len(words) >= _MIN_WORDS or (n_digits >= 2 and len(words) >= 3):
        return NUMBER
    return run
