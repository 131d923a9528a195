"""What is queued arrives: by a real SMTP server, once, later when the server is away, never unwanted."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from callbacks.database import Database, open_database
from callbacks.messages.claims import LEASE, claim
from callbacks.messages.delivery import Delivery
from callbacks.messages.sender import KEY_HEADER, AppriseSender
from callbacks.messages.timing import RETRIES, TOO_OLD
from callbacks.models import Clerk, Message
from callbacks.outbox import Outgoing, enqueue, opt_out
from prompts.content import Town
from prompts.load import load_town
from tests.support.post_office import PostOffice, post_office

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # a Tuesday, 10:00 in the town
PHONE, EMAIL = "+596696203040", "lea@exemple.fr"
SMS = "596696203040@sms.example"
"""Where the town's gateway takes SMS for that number."""


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


def sender_to(office: PostOffice) -> AppriseSender:
    sms = office.url.replace("{destinataire}", "{destinataire}@sms.example")
    return AppriseSender({"email": office.url, "sms": sms})


def delivery_of(database: Database, town: Town, office: PostOffice, clock: Clock) -> Delivery:
    return Delivery(database, town, sender_to(office), clock, "https://agents.rocheval.example")


async def queue(database: Database, *messages: Outgoing, now: datetime = NOW) -> None:
    for message in messages:
        await database.write(lambda session, each=message: enqueue(session, each, now))  # type: ignore[misc]


async def kept(database: Database, key: str) -> Message:
    async with database.reading() as session:
        found = await session.scalar(select(Message).where(Message.key == key))
    assert found is not None
    return found


def missed(key: str = "m1", to: str = PHONE) -> Outgoing:
    return Outgoing(key, "email" if "@" in to else "sms", to, "appel_manque")


async def test_a_message_arrives_in_the_town_s_words_and_never_twice(
    database: Database, town: Town, office: PostOffice
) -> None:
    delivery = delivery_of(database, town, office, Clock())
    await queue(database, missed(), missed("m2", EMAIL), missed())
    assert await delivery.once() == 2
    assert await delivery.once() == 0
    assert len(office.received) == 2
    assert town.name in office.texts_to(SMS)[0]
    (_, email) = next(each for each in office.received if EMAIL in each[0])
    assert email["Subject"] == "La mairie a manqué votre appel"
    assert (await kept(database, "m1")).sent_at == NOW


async def test_what_the_server_does_not_take_is_tried_again_ever_later(
    database: Database, town: Town, office: PostOffice
) -> None:
    clock = Clock()
    delivery = delivery_of(database, town, office, clock)
    office.refuses = True
    await queue(database, missed(to=EMAIL))
    for wait in RETRIES[:3]:
        assert await delivery.once() == 0
        clock.at += wait - timedelta(seconds=1)
        office.refuses = False
        assert await delivery.once() == 0
        office.refuses = True
        clock.at += timedelta(seconds=1)
    office.refuses = False
    assert await delivery.once() == 1
    assert len(office.received) == 1
    assert (await kept(database, "m1")).attempts == 4


async def test_a_message_waits_for_a_server_that_is_down_and_arrives_once_it_is_up(
    database: Database, town: Town
) -> None:
    clock = Clock()
    with post_office() as office:
        delivery = delivery_of(database, town, office, clock)
    await queue(database, missed(to=EMAIL))
    assert await delivery.once() == 0
    with post_office() as office:
        clock.at += RETRIES[0]
        assert await replace(delivery, sender=sender_to(office)).once() == 1
        assert len(office.received) == 1


async def test_after_a_day_in_vain_it_is_given_up_and_the_clerks_are_told(
    database: Database, town: Town, office: PostOffice
) -> None:
    clock = Clock()
    delivery = delivery_of(database, town, office, clock)
    office.refuses = True
    await queue(database, missed(to=EMAIL))
    for wait in (*RETRIES, timedelta()):
        await delivery.once()
        clock.at += wait
    given_up = await kept(database, "m1")
    assert given_up.given_up_at is not None
    assert given_up.given_up_at - NOW < timedelta(hours=24)
    office.refuses = False
    clock.at += timedelta(days=1)
    await delivery.once()
    assert office.texts_to(EMAIL) == []
    assert "appel manque" in office.texts_to(town.commune.contact.email)[0]


async def test_sms_wait_for_the_morning_and_for_monday_but_alarms_do_not(
    database: Database, town: Town, office: PostOffice
) -> None:
    clock = Clock(datetime(2026, 11, 29, 0, 30, tzinfo=UTC))  # Saturday 20:30 in the town
    delivery = delivery_of(database, town, office, clock)
    alarm = Outgoing("u1", "clerks", "accueil", "rappel_urgent", {"ref": "C1042", "id": 7})
    await queue(database, missed(), missed("m2", EMAIL), alarm, now=clock.at)
    assert await delivery.once() == 2
    (told,) = office.texts_to(town.commune.contact.email)
    assert "https://agents.rocheval.example/rappels/C1042" in told
    clock.at = datetime(2026, 11, 29, 14, 0, tzinfo=UTC)  # Sunday 10:00
    assert await delivery.once() == 0
    clock.at = datetime(2026, 11, 30, 11, 59, tzinfo=UTC)  # Monday 07:59
    assert await delivery.once() == 0
    clock.at += timedelta(minutes=1)
    assert await delivery.once() == 1


