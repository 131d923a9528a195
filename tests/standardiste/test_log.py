import io
import json
import logging
import subprocess
import sys

import pytest

from standardiste.log import JsonFormatter, MaskingFormatter, in_call, in_town
from standardiste.log_masking import mask_numbers


@pytest.mark.parametrize(
    "number",
    [
        "0696 20 30 40",
        "0696203040",
        "06.96.20.30.40",
        "06-96-20-30-40",
        "+596696203040",
        "+596 696 20 30 40",
        "+33 (0)6 96 20 30 40",
        "00596 696 20 30 40",
        "596696203040",
        "696203040",
    ],
)
@pytest.mark.parametrize("around", ["{}", "rappeler le {}.", '"{}" <sip:{}@10.0.0.1>', "caller={}, ok"])
def test_a_telephone_number_keeps_only_its_last_two_digits(number: str, around: str) -> None:
    assert mask_numbers(around.replace("{}", number)) == around.replace("{}", "••••40")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T10:00:00-04:00",
        "2026-11-02 08:30",
        "channel 1764000000.42",
        "127.0.0.1:8080",
        "97200 Fort-de-France",
        "call 3f2a9c1e took 540 ms",
        "version 22.10.1",
    ],
)
def test_what_is_no_telephone_number_stays(text: str) -> None:
    assert mask_numbers(text) == text


def test_arguments_and_exceptions_are_masked_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logger = logging.Logger("standardiste.test")
    logger.addHandler(handler)
    try:
        raise ValueError("0696203040")
    except ValueError:
        logger.exception("call from %s", "+596696203041")
    assert "••••41" in stream.getvalue()
    assert "ValueError: ••••40" in stream.getvalue()


def test_nobody_s_words_look_like_another_line_of_the_log() -> None:
    """OWASP ASVS 7.3.1, log injection."""
    stream, forged = io.StringIO(), "x\n2026-11-24T10:00:00+0000 info standardiste: tout va bien\r\n"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logger = logging.Logger("standardiste.test")
    logger.addHandler(handler)
    try:
        raise ValueError(forged)
    except ValueError:
        logger.exception("heard %s", forged)
    first, *others = stream.getvalue().splitlines()
    assert first.endswith("tout va bien\\r\\n")
    assert others
    assert all(line.startswith("    ") for line in others if line)
    assert "69620304" not in stream.getvalue()


def test_what_loguru_is_told_comes_out_once_masked_and_at_the_level_asked() -> None:
    script = (
        "from standardiste.log import configure_logging, bridge_loguru\n"
        "configure_logging('info')\n"
        "bridge_loguru()\n"
        "from loguru import logger\n"
        "logger.debug('hidden')\n"
        "logger.warning('from 0696203040')\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    logger.exception('broken {}')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "hidden" not in done.stderr
    assert done.stderr.count("from ••••40") == 1
    assert done.stderr.count("ZeroDivisionError: division by zero") == 1
    assert done.stderr.splitlines()[0].endswith("warning __main__: from ••••40")


def test_a_line_names_the_town_and_the_call_that_it_is_of() -> None:
    record = logging.LogRecord("standardiste", logging.INFO, "", 0, "un tour", (), None)
    with in_town("vauclair"), in_call("appel-7"):
        assert MaskingFormatter().format(record).endswith("standardiste: vauclair [appel-7] un tour")
        told = json.loads(JsonFormatter().format(record))
    assert (told["town"], told["call"], told["message"]) == ("vauclair", "appel-7", "un tour")
    assert "vauclair" not in MaskingFormatter().format(record)
