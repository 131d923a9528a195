"""Call-backs promised: joined, ordered, told to the clerks when late; and the clerks' work on them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import lists, promises, work
from callbacks.database import Database
from callbacks.errors import AlreadyTaken, NoSuchRecord, NotOpen
from callbacks.lists import Filters
from callbacks.models import AuditEntry, Callback, CallbackEvent, Clerk, Message
from callbacks.promises import Wish

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PHONE = "+596696203040"


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


IN_FOUR_HOURS = after(4)
_number = iter(range(1000, 10_000))


async def ask(
    database: Database, *, due: datetime = IN_FOUR_HOURS, at: datetime = NOW, seen: list[int] | None = None,
    **wish: object,
) -> Callback:  # fmt: skip
    wanted = Wish(**{"service": "accueil", "phone": PHONE, "reason": "requested", **wish})  # type: ignore[arg-type]
    ref = f"C{next(_number)}"

    def due_of(n_before: int) -> datetime:
        if seen is not None:
            seen.append(n_before)
        return due

    return await database.write(lambda session: promises.promise(session, wanted, ref, due_of, at))


async def clerks(database: Database, *names: str) -> list[int]:
    async with database.transaction() as session:
        made = [Clerk(login=name.lower(), shown_name=name, role="clerk", created_at=NOW) for name in names]
        session.add_all(made)
        await session.flush()
        return [clerk.id for clerk in made]


async def kinds(database: Database, callback_id: int) -> list[str]:
    async with database.reading() as session:
        query = select(CallbackEvent.kind).where(CallbackEvent.callback_id == callback_id)
        return list(await session.scalars(query.order_by(CallbackEvent.id)))


async def messages(database: Database) -> list[tuple[str, str, str]]:
    async with database.reading() as session:
        rows = await session.execute(select(Message.channel, Message.template, Message.recipient))
        return sorted((row[0], row[1], row[2]) for row in rows)


async def test_repeated_requests_of_one_person_join_into_one(database: Database) -> None:
    first = await ask(database, about="une carte")
    again = await ask(database, due=after(2), at=after(1), reason="sensitive", urgent=True, about="urgent")
    assert (again.id, again.ref, again.requests) == (first.id, first.ref, 2)
    assert again.urgent
    assert again.priority > first.priority
    assert again.due_at == after(2)
    later = await ask(database, due=after(9), at=after(1.5))
    assert (later.due_at, later.urgent, later.requests) == (after(2), True, 3)
    assert later.about == "une carte / urgent"
    assert await kinds(database, first.id) == ["demande", "redemande", "redemande"]
    other = await ask(database, service="ccas")
    assert other.id != first.id


async def test_requests_at_the_same_instant_join_too(database: Database) -> None:
    kept = await asyncio.gather(*(ask(database, at=NOW) for _ in range(8)))
    assert len({each.id for each in kept}) == 1
    assert max(each.requests for each in kept) == 8


async def test_the_queue_before_a_caller_counts_what_comes_first(database: Database) -> None:
    seen: list[int] = []
    await ask(database, phone="+33100000001", seen=seen)
    await ask(database, phone="+33100000002", seen=seen)
    await ask(database, phone="+33100000003", reason="sensitive", seen=seen)
    await ask(database, phone="+33100000004", urgent=True, seen=seen)
    await ask(database, phone="+33100000005", service="ccas", seen=seen)
    await ask(database, phone="+33100000006", seen=seen)
    assert seen == [0, 1, 0, 0, 0, 4]
    page = await lists.list_callbacks(database, Filters(services=("accueil",)))
    assert [row.callback.phone[-1] for row in page.rows] == ["4", "3", "1", "2", "6"]


async def test_an_urgent_one_is_told_to_the_clerks_at_once_and_once(database: Database) -> None:
    await ask(database, urgent=True)
    await ask(database, urgent=True)
    assert await messages(database) == [("clerks", "rappel_urgent", "accueil")]


async def test_a_missed_due_time_raises_one_alarm(database: Database) -> None:
    kept = await ask(database, due=after(1))
    await ask(database, due=after(9), phone="+33100000002")

    async def late(at: datetime) -> list[str]:
        found = await database.write(lambda session: promises.raise_alarms(session, at))
        return [each.ref for each in found]

    assert await late(after(0.5)) == []
    assert await late(after(2)) == [kept.ref]
    assert await late(after(3)) == []
    assert await messages(database) == [("clerks", "rappel_en_retard", "accueil")]
    # Asked for again after that, nobody is promised the past.
    again = await ask(database, due=after(6), at=after(3))
    assert again.due_at == after(6)
    assert again.priority > kept.priority + promises.LATE


async def test_two_clerks_never_hold_the_same_call_back(database: Database) -> None:
    kept = await ask(database)
    ids = await clerks(database, "Ada", "Bea", "Cléo", "Dina")

    async def tries(clerk: int) -> bool:
        try:
            await work.claim(database, kept.id, clerk, NOW)
        except AlreadyTaken:
            return False
        return True

    got = await asyncio.gather(*(tries(clerk) for clerk in ids))
    assert sum(got) == 1
    holder = ids[got.index(True)]
    assert (await work.claim(database, kept.id, holder, NOW)).clerk_id == holder
    other = ids[got.index(False)]
    refused: list[Callable[[], Awaitable[Callback]]] = [
        lambda: work.release(database, kept.id, other, NOW),
        lambda: work.close(database, kept.id, other, NOW),
        lambda: work.no_answer(database, kept.id, other, NOW),
        lambda: work.reassign(database, kept.id, "ccas", other, NOW),
    ]
    for forbidden in refused:
        with pytest.raises(AlreadyTaken, match="Déjà pris par"):
            await forbidden()
    freed = await work.release(database, kept.id, other, NOW, force=True)
    assert (freed.status, freed.clerk_id) == ("a_rappeler", None)


async def test_three_attempts_in_vain_then_a_message(database: Database) -> None:
    kept = await ask(database)
    (clerk,) = await clerks(database, "Ada")
    for attempt in range(1, 4):
        await work.claim(database, kept.id, clerk, NOW)
        after_it = await work.no_answer(database, kept.id, clerk, NOW, note="répondeur")
        assert (after_it.status, after_it.attempts, after_it.clerk_id) == ("sans_reponse", attempt, None)
    assert await messages(database) == [("sms", "rappel_sans_reponse", PHONE)]


async def test_a_closed_call_back_is_done_until_it_is_reopened(database: Database) -> None:
    kept = await ask(database)
    (clerk,) = await clerks(database, "Ada")
    closed = await work.close(database, kept.id, clerk, after(1), outcome="regle", note="carte prête")
    assert (closed.status, closed.closed_at) == ("rappele", after(1))
    with pytest.raises(NotOpen):
        await work.claim(database, kept.id, clerk, after(2))
    assert (await ask(database, at=after(2))).id != kept.id
    with pytest.raises(AlreadyTaken, match="déjà un rappel ouvert"):
        await work.reopen(database, kept.id, clerk, after(3))
    with pytest.raises(NoSuchRecord):
        await work.claim(database, 999_999, clerk, NOW)


async def test_handed_to_a_service_where_the_person_waits_already_they_become_one(database: Database) -> None:
    here = await ask(database, due=after(2))
    there = await ask(database, service="ccas", due=after(5))
    (clerk,) = await clerks(database, "Ada")
    moved = await work.reassign(database, here.id, "ccas", clerk, NOW)
    assert (moved.status, moved.outcome) == ("clos", "doublon")
    story = await lists.read_callback(database, there.id, clerk, NOW)
    assert (story.listed.callback.requests, story.listed.callback.due_at) == (2, after(2))
    assert [event.kind for event, _ in story.events] == ["demande", "regroupe"]


async def test_every_reading_and_every_change_is_in_the_audit_log(database: Database) -> None:
    kept = await ask(database)
    (clerk,) = await clerks(database, "Ada")
    await work.claim(database, kept.id, clerk, NOW)
    await lists.read_callback(database, kept.id, clerk, NOW)
    await work.close(database, kept.id, clerk, NOW)
    async with database.reading() as session:
        rows = await session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id))
        seen = [(row[0], row[1]) for row in rows]
    assert seen == [(action, f"callback {kept.ref}") for action in ("pris", "lire", "clos")]


async def test_the_list_is_searched_as_people_write(database: Database) -> None:
    await ask(database, name="Joseph-Angélique", about="100 % sûr")
    await ask(database, phone="+33612345678", name="Cadet")

    async def found(words: str) -> list[str | None]:
        page = await lists.list_callbacks(database, Filters(words=words))
        return [row.callback.name for row in page.rows]

    assert await found("06 12 34") == ["Cadet"]
    assert await found("joseph") == ["Joseph-Angélique"]
    assert await found("0 %") == ["Joseph-Angélique"]
    assert await found("%") == ["Joseph-Angélique"]
    assert await found("personne") == []


async def test_live_pages_learn_what_changed(database: Database) -> None:
    kept = await ask(database)
    before = await work.latest_event(database)
    assert await work.changed_since(database, before) == []
    (clerk,) = await clerks(database, "Ada")
    await work.claim(database, kept.id, clerk, NOW)
    assert await work.changed_since(database, before) == [kept.id]


async def test_a_message_queued_twice_under_one_key_is_one(database: Database) -> None:
    from callbacks.outbox import Outgoing, enqueue

    async def twice(session: AsyncSession) -> None:
        for _ in range(2):
            await enqueue(session, Outgoing("rdv-1", "sms", PHONE, "confirmation", {"ref": "R1"}), NOW)

    await database.write(twice)
    await database.write(twice)
    assert await messages(database) == [("sms", "confirmation", PHONE)]
