"""Places that free themselves go to who wanted an earlier one: in turn, held meanwhile, never to two."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import agenda, appointments, person, place_offers, time_slots, waiting
from callbacks.agenda import Plan
from callbacks.appointments import Visit
from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable
from callbacks.models import Appointment, Message, TimeSlotUse
from callbacks.models_agenda import PlaceOffer
from callbacks.place_offers import Answer, Offering, PlaceGone
from callbacks.time_slots import Moment
from callbacks.waiting import Wish
from prompts.agendas import WaitingRules
from prompts.load import load_town

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LOCAL = datetime(2026, 11, 24, 10, 0)
DAY = datetime(2026, 12, 1, 8, 0)
PLACES = [DAY + timedelta(minutes=20 * index) for index in range(8)]
RULES = WaitingRules.model_validate({"reponse_sous_minutes": 120, "au_moins_heures_avant": 18})
HOW = Offering(ZoneInfo("America/Martinique"), RULES, load_town().messages.rules)


def moment(who: str = "a", after_min: float = 0) -> Moment:
    passed = timedelta(minutes=after_min)
    return Moment(NOW + passed, LOCAL + passed, who)


async def lay_out(database: Database) -> None:
    plan = Plan("titre_identite", 20, frozenset(("1", start) for start in PLACES))
    await database.write(lambda session: agenda.lay_out(session, plan, LOCAL))


async def book(
    database: Database, number: int, place: int, wish: Wish | None = None, persons: int = 1
) -> Appointment:
    """Who has this number; with a wish they are on the list."""
    phone = f"+59669620300{number}"
    visit = Visit("titre_identite", PLACES[place], f"Nom{number}", phone, "cni", persons)

    async def work(session: AsyncSession) -> Appointment:
        booked = await appointments.book(session, moment(), visit, Random(number), call_id=None)
        assert booked is not None
        if wish is not None:
            waiting.join(booked, wish, NOW + timedelta(seconds=number))
        return booked

    return await database.write(work)


async def cancel(database: Database, one: Appointment) -> None:
    async def work(session: AsyncSession) -> None:
        assert await appointments.cancel(session, moment("b"), ref=one.ref, name=one.name)

    await database.write(work)


async def offer(database: Database, after_min: float = 0) -> int:
    now = NOW + timedelta(minutes=after_min)
    return await database.write(lambda session: place_offers.offer_places(session, HOW, now))


async def offered(database: Database) -> list[tuple[int, datetime, str]]:
    """To which appointment, which place, and what came of it."""
    async with database.reading() as session:
        rows = await session.execute(
            select(PlaceOffer.appointment_id, PlaceOffer.starts_at, PlaceOffer.status).order_by(PlaceOffer.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


async def answer(database: Database, one: Appointment, yes: bool = True, after_min: float = 1) -> Answer:
    """To the only offer that this appointment was made."""
    act = place_offers.accept if yes else place_offers.decline
    async with database.reading() as session:
        offer_id = await session.scalar(select(PlaceOffer.id).where(PlaceOffer.appointment_id == one.id))
    assert offer_id is not None
    return await database.write(lambda session: act(session, moment("page", after_min), offer_id))


async def find(database: Database, after_min: float = 0) -> list[datetime]:
    async with database.reading() as session:
        return await time_slots.find_free(session, moment("c", after_min), "titre_identite", limit=20)


async def test_the_first_whom_it_suits_is_offered_a_place_that_frees_itself(database: Database) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    never_then = await book(database, 2, 5, Wish(never_hours=((0, 720),)))
    first = await book(database, 3, 6, Wish(hours=((480, 600),)))
    await book(database, 4, 7, Wish())
    assert await offer(database) == 0
    await cancel(database, early)
    assert PLACES[0] not in await find(database), "kept back at once"
    assert await offer(database) == 1
    assert await offer(database) == 0
    assert await offered(database) == [(first.id, PLACES[0], "proposee")]
    assert PLACES[0] not in await find(database, 119)
    async with database.reading() as session:
        message = await session.scalar(select(Message).where(Message.template == "place_plus_tot"))
    assert message is not None
    assert (message.channel, message.recipient) == ("sms", first.phone)
    assert message.values["debut"] == PLACES[0].isoformat()
    assert message.values["avant"] == "2026-11-24T12:00:00-04:00"
    assert never_then.earlier_wanted


async def test_accepting_moves_the_appointment_and_its_own_place_goes_to_the_next(database: Database) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    first = await book(database, 2, 4, Wish())
    second = await book(database, 3, 6, Wish())
    await cancel(database, early)
    await offer(database)
    assert await answer(database, first) == "acceptee"
    assert await answer(database, first) == "deja"
    async with database.reading() as session:
        kept = await session.get_one(Appointment, first.id)
        templates = list(
            await session.scalars(select(Message.template).where(Message.recipient == first.phone))
        )
    assert (kept.ref, kept.starts_at, kept.sequence) == (first.ref, PLACES[0], 1)
    assert not kept.earlier_wanted
    assert "rendez_vous_deplace" in templates
    assert await offer(database, 2) == 1
    assert (await offered(database))[1:] == [(second.id, PLACES[4], "proposee")]


async def test_a_place_that_is_left_or_not_answered_goes_to_the_next_then_to_everybody(
    database: Database,
) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    one, two = await book(database, 2, 4, Wish()), await book(database, 3, 5, Wish())
    await cancel(database, early)
    await offer(database)
    assert await answer(database, one, yes=False) == "refusee"
    assert PLACES[0] not in await find(database, 1)
    assert await offer(database, 2) == 1
    assert await answer(database, two, after_min=2 + 120) == "trop_tard"
    assert await offer(database, 123) == 0
    statuses = [(one.id, PLACES[0], "refusee"), (two.id, PLACES[0], "expiree")]
    assert await offered(database) == statuses
    assert PLACES[0] in await find(database, 123)
    async with database.reading() as session:
        assert (await session.get_one(Appointment, two.id)).starts_at == PLACES[5]


async def test_several_persons_are_offered_what_is_long_enough_beside_what_is_free(
    database: Database,
) -> None:
    await lay_out(database)
    early = await book(database, 1, 1)
    pair = await book(database, 2, 5, Wish(), persons=2)
    await cancel(database, early)
    assert await offer(database) == 1
    assert await offered(database) == [(pair.id, PLACES[1], "proposee")]
    assert await answer(database, pair) == "acceptee"
    assert set(PLACES[1:3]).isdisjoint(await find(database))
    assert set(PLACES[5:7]) <= set(await find(database))


async def test_at_night_an_offer_is_valid_from_when_it_can_be_read(database: Database) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    await book(database, 2, 4, Wish())
    await cancel(database, early)
    assert await offer(database, 11 * 60) == 1
    async with database.reading() as session:
        assert await session.scalar(select(PlaceOffer.valid_until)) == datetime(2026, 11, 25, 14, tzinfo=UTC)


async def test_who_moves_or_cancels_otherwise_leaves_the_list_and_the_offer(database: Database) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    one, two = await book(database, 2, 4, Wish()), await book(database, 3, 5, Wish())
    await cancel(database, early)
    await offer(database)
    await cancel(database, one)
    assert await offer(database, 1) == 1
    assert (two.id, PLACES[0], "proposee") in await offered(database)
    assert (one.id, PLACES[0], "caduque") in await offered(database)
    assert await answer(database, one) == "deja"


async def test_nothing_is_kept_back_where_nobody_waits_for_it(database: Database) -> None:
    await lay_out(database)
    late = await book(database, 1, 6)
    await book(database, 2, 4, Wish())
    await cancel(database, late)
    assert PLACES[6] in await find(database)


async def test_a_hundred_rushes_for_freed_places_never_give_one_to_two(database: Database) -> None:
    """Everybody at once: acceptances of one offer, bookings of the place, the list itself."""
    await lay_out(database)
    early = [await book(database, number, number) for number in range(2)]
    waiters = [await book(database, number, number, Wish()) for number in range(2, 8)]
    for one in early:
        await cancel(database, one)

    async def once(number: int) -> None:
        random = Random(number)
        visit = Visit("titre_identite", random.choice(PLACES), f"Autre{number}")
        at = moment(f"appel {number}", number / 10)

        async def rush(session: AsyncSession) -> None:
            match number % 4:
                case 0:
                    await place_offers.offer_places(session, HOW, at.now)
                case 1 | 2:
                    await place_offers.accept(session, at, random.randint(1, 6))
                case _:
                    await appointments.book(session, at, visit, random, call_id=None)

        try:
            await database.write(rush)
        except (PlaceGone, DatabaseUnavailable):
            return

    await asyncio.gather(*(once(number) for number in range(100)))
    async with database.reading() as session:
        standing = list(
            await session.scalars(select(Appointment.starts_at).where(Appointment.status == "pris"))
        )
        n_used = await session.scalar(
            select(func.count()).select_from(TimeSlotUse).where(TimeSlotUse.appointment_id.is_not(None))
        )
        moved = list(await session.scalars(select(Appointment.sequence).where(Appointment.sequence > 0)))
    assert len(standing) == len(set(standing)) == n_used
    assert len(standing) >= len(waiters)
    assert moved


async def test_what_a_person_s_erasure_frees_is_offered_to_the_next(database: Database) -> None:
    await lay_out(database)
    early = await book(database, 1, 0)
    leaves = await book(database, 2, 4, Wish())
    waits, too = await book(database, 3, 6, Wish()), await book(database, 4, 7, Wish())
    await cancel(database, early)
    assert await offer(database) == 1
    assert await offered(database) == [(leaves.id, PLACES[0], "proposee")]
    assert leaves.phone is not None
    await person.erase(
        database,
        phone=leaves.phone,
        ref=leaves.ref,
        clerk_id=None,
        now=NOW,
        tz=ZoneInfo("America/Martinique"),
    )
    assert not {PLACES[0], PLACES[4]} & set(await find(database)), "neither is lost to the list"
    assert await offer(database) == 2
    assert await offered(database) == [(waits.id, PLACES[0], "proposee"), (too.id, PLACES[4], "proposee")]
