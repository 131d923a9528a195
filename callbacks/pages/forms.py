"""What is common to all forms: how long they may be, and where one may go after them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from callbacks.names import cleaned
from callbacks.pages.guards import MAX_FORM_BYTES, TooMuch


class FormRoute(APIRoute):
    """Refuses a form that is too long before it is read."""

    max_bytes = MAX_FORM_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            if request.method == "POST":
                length = request.headers.get("content-length", "")
                if "transfer-encoding" in request.headers or len(length) > 9:
                    raise TooMuch("Ce formulaire est trop long.")
                if length.isascii() and length.isdigit() and int(length) > self.max_bytes:
                    raise TooMuch("Ce formulaire est trop long.")
            return await handle(request)

        return limited


def after(path: str) -> str:
    """Where to go next: a path of ours, never another site's."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() else "/"


def written(text: str, limit: int = 2000) -> str | None:
    """What was typed, without what a database cannot hold; None for nothing."""
    return cleaned(text, limit)
