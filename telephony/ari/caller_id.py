"""The caller's number as the operator writes it, made international."""

import re

_OVERSEAS = {
    "0262": "262", "0263": "262", "0692": "262", "0693": "262",  # La Réunion
    "0269": "262", "0639": "262",  # Mayotte
    "0590": "590", "0690": "590", "0691": "590",  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    "0594": "594", "0694": "594",  # Guyane
    "0596": "596", "0696": "596", "0697": "596",  # Martinique
}  # fmt: skip
"""First four digits of the national number → country code (ARCEP, plan national de numérotation)."""
_SHARED = ("0709", "0947", "0976")
"""Ranges that metropolitan France and the overseas territories share: their country code cannot be told."""
_COUNTRY_CODES = ("33", "262", "508", "590", "594", "596")
_NATIONAL = re.compile(r"0[1-9][0-9]{8}")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")


def e164(number: str) -> str | None:
    """`+596596112233` for `0596112233`; None where it is no number or its country cannot be told.

    Understands French national numbers, overseas included, `00…`, `+…`, and country codes of France bare.
    """
    digits = re.sub(r"[\s.\-()]", "", number)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif _NATIONAL.fullmatch(digits):
        if digits.startswith(_SHARED):
            return None
        if digits.startswith("0508"):  # Saint-Pierre-et-Miquelon: 508 is the country code itself
            return "+" + digits[1:]
        return f"+{_OVERSEAS.get(digits[:4], '33')}{digits[1:]}"
    elif digits.startswith(_COUNTRY_CODES) and re.fullmatch(
        r"33[1-9]\d{8}|508\d{6}|(?:262|59[046])\d{9}", digits
    ):
        digits = "+" + digits
    return digits if _INTERNATIONAL.fullmatch(digits) else None


def caller_of(number: str, presentation: str) -> str | None:
    """The caller's number, None when withheld; `presentation` is Asterisk's CALLERID(num-pres)."""
    if presentation.startswith(("prohib", "unavailable")):
        return None
    return e164(number)
