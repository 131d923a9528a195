"""Signing in and out: with a password, a second factor, or through the town's provider."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from callbacks import accounts, own_account, totp
from callbacks.errors import SignInRefused, UnusableAccount
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, after
from callbacks.pages.guards import (
    Genuine,
    HalfActing,
    Looked,
    Someone,
    cookie_name,
    end_session,
    set_session,
    set_visit,
    visit_of,
)
from callbacks.pages.rendering import page
from callbacks.pages.subscribers import subscriber_of
from callbacks.sessions import close_session

router = APIRouter(route_class=FormRoute)
Word = Annotated[str, Form(max_length=200)]
Then = Annotated[str, Form(max_length=500)]


@router.get("/connexion")
async def sign_in_page(
    request: Request, desk: TheDesk, found: Looked, suite: str = "/", expire: str = ""
) -> Response:
    if found is not None and found.is_through:
        return RedirectResponse(after(suite), 303)
    return await _form(request, desk, then=suite, expired=bool(expire))


@router.post("/connexion", dependencies=[Genuine])
async def sign_in(
    request: Request, desk: TheDesk, nom: Word = "", secret: Word = "", suite: Then = "/"
) -> Response:
    try:
        token = await accounts.sign_in(desk.database, nom, secret, subscriber_of(request), desk.now())
    except SignInRefused as error:
        return await _form(request, desk, then=suite, refused=str(error), login=nom, status=403)
    return await _go(request, desk, token, suite)


@router.post("/deconnexion")
async def sign_out(request: Request, desk: TheDesk, _person: HalfActing) -> Response:
    await close_session(desk.database, request.cookies[cookie_name(request)])
    response = RedirectResponse("/connexion", 303)
    end_session(response, request)
    # Whatever the browser kept of these pages goes too (W3C Clear Site Data).
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


@router.get("/connexion/code")
async def code_page(request: Request, desk: TheDesk, person: Someone, suite: str = "/") -> Response:
    if person.is_through:
        return RedirectResponse(after(suite), 303)
    if not person.has_code:
        return RedirectResponse("/compte/second-facteur", 303)
    return page("code.html", request, desk, person, then=after(suite), refused="", secret="", link="")


@router.post("/connexion/code")
async def give_code(
    request: Request, desk: TheDesk, person: HalfActing, code: Word = "", suite: Then = "/"
) -> Response:
    try:
        token = await accounts.give_code(desk.database, person.clerk_id, code, desk.now())
    except SignInRefused as error:
        told = {"then": after(suite), "refused": str(error), "secret": "", "link": ""}
        return page("code.html", request, desk, person, status=403, **told)
    return await _go(request, desk, token, suite)


@router.get("/compte/second-facteur")
async def set_up_page(request: Request, desk: TheDesk, person: Someone) -> Response:
    if person.has_code:
        return RedirectResponse("/compte" if person.is_through else "/connexion/code", 303)
    return _enrolment(request, desk, person, totp.new_secret())


@router.post("/compte/second-facteur")
async def set_up(
    request: Request, desk: TheDesk, person: HalfActing, cle: Word = "", code: Word = ""
) -> Response:
    secret = cle if totp.is_secret(cle) else totp.new_secret()
    try:
        token = await accounts.set_up_code(desk.database, person.clerk_id, secret, code, desk.now())
    except (SignInRefused, UnusableAccount) as error:
        return _enrolment(request, desk, person, secret, str(error))
    return await _go(request, desk, token, "/compte?fait=second-facteur")


@router.post("/connexion/fournisseur", dependencies=[Genuine])
async def begin_with_provider(request: Request, desk: TheDesk) -> Response:
    if desk.oidc is None:
        return RedirectResponse("/connexion", 303)
    try:
        url = await desk.oidc.begin(visit_of(request), _back(request, desk))
    except SignInRefused as error:
        return await _form(request, desk, refused=str(error), status=503)
    response = RedirectResponse(url, 303)
    set_visit(response, request)
    return response


@router.get("/connexion/retour")
async def back_from_provider(request: Request, desk: TheDesk) -> Response:
    if desk.oidc is None:
        return RedirectResponse("/connexion", 303)
    try:
        email = await desk.oidc.finish(visit_of(request), request.query_params, _back(request, desk))
        token = await accounts.sign_in_by_email(desk.database, email, desk.now())
    except SignInRefused as error:
        return await _form(request, desk, refused=str(error), status=403)
    return await _go(request, desk, token, "/")


async def _form(
    request: Request,
    desk: Desk,
    *,
    then: str = "/",
    expired: bool = False,
    refused: str = "",
    login: str = "",
    status: int = 200,
) -> Response:
    return page(
        "sign_in.html",
        request,
        desk,
        status=status,
        then=after(then),
        expired=expired,
        refused=refused,
        login=login,
        provider=desk.oidc.name if desk.oidc else "",
        no_account=not await accounts.any_account(desk.database),
    )


def _enrolment(request: Request, desk: Desk, person: Someone, secret: str, refused: str = "") -> Response:
    return page(
        "code.html",
        request,
        desk,
        person,
        status=403 if refused else 200,
        then="/",
        refused=refused,
        secret=secret,
        secret_words=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        link=(link := totp.enrolment_link(secret, person.login, desk.town.name)),
        drawn=Markup(totp.drawn(link)),
    )


async def _go(request: Request, desk: Desk, token: str, then: str) -> Response:
    """On with a new session; the one before ends: a token that somebody planted is worth nothing."""
    browser = own_account.browser_name(request.headers.get("user-agent", "")[:400])
    await desk.database.write(lambda session: own_account.name_session(session, token, browser))
    before = request.cookies.get(cookie_name(request))
    if before:
        await close_session(desk.database, before)
    response = RedirectResponse(f"/connexion/code?suite={quote(after(then))}", 303)
    set_session(response, request, token)
    return response


def _back(request: Request, desk: Desk) -> str:
    base = desk.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/connexion/retour"
