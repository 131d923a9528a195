"""Logs go to standard error, whoever writes them, with telephone numbers masked."""

import logging
import os
import re
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import loguru

# Written the French way (0X then four pairs), the international way, or as the bare run of digits that
# SIP and ARI carry. Ten digits that begin with 1 are left alone: Asterisk's channel ids are epoch seconds.
_PHONE = re.compile(
    r"""(?<![\w+])(?:
        (?:\+|00)[1-9](?:[ .\-()/]{0,2}\d){7,14}    # +596 696 20 30 40, 0033 (0)6 12 34 56 78
      | 0[1-9](?:[ .\-/]?\d\d){4}                   # 06 12 34 56 78, 0612345678
      | \d{11,15}                                   # 596696203040
      | [2-9]\d{8}                                  # 696203040
    )(?!\w)""",
    re.VERBOSE,
)


def mask_numbers(text: str) -> str:
    """The text with every telephone number but its last two digits hidden."""
    return _PHONE.sub(lambda found: "••••" + re.sub(r"\D", "", found[0])[-2:], text)


class MaskingFormatter(logging.Formatter):
    """Masks what was logged, arguments and exceptions included, and leaves its own date alone."""

    def format(self, record: logging.LogRecord) -> str:
        when = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        return f"{when} {record.levelname.lower()} {record.name}: {mask_numbers(super().format(record))}"


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log at or above `level` to `stream` (standard error), masked."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(MaskingFormatter("%(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # loguru, which pipecat writes to, prints everything on its own unless told so before it is imported.
    os.environ["LOGURU_AUTOINIT"] = "0"


def bridge_loguru() -> None:
    """Hand what pipecat logs to the standard logger. To be called once, where pipecat is about to be used."""
    from loguru import logger

    logger.remove()
    logger.add(_hand_over, level=logging.getLogger().level, format="{message}")


def _hand_over(message: "loguru.Message") -> None:
    record = message.record
    exception = record["exception"]
    exc_info = exception.value if exception and exception.value is not None else None
    logging.getLogger(record["name"] or "pipecat").log(
        record["level"].no, "%s", record["message"], exc_info=exc_info
    )
