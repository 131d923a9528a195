"""What has served its time is erased; one person's data are theirs; words are kept without numbers."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import calls, person, promises
from callbacks.calls import CallStart, TurnHeard
from callbacks.database import Database
from callbacks.errors import NoSuchRecord
from callbacks.masking import EMAIL, NUMBER, masked, without_private_numbers
from callbacks.models import (
    Agenda,
    Appointment,
    Call,
    Callback,
    CallTurn,
    File,
    Message,
    Ticket,
    TimeSlot,
    TimeSlotUse,
)
from callbacks.models_recordings import CallSound
from callbacks.outbox import Outgoing, enqueue
from callbacks.retention import Erased, erase_expired
from prompts.agendas import Retention

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
KEEP = Retention.model_validate({})
ZONE = ZoneInfo("America/Martinique")
PHONE = "+596696203040"


async def fill(database: Database, at: datetime = NOW, phone: str = PHONE, mark: str = "1") -> None:
    """One call in which an appointment was taken, a call-back asked for (and made), a fault reported."""

    async def work(session: AsyncSession) -> None:
        call = f"appel-{mark}"
        await calls.begin(session, CallStart(call, at, phone))
        await calls.write_turns(session, [TurnHeard(call, 0, at, "voice", heard="bonjour", said="Bonjour")])
        session.add(
            Callback(
                ref=f"C{mark}", call_id=call, service="accueil", phone=phone, reason="requested",
                status="rappele", created_at=at, due_at=at, closed_at=at,
            )
        )  # fmt: skip
        session.add(
            Ticket(ref=f"S{mark}", call_id=call, category="voirie", place="rue du Port", nature="trou",
                   name="Cadet", phone=phone, created_at=at)
        )  # fmt: skip
        session.add(Agenda(motif=f"m{mark}", duration_min=20))
        session.add(
            Appointment(
                ref=f"R{mark}", call_id=call, motif=f"m{mark}", subject="cni",
                starts_at=at.replace(tzinfo=None), name="Cadet", name_key="cadet", phone=phone, created_at=at,
            )
        )  # fmt: skip
        await session.flush()
        appointment = await session.scalar(select(Appointment.id).where(Appointment.ref == f"R{mark}"))
        start = at.replace(tzinfo=None)
        place = TimeSlot(motif=f"m{mark}", starts_at=start, ends_at=start + timedelta(minutes=20))
        session.add(place)
        await session.flush()
        session.add(TimeSlotUse(time_slot_id=place.id, appointment_id=appointment))

    await database.write(work)


async def count(database: Database, model: type[object]) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_each_kind_of_record_goes_when_its_time_has_come(database: Database) -> None:
    await fill(database)

    async def erased(days: int) -> Erased:
        return await erase_expired(database, KEEP, NOW + timedelta(days=days))

    assert await erased(29) == Erased()
    assert await erased(31) == Erased(words=1)
    assert await erased(32) == Erased()
    assert await erased(181) == Erased(numbers=1, callbacks=1, appointments=1, traces=1)
    assert await erased(366) == Erased(tickets=1, calls=1)
    for model in (Call, CallTurn, Callback, Ticket, Appointment, TimeSlot, TimeSlotUse):
        assert await count(database, model) == 0


async def record(database: Database, *marks: str) -> None:
    """The sound of these calls is kept."""

    async def work(session: AsyncSession) -> None:
        for mark in marks:
            session.add(
                CallSound(call_id=f"appel-{mark}", file=f"{mark}.scelle", wrapped_key="00", began_at=NOW)
            )

    await database.write(work)


async def test_the_sound_of_a_call_goes_at_its_time_or_with_its_call(database: Database) -> None:
    await fill(database)
    await record(database, "1")
    assert await erase_expired(database, KEEP, NOW + timedelta(days=29)) == Erased()
    assert await erase_expired(database, KEEP, NOW + timedelta(days=30, minutes=1)) == Erased(
        words=1, sounds=1
    )
    await record(database, "1")
    keep = Retention.model_validate({"appels": 1})
    assert (await erase_expired(database, keep, NOW + timedelta(days=2))).calls == 1
    assert await count(database, CallSound) == 0


async def test_the_sound_of_somebody_s_calls_is_told_and_erased_with_them(database: Database) -> None:
    await fill(database)
    await fill(database, phone="+596696000000", mark="2")
    await record(database, "1", "2")
    kept = await person.kept(database, phone=PHONE, ref="R1", clerk_id=None, now=NOW)
    told = await person.export(database, phone=PHONE, ref="R1", clerk_id=None, now=NOW)
    assert (kept.sounds, told["appels_enregistres"]) == (1, ["appel-1"])
    assert "wrapped_key" not in json.dumps(told)
    assert (await person.erase(database, phone=PHONE, ref="R1", clerk_id=None, now=NOW, tz=ZONE)).sounds == 1
    async with database.reading() as session:
        assert list(await session.scalars(select(CallSound.call_id))) == ["appel-2"]


async def test_the_town_decides_how_long(database: Database) -> None:
    await fill(database)
    keep = Retention.model_validate({"paroles": 1, "appels": 2})
    assert await erase_expired(database, keep, NOW + timedelta(days=3)) == Erased(words=1, calls=1)
    assert await count(database, Callback) == 1


async def test_one_person_s_data_are_exported_and_erased_by_number_and_reference(database: Database) -> None:
    await fill(database)
    await fill(database, phone="+596696000000", mark="2")
    for phone, ref in ((PHONE, "C2"), (PHONE, "R9999"), ("+33100000000", "C1")):
        with pytest.raises(NoSuchRecord):
            await person.export(database, phone=phone, ref=ref, clerk_id=None, now=NOW)
        with pytest.raises(NoSuchRecord):
            await person.erase(database, phone=phone, ref=ref, clerk_id=None, now=NOW, tz=ZONE)
    told = await person.export(database, phone=PHONE, ref="R1", clerk_id=None, now=NOW)
    text = json.dumps(told, ensure_ascii=False)
    assert all(mark in text for mark in ("C1", "S1", "R1", "bonjour", "rue du Port"))
    assert "+596696000000" not in text
    erased = await person.erase(database, phone=PHONE, ref="S1", clerk_id=None, now=NOW, tz=ZONE)
    assert (erased.calls, erased.callbacks, erased.appointments, erased.tickets) == (1, 1, 1, 1)
    async with database.reading() as session:
        fault = await session.scalar(select(Ticket).where(Ticket.ref == "S1"))
        assert fault is not None
        assert (fault.phone, fault.name, fault.place) == (None, None, "rue du Port")
        assert list(await session.scalars(select(Callback.ref))) == ["C2"]
    with pytest.raises(NoSuchRecord):
        await person.export(database, phone=PHONE, ref="S1", clerk_id=None, now=NOW)


async def test_who_withheld_their_number_but_gave_one_for_a_fault_leaves_no_words(database: Database) -> None:
    async def report(session: AsyncSession) -> None:
        await calls.begin(session, CallStart("appel-masque", NOW, None))
        await calls.write_turns(
            session, [TurnHeard("appel-masque", 0, NOW, "voice", heard="c'est devant chez moi", said="Où ?")]
        )
        session.add(
            Ticket(ref="S9", call_id="appel-masque", category="voirie", place="rue du Port", nature="trou",
                   phone=PHONE, created_at=NOW)
        )  # fmt: skip

    await database.write(report)
    erased = await person.erase(database, phone=PHONE, ref="S9", clerk_id=None, now=NOW, tz=ZONE)
    assert (erased.calls, erased.tickets) == (1, 1)
    assert await count(database, CallTurn) == 0


async def test_each_call_in_which_a_call_back_was_asked_for_is_theirs(database: Database) -> None:
    async def ask(session: AsyncSession, number: int) -> None:
        await calls.begin(session, CallStart(f"masque-{number}", NOW, None))
        wish = promises.Wish("accueil", PHONE, "requested")
        await promises.promise(session, wish, f"C{number}", lambda _: NOW, NOW, call_id=f"masque-{number}")

    for number in range(3):
        await database.write(lambda session, number=number: ask(session, number))  # type: ignore[misc]
    asked = {"phone": PHONE, "ref": "C0", "clerk_id": None, "now": NOW}
    assert (await person.kept(database, **asked)).calls == 3  # type: ignore[arg-type]
    assert (await person.erase(database, **asked, tz=ZONE)).calls == 3  # type: ignore[arg-type]
    assert await count(database, Call) == 0


async def test_an_address_that_a_family_shares_mixes_nobody_s_messages(database: Database) -> None:
    shared, other = "famille@exemple.fr", "+596696000000"
    await fill(database)
    await fill(database, phone=other, mark="2")

    async def write(session: AsyncSession) -> None:
        await session.execute(update(Appointment).values(email=shared))
        for mark, phone in (("1", PHONE), ("2", other)):
            session.add(
                File(key=f"d{mark}", number=f"D-{mark}", service="urbanisme", status="recu", phone=phone,
                     email=shared, updated_at=NOW)
            )  # fmt: skip
            for message in (
                Outgoing(f"rappel-R{mark}-x", "email", shared, "rappel", {"ref": f"R{mark}"}),
                Outgoing(f"pieces-R{mark}-x", "email", shared, "liste_des_pieces", {"subject": "cni"}),
                Outgoing(f"dossier-d{mark}-x", "email", shared, "dossier_statut", {"dossier": f"d{mark}"}),
                Outgoing(f"manque-{mark}", "sms", phone, "appel_manque"),
            ):
                await enqueue(session, message, NOW)

    await database.write(write)
    one = {"phone": PHONE, "ref": "R1", "clerk_id": None, "now": NOW}
    assert (await person.kept(database, **one)).messages == 4  # type: ignore[arg-type]
    told = await person.export(database, **one)  # type: ignore[arg-type]
    keys = {each["key"] for each in told["messages"]}
    assert keys == {"rappel-R1-x", "pieces-R1-x", "dossier-d1-x", "manque-1"}
    assert (await person.erase(database, **one, tz=ZONE)).messages == 4  # type: ignore[arg-type]
    async with database.reading() as session:
        left = set(await session.scalars(select(Message.key)))
    assert left == {"rappel-R2-x", "pieces-R2-x", "dossier-d2-x", "manque-2"}


async def test_a_caller_who_objects_leaves_no_words_behind_or_ahead(database: Database) -> None:
    await fill(database)

    async def objects(session: AsyncSession) -> None:
        await calls.keep_no_words(session, "appel-1", {})

    await database.write(objects)
    late = TurnHeard("appel-1", 1, NOW, "voice", heard="je m'appelle Cadet", said="Cadet ?", intent="reponse")
    await database.write(lambda session: calls.write_turns(session, [late]))
    async with database.reading() as session:
        turns = list(await session.scalars(select(CallTurn).order_by(CallTurn.number)))
    assert [(turn.heard, turn.said) for turn in turns] == [(None, None), (None, None)]
    assert turns[1].intent == "reponse"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("c'est le 0696 20 30 40 merci", f"c'est le {NUMBER} merci"),
        ("+596696203040", NUMBER),
        ("zéro six quatre-vingt seize vingt trente quarante", NUMBER),
        ("mon numéro zéro six 12 trente quatre 56 78", f"mon numéro {NUMBER}"),
        ("jean.dupont@exemple.fr s'il vous plaît", f"{EMAIL} s'il vous plaît"),
        ("jean point dupont arobase exemple point fr", EMAIL),
        ("mardi 24 novembre à 14 heures 30", "mardi 24 novembre à 14 heures 30"),
        ("le vingt-quatre novembre deux mille vingt-six", "le vingt-quatre novembre deux mille vingt-six"),
        ("j'ai deux enfants de six et neuf ans", "j'ai deux enfants de six et neuf ans"),
        ("86 euros", "86 euros"),
        ("", ""),
    ],
)  # fmt: skip
def test_numbers_and_addresses_are_masked_in_the_words_kept(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mon numéro de sécu c'est 2 54 08 97 209 123 45 voilà", "mon numéro de sécu c'est [numéro] voilà"),
        ("sécu 1850578006084", "sécu [numéro]"),
        ("ma carte est la 4970 1000 0000 0014", "ma carte est la [numéro]"),
        ("sur le FR76 3000 6000 0112 3456 7890 189", "sur le [numéro]"),
        ("le dossier DP 972 209 26 M0041", "le dossier DP 972 209 26 M0041"),
        ("dossier DP972209260041 au 0696 20 30 40", "dossier DP972209260041 au 0696 20 30 40"),
        ("le numéro unique 972100012345678901", "le numéro unique 972100012345678901"),
    ],
)
def test_what_nobody_at_a_town_hall_needs_is_in_no_record(said: str, kept: str) -> None:
    assert without_private_numbers(said) == kept
