"""Messages as Asterisk's voicemail leaves them on the disk."""

import wave
from datetime import datetime
from pathlib import Path


def leave_message(
    mailbox: Path, number: int, at: datetime, callerid: str, *, folder: str = "INBOX", seconds: int = 4
) -> Path:
    """A message of that many seconds of silence; gives its sound. The lab's Asterisk wrote such notes."""
    place = mailbox / folder
    place.mkdir(parents=True, exist_ok=True)
    sound, began = place / f"msg{number:04}.wav", int(at.timestamp())
    with wave.open(str(sound), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(bytes(2 * 8000 * seconds))
    notes = (
        ";\n; Message Information file\n;\n[message]\norigmailbox=101\ncontext=messagerie\nexten=s\n"
        f"rdnis=unknown\npriority=4\ncallerchan=PJSIP/operateur-00000000\ncallerid={callerid}\n"
        f"origdate=Tue Nov 24 02:00:00 PM UTC 2026\norigtime={began}\ncategory=\n"
        f"msg_id={began}-{number:08x}\nflag=\nduration={seconds}\n"
    )
    sound.with_suffix(".txt").write_text(notes, encoding="utf-8")
    return sound
