"""Messages left in Asterisk's voicemail: found where it keeps them, heard by clerks, erased in time.

Asterisk (app_voicemail.c) writes a message as `msgNNNN.wav` with `msgNNNN.txt` beside it, in INBOX, and moves
it to Old once it was heard by telephone. The numbers of the files change as others go; `msg_id` stays.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callbacks.errors import RecordsError

log = logging.getLogger("standardiste.records")

LEFT_A_MESSAGE = "A laissé un message"
"""How what is written about a call-back begins where there is a recording to listen to."""
_UNDER_WAY = "tmp"
"""The folder of what is being recorded."""
_ID = re.compile(r"[0-9a-z-]{1,60}")


class VoicemailAway(RecordsError):
    """The voicemail's folder cannot be read from here: Asterisk is on another machine, or keeps it closed."""


@dataclass(frozen=True)
class VoiceMessage:
    id: str
    at: datetime
    """When its recording began, aware."""
    seconds: int
    number: str | None
    """E.164; None where the caller withheld it."""
    sound: Path
    """WAV, 16 bits, 8 kHz."""


@dataclass(frozen=True)
class Swept:
    """How many messages were erased, and how many should have been but could not."""

    erased: int = 0
    left: int = 0


@dataclass(frozen=True)
class Voicemail:
    """The town's last-resort mailbox."""

    folder: Path
    """Of the mailbox, such as /var/spool/asterisk/voicemail/mairie/101. Asterisk makes it, and its context's
    folder around it, for the first message."""
    e164: Callable[[str], str | None]
    """The number as Asterisk noted it, made international."""

    def messages(self) -> tuple[VoiceMessage, ...]:
        """The newest first. Raises VoicemailAway."""
        found = [self._read(notes) for notes in self._notes()]
        return tuple(sorted((each for each in found if each), key=lambda each: each.at, reverse=True))

    def of_number(self, number: str, since: datetime | None = None) -> tuple[VoiceMessage, ...]:
        """Those left by this number (E.164), from then on, the newest first. Raises VoicemailAway."""
        return tuple(
            each for each in self.messages() if each.number == number and (since is None or each.at >= since)
        )

    def find(self, message_id: str) -> VoiceMessage | None:
        """Raises VoicemailAway."""
        return next((each for each in self.messages() if each.id == message_id), None)

    def sweep(self, before: datetime) -> Swept:
        """Erases what was left before then. Raises VoicemailAway."""
        return _erased(each for each in self.messages() if each.at < before)

    def erase_of(self, number: str) -> Swept:
        """Erases what this number (E.164) left. Raises VoicemailAway."""
        return _erased(each for each in self.messages() if each.number == number)

    def erase(self, message_id: str) -> Swept:
        """Erases this one, where it is there still. Raises VoicemailAway."""
        return _erased(each for each in self.messages() if each.id == message_id)

    def _notes(self) -> list[Path]:
        try:
            folders = [each for each in self.folder.iterdir() if each.is_dir() and each.name != _UNDER_WAY]
            return [notes for folder in folders for notes in sorted(folder.glob("msg[0-9]*.txt"))]
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self.folder.parent.parent.is_dir():
                return []  # Asterisk is here, and nobody has left it a message yet
            raise VoicemailAway(f"{self.folder}: {type(error).__name__}") from error

    def _read(self, notes: Path) -> VoiceMessage | None:
        """None for what is no whole message, or is erased at this instant."""
        try:
            text = notes.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[:1] != ";")
        began, sound = values.get("origtime", ""), notes.with_suffix(".wav")
        if not (began.isascii() and began.isdecimal() and len(began) <= 11 and sound.is_file()):
            return None
        named, lasted = values.get("msg_id", ""), values.get("duration", "")
        return VoiceMessage(
            named if _ID.fullmatch(named) else f"{began}-{notes.stem}",
            datetime.fromtimestamp(int(began), UTC),
            int(lasted) if lasted.isascii() and lasted.isdecimal() and len(lasted) < 9 else 0,
            self.e164(values.get("callerid", "").rpartition("<")[2].rstrip("> ")),
            sound,
        )


def _erased(messages: Iterable[VoiceMessage]) -> Swept:
    """The sound goes first: what could be cut short leaves no voice behind."""
    n_erased = n_left = 0
    for each in messages:
        try:
            each.sound.unlink(missing_ok=True)
            for beside in each.sound.parent.glob(f"{each.sound.stem}.*"):
                beside.unlink(missing_ok=True)
        except OSError as error:
            log.error("a voicemail message cannot be erased: %s", type(error).__name__)
            n_left += 1
        else:
            n_erased += 1
    return Swept(n_erased, n_left)
