"""`/comptes`: who may use the pages, and as what; for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from callbacks import managing_accounts
from callbacks.accounts import NewAccount, add_account
from callbacks.errors import UnusableAccount
from callbacks.managing_accounts import Changed, made_password
from callbacks.models import Clerk
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, PageRefused, at_least
from callbacks.pages.rendering import page
from callbacks.sessions import ROLES, Role, SignedIn

router = APIRouter(route_class=FormRoute, prefix="/comptes")
Admin = Annotated[SignedIn, Depends(at_least("admin"))]
ClerkId = Annotated[int, InPath(ge=1, le=2**31 - 1)]
Word = Annotated[str, Form(max_length=120)]
Email = Annotated[str, Form(max_length=200)]
Services = Annotated[list[str], Form(max_length=60)]
DONE = {
    "change": "Compte changé.",
    "second-facteur": "Second facteur retiré : il sera réglé de nouveau à la prochaine connexion.",
}


async def admin_acting(person: Acting) -> SignedIn:
    """An administrator who sends this form. Raises PageRefused."""
    if not person.may("admin"):
        raise PageRefused("Cette page est réservée aux administrateurs.")
    return person


AdminActing = Annotated[SignedIn, Depends(admin_acting)]


@router.get("")
async def accounts_page(request: Request, desk: TheDesk, person: Admin) -> Response:
    return await _list(request, desk, person)


@router.post("")
async def create(
    request: Request,
    desk: TheDesk,
    person: AdminActing,
    compte: Word = "",
    nom: Word = "",
    role: Annotated[Role, Form()] = "clerk",
    services: Services = [],  # noqa: B006 - FastAPI copies it
    poste: Word = "",
    courriel: Email = "",
    fournisseur: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """The password is made here and shown once; none for who comes through the town's provider only."""
    password = None if fournisseur else made_password()
    new = NewAccount(
        compte, role, password, written(nom, 120), written(courriel, 200), written(poste, 40),
        [key for key in services if key in desk.town.services],
    )  # fmt: skip
    try:
        await add_account(desk.database, new, desk.now())
    except UnusableAccount as error:
        return await _list(request, desk, person, refused=str(error), typed=compte, status=422)
    return await _list(request, desk, person, made=compte.strip().lower(), password=password or "")


@router.get("/{clerk_id}")
async def account_page(
    request: Request, desk: TheDesk, person: Admin, clerk_id: ClerkId, fait: str = ""
) -> Response:
    return await _one(request, desk, person, clerk_id, done=DONE.get(fait, ""))


@router.post("/{clerk_id}")
async def change(
    request: Request,
    desk: TheDesk,
    person: AdminActing,
    clerk_id: ClerkId,
    nom: Word = "",
    role: Annotated[Role, Form()] = "clerk",
    actif: Annotated[str, Form(max_length=3)] = "",
    services: Services = [],  # noqa: B006 - FastAPI copies it
    poste: Word = "",
    courriel: Email = "",
) -> Response:
    name = written(nom, 120)
    if name is None:
        return await _one(request, desk, person, clerk_id, refused="Il faut un nom.", status=422)
    known = [key for key in services if key in desk.town.services]
    new = Changed(name, role, bool(actif), known, written(poste, 40), written(courriel, 200))
    try:
        await desk.database.write(
            lambda session: managing_accounts.change(session, clerk_id, new, person.clerk_id, desk.now())
        )
    except UnusableAccount as error:
        return await _one(request, desk, person, clerk_id, refused=str(error), status=409)
    return RedirectResponse(f"/comptes/{clerk_id}?fait=change", 303)


@router.post("/{clerk_id}/mot-de-passe")
async def new_password(request: Request, desk: TheDesk, person: AdminActing, clerk_id: ClerkId) -> Response:
    password = await managing_accounts.new_password(desk.database, clerk_id, person.clerk_id, desk.now())
    return await _one(request, desk, person, clerk_id, password=password)


@router.post("/{clerk_id}/second-facteur")
async def reset_code(desk: TheDesk, person: AdminActing, clerk_id: ClerkId) -> Response:
    await desk.database.write(
        lambda session: managing_accounts.reset_code(session, clerk_id, person.clerk_id, desk.now())
    )
    return RedirectResponse(f"/comptes/{clerk_id}?fait=second-facteur", 303)


async def _list(
    request: Request,
    desk: Desk,
    person: SignedIn,
    *,
    refused: str = "",
    typed: str = "",
    made: str = "",
    password: str = "",
    status: int = 200,
) -> Response:
    found = await desk.database.read(managing_accounts.accounts)
    return page(
        "accounts.html", request, desk, person, status=status, accounts=found, roles=ROLES, refused=refused,
        typed=typed, made=made, password=password, provider=desk.oidc.name if desk.oidc else "",
    )  # fmt: skip


async def _one(
    request: Request,
    desk: Desk,
    person: SignedIn,
    clerk_id: int,
    *,
    done: str = "",
    refused: str = "",
    password: str = "",
    status: int = 200,
) -> Response:
    found: Clerk = await desk.database.read(lambda session: managing_accounts.account(session, clerk_id))
    return page(
        "account_of.html", request, desk, person, status=status, each=found, roles=ROLES, done=done,
        refused=refused, password=password,
    )  # fmt: skip
