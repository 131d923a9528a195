"""Telephone numbers as people type them."""

import phonenumbers

_REGIONS = ("FR", "MQ", "GP", "GF", "RE", "YT")
"""Their national numbers do not overlap (ARCEP's plan): the first that has this number is the one."""


def e164(text: str) -> str | None:
    """« 0696 11 22 33 » is +596696112233; None for what is no number."""
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
