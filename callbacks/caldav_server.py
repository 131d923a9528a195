"""One calendar on a CalDAV server (RFC 4791): events read, written and taken away. Network only, no database.

Three requests on one known address are all it takes, so they are made here: the usual client library brings
an HTTP stack that replaces the one every other program of the environment uses.
"""

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urljoin

import httpx

from callbacks.errors import RecordsError

TIMEOUT_S = 20
MAX_BYTES = 30_000_000
"""More than a busy calendar of two years."""
_GONE = (404, 410)
_PRECONDITION_FAILED = 412
_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <d:prop><d:getetag/><c:calendar-data/></d:prop>
  <c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
    <c:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
  </c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"""
"""RFC 4791 §7.8.1: events of a stretch of time, repeated ones included."""


class CalendarAway(RecordsError):
    """The calendar cannot be had at present, or refuses; the message says why, without its password."""


@dataclass(frozen=True)
class CalendarAddress:
    url: str
    """Of the calendar itself."""
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
        body = _QUERY.format(start=since.astimezone(UTC), end=until.astimezone(UTC))
        headers = {"depth": "1", "content-type": "application/xml; charset=utf-8"}
        async with (
            self._client() as web,
            web.stream("REPORT", self.address.url, content=body, headers=headers) as answer,
        ):
            _check(answer)
            return list(_files(await _whole(answer)))

    async def put(self, uid: str, data: bytes, href: str | None, etag: str | None) -> Put:
        """Writes this event, new where `href` is None. Raises CalendarAway.

        If-Match and If-None-Match (RFC 9110 §13.1): what somebody else changed is seen, then set right.
        """
        href = href or urljoin(f"{self.address.url.rstrip('/')}/", f"{quote(uid)}.ics")
        async with self._client() as web:
            answer = await _write(web, href, data, {"if-match": etag} if etag else {"if-none-match": "*"})
            overwrote = answer.status_code == _PRECONDITION_FAILED
            if overwrote:
                theirs = await _tag(web, href)
                answer = await _write(web, href, data, {"if-match": theirs} if theirs else {})
            _check(answer)
            # A server that changes what it is given tells no tag of it (RFC 4791 §5.3.4): it is asked for.
            kept = answer.headers.get("etag") or await _tag(web, href)
            return Put(href, kept, overwrote and etag is not None)

    async def delete(self, href: str) -> None:
        """Takes the event away; one that is gone already is fine. Raises CalendarAway."""
        async with self._client() as web:
            answer = await web.delete(href)
            if answer.status_code not in _GONE:
                _check(answer)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        try:
            async with httpx.AsyncClient(
                auth=(self.address.user, self.address.password), timeout=TIMEOUT_S, follow_redirects=False
            ) as web:
                yield web
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CalendarAway("le serveur ne répond pas") from error


async def _write(web: httpx.AsyncClient, href: str, data: bytes, condition: dict[str, str]) -> httpx.Response:
    headers = {"content-type": "text/calendar; charset=utf-8", **condition}
    return await web.put(href, content=data, headers=headers)


async def _tag(web: httpx.AsyncClient, href: str) -> str | None:
    answer = await web.get(href)
    return answer.headers.get("etag") if answer.is_success else None


async def _whole(answer: httpx.Response) -> bytes:
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > MAX_BYTES:
            raise CalendarAway("ce calendrier est trop gros")
    return body


class _NoDocumentType(ET.TreeBuilder):
    """An answer of a calendar server has no document type: entities could only be there to do harm."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002
        raise CalendarAway("le serveur répond autrement qu'attendu")


def _files(multistatus: bytes) -> Iterator[bytes]:
    try:
        answers = ET.fromstring(multistatus, ET.XMLParser(target=_NoDocumentType()))
    except ET.ParseError as error:
        raise CalendarAway("le serveur répond autrement qu'attendu") from error
    for data in answers.iter(_DATA):
        if data.text:
            yield data.text.strip().encode()


def _check(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise CalendarAway(f"le serveur refuse ({answer.status_code})")
