"""`/l/…`: the page that a message leads to, once, for one thing: to answer of an appointment, to show a
fault, to get no more messages. Opening it changes nothing: programs that look at links in mail do."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from callbacks import appointments, links, ticket_details
from callbacks.links import MAX_TOKEN, Opened
from callbacks.messages.appointment_answers import ask_other_day, note_answer
from callbacks.models import Appointment, Ticket
from callbacks.outbox import opt_out
from callbacks.pages.desk import Desk, ForPeople, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import MAX_FORM_BYTES, TooMuch, genuine
from callbacks.pages.numbers import e164
from callbacks.pages.people import ThePeople, gone, reception, say, show
from callbacks.photos import MAX_BYTES, MAX_PHOTOS, Clean, UnusablePhoto
from callbacks.time_slots import Moment


class PhotoRoute(FormRoute):
    """Photos are longer than what is typed."""

    max_bytes = MAX_PHOTOS * MAX_BYTES + MAX_FORM_BYTES


router = APIRouter(route_class=PhotoRoute, prefix="/l")
Token = Annotated[str, InPath(max_length=MAX_TOKEN)]
PLACE_LENGTH = 300


@router.get("/{token}")
async def link_page(request: Request, desk: TheDesk, people: ThePeople, token: Token) -> Response:
    link = await desk.database.read(lambda session: links.find(session, token, desk.now()))
    if link is None or link.used or link.purpose == "place":  # those have a page of their own
        return gone(request, desk, people)
    return await _offer(request, desk, people, link)


@router.post("/{token}")
async def answer(request: Request, desk: TheDesk, people: ThePeople, token: Token) -> Response:
    # The link is looked at before the body: nobody without one can make us read a large one.
    link = await desk.database.read(lambda session: links.find(session, token, desk.now()))
    if link is None or link.used or link.purpose == "place":  # those have a page of their own
        return gone(request, desk, people)
    length = request.headers.get("content-length", "")
    if link.purpose != "signalement" and length.isdigit() and int(length) > MAX_FORM_BYTES:
        raise TooMuch("Ce formulaire est trop long.")
    async with request.form(max_files=MAX_PHOTOS + 1, max_fields=10) as form:
        await genuine(request, None)
        return await _carry_out(request, desk, people, link, form)


async def _carry_out(
    request: Request, desk: Desk, people: ForPeople, link: Opened, form: FormData
) -> Response:
    if link.purpose == "rendez_vous":
        return await _of_appointment(request, desk, people, link, form)
    if link.purpose == "signalement":
        return await _of_fault(request, desk, people, link, form)
    return await _of_refusal(request, desk, people, link)


async def _offer(
    request: Request, desk: Desk, people: ForPeople, link: Opened, refused: str = "", status: int = 200
) -> Response:
    """What may be done here, as it now stands."""
    told: dict[str, Any] = {"refused": refused, "status": status}
    if link.purpose == "refus":
        return show("link_refusal.html", request, desk, people, **told)
    if link.purpose == "signalement":
        ticket = await desk.database.read(lambda session: _ticket(session, link))
        if ticket is None:
            return gone(request, desk, people)
        return show(
            "link_fault.html", request, desk, people, ticket=ticket, most=MAX_PHOTOS,
            most_mb=MAX_BYTES // 2**20, **told,
        )  # fmt: skip
    local = reception(desk, people).local
    appointment = await desk.database.read(lambda session: _appointment(session, link))
    if appointment is None or appointment.starts_at <= local:
        return _changed(request, desk, people)
    return show("link_appointment.html", request, desk, people, visit=appointment, **told)


def _changed(request: Request, desk: Desk, people: ForPeople) -> Response:
    sentence = "Il a été changé ou annulé depuis ce message, ou il est passé."
    return say(request, desk, people, "Ce rendez-vous n'est plus le même", sentence, status=404)


async def _of_appointment(
    request: Request, desk: Desk, people: ForPeople, link: Opened, form: FormData
) -> Response:
    wish, at = form.get("geste"), reception(desk, people)
    if wish not in ("venir", "changer", "annuler"):
        return await _offer(request, desk, people, link, "Choisissez une réponse.", 422)
    given = form.get("telephone")
    number = e164(given) if isinstance(given, str) and given.strip() else None

    async def work(session: AsyncSession) -> str:
        kept = await _appointment(session, link)
        if kept is None or kept.starts_at <= at.local:
            return "change"
        phone = number or kept.phone
        if wish == "changer" and phone is None:
            return "numero"
        if not await links.use_up(session, link, at.now):
            return "deja"
        if wish == "venir":
            await note_answer(session, kept, "confirme", "lien", at.now)
        elif wish == "changer" and phone is not None:
            await ask_other_day(session, at, kept, "lien", phone)
        else:
            moment = Moment(at.now, at.local, f"link {link.digest[:40]}")
            await appointments.cancel(session, moment, ref=kept.ref, name=kept.name)
        return str(wish)

    match await desk.database.write(work):
        case "venir":
            return say(request, desk, people, "C'est noté", "Merci, nous vous attendons.")
        case "changer":
            sentence = (
                "Nous vous rappelons pour choisir un autre jour. D'ici là, votre rendez-vous est gardé."
            )
            return say(request, desk, people, "C'est noté", sentence)
        case "annuler":
            return say(
                request, desk, people, "Rendez-vous annulé", "Sa place est rendue à quelqu'un d'autre. Merci."
            )
        case "numero":
            refused = "Il faut un numéro de téléphone pour vous rappeler."
            return await _offer(request, desk, people, link, refused, 422)
        case "change":
            return _changed(request, desk, people)
        case _:
            return gone(request, desk, people)


async def _of_fault(
    request: Request, desk: Desk, people: ForPeople, link: Opened, form: FormData
) -> Response:
    typed = form.get("lieu")
    place = written(typed, PLACE_LENGTH) if isinstance(typed, str) else None
    sent = [each for each in form.getlist("photos") if isinstance(each, UploadFile) and each.size]
    if place is None and not sent:
        return await _offer(request, desk, people, link, "Ajoutez une photo ou le lieu exact.", 422)
    if len(sent) > MAX_PHOTOS:
        return await _offer(request, desk, people, link, f"{MAX_PHOTOS} photos au plus.", 422)
    try:
        photos = [await _kept(people, each) for each in sent]
    except UnusablePhoto as error:
        return await _offer(request, desk, people, link, str(error), 422)

    async def work(session: AsyncSession) -> bool:
        ticket = await _ticket(session, link)
        if ticket is None or not await links.use_up(session, link, desk.now()):
            return False
        await ticket_details.add(session, ticket, place, photos, desk.now())
        return True

    if not await desk.database.write(work):
        return gone(request, desk, people)
    return say(request, desk, people, "Merci", "C'est joint à votre signalement ; le service le verra.")


async def _kept(people: ForPeople, photo: UploadFile) -> tuple[str, Clean]:
    """Raises UnusablePhoto."""
    if photo.size is None or photo.size > MAX_BYTES:
        raise UnusablePhoto(f"Cette photo est trop lourde : {MAX_BYTES // 2**20} Mo au plus.")
    return await people.photos.keep(await photo.read())


async def _of_refusal(request: Request, desk: Desk, people: ForPeople, link: Opened) -> Response:
    async def work(session: AsyncSession) -> None:
        await links.use_up(session, link, desk.now())
        await opt_out(session, link.subject, desk.now(), "lien")

    await desk.database.write(work)
    sentence = (
        "Vous ne recevrez plus de messages de la mairie, sauf ceux que la loi impose. Vos rendez-vous et vos "
        "demandes restent enregistrés."
    )
    return say(request, desk, people, "C'est noté", sentence)


async def _appointment(session: AsyncSession, link: Opened) -> Appointment | None:
    """As it was when the link was sent, or none."""
    kept = await session.scalar(select(Appointment).where(Appointment.ref == link.subject))
    stands = kept is not None and kept.status == "pris" and kept.sequence == link.sequence
    return kept if stands else None


async def _ticket(session: AsyncSession, link: Opened) -> Ticket | None:
    return await session.scalar(select(Ticket).where(Ticket.ref == link.subject))
