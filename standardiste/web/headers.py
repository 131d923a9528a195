"""The security headers that every page carries."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing inline and nothing from elsewhere, so that no text of a caller can ever run as a script.
# Names and meanings: W3C Content Security Policy Level 3, W3C Permissions Policy.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

ONLY_HTTPS = ("strict-transport-security", "max-age=31536000")
"""Who came over HTTPS once comes back over nothing else for a year (RFC 6797)."""


class SecurityHeaders:
    """Adds them to every answer, errors included.

    `secure`: the pages are reached over HTTPS, whatever the proxy in between says.
    """

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self._app, self._secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        secure = self._secure or scope.get("scheme") == "https"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if secure:
                    headers.append(*ONLY_HTTPS)
            await send(message)

        await self._app(scope, receive, send_with_headers)
