"""Which telephone numbers the town's own line may dial, and how they are dialled in France."""

import phonenumbers
from phonenumbers import PhoneNumberType

_FRENCH_PLAN = frozenset({33, 262, 508, 590, 594, 596})
"""Country codes that are dialled as national numbers from France (ARCEP, plan national de numérotation)."""
_PLAIN = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)


class NotDialable(ValueError):
    """Our line never dials this number; the message says why, in French."""


def dialled(e164: str) -> str:
    """« 0696112233 » for an ordinary number of the French plan, overseas included.

    Raises NotDialable: abroad, satellite, premium, toll-free and short numbers, and what is no number.
    Whoever could make our line dial those could make the town pay for them.
    """
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        raise NotDialable("ce n'est pas un numéro de téléphone") from None
    if number.country_code not in _FRENCH_PLAN:
        raise NotDialable("il n'est pas du plan de numérotation français")
    if not phonenumbers.is_valid_number(number):
        raise NotDialable("ce numéro n'est attribué à personne")
    if phonenumbers.number_type(number) not in _PLAIN:
        raise NotDialable("c'est un numéro surtaxé ou spécial")
    # Saint-Pierre-et-Miquelon: before its old numbers of six digits, 508 is dialled as part of the ten.
    area = "508" if number.country_code == 508 and (number.national_number or 0) < 1_000_000 else ""
    return f"0{area}{number.national_number}"
