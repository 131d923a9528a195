"""How far files have come: set by clerks, told to whom they are of, in the words that callers hear."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import audit
from callbacks.channels import Channel
from callbacks.errors import NoSuchRecord
from callbacks.messages.phones import takes_sms
from callbacks.models import File
from callbacks.names import file_key
from callbacks.outbox import Outgoing, enqueue

FileStatus = Literal["Nouveau", "À qualifier", "Pièces manquantes", "Complet", "En traitement", "Clôturé"]
FILE_STATUSES: tuple[FileStatus, ...] = get_args(FileStatus)
"""As the towns' own software names them."""


@dataclass(frozen=True)
class FileNews:
    """A file as a clerk has it."""

    number: str
    service: str
    status: FileStatus
    name: str | None = None
    label: str | None = None
    missing: str | None = None
    phone: str | None = None
    """E.164."""
    email: str | None = None


async def keep(session: AsyncSession, news: FileNews, clerk_id: int, now: datetime, *, tell: bool) -> bool:
    """Writes it down, new or known; whether a message was queued for the person it is of.

    Documents that are missing are kept only where the status says so. `tell`: only where something changed.
    """
    key = file_key(news.number)[:40]
    kept = await session.get(File, key, with_for_update=True)
    if kept is None:
        kept = File(key=key, number=news.number, service=news.service, status="", updated_at=now)
        session.add(kept)
    missing = news.missing if news.status == "Pièces manquantes" else None
    changed = (kept.status, kept.missing_document) != (news.status, missing)
    kept.number, kept.service, kept.name = news.number, news.service, news.name
    kept.status, kept.label, kept.missing_document = news.status, news.label, missing
    kept.phone, kept.email, kept.updated_at = news.phone, news.email, now
    await session.flush()
    audit.note(session, now, clerk_id, "noter l'état", f"file {key}", etat=news.status)
    reached = _reached(kept)
    if not (tell and changed and reached):
        return False
    channel, recipient = reached
    template = "dossier_pieces_manquantes" if missing else "dossier_statut"
    values = {"ref": kept.number, "dossier": key, "statut": kept.status, "manque": missing}
    message = Outgoing(f"dossier-{key}-{now.isoformat()}", channel, recipient, template, values)
    return await enqueue(session, message, now)


async def read(session: AsyncSession, key: str) -> File:
    """Raises NoSuchRecord."""
    kept = await session.get(File, file_key(key)[:40])
    if kept is None:
        raise NoSuchRecord("Ce dossier n'existe pas ou plus.")
    return kept


async def is_outdated(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Whether this news of a file is no longer what is known of it."""
    kept = await session.get(File, str(values["dossier"]))
    if kept is None:
        return True
    return (kept.status, kept.missing_document) != (values.get("statut"), values.get("manque"))


def _reached(kept: File) -> tuple[Channel, str] | None:
    if kept.email:
        return "email", kept.email
    if kept.phone and takes_sms(kept.phone):
        return "sms", kept.phone
    return None
