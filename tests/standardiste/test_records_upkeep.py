"""The records beside calls: agendas laid out, alarms, the night's work, calls written down."""

import asyncio
import contextlib
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from callbacks.database import Database, open_database
from callbacks.messages.wording import ForPerson, write
from callbacks.models import Call, Callback, CallTurn, Message, TimeSlot
from callbacks.voicemail import Voicemail
from dialog import office
from dialog.actions import Say
from dialog.events import Answered, CallStarted, Heard
from dialog.manager import State
from dialog.procedures import ProcedureTopic
from prompts.content import Town
from prompts.errors import ContentError
from prompts.load import load_town
from standardiste.call_log import CallLog
from standardiste.records import TownRecords
from standardiste.records_filling import plans_of
from standardiste.records_upkeep import Upkeep
from telephony.ari.caller_id import e164
from telephony.dialog_processor import Exchange
from tests.support.missed import nobody_took
from tests.support.voicemail import leave_message

COMMUNE = """
nom: Rocheval
departement: '57'
fuseau: Europe/Paris
accueil: {adresse: 2 rue du Puits, telephone: '+33387000000', courriel: mairie@rocheval.example}
lieux:
  mairie: {nom: la mairie, horaire: 'Mo-Fr 09:00-12:00; PH off'}
fermetures:
  - {debut: 2026-11-26T00:00, fin: 2026-11-27T00:00, libelle: inventaire}
transferts:
  accueil: {nom: l'accueil, horaires: mairie}
services:
  cni: {agenda: titre_identite}
agendas:
  titre_identite:
    duree_min: 20
    battement_min: 10
    horaire: 'Mo-Fr 09:00-10:30; PH off'
    guichets: {'1': null, '2': 'We 09:00-10:00'}
    exceptions:
      - {debut: 2026-11-25T09:00, fin: 2026-11-25T09:30, libelle: réunion}
    jours_a_l_avance: 7
"""
PHONE = "+33612345678"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "commune.yaml").write_text(COMMUNE, encoding="utf-8")
    return load_town(tmp_path)


class Clock:
    def __init__(self, town: Town) -> None:
        self.at = datetime(2026, 11, 24, 8, tzinfo=town.tz)

    def __call__(self) -> datetime:
        return self.at


def records_of(town: Town, database: Database) -> tuple[TownRecords, Clock]:
    clock = Clock(town)
    return TownRecords(town, database, clock, Random(1)), clock


async def test_time_slots_come_from_hours_counters_buffers_closures_and_exceptions(
    town: Town, database_url: str
) -> None:
    database = open_database(database_url)
    records, clock = records_of(town, database)
    found = await records.answer("a", office.FindTimeSlots("titre_identite", limit=50))
    assert isinstance(found, office.TimeSlotsFound)
    assert [f"{start:%a %H:%M}" for start in found.starts] == [
        "Tue 09:00", "Tue 09:30", "Tue 10:00",
        "Wed 09:30", "Wed 10:00",
        "Fri 09:00", "Fri 09:30", "Fri 10:00",
        "Mon 09:00", "Mon 09:30", "Mon 10:00",
    ]  # fmt: skip
    booked = [
        await records.answer(
            name, office.Book("titre_identite", datetime(2026, 11, 25, 9, 30), name, None, "cni")
        )
        for name in ("Un", "Deux", "Trois")
    ]
    assert [reply != office.Booked(None) for reply in booked] == [True, True, False]
    async with database.reading() as session:
        before = await session.scalar(select(func.count()).select_from(TimeSlot))
    clock.at += timedelta(hours=1)
    await Upkeep(records).erase_records()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TimeSlot)) == before
    clock.at += timedelta(days=1)
    await Upkeep(records).erase_records()
    async with database.reading() as session:
        last = await session.scalar(select(func.max(TimeSlot.starts_at)))
    assert last == datetime(2026, 12, 1, 10)
    await database.close()


