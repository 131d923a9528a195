"""Logs go to standard error, whoever writes them, with telephone numbers and secrets masked.

A line is text for people, or one JSON object for a collector (`--log-json`); either names the call that it
belongs to, and the town where there are several.
"""

import json
import logging
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TextIO

from standardiste.log_masking import Secrets, mask_numbers

if TYPE_CHECKING:
    import loguru

_CALL: ContextVar[str | None] = ContextVar("call", default=None)
"""Of the tasks that serve one call: those that they begin inherit it."""
_TOWN: ContextVar[str | None] = ContextVar("town", default=None)
"""The same of a town, where several are served."""


@contextmanager
def in_call(call_id: str) -> Iterator[None]:
    """Whatever is logged within, by this task and those begun in it, belongs to this call."""
    token = _CALL.set(call_id)
    try:
        yield
    finally:
        _CALL.reset(token)


@contextmanager
def in_town(name: str) -> Iterator[None]:
    """The same of a town, where one process serves several."""
    token = _TOWN.set(name)
    try:
        yield
    finally:
        _TOWN.reset(token)


def town_of_this_task() -> str | None:
    """The town that this task works for; None where it works for none, or for the only one."""
    return _TOWN.get()


class MaskingFormatter(logging.Formatter):
    """Masks what was logged, arguments and exceptions included, and leaves its own date alone."""

    def __init__(self, secrets: Secrets | None = None) -> None:
        super().__init__("%(message)s")
        self._secrets = secrets or Secrets()

    def format(self, record: logging.LogRecord) -> str:
        call, town = _CALL.get(), _TOWN.get()
        about = (f" {town}" if town else "") + (f" [{mask_numbers(call)}]" if call else "")
        return f"{self._when(record)} {record.levelname.lower()} {record.name}:{about} {self._told(record)}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in logging
        """On one line: nobody's words begin a line that looks like another record."""
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name in logging
        """Set in, for the same reason."""
        return textwrap.indent(super().formatException(ei), "    ")

    def _when(self, record: logging.LogRecord) -> str:
        return self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")

    def _told(self, record: logging.LogRecord) -> str:
        return mask_numbers(self._secrets.hide(super().format(record)))


class JsonFormatter(MaskingFormatter):
    """One JSON object a line: time, level, logger, message, and the call where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        call, town = _CALL.get(), _TOWN.get()
        line = {
            "time": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}"
            f"{self.formatTime(record, '%z')}",
            "level": record.levelname.lower(),
            "logger": record.name,
            **({"town": town} if town else {}),
            **({"call": mask_numbers(call)} if call else {}),
            "message": self._told(record),
        }
        return json.dumps(line, ensure_ascii=False)


def configure_logging(
    level: str, stream: TextIO | None = None, *, as_json: bool = False, secrets: Secrets | None = None
) -> None:
    """Send every log at or above `level` to `stream` (standard error), masked."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter((JsonFormatter if as_json else MaskingFormatter)(secrets))
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
