"""No French telephone number gets through the log, in whatever form; nor do secrets."""

import io
import json
import logging
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standardiste.log import JsonFormatter, MaskingFormatter, configure_logging, in_call
from standardiste.log_masking import Secrets, mask_numbers

UNITS = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
]  # fmt: skip
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
GAPS = (" ", ".", "-", "/", "\u00a0", "\u202f", "\u2011", " - ", ". ", "_", ", ")


def pair_in_words(pair: str) -> str:
    """« 07 » as « zéro sept », « 75 » as « soixante-quinze »."""
    if pair[0] == "0":
        return f"zéro {UNITS[int(pair[1])]}"
    number = int(pair)
    if number < 20:
        return UNITS[number]
    tens, rest = divmod(number, 10)
    if tens in TENS and tens < 6:
        return TENS[tens] if rest == 0 else f"{TENS[tens]}-{UNITS[rest]}"
    base, name = (60, "soixante") if number < 80 else (80, "quatre-vingt")
    return name if number == base else f"{name}-{UNITS[number - base]}"


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """The nine national digits, and one way to write them."""
    national = draw(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True))
    gap = draw(st.sampled_from(GAPS))
    pairs = [f"0{national[0]}", *(national[at : at + 2] for at in range(1, 9, 2))]
    code = draw(st.sampled_from(("33", "596", "590", "594", "262")))
    forms = [
        f"0{national}",
        gap.join(pairs),
        national,
        " ".join([national[0], *pairs[1:]]),
        " ".join(f"0{national}"),
        f"+{code}{national}",
        f"00{code}{national}",
        f"{code}{national}",
        f"+{code}{gap}{national[0]}{gap}{gap.join(pairs[1:])}",
        f"+{code} (0){national[0]} {' '.join(pairs[1:])}",
        f"{code} {national[0]} {' '.join(pairs[1:])}",
        f"sip:+{code}{national}@10.0.0.1",
        f"tel:+{code}-{national[:3]}-{national[3:]}",
        f"%2B{code}{national}",
        f"{national[:3]} {national[3:6]} {national[6:]}",
        f"{national[:3]} {' '.join(national[at : at + 2] for at in range(3, 9, 2))}",
        f"caller_0{national}",
        "".join(chr(0xFF10 + int(digit)) for digit in f"0{national}"),
        " ".join(pair_in_words(pair) for pair in pairs),
        f"{pair_in_words(pairs[0])} {' '.join(pairs[1:])}",
    ]
    return national, draw(st.sampled_from(forms))


def in_digits(text: str) -> str:
    """The digits of a text as they would be read aloud."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


@given(
    number=written_numbers(),
    before=st.sampled_from(("", "appel de ", "x", "12 ", "[", "caller=", '{"n": "', "€")),
    after=st.sampled_from(("", ".", " ok", '"}', "@h", ")", " à 10:30", "x")),
    as_json=st.booleans(),
)
def test_no_french_number_gets_through_the_log_in_any_form(
    number: tuple[str, str], before: str, after: str, as_json: bool
) -> None:
    national, written = number
    record = logging.LogRecord("essai", logging.INFO, __file__, 1, "%s%s%s", (before, written, after), None)
    line = (JsonFormatter if as_json else MaskingFormatter)().format(record)
    told = json.loads(line)["message"] if as_json else line.split(": ", 1)[1]
    assert national not in in_digits(told), told
    assert written not in told
    assert "••••" in told


@pytest.mark.parametrize(
    "text",
    [
        "repetition-3f2a9c1e0612345678aa00bb11cc22dd",
        "2026-11-24T08:15:30-04:00 [1764000000.42] 3 mots, 12.5 ms, 0.97",
        "standardiste_turn_latency 0.541 0.812",
        "un ou deux appels",
    ],
)
def test_what_is_no_number_is_left_as_it_is(text: str) -> None:
    assert mask_numbers(text) == text


def test_secrets_are_hidden_by_their_value_and_by_their_place() -> None:
    secrets = Secrets(["s3same-ouvre-toi", "", "abc"])
    text = (
        "ari s3same-ouvre-toi ; postgresql://u:pass:w.rd@h/db ; Authorization: Basic YWNjdWVpbDp4 ; "
        "token=abcdef&x ; alphabet"
    )
    hidden = secrets.hide(text)
    for secret in ("s3same", "w.rd", "YWNjdWVpbDp4", "abcdef"):
        assert secret not in hidden
    assert hidden.endswith("alphabet")


def test_a_json_line_names_its_call_and_an_error_keeps_it_one_line() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure_logging("info", stream, as_json=True, secrets=Secrets(["mot-de-passe"]))
        with in_call("1764000000.42"):
            try:
                raise ValueError("mot-de-passe 0696203040")
            except ValueError:
                logging.getLogger("standardiste.calls").exception("broken")
        logging.getLogger("standardiste.calls").info("idle")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first["call"] == "1764000000.42"
    assert (first["level"], first["logger"]) == ("error", "standardiste.calls")
    assert "ValueError: •••• ••••40" in first["message"]
    assert "call" not in second
