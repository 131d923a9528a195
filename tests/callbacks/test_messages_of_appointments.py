"""People are told of their appointments: taken, moved, cancelled, two days before; in short sentences."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.database import Database
from callbacks.messages.delivery import Delivery
from callbacks.messages.of_appointments import queue_reminders
from callbacks.messages.phones import takes_sms
from callbacks.messages.sender import AppriseSender, UnusableAddress
from callbacks.messages.timing import quiet_until
from callbacks.messages.wording import national, write
from callbacks.models import Appointment, Message
from callbacks.time_slots import Moment
from prompts.content import Town
from prompts.load import load_town
from prompts.sentences_messages import MessageRules, MessageSentences, Wording
from tests.support.post_office import PostOffice, post_office

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LOCAL = datetime(2026, 11, 24, 10, 0)
FIRST, SECOND = datetime(2026, 12, 1, 8, 0), datetime(2026, 12, 2, 14, 40)
PHONE = "+596696203040"
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038 §6.2.1: an SMS of these holds 160 of them, of any other 70."""


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def moment(after: timedelta = timedelta()) -> Moment:
    return Moment(NOW + after, LOCAL + after, "appel")


async def book(database: Database, *, phone: str | None = PHONE, email: str | None = None) -> Appointment:
    plan = Plan("titre_identite", 20, frozenset({("1", FIRST), ("1", SECOND)}))
    visit = Visit("titre_identite", FIRST, "Cadet", phone, "passeport", email=email)

    async def work(session: AsyncSession) -> Appointment | None:
        await agenda.lay_out(session, plan, LOCAL)
        return await appointments.book(session, moment(), visit, Random(1), call_id=None)

    booked = await database.write(work)
    assert booked is not None
    return booked


async def queued(database: Database) -> list[tuple[str, str, str]]:
    async with database.reading() as session:
        rows = await session.scalars(select(Message).order_by(Message.id))
        return [(row.template, row.channel, row.recipient) for row in rows]


async def test_a_booking_a_move_and_a_cancelling_are_told_in_writing(database: Database) -> None:
    booked = await book(database)

    async def change(session: AsyncSession) -> None:
        await appointments.move(session, moment(), ref=booked.ref, name="Cadet", at=SECOND)
        await appointments.cancel(session, moment(), ref=booked.ref, name="Cadet")

    await database.write(change)
    assert await queued(database) == [
        (news, "sms", PHONE) for news in ("rendez_vous_pris", "rendez_vous_deplace", "rendez_vous_annule")
    ]


@pytest.mark.parametrize(
    ("phone", "email", "reached"),
    [
        (PHONE, "lea@exemple.fr", [("rendez_vous_pris", "email", "lea@exemple.fr")]),
        ("+596596000000", None, []),
        (None, None, []),
    ],
)
async def test_an_address_goes_before_a_mobile_and_a_landline_gets_nothing(
    database: Database, phone: str | None, email: str | None, reached: list[tuple[str, str, str]]
) -> None:
    await book(database, phone=phone, email=email)
    assert await queued(database) == reached


async def test_what_a_change_has_overtaken_is_not_sent_any_more(
    database: Database, town: Town, office: PostOffice
) -> None:
    booked = await book(database, phone=None, email="lea@exemple.fr")

    async def move(session: AsyncSession) -> None:
        await appointments.move(session, moment(), ref=booked.ref, name="Cadet", at=SECOND)

    await database.write(move)
    delivery = Delivery(database, town, AppriseSender({"email": office.url}), lambda: NOW)
    assert await delivery.once() == 1
    (text,) = office.texts_to("lea@exemple.fr")
    assert "déplacé" in text
    assert "mercredi 02/12 à 14 h 40" in text
    assert booked.ref in text
    assert "Cadet" not in text


