"""Appointments that RDV-Service-Public took: read from it, or told by it, they keep our time slots busy.

Its API reads only (v1; it creates no appointment), and its webhooks are signed: HMAC-SHA256 of the body in
hexadecimal, in `X-Lapin-Signature` (its outgoing_webhook_job.rb). Who comes is neither read nor kept.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import busy_times, ical
from callbacks.busy_times import Source
from callbacks.errors import RecordsError
from callbacks.inserting import insert_once
from callbacks.models_agenda import OutsideVisit
from prompts.outside import InAgenda

SOURCE = "rdvsp"
SIGNATURE = "x-lapin-signature"
MAX_BYTES = 256 * 1024
TIMEOUT_S = 20
PAGES_AT_MOST = 200
CLOCKS_DIFFER = timedelta(minutes=10)
"""News from later than this is no news: it would make us deaf to what follows."""
_STANDING = ("unknown", "seen", "noshow")
"""excused and revoked are cancelled by either side; the others took place or will."""


class RdvspAway(RecordsError):
    """RDV-Service-Public cannot be had, or refuses; the message says why, without its password."""


class UnusableNews(RecordsError):
    """This is no news of an appointment that can be read."""


@dataclass(frozen=True)
class Rdv:
    """An appointment taken there, as far as it matters here."""

    outside_id: str
    motif: str
    """The number of its subject there."""
    starts_at: datetime
    """Aware, as `ends_at`."""
    ends_at: datetime
    standing: bool


@dataclass(frozen=True)
class News:
    rdv: Rdv
    told_at: datetime
    """Aware: what was told later is what counts, in whatever order it comes."""


@dataclass(frozen=True)
class Place:
    """Where a subject of theirs counts here."""

    motif: str
    counter: str | None


def places_of(motifs: Mapping[str, InAgenda]) -> dict[str, Place]:
    """By the number of each subject there."""
    return {key: Place(each.agenda, each.counter) for key, each in motifs.items()}


@dataclass(frozen=True)
class Account:
    url: str
    user: str
    password: str = field(repr=False)
    organisation: int


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether who knows the secret wrote this."""
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode("utf-8", "replace"))


def news_of(body: bytes) -> News | None:
    """What a webhook tells; None where it is not about an appointment. Raises UnusableNews."""
    try:
        told = json.loads(body)
        if told["meta"]["model"] != "Rdv":
            return None
        rdv = rdv_of(told["data"])
        at = _instant(told["meta"]["timestamp"])
        destroyed = told["meta"]["event"] == "destroyed"
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UnusableNews("ces nouvelles n'ont pas la forme attendue") from error
    return News(Rdv(rdv.outside_id, rdv.motif, rdv.starts_at, rdv.ends_at, False) if destroyed else rdv, at)


def rdv_of(data: Mapping[str, Any]) -> Rdv:
    """Raises ValueError, KeyError and TypeError for what is none."""
    starts = _instant(data["starts_at"])
    minutes = int(data["duration_in_min"])
    if not 0 < minutes <= 24 * 60:
        raise ValueError("a visit lasts some minutes")
    standing = data["status"] in _STANDING and data.get("cancelled_at") is None
    return Rdv(
        str(int(data["id"])),
        str(int(data["motif"]["id"])),
        starts,
        starts + timedelta(minutes=minutes),
        standing,
    )


def _instant(text: object) -> datetime:
    """« 2026-12-01 14:40:00 -0400 » or ISO 8601."""
    if not isinstance(text, str):
        raise TypeError("an instant is written")
    at = datetime.fromisoformat(text.replace(" -", "-").replace(" +", "+").replace(" UTC", "+00:00"))
    if at.tzinfo is None:
        raise ValueError("an instant without an offset means nothing")
    if not 2000 <= at.year < 2200:
        raise ValueError("nobody has an appointment then, and no clock goes so far")
    return at


async def note(
    session: AsyncSession,
    news: Sequence[News],
    places: Mapping[str, Place],
    tz: ZoneInfo,
    local: datetime,
    *,
    complete: datetime | None = None,
) -> int:
    """Keeps what is told, the latest of each, and blocks our time slots with it; how much of it was new.

    `complete`: when this was read, where it is all there is from now on: what is not in it is there no more.
    """
    n_new = 0
    touched: set[tuple[str, str | None]] = set()
    for each in news:
        place = places.get(each.rdv.motif)
        if place is None:
            continue
        if (before := await _kept(session, each, place, tz)) is not None:
            n_new += 1
            touched |= {before, (place.motif, place.counter)}
    if complete is not None:
        touched |= await _drop_others(session, {each.rdv.outside_id for each in news}, local, complete)
    for motif, counter in touched:
        await _block(session, motif, counter, tz, local)
    return n_new


