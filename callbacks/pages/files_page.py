"""`/dossiers`: how far people's files have come, set by clerks; callers hear it in the town's own words."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks.messages import of_files
from callbacks.messages.of_files import FILE_STATUSES, FileNews, FileStatus
from callbacks.models import File
from callbacks.names import file_key
from callbacks.outbox import wants_none
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.numbers import e164
from callbacks.pages.rendering import page
from callbacks.sessions import SignedIn

router = APIRouter(route_class=FormRoute, prefix="/dossiers")
MOST = 100
DONE = {"note": "Dossier noté.", "message": "Dossier noté ; la personne est prévenue."}
Word = Annotated[str, Form(max_length=200)]
Words = Annotated[str, Form(max_length=2000)]


@router.get("")
async def files_page(
    request: Request, desk: TheDesk, person: Person, q: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    words = written(q, 60) or ""

    async def work(session: AsyncSession) -> list[File]:
        query = select(File).order_by(File.updated_at.desc()).limit(MOST)
        if words:
            query = query.where(
                or_(
                    File.key.contains(file_key(words) or words, autoescape=True),
                    File.name.icontains(words, autoescape=True),
                )
            )
        return list(await session.scalars(query))

    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "files")
    found = await desk.database.read(work)
    return page("files.html", request, desk, person, files=found, words=words, most=MOST)


@router.get("/fiche")
async def file_page(
    request: Request,
    desk: TheDesk,
    person: Person,
    numero: Annotated[str, Query(max_length=60)] = "",
    fait: str = "",
) -> Response:
    """One file, or a new one where no number is given. Raises NoSuchRecord."""
    if not numero:
        return await _show(request, desk, person, None)
    kept = await desk.database.read(lambda session: of_files.read(session, numero))
    await write_note(desk.database, desk.now(), person.clerk_id, "lire", f"file {kept.key}")
    return await _show(request, desk, person, kept, done=DONE.get(fait, ""))


@router.post("")
async def keep_file(
    request: Request,
    desk: TheDesk,
    person: Acting,
    numero: Annotated[str, Form(max_length=60)] = "",
    service: Annotated[str, Form(max_length=40)] = "",
    etat: Annotated[FileStatus, Form()] = "Nouveau",
    nom: Word = "",
    libelle: Words = "",
    manque: Words = "",
    telephone: Annotated[str, Form(max_length=40)] = "",
    courriel: Word = "",
    prevenir: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    phone, email, number = e164(telephone), written(courriel, 200), written(numero, 60)
    missing = written(manque)
    refused = ""
    if number is None or not file_key(number):
        refused = "Il faut un numéro de dossier."
    elif service not in desk.town.subjects:
        refused = "Choisissez ce que le dossier concerne."
    elif (telephone.strip() and phone is None) or (email and "@" not in email[1:-1]):
        refused = "Ce numéro de téléphone ou cette adresse n'est pas juste."
    elif etat == "Pièces manquantes" and missing is None:
        refused = "Écrivez quelles pièces manquent : la personne l'entendra ainsi."
    news = FileNews(number or "", service, etat, written(nom, 120), written(libelle), missing, phone, email)
    if refused:
        shown = File(
            key="", number=news.number, service=service, status=etat, name=news.name, label=news.label,
            missing_document=missing, phone=phone, email=email,
        )  # fmt: skip
        return await _show(request, desk, person, shown, refused=refused, status=422)
    told = await desk.database.write(
        lambda session: of_files.keep(session, news, person.clerk_id, desk.now(), tell=bool(prevenir))
    )
    key = file_key(news.number)[:40]
    return RedirectResponse(f"/dossiers/fiche?numero={key}&fait={'message' if told else 'note'}", 303)


async def _show(
    request: Request,
    desk: Desk,
    person: SignedIn,
    kept: File | None,
    *,
    done: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    addresses = [each for each in (kept.phone, kept.email) if each] if kept else []
    refusals = [
        each
        for each in addresses
        if await desk.database.read(lambda session, to=each: wants_none(session, to))  # type: ignore[misc]
    ]
    return page(
        "file.html",
        request,
        desk,
        person,
        status=status,
        kept=kept,
        is_new=kept is None or not kept.key,
        statuses=FILE_STATUSES,
        spoken=desk.people.town.requests.file_statuses if desk.people else {},
        refusals=refusals,
        done=done,
        refused=refused,
    )
