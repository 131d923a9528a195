"""A person's own account: password, recovery codes, browsers signed in, calendar address."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import own_account
from callbacks.errors import SignInRefused, UnusableAccount
from callbacks.models import Agenda
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute
from callbacks.pages.guards import Acting, Person, cookie_name
from callbacks.pages.rendering import page
from callbacks.sessions import SignedIn

router = APIRouter(route_class=FormRoute, prefix="/compte")
Secret = Annotated[str, Form(max_length=200)]
DONE = {
    "second-facteur": "Second facteur réglé. Faites maintenant vos codes de secours.",
    "mot-de-passe": "Mot de passe changé ; vos autres navigateurs sont déconnectés.",
    "session": "Ce navigateur est déconnecté.",
    "sessions": "Tous vos autres navigateurs sont déconnectés.",
    "agenda": "L'adresse d'agenda n'ouvre plus rien.",
}


@router.get("")
async def account_page(request: Request, desk: TheDesk, person: Person, fait: str = "") -> Response:
    return await _show(request, desk, person, done=DONE.get(fait, ""))


@router.post("/mot-de-passe")
async def change_password(
    request: Request,
    desk: TheDesk,
    person: Acting,
    ancien: Secret = "",
    nouveau: Secret = "",
    encore: Secret = "",
) -> Response:
    if nouveau != encore:
        refused = "Les deux nouveaux mots de passe ne sont pas les mêmes."
        return await _show(request, desk, person, refused=refused, status=422)
    token = request.cookies[cookie_name(request)]
    try:
        await own_account.change_password(desk.database, person.clerk_id, ancien, nouveau, token, desk.now())
    except (SignInRefused, UnusableAccount) as error:
        return await _show(request, desk, person, refused=str(error), status=403)
    return RedirectResponse("/compte?fait=mot-de-passe", 303)


@router.post("/codes")
async def make_codes(request: Request, desk: TheDesk, person: Acting) -> Response:
    """Shown this once: what is kept of them cannot be read back."""
    if not person.has_code:
        return RedirectResponse("/compte/second-facteur", 303)
    codes = await desk.database.write(
        lambda session: own_account.new_recovery_codes(session, person.clerk_id, desk.now())
    )
    return page("recovery.html", request, desk, person, codes=codes)


@router.post("/sessions")
async def close_sessions(
    request: Request, desk: TheDesk, person: Acting, laquelle: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """One of them, or all but this one where none is named."""
    who, token = person.clerk_id, request.cookies[cookie_name(request)]
    if laquelle:
        await desk.database.write(lambda session: own_account.close_one(session, who, laquelle, desk.now()))
        return RedirectResponse("/compte?fait=session", 303)
    await desk.database.write(lambda session: own_account.close_others(session, who, token, desk.now()))
    return RedirectResponse("/compte?fait=sessions", 303)


@router.post("/agenda")
async def calendar_address(
    request: Request, desk: TheDesk, person: Acting, geste: Annotated[str, Form(max_length=10)] = "faire"
) -> Response:
    """A new address to follow the appointments with, shown this once; or none any more."""
    if geste == "retirer":
        await desk.database.write(lambda session: own_account.drop_feed(session, person.clerk_id, desk.now()))
        return RedirectResponse("/compte?fait=agenda", 303)
    token = await desk.database.write(
        lambda session: own_account.make_feed(session, person.clerk_id, desk.now())
    )
    base = (desk.public_url or str(request.base_url)).rstrip("/")
    return await _show(request, desk, person, feed=f"{base}/agenda/{token}")


async def _show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    *,
    done: str = "",
    refused: str = "",
    feed: str = "",
    status: int = 200,
) -> Response:
    token, now = request.cookies[cookie_name(request)], desk.now()

    async def work(session: AsyncSession) -> dict[str, object]:
        return {
            "sessions": await own_account.sessions_of(session, person.clerk_id, token, now),
            "codes_left": await own_account.codes_left(session, person.clerk_id),
            "feed_since": await own_account.feed_since(session, person.clerk_id),
            "motifs": list(await session.scalars(select(Agenda.motif).order_by(Agenda.motif))),
        }

    known = await desk.database.read(work)
    return page(
        "account.html", request, desk, person, status=status, done=done, refused=refused, feed=feed, **known
    )
