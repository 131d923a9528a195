"""Who calls, by the number the operator gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.ari.caller_id import caller_of, e164


@pytest.mark.parametrize(
    ("number", "international"),
    [
        ("0596112233", "+596596112233"),
        ("0696112233", "+596696112233"),
        ("0697112233", "+596697112233"),
        ("0590112233", "+590590112233"),
        ("0691112233", "+590691112233"),
        ("0594112233", "+594594112233"),
        ("0262112233", "+262262112233"),
        ("0693112233", "+262693112233"),
        ("0269112233", "+262269112233"),
        ("0639112233", "+262639112233"),
        ("0508411234", "+508411234"),
        ("01 42 76 40 40", "+33142764040"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33142764040", "+33142764040"),
        ("0033142764040", "+33142764040"),
        ("33142764040", "+33142764040"),
        ("596596112233", "+596596112233"),
        ("+17583456789", "+17583456789"),
        ("0976212345", None),
        ("101", None),
        ("17", None),
        ("", None),
        ("anonymous", None),
        ("+", None),
        ("+0123456789", None),
        ("05961122334455", None),
        ("٠٥٩٦١١٢٢٣٣", None),
    ],
)
def test_numbers_are_made_international(number: str, international: str | None) -> None:
    assert e164(number) == international


@pytest.mark.parametrize("presentation", ["prohib", "prohib_passed_screen", "unavailable"])
def test_a_withheld_number_is_not_looked_at(presentation: str) -> None:
    assert caller_of("0596112233", presentation) is None


def test_a_shown_number_is_known() -> None:
    assert caller_of("0596112233", "allowed_not_screened") == "+596596112233"


@given(st.text(alphabet="0123456789+ .", max_size=18))
def test_what_comes_out_is_e164_and_stays_so(number: str) -> None:
    made = e164(number)
    if made is not None:
        assert made.startswith("+")
        assert 8 <= len(made) <= 16
        assert e164(made) == made