async def test_who_wants_no_messages_gets_none_that_was_queued_before(
    database: Database, town: Town, office: PostOffice
) -> None:
    await queue(database, missed())
    for _ in range(2):
        await database.write(lambda session: opt_out(session, PHONE, NOW))
    assert await delivery_of(database, town, office, Clock()).once() == 0
    assert office.received == []
    assert (await kept(database, "m1")).given_up_at == NOW


async def test_no_sms_goes_to_a_number_that_cannot_take_one(
    database: Database, town: Town, office: PostOffice
) -> None:
    await queue(database, missed("fixe", "+596596000000"), missed("loin", "+15551234567"))
    assert await delivery_of(database, town, office, Clock()).once() == 0
    assert office.received == []


async def test_beyond_the_day_s_cap_sms_wait_for_tomorrow_and_the_clerks_hear_of_it_once(
    database: Database, town: Town, office: PostOffice
) -> None:
    rules = town.messages.rules.model_copy(update={"sms_per_day": 3})
    capped = replace(town, messages=town.messages.model_copy(update={"rules": rules}))
    clock = Clock()
    delivery = delivery_of(database, capped, office, clock)
    await queue(database, *(missed(f"m{index}") for index in range(5)))
    await delivery.once()
    assert len(office.texts_to(SMS)) == 3
    await delivery.once()
    assert len(office.texts_to(town.commune.contact.email)) == 1
    clock.at += timedelta(days=1)
    await delivery.once()
    assert len(office.texts_to(SMS)) == 5


async def test_what_a_dead_process_took_is_sent_once_its_lease_has_ended(
    database: Database, town: Town, office: PostOffice
) -> None:
    clock = Clock()
    delivery = delivery_of(database, town, office, clock)
    await queue(database, missed(to=EMAIL))
    taken = await database.write(lambda session: claim(session, town, ["email"], NOW))
    assert len(taken.messages) == 1
    assert await delivery.once() == 0
    clock.at += LEASE
    assert await delivery.once() == 1


async def test_what_nobody_tried_for_a_day_is_dropped_and_the_clerks_hear_of_it_once(
    database: Database, town: Town, office: PostOffice
) -> None:
    clock = Clock(NOW + TOO_OLD + timedelta(minutes=1))
    await queue(database, missed(to=EMAIL), missed("m2", EMAIL))
    await delivery_of(database, town, office, clock).once()
    await delivery_of(database, town, office, clock).once()
    assert office.texts_to(EMAIL) == []
    assert len(office.texts_to(town.commune.contact.email)) == 1


async def test_what_cannot_be_written_is_given_up_at_once(
    database: Database, town: Town, office: PostOffice
) -> None:
    await queue(database, Outgoing("x", "email", EMAIL, "inconnu"))
    await queue(database, Outgoing("y", "email", EMAIL, "rendez_vous_pris", {"debut": "demain"}))
    await delivery_of(database, town, office, Clock()).once()
    assert office.texts_to(EMAIL) == []
    assert (await kept(database, "x")).given_up_at == NOW
    assert (await kept(database, "y")).given_up_at == NOW


async def test_an_alarm_goes_to_the_clerks_of_that_service(
    database: Database, town: Town, office: PostOffice
) -> None:
    def clerk(login: str, services: list[str], *, active: bool = True) -> Clerk:
        return Clerk(login=login, shown_name=login, role="clerk", services=services, active=active,
                     email=f"{login}@mairie.example", created_at=NOW)  # fmt: skip

    async with database.transaction() as session:
        session.add_all(
            [
                clerk("tous", []),
                clerk("etat", ["etat_civil"]),
                clerk("parti", ["etat_civil"], active=False),
                clerk("urba", ["urbanisme"]),
            ]
        )
    for service in ("etat_civil", "voirie"):
        alarm = Outgoing(f"u-{service}", "clerks", service, "rappel_urgent", {"ref": "C1", "id": 1})
        await queue(database, alarm)
    await delivery_of(database, town, office, Clock()).once()
    reached = sorted(address for to, _ in office.received for address in to)
    assert reached == ["etat@mairie.example", "tous@mairie.example"]


def empty_the_outbox(database_url: str, port: int) -> None:
    """What a second machine would do."""
    import asyncio

    async def run() -> None:
        database = open_database(database_url)
        delivery = delivery_of(database, load_town(), PostOffice(port), Clock())
        await delivery.once()
        await database.close()

    asyncio.run(run())


async def test_two_processes_send_each_message_once(
    database_url: str, database: Database, office: PostOffice
) -> None:
    n_messages = 20
    await queue(database, *(missed(f"m{index}", f"p{index}@exemple.fr") for index in range(n_messages)))
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=empty_the_outbox, args=(database_url, office.port)) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert [other.exitcode for other in others] == [0, 0]
    copies = Counter(str(message[KEY_HEADER]) for _, message in office.received)
    assert len(copies) == n_messages
    assert set(copies.values()) == {1}
