"""Who may see a page, and that a form was filled in on a page of ours."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypedDict

from fastapi import Depends, Request
from starlette.responses import Response

from callbacks.pages.desk import TheDesk, desk_of
from callbacks.sessions import LASTS, Role, SignedIn, derived, new_token, who

FORM_FIELD = "jeton"
MAX_FORM_BYTES = 64 * 1024


class PageRefused(Exception):
    """A page that is not shown; `status` is HTTP's, the message is French."""

    status = 403


class NotSignedIn(PageRefused):
    """Somebody has to sign in first."""

    status = 401

    def __init__(self, expired: bool) -> None:
        self.expired = expired
        super().__init__("Votre session a expiré." if expired else "Il faut se connecter.")


class CodeMissing(PageRefused):
    """Signed in, but the second factor is still to be given, or set up."""


class ForgedForm(PageRefused):
    """A form that does not come from the page it should."""


class TooMuch(PageRefused):
    """A form that is far too long."""

    status = 413


def is_secure(request: Request) -> bool:
    """Whether the browser came over HTTPS, even through a proxy that does not say so."""
    public = desk_of(request).public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def cookie_name(request: Request) -> str:
    """Behind HTTPS browsers then refuse it from any other site or path (RFC 6265bis §4.1.3.2)."""
    return "__Host-standardiste" if is_secure(request) else "standardiste"


def visit_name(request: Request) -> str:
    return f"{cookie_name(request)}-visite"


def set_session(response: Response, request: Request, token: str) -> None:
    _set(response, request, cookie_name(request), token, int(LASTS.total_seconds()))
    response.delete_cookie(visit_name(request), **_flags(request))


def end_session(response: Response, request: Request) -> None:
    response.delete_cookie(cookie_name(request), **_flags(request))


def visit_of(request: Request) -> str:
    """The token of a browser that is not signed in; a new one for a new browser."""
    kept: str = request.cookies.get(visit_name(request)) or getattr(request.state, "visit", "") or new_token()
    request.state.visit = kept
    return kept


def set_visit(response: Response, request: Request) -> None:
    """So that the form on this page is known for ours when it comes back."""
    _set(response, request, visit_name(request), visit_of(request), 3600)


def _set(response: Response, request: Request, name: str, value: str, lasts_s: int) -> None:
    response.set_cookie(name, value, max_age=lasts_s, **_flags(request))


class _Flags(TypedDict):
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


def _flags(request: Request) -> _Flags:
    return {"path": "/", "secure": is_secure(request), "httponly": True, "samesite": "lax"}


def form_token(request: Request) -> str:
    """What every form of a page carries; only this browser's next page can know it."""
    session = request.cookies.get(cookie_name(request))
    return derived(session if session and _in(request) else visit_of(request), "form")


def _in(request: Request) -> bool:
    return getattr(request.state, "signed_in", None) is not None


async def look(request: Request, desk: TheDesk) -> SignedIn | None:
    """Who is signed in, if anybody."""
    token = request.cookies.get(cookie_name(request))
    found = await who(desk.database, token, desk.now()) if token else None
    request.state.signed_in = found
    return found


async def someone(request: Request, found: Annotated[SignedIn | None, Depends(look)]) -> SignedIn:
    """Who is signed in, second factor or not. Raises NotSignedIn."""
    if found is None:
        raise NotSignedIn(expired=cookie_name(request) in request.cookies)
    return found


async def current(found: Annotated[SignedIn, Depends(someone)]) -> SignedIn:
    """Who is signed in, all that is asked of them given. Raises NotSignedIn, CodeMissing."""
    if not found.is_through:
        raise CodeMissing("Il faut encore le code de votre second facteur.")
    return found


def at_least(role: Role) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """Only for this role and those above it."""

    async def check(person: Annotated[SignedIn, Depends(current)]) -> SignedIn:
        if not person.may(role):
            raise PageRefused("Cette page est réservée aux responsables.")
        return person

    return check


async def genuine(request: Request, _found: Annotated[SignedIn | None, Depends(look)]) -> None:
    """A form of ours, from a page of ours. Raises ForgedForm.

    Browsers say where a request comes from (Fetch Metadata); the token covers those that do not.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForgedForm("Ce formulaire vient d'un autre site.")
    given = (await request.form()).get(FORM_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode("utf-8", "replace"), form_token(request).encode()
    ):
        raise ForgedForm("Ce formulaire n'est plus valable : rechargez la page et recommencez.")


async def half_acting(request: Request, person: Annotated[SignedIn, Depends(someone)]) -> SignedIn:
    """Who sends this form before their second factor is given. Raises NotSignedIn, ForgedForm."""
    await genuine(request, person)
    return person


async def acting(request: Request, person: Annotated[SignedIn, Depends(current)]) -> SignedIn:
    """Who sends this form. Raises NotSignedIn, CodeMissing, ForgedForm."""
    await genuine(request, person)
    return person


Looked = Annotated[SignedIn | None, Depends(look)]
Person = Annotated[SignedIn, Depends(current)]
Supervisor = Annotated[SignedIn, Depends(at_least("supervisor"))]
Someone = Annotated[SignedIn, Depends(someone)]
HalfActing = Annotated[SignedIn, Depends(half_acting)]
Acting = Annotated[SignedIn, Depends(acting)]
Genuine = Depends(genuine)