@pytest.mark.parametrize(
    ("line", "wrong", "told"),
    [
        ("duree_min: 20", "duree_min: 2", "hors limites"),
        ("horaire: 'Mo-Fr 09:00-10:30; PH off'", "horaire: 9h-12h", "9h-12h"),
        ("'We 09:00-10:00'", "'9h'", "9h"),
        ("fin: 2026-11-25T09:30", "fin: 2026-11-25T08:30", "finit avant de commencer"),
        ("{agenda: titre_identite}", "{agenda: titres}", "« titres » n'existe pas"),
        ("battement_min: 10", "batement_min: 10", "inconnue"),
    ],
)
def test_a_faulty_agenda_is_explained_where_it_stands(
    tmp_path: Path, line: str, wrong: str, told: str
) -> None:
    from standardiste.town import hours_problem

    assert line in COMMUNE
    text = COMMUNE.replace(line, wrong)
    (tmp_path / "commune.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_town(tmp_path, check_hours=hours_problem)
    (problem,) = caught.value.problems
    assert told in problem.message
    shown = text.splitlines()[problem.line - 1]
    assert wrong.split(":")[0].strip("{'") in shown or wrong in shown


def test_a_plan_covers_as_many_days_as_the_town_says(town: Town) -> None:
    (plan,) = plans_of(town, datetime(2026, 11, 24, 8))
    assert plan.until == datetime(2026, 12, 1)


async def test_a_missed_due_time_is_told_once_and_old_records_go_at_night(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    database = open_database(database_url)
    records, clock = records_of(town, database)
    voicemail = Voicemail(tmp_path / "spool" / "mairie" / "101", e164)
    upkeep = Upkeep(records, voicemail=voicemail)
    leave_message(voicemail.folder, 0, clock.at, PHONE)
    promised = await records.answer("a", office.AskCallback("accueil", PHONE, "requested"))
    assert isinstance(promised, office.CallbackPromised)
    await upkeep.alarms()
    clock.at += timedelta(days=2)
    await upkeep.alarms()
    await upkeep.alarms()
    async with database.reading() as session:
        assert list(await session.scalars(select(Message.template))) == ["rappel_en_retard"]
    clock.at = datetime(2028, 1, 1, 2, 59, tzinfo=town.tz)
    await upkeep.night_of_records()
    await upkeep.night_of_files()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Call)) == 1
    assert len(voicemail.messages()) == 1
    clock.at += timedelta(minutes=1)
    await upkeep.night_of_records()
    await upkeep.night_of_files()
    assert len(voicemail.messages()) == 1, "files go after the records that they belong to"
    clock.at += timedelta(hours=1)
    await upkeep.night_of_files()
    assert voicemail.messages() == ()
    shutil.rmtree(tmp_path / "spool")
    assert (await upkeep.sweep_files()).erased == 0, "Asterisk elsewhere stops nothing"
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Call)) == 0
        # What is still open is never erased: somebody waits.
        assert await session.scalar(select(func.count()).select_from(Callback)) == 1
    await database.close()


async def test_a_call_that_nobody_took_becomes_one_call_back(town: Town, database_url: str) -> None:
    database = open_database(database_url)
    records, clock = records_of(town, database)
    await records.missed_call(*nobody_took("canal-1", PHONE, clock.at))
    await records.missed_call(*nobody_took("canal-1", PHONE, clock.at))
    async with database.reading() as session:
        kept = await session.scalar(select(Callback))
        assert kept is not None
        assert (kept.phone, kept.reason, kept.requests) == (PHONE, "unavailable", 1)
    await database.close()


def exchange(event: object, *said: str) -> Exchange:
    return Exchange(event, State(), tuple(Say(text) for text in said), None, None)  # type: ignore[arg-type]


