"""One calendar on a CalDAV server (RFC 4791): events read, written and taken away. Network only, no database.

`caldav` is the extra `[caldav]`: it is loaded when a calendar is first used, in a thread.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urljoin

from callbacks.errors import RecordsError

if TYPE_CHECKING:
    from caldav.davclient import DAVClient
    from caldav.response import DAVResponse

T = TypeVar("T")
TIMEOUT_S = 20
_DONE = range(200, 300)
_GONE = (404, 410)
_PRECONDITION_FAILED = 412


class CalendarAway(RecordsError):
    """The calendar cannot be had at present, or refuses; the message says why, without its password."""


@dataclass(frozen=True)
class CalendarAddress:
    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Put:
    """An event as the server keeps it."""

    href: str
    etag: str | None
    overwrote: bool
    """Somebody had changed it there since we wrote it; ours stands again."""


@dataclass(frozen=True)
class CalendarServer:
    address: CalendarAddress

    async def events(self, since: datetime, until: datetime) -> list[bytes]:
        """What stands between these two aware instants, as iCalendar files. Raises CalendarAway."""
        return await self._with_client(lambda client: _events(client, self.address.url, since, until))

    async def put(self, uid: str, data: bytes, href: str | None, etag: str | None) -> Put:
        """Writes this event, new where `href` is None. Raises CalendarAway."""
        return await self._with_client(lambda client: _put(client, self._at(uid, href), data, etag))

    async def delete(self, href: str) -> None:
        """Takes the event away; one that is gone already is fine. Raises CalendarAway."""
        await self._with_client(lambda client: _delete(client, href))

    def _at(self, uid: str, href: str | None) -> str:
        return href or urljoin(f"{self.address.url.rstrip('/')}/", f"{quote(uid)}.ics")

    async def _with_client(self, work: "Callable[[DAVClient], T]") -> T:
        return await asyncio.to_thread(_working, self.address, work)


def _working(address: CalendarAddress, work: "Callable[[DAVClient], T]") -> T:
    from caldav.davclient import DAVClient
    from caldav.lib.error import DAVError
    from caldav.lib.http_sync import requests

    try:
        with DAVClient(
            address.url, username=address.user, password=address.password, auth_type="basic",
            timeout=TIMEOUT_S, enable_rfc6764=False, require_tls=False,
        ) as client:  # fmt: skip
            return work(client)
    except DAVError as error:
        raise CalendarAway(f"le serveur refuse ({type(error).__name__})") from error
    except (OSError, requests.exceptions.RequestException) as error:
        raise CalendarAway("le serveur ne répond pas") from error


def _events(client: "DAVClient", url: str, since: datetime, until: datetime) -> list[bytes]:
    found = client.calendar(url=url).search(  # type: ignore[no-untyped-call]
        start=since, end=until, event=True, expand=False
    )
    return [each.data.encode() if isinstance(each.data, str) else each.data for each in found]


def _put(client: "DAVClient", href: str, data: bytes, etag: str | None) -> Put:
    """If-Match and If-None-Match (RFC 9110 §13.1): what somebody else changed is seen, then set right."""
    condition = {"if-match": etag} if etag else {"if-none-match": "*"}
    answer = _write(client, href, data, condition)
    overwrote = answer.status == _PRECONDITION_FAILED
    if overwrote:
        present = client.request(href)
        theirs = _tag(present) if present.status in _DONE else None
        answer = _write(client, href, data, {"if-match": theirs} if theirs else {})
    _check(answer)
    return Put(href, _tag(answer) or _tag(client.request(href)), overwrote and etag is not None)


def _write(client: "DAVClient", href: str, data: bytes, condition: dict[str, str]) -> "DAVResponse":
    headers = {"content-type": "text/calendar; charset=utf-8", **condition}
    return client.put(href, data.decode(), headers)


def _delete(client: "DAVClient", href: str) -> None:
    answer = client.delete(href)
    if answer.status not in _GONE:
        _check(answer)


def _check(answer: "DAVResponse") -> None:
    if answer.status not in _DONE:
        raise CalendarAway(f"le serveur refuse ({answer.status})")


def _tag(answer: "DAVResponse") -> str | None:
    tag = answer.headers.get("ETag")
    return str(tag) if tag else None