async def test_two_days_before_people_are_reminded_once_of_what_still_stands(database: Database) -> None:
    booked = await book(database)

    async def remind(local: datetime) -> int:
        passed = local - LOCAL
        return await database.write(lambda session: queue_reminders(session, local, NOW + passed))

    assert await remind(FIRST - timedelta(hours=49)) == 0
    assert await remind(FIRST - timedelta(hours=48)) == 1
    assert await remind(FIRST - timedelta(hours=40)) == 1
    assert [template for template, _, _ in await queued(database)].count("rendez_vous_j_moins_2") == 1
    assert await remind(FIRST - timedelta(hours=1)) == 0

    async def cancel(session: AsyncSession) -> None:
        await appointments.cancel(session, moment(), ref=booked.ref, name="Cadet")

    await database.write(cancel)
    assert await remind(FIRST - timedelta(hours=30)) == 0


async def test_who_booked_yesterday_evening_for_tomorrow_is_not_reminded_at_once(database: Database) -> None:
    await book(database)
    early = datetime(2026, 11, 29, 9, 0)  # the clock of the booking is moved instead of the appointment's

    async def work(session: AsyncSession) -> int:
        return await queue_reminders(session, early + timedelta(days=1), NOW + timedelta(hours=2))

    assert await database.write(work) == 0


def test_every_message_as_shipped_is_cheap_to_send_and_names_nobody(town: Town) -> None:
    values = {"ref": "R4821", "subject": "passeport", "debut": SECOND.isoformat(), "nom": "Cadet"}
    for field in MessageSentences.model_fields.values():
        wording = town.messages.wording(str(field.alias))
        if not isinstance(wording, Wording) or "{lien}" in wording.text or "{pieces}" in wording.text:
            continue  # for clerks, or as long as the list of documents is
        written = write(town, str(field.alias), values, None)
        assert written is not None
        assert set(written.text) <= GSM_7, set(written.text) - GSM_7
        assert len(written.text) <= 2 * 153, field.alias
        assert "Cadet" not in written.text
        assert "{" not in written.text


def test_an_appointment_of_no_known_subject_is_told_without_one(town: Town) -> None:
    values = {"ref": "R1", "subject": "aucun", "debut": FIRST.isoformat()}
    written = write(town, "rendez_vous_pris", values, None)
    assert written is not None
    assert "rendez-vous pris pour mardi 01/12 à 8 h 00" in written.text


@pytest.mark.parametrize(
    ("phone", "said", "mobile"),
    [
        ("+33612345678", "06 12 34 56 78", True),
        ("+33387000000", "03 87 00 00 00", False),
        ("+596696203040", "06 96 20 30 40", True),
        ("+596596000000", "05 96 00 00 00", False),
        ("+262692123456", "06 92 12 34 56", True),
        ("+15551234567", "+15551234567", False),
    ],
)
def test_numbers_are_written_as_they_are_dialled_and_sms_go_to_mobiles(
    phone: str, said: str, mobile: bool
) -> None:
    assert (national(phone), takes_sms(phone)) == (said, mobile)


times = st.times().map(lambda at: at.replace(second=0, microsecond=0).isoformat("minutes"))


@given(times, times, st.booleans(), st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))
def test_sms_wait_no_longer_than_they_must(start: str, end: str, sundays: bool, at: datetime) -> None:
    rules = MessageRules.model_validate(
        {
            "silence_de": start,
            "silence_a": end,
            "dimanche": sundays,
            "sms_par_jour": 1,
            "courriels_par_jour": 1,
        }
    )
    later = quiet_until(rules, at)
    if later is None:
        return
    assert timedelta() < later - at <= timedelta(days=3)
    assert quiet_until(rules, later) is None
    assert quiet_until(rules, later - timedelta(microseconds=1)) == later


@pytest.mark.parametrize("url", ["mailto://serveur/?to=x@y.fr", "inconnu://{destinataire}"])
def test_an_address_that_sends_nowhere_is_refused_at_start(url: str) -> None:
    with pytest.raises(UnusableAddress):
        AppriseSender({"email": url})