async def test_a_call_is_written_down_as_it_goes_with_its_numbers_masked(
    town: Town, database_url: str
) -> None:
    database = open_database(database_url)
    records, _ = records_of(town, database)
    await records.open()
    log = CallLog(records, "essai")
    writing = asyncio.create_task(log.run())
    call = log.begin("appel-1", PHONE, town.version)
    call.on_exchange(exchange(CallStarted(PHONE), "Bonjour."))
    call.on_exchange(exchange(Heard("rappelez-moi au 06 12 34 56 78", 0.8), "Au 06 12 34 56 78 ?"))
    wanted = office.AskCallback("accueil", PHONE, "requested")
    call.on_exchange(exchange(Answered(wanted, await records.answer("appel-1", wanted)), "C'est noté."))
    call.end()
    silent = log.begin("appel-2", None, town.version)
    silent.on_exchange(exchange(Heard("un secret", 0.9), "Pardon ?"))
    assert await records.answer("appel-2", office.KeepNoWords()) == office.WordsNotKept()
    silent.on_exchange(exchange(Heard("un autre secret", 0.9), "Bien."))
    silent.end()
    while not await _ended(database, 2):  # noqa: ASYNC110 - only the database can tell
        await asyncio.sleep(0.01)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    async with database.reading() as session:
        one = await session.get(Call, "appel-1")
        assert one is not None
        assert (one.caller, one.engine, one.outcome) == (PHONE, "essai", "callback")
        assert one.content_version == town.version != ""
        turns = list(await session.scalars(select(CallTurn).order_by(CallTurn.call_id, CallTurn.number)))
    assert [(turn.kind, turn.heard, turn.said) for turn in turns] == [
        ("start", None, "Bonjour."),
        ("voice", "rappelez-moi au [numéro]", "Au [numéro] ?"),
        ("records", None, "C'est noté."),
        ("voice", None, None),
        ("voice", None, None),
    ]
    assert turns[1].heard_confidence == 0.8
    assert turns[1].intent is not None
    await database.close()


async def test_the_list_sent_after_a_booking_is_the_one_of_the_case_told_in_the_call() -> None:
    town, database = load_town(), open_database("sqlite://")
    records, clock = records_of(town, database)
    await records.open()
    log = CallLog(records, "essai")
    writing = asyncio.create_task(log.run())
    call = log.begin("appel-1", PHONE, town.version)
    free = await records.answer("appel-1", office.FindTimeSlots("titre_identite", limit=1))
    assert isinstance(free, office.TimeSlotsFound)
    wanted = office.Book("titre_identite", free.starts[0], "Cadet", PHONE, "passeport")
    call.on_exchange(exchange(Answered(wanted, await records.answer("appel-1", wanted)), "C'est réservé."))
    said = (("age", "mineur"), ("tranche", "moins_de_15"), ("cas", "perte"), ("motif", "?"))
    case = ProcedureTopic("passeport", "pieces", said)
    call.on_exchange(replace(exchange(Heard("les documents", 0.9), "Il faut…"), state=State(case=case)))
    (waiting,) = await lists_of_documents(database)
    assert waiting.not_before > clock.at, "the caller may yet say what their case is"
    call.end()
    while not await _ended(database, 1):  # noqa: ASYNC110 - only the database can tell
        await asyncio.sleep(0.01)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    (message,) = await lists_of_documents(database)
    assert message.not_before == clock.at
    sent = write(town, message.template, message.values, None, ForPerson("email", clock.at.date()))
    assert sent is not None
    assert sent.text.count("Pour ") == 1
    assert "remplacer le passeport perdu d'un mineur" in sent.text
    await database.close()


async def lists_of_documents(database: Database) -> list[Message]:
    async with database.reading() as session:
        return list(await session.scalars(select(Message).where(Message.template == "liste_des_pieces")))


async def _ended(database: Database, n_calls: int) -> bool:
    async with database.reading() as session:
        query = select(func.count()).select_from(Call).where(Call.ended_at.is_not(None))
        return await session.scalar(query) == n_calls
