"""Many towns behind one door: a request belongs to the town whose name was asked for, and to no other."""

from collections.abc import Callable
from html import escape

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from standardiste.log import in_town
from standardiste.web.headers import HEADERS

_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{sentence}</p></main></body>
</html>
"""


class TownHosts:
    """The application of all towns' pages, each under its own name (the request's Host, RFC 9110 §7.2)."""

    def __init__(self, closed: Callable[[str], str | None] = lambda _host: None) -> None:
        """`closed`: the town whose pages are under this name, where they cannot be shown now."""
        self._pages: dict[str, tuple[str, ASGIApp]] = {}
        self._closed = closed

    def open(self, host: str, town: str, pages: ASGIApp) -> None:
        """From now on these pages are the ones under this name."""
        self._pages[host] = (town, pages)

    def close(self, host: str) -> None:
        """There are none under this name now."""
        self._pages.pop(host, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = host_of(scope)
        if (found := self._pages.get(host)) is not None:
            town, pages = found
            with in_town(town):
                await pages(scope, receive, send)
            return
        if (town_closed := self._closed(host)) is not None:
            sentence = f"Les pages de « {escape(town_closed)} » ne sont pas disponibles pour le moment."
            answer = _say(503, "Un instant", sentence)
        else:
            answer = _say(404, "Page introuvable", "Aucune mairie n'a ses pages à cette adresse.")
        await answer(scope, receive, send)


def host_of(scope: Scope) -> str:
    """The name that was asked for, without its port; nothing where none or several were said."""
    said = [value for name, value in scope["headers"] if name == b"host"]
    if len(said) != 1:
        return ""
    host: bytes = said[0]
    return host.decode("latin-1").partition(":")[0].rstrip(".").lower()


def _say(status: int, title: str, sentence: str) -> HTMLResponse:
    return HTMLResponse(
        _PAGE.format(title=title, sentence=sentence), status, {**HEADERS, "cache-control": "no-store"}
    )
