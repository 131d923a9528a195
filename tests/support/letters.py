"""Messages as people get them, and what they open: the post office, the links in what it received."""

import re
from datetime import datetime

from callbacks import agenda, appointments
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.messages.delivery import Delivery
from callbacks.messages.of_appointments import queue_reminders
from callbacks.messages.sender import AppriseSender
from callbacks.models import Appointment
from callbacks.time_slots import Moment
from tests.support.desk import Office, demo_town
from tests.support.post_office import PostOffice

PUBLIC = "https://mairie.example"
VISIT_AT = datetime(2026, 11, 26, 9, 0)
"""Forty-seven hours after the office's clock."""
MOBILE, EMAIL = "+596696203040", "lea@exemple.fr"
SMS = "596696203040@sms.example"


def delivery_from(place: Office, post: PostOffice, *, answerable: bool = True) -> Delivery:
    """Whatever is due leaves from this office to that post office."""
    sms = post.url.replace("{destinataire}", "{destinataire}@sms.example")
    sender = AppriseSender({"email": post.url, "sms": sms})
    return Delivery(
        place.database, demo_town(), sender, lambda: place.now, PUBLIC, public=PUBLIC, answerable=answerable
    )


async def visit(
    place: Office, *, phone: str | None = MOBILE, email: str | None = None, at: datetime = VISIT_AT
) -> Appointment:
    """An appointment taken a week ago."""
    local = place.now.replace(tzinfo=None)
    moment = Moment(place.now, local, "essai")
    plan = Plan("titre_identite", 20, frozenset({("1", at)}))

    async def work(session: object) -> Appointment:
        await agenda.lay_out(session, plan, local)  # type: ignore[arg-type]
        asked = Visit("titre_identite", at, "Cadet", phone, "passeport", 1, email)
        kept = await appointments.book(session, moment, asked, place.desk.random, call_id=None)  # type: ignore[arg-type]
        assert kept is not None
        kept.created_at = place.now.replace(day=place.now.day - 7)
        return kept

    return await place.database.write(work)


async def remind(place: Office, post: PostOffice, **more: bool) -> None:
    """Reminders queued and sent, with whatever else is due."""
    local = place.now.replace(tzinfo=None)
    await place.database.write(lambda session: queue_reminders(session, local, place.now))
    await delivery_from(place, post, **more).once()


def link_in(text: str) -> str:
    """The path of the one-time link of this text."""
    found = re.search(rf"{PUBLIC}(/l/\S+)", text)
    assert found is not None, text
    return found[1]
