"""Beside calls, the program sends what is queued, reminds people, and tells who was not answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from callbacks.channels import Channel
from callbacks.database import open_database
from callbacks.messages.delivery import Delivery
from callbacks.messages.sender import AppriseSender
from callbacks.models import Appointment, Message
from prompts.load import load_town
from standardiste.errors import Unusable
from standardiste.jobs import Jobs, running_jobs
from standardiste.leading import Leading, leading
from standardiste.message_settings import read_message_urls
from standardiste.records import TownRecords
from tests.support.missed import nobody_took
from tests.support.post_office import post_office

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PHONE = "+596696203040"


async def test_messages_leave_and_people_are_reminded_while_the_program_serves() -> None:
    database = open_database("sqlite://")
    records = TownRecords(load_town(), database, lambda: NOW, Random(1))
    await records.open()
    soon = Appointment(
        ref="R9001", motif="titre_identite", subject="passeport", name="Cadet", name_key="cadet",
        starts_at=datetime(2026, 11, 26, 9, 0), email="lea@exemple.fr", created_at=NOW - timedelta(days=9),
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(soon)
    await records.missed_call(*nobody_took("canal-1", PHONE, NOW))
    await records.missed_call(*nobody_took("canal-2", "+596596000000", NOW))
    with post_office() as office:
        urls: dict[Channel, str] = {
            "email": office.url,
            "sms": office.url.replace("{destinataire}", "{destinataire}@sms.example"),
        }
        sender = AppriseSender(urls)
        jobs = Jobs(records, Delivery(database, records.town, sender, records.now))
        assert await jobs.reminders() == 1
        async with (
            leading(database) as charges,
            running_jobs(records, charges, urls, "http://127.0.0.1:8080"),
        ):
            while len(office.received) < 2:  # noqa: ASYNC110 - the server runs in a thread of its own
                await asyncio.sleep(0.05)
    assert len(office.texts_to("596696203040@sms.example")) == 1
    assert "jeudi 26/11" in office.texts_to("lea@exemple.fr")[0]
    assert len(office.received) == 2
    await database.close()


async def test_without_a_service_nothing_is_tried() -> None:
    database = open_database("sqlite://")
    records = TownRecords(load_town(), database, lambda: NOW, Random(1))
    await records.open()
    await records.missed_call(*nobody_took("canal-1", PHONE, NOW))
    async with leading(database) as charges, running_jobs(records, charges, {}, None):
        await asyncio.sleep(0.2)
    async with database.reading() as session:
        assert list(await session.scalars(select(Message.attempts))) == [0]
    await database.close()


async def test_a_service_that_apprise_does_not_know_is_told_at_start() -> None:
    records = TownRecords(load_town(), open_database("sqlite://"), lambda: NOW, Random(1))
    charges = Leading(records.database)
    with pytest.raises(Unusable, match="apprise"):
        async with running_jobs(records, charges, {"sms": "inconnu://{destinataire}"}, None):
            pass


def test_addresses_come_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "sms"
    file.write_text("twilio://x/{destinataire}\n", encoding="utf-8")
    environ = {"STANDARDISTE_MESSAGES_SMS_FILE": str(file), "STANDARDISTE_MESSAGES_EMAIL": "mailto://y"}
    assert read_message_urls(environ) == {"sms": "twilio://x/{destinataire}", "email": "mailto://y"}
    assert read_message_urls({}) == {}
    with pytest.raises(Unusable, match="STANDARDISTE_MESSAGES_SMS_FILE"):
        read_message_urls({"STANDARDISTE_MESSAGES_SMS_FILE": str(tmp_path / "absent")})
