"""The announcements of the store: said at once, whatever the draft, and silent after their end."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from prompts.announcements import Announced, Announcement
from prompts.fields import check_variables
from prompts.versions_errors import VersionsError
from prompts.versions_files import locked, read_json, write_json, write_whole

LONGEST = timedelta(days=31)
"""An announcement that nobody renews for so long is one that was forgotten."""
MOST = 5
_SOUNDS = "annonces"
_KEPT = timedelta(days=60)
_TEXT: TypeAdapter[str] = TypeAdapter(Announced)


class UnusableAnnouncement(VersionsError):
    """It cannot be said like this; the message says why."""


def read_announcements(root: Path) -> tuple[Announcement, ...]:
    """All that are kept, those that are over too, the latest first."""
    return tuple(_read(each, root) for each in read_json(root / "annonces.json") or ())


def announce(
    root: Path,
    text: str,
    start: datetime,
    end: datetime,
    who: str,
    now: datetime,
    sound: bytes | None = None,
) -> Announcement:
    """Says this from `start` to `end`; `sound`: a WAV of somebody saying it. Raises UnusableAnnouncement."""
    new = Announcement(secrets.token_hex(4), _checked(text), start, end, who)
    if end <= start or end <= now:
        raise UnusableAnnouncement("L'annonce finit avant de commencer, ou est déjà finie.")
    if end - start > LONGEST:
        raise UnusableAnnouncement(f"{LONGEST.days} jours au plus : vous pourrez la prolonger.")
    with locked(root):
        kept = [each for each in read_announcements(root) if each.end > now - _KEPT]
        if sum(each.end > now for each in kept) >= MOST:
            raise UnusableAnnouncement(f"{MOST} annonces à la fois au plus : arrêtez-en une d'abord.")
        if sound is not None:
            new = replace(new, sound=root / _SOUNDS / f"{new.key}.wav")
            write_whole(root / _SOUNDS / f"{new.key}.wav", sound)
        _write(root, [new, *kept])
    return new


def stop(root: Path, key: str, now: datetime) -> None:
    """It is not said any more."""
    with locked(root):
        found = read_announcements(root)
        _write(
            root, [replace(each, end=now) if each.key == key and each.end > now else each for each in found]
        )


def _checked(text: str) -> str:
    if "<" in text or ">" in text:
        raise UnusableAnnouncement("Du texte seul : les signes < et > ne se disent pas.")
    try:
        found = _TEXT.validate_python(text)
        check_variables(found, frozenset({"commune"}), frozenset())
    except (ValidationError, ValueError) as error:
        raise UnusableAnnouncement(_said(error)) from error
    return found


def _said(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"Annonce : {first.get('ctx', {}).get('error', 'le texte est trop long')}."
    return f"Annonce : {error}."


def _write(root: Path, announcements: list[Announcement]) -> None:
    kept = {each.sound.name for each in announcements if each.sound is not None}
    for path in (root / _SOUNDS).glob("*.wav"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    write_json(
        root / "annonces.json",
        [
            {
                "key": each.key,
                "text": each.text,
                "start": each.start.isoformat(),
                "end": each.end.isoformat(),
                "who": each.who,
                "sound": each.sound is not None,
            }
            for each in announcements
        ],
    )


def _read(found: dict[str, Any], root: Path) -> Announcement:
    start, end = datetime.fromisoformat(found["start"]), datetime.fromisoformat(found["end"])
    sound = root / _SOUNDS / f"{found['key']}.wav" if found.get("sound") else None
    return Announcement(found["key"], found["text"], start, end, found["who"], sound)
