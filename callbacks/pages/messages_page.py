"""`/messages`: what was sent against what may be, what could not be delivered, and who wants no messages."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from callbacks import audit
from callbacks.masking import masked_phone
from callbacks.messages.overview import overview
from callbacks.outbox import opt_in, opt_out
from callbacks.pages.desk import Desk, TheDesk
from callbacks.pages.forms import FormRoute, written
from callbacks.pages.guards import Acting, Person
from callbacks.pages.noting import write_note
from callbacks.pages.numbers import e164
from callbacks.pages.people import ThePeople
from callbacks.pages.rendering import page
from callbacks.sessions import SignedIn
from prompts.sentences_messages import MessageRules

router = APIRouter(route_class=FormRoute, prefix="/messages")
DONE = {
    "refus": "C'est noté : plus aucun message ne lui sera envoyé, sauf ceux que la loi impose.",
    "reprise": "C'est noté : les messages lui seront de nouveau envoyés.",
    "inconnu": "Cette personne ne refusait aucun message.",
}


@router.get("")
async def messages_page(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    person: Person,
    q: Annotated[str, Query(max_length=60)] = "",
    fait: str = "",
) -> Response:
    return await _show(request, desk, people.town.messages.rules, person, q, done=DONE.get(fait, ""))


@router.post("/refus")
async def set_refusal(
    request: Request,
    desk: TheDesk,
    people: ThePeople,
    person: Acting,
    qui: Annotated[str, Form(max_length=200)] = "",
    geste: Annotated[Literal["refuser", "reprendre"], Form()] = "refuser",
) -> Response:
    """For who asks it on the telephone or at the counter."""
    typed = written(qui, 200) or ""
    recipient = typed.lower() if "@" in typed[1:-1] else e164(typed)
    if recipient is None:
        rules = people.town.messages.rules
        refused = "Il faut un numéro de téléphone ou une adresse électronique."
        return await _show(request, desk, rules, person, "", refused=refused, status=422)

    async def work(session: AsyncSession) -> str:
        shown = masked_phone(recipient) if recipient.startswith("+") else "une adresse"
        audit.note(session, desk.now(), person.clerk_id, f"{geste} les messages", f"recipient {shown}")
        if geste == "refuser":
            await opt_out(session, recipient, desk.now(), "agent")
            return "refus"
        return "reprise" if await opt_in(session, recipient) else "inconnu"

    return RedirectResponse(f"/messages?fait={await desk.database.write(work)}", 303)


async def _show(
    request: Request,
    desk: Desk,
    rules: MessageRules,
    person: SignedIn,
    words: str,
    *,
    done: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    """Clerks see who wants no messages; what was sent, and its cost, those who answer for it."""
    sought = written(words, 60) or ""
    await write_note(desk.database, desk.now(), person.clerk_id, "lister", "messages")
    found = await desk.database.read(
        lambda session: overview(session, rules, desk.town.tz, desk.now(), e164(sought) or sought)
    )
    return page(
        "messages.html", request, desk, person, status=status, all=found, rules=rules, words=sought,
        done=done, refused=refused, can_answer=bool(desk.people and desk.people.sms_secret),
    )  # fmt: skip
