"""Which numbers the town's line dials, and which it never does."""

import pytest

from prompts.phones import NotDialable, dialled


@pytest.mark.parametrize(
    ("e164", "as_dialled"),
    [
        ("+596596000099", "0596000099"),
        ("+33612345678", "0612345678"),
        ("+33970123456", "0970123456"),
        ("+262692112233", "0692112233"),
        ("+508411234", "0508411234"),
    ],
)
def test_ordinary_french_numbers_are_dialled_as_in_france(e164: str, as_dialled: str) -> None:
    assert dialled(e164) == as_dialled


@pytest.mark.parametrize(
    ("e164", "why"),
    [
        ("+33899123456", "surtaxé"),
        ("+33820123456", "surtaxé"),
        ("+33800123456", "surtaxé"),
        ("+333605", "attribué à personne"),
        ("+33112", "attribué à personne"),
        ("+447700900123", "français"),
        ("+15143211234", "français"),
        ("+881612345678", "français"),
        ("+687123456", "français"),
        ("0033612345678", "pas un numéro"),
        ("0612345678", "pas un numéro"),
        ("PJSIP/0899123456@operateur", "pas un numéro"),
        ("", "pas un numéro"),
    ],
)
def test_what_would_cost_or_is_no_number_is_never_dialled(e164: str, why: str) -> None:
    with pytest.raises(NotDialable, match=why):
        dialled(e164)