async def _drop_others(
    session: AsyncSession, there: set[str], local: datetime, read_at: datetime
) -> set[tuple[str, str | None]]:
    """What stood and is there no more, told of before this was read, stands no more; where it was."""
    known = await session.scalars(
        select(OutsideVisit).where(
            OutsideVisit.source == SOURCE,
            OutsideVisit.standing,
            OutsideVisit.starts_at > local + timedelta(days=1),
            OutsideVisit.told_at < read_at,
        )
    )
    gone = [each for each in known if each.outside_id not in there]
    for each in gone:
        each.standing, each.told_at = False, read_at
    await session.flush()
    return {(each.motif, each.counter) for each in gone}


async def _kept(
    session: AsyncSession, news: News, place: Place, tz: ZoneInfo
) -> tuple[str, str | None] | None:
    """The agenda and counter it kept busy before, once it is written; None for what is old news."""
    rdv = news.rdv
    values = {
        "motif": place.motif, "counter": place.counter, "starts_at": _local(rdv.starts_at, tz),
        "ends_at": _local(rdv.ends_at, tz), "standing": rdv.standing, "told_at": news.told_at,
    }  # fmt: skip
    if await insert_once(session, OutsideVisit, source=SOURCE, outside_id=rdv.outside_id, **values):
        return place.motif, place.counter
    kept = await session.get_one(OutsideVisit, (SOURCE, rdv.outside_id), with_for_update=True)
    if kept.told_at >= news.told_at:
        return None
    before = kept.motif, kept.counter
    for name, value in values.items():
        setattr(kept, name, value)
    await session.flush()
    return before


async def _block(
    session: AsyncSession, motif: str, counter: str | None, tz: ZoneInfo, local: datetime
) -> None:
    visits = await session.scalars(
        select(OutsideVisit).where(
            OutsideVisit.source == SOURCE,
            OutsideVisit.motif == motif,
            OutsideVisit.counter.is_(None) if counter is None else OutsideVisit.counter == counter,
            OutsideVisit.standing,
            OutsideVisit.ends_at > local,
        )
    )
    stretches = ical.joined((each.starts_at, each.ends_at) for each in visits)
    source = Source(f"{SOURCE}-{motif}-{counter or 'tous'}", motif, counter)
    await busy_times.keep_busy(session, source, stretches, tz, local)


def _local(at: datetime, tz: ZoneInfo) -> datetime:
    return at.astimezone(tz).replace(tzinfo=None)


async def read(account: Account, now: datetime, days: int) -> list[News]:
    """The appointments of the organisation from today on. Raises RdvspAway."""
    try:
        async with httpx.AsyncClient(base_url=account.url.rstrip("/"), timeout=TIMEOUT_S) as web:
            signed_in = await web.post(
                "/api/v1/auth/sign_in", json={"email": account.user, "password": account.password}
            )
            signed_in.raise_for_status()
            headers = {name: signed_in.headers[name] for name in ("access-token", "client", "uid")}
            return await _pages(web, headers, account, now, days)
    except httpx.HTTPStatusError as error:
        raise RdvspAway(f"le service refuse ({error.response.status_code})") from error
    except httpx.HTTPError as error:
        raise RdvspAway("le service ne répond pas") from error
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise RdvspAway("le service répond autrement qu'attendu") from error


async def _pages(
    web: httpx.AsyncClient, headers: Mapping[str, str], account: Account, now: datetime, days: int
) -> list[News]:
    found: list[News] = []
    last = (now + timedelta(days=days)).date()
    asked: dict[str, str | int] = {
        "starts_after": now.date().isoformat(),
        "starts_before": last.isoformat(),
    }
    for page in range(1, PAGES_AT_MOST + 1):
        answer = await web.get(
            f"/api/v1/organisations/{account.organisation}/rdvs",
            params={**asked, "page": page},
            headers=headers,
        )
        answer.raise_for_status()
        told = answer.json()
        found += [News(rdv_of(each), now) for each in told["rdvs"]]
        if page >= int(told["meta"]["total_pages"]):
            return found
    raise RdvspAway("le service a trop de rendez-vous")
