"""Whoever nobody answered is called back: what Asterisk noted of calls becomes the clerks' work, once."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from callbacks import calls
from callbacks.calls import CallStart
from callbacks.database import open_database
from callbacks.models import Call, Callback
from callbacks.voicemail import Voicemail
from prompts.load import load_town
from speech.audio_files import write_wav
from standardiste.missed_calls import MissedCalls, about
from standardiste.records import TownRecords
from telephony.ari.caller_id import e164
from telephony.bridge import AsteriskCall
from telephony.fates import Fate
from telephony.notebook import CallNote, note_of
from tests.support.echo_app import is_echoed, serving
from tests.support.lab import ASTERISK, AsteriskLab
from tests.support.serve_process import agent_behind
from tests.support.short_town import write_short_town
from tests.support.sip_caller import PhoneCall, SipPhone
from tests.support.sounds import likeness, sweep, wav
from tests.support.waiting import until
from tests.telephony.test_bridge_recovery import agent_process

TOWN = load_town()
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
OWN = "+596696112233"
NOTE = CallNote("canal-1", datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "file", "", True, None, OWN)


@dataclass
class Office:
    """A town hall that reads the notebook of its Asterisk."""

    lab: AsteriskLab | None = None
    records: TownRecords = field(
        default_factory=lambda: TownRecords(TOWN, open_database("sqlite://"), lambda: NOW, Random(1))
    )
    fates: dict[str, Fate] = field(default_factory=dict)

    @property
    def missed(self) -> MissedCalls:
        assert self.lab is not None
        return MissedCalls(self.records, self.lab.settings, self.fates.get)

    async def take(self, note: CallNote) -> bool:
        return await MissedCalls(self.records, AsteriskLab("", Path()).settings, self.fates.get).take(note)

    async def callbacks(self) -> list[Callback]:
        async with self.records.database.reading() as session:
            return list(await session.scalars(select(Callback).order_by(Callback.id)))

    async def calls(self) -> dict[str, str | None]:
        """What became of each call."""
        async with self.records.database.reading() as session:
            return {call.id: call.outcome for call in await session.scalars(select(Call))}


@asynccontextmanager
async def office(lab: AsteriskLab | None = None) -> AsyncIterator[Office]:
    place = Office(lab)
    await place.records.open()
    if lab is not None:
        lab.cli("database deltree appels")
    try:
        yield place
    finally:
        await place.records.database.close()


# ------------------------------------------------------------------ what a note says


def test_a_note_is_read_and_what_is_none_is_not() -> None:
    written = ["1795389752", "1795389771", "messagerie", "ccas", "oui", "4", "0696112233", "oui"]
    at = datetime.fromtimestamp(1795389752, UTC)
    ended = datetime.fromtimestamp(1795389771, UTC)
    assert note_of("c", written) == CallNote("c", at, "messagerie", "ccas", True, 4, OWN, True, ended)
    withheld = note_of("c", ["1795389752", "", "agent", "", "", "", "", ""])
    assert withheld == CallNote("c", at, "agent", "", False, None, None, False)
    for broken in ([], [""], written[:7], ["x", *written[1:]], [*written[:2], "ailleurs", *written[3:]]):
        assert note_of("c", broken) is None


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (NOTE, "Appel sans réponse le 24/11 à 10:00"),
        (replace(NOTE, message_s=12), "A laissé un message de 12 s le 24/11 à 10:00"),
        (replace(NOTE, stage="agent"), "Appel coupé par une panne le 24/11 à 10:00"),
        (replace(NOTE, stage="astreinte"), "pendant que l'astreinte sonnait le 24/11 à 10:00"),
    ],
)
def test_the_clerk_reads_what_happened(note: CallNote, words: str) -> None:
    assert words in about(note, datetime(2026, 11, 24, 10, 0))


# ------------------------------------------------------------------ what becomes of it


async def test_a_missed_call_is_one_call_back_however_often_it_is_told() -> None:
    async with office() as place:
        assert await place.take(NOTE)
        assert await place.take(NOTE)
        (kept,) = await place.callbacks()
        assert (kept.phone, kept.service, kept.reason, kept.requests) == (OWN, "accueil", "unavailable", 1)
        assert await place.calls() == {"canal-1": "missed"}
        again = replace(NOTE, call_id="canal-2", rescued=False, service="ccas")
        assert await place.take(again)
        assert [(one.service, one.reason) for one in (await place.callbacks())[1:]] == [("ccas", "no_answer")]
        assert await place.take(replace(NOTE, call_id="canal-3"))
        assert (await place.callbacks())[0].requests == 2


async def test_who_hides_their_number_cannot_be_called_back_and_is_counted() -> None:
    async with office() as place:
        assert await place.take(replace(NOTE, caller=None))
        assert await place.callbacks() == []
        assert await place.calls() == {"canal-1": "missed"}


@pytest.mark.parametrize(
    ("fate", "caller_hung_up", "missed"),
    [
        (Fate.ENDED, False, False),
        (Fate.LEFT, True, False),
        (Fate.LEFT, False, True),
        (Fate.CUT, False, True),
        (None, True, True),
    ],
)
async def test_a_call_that_the_agent_had_is_missed_only_when_it_was_cut(
    fate: Fate | None, caller_hung_up: bool, missed: bool
) -> None:
    async with office() as place:
        if fate is not None:
            place.fates["canal-1"] = fate
        assert await place.take(replace(NOTE, stage="agent", caller_hung_up=caller_hung_up))
        assert len(await place.callbacks()) == missed


async def test_a_call_that_another_agent_ended_before_us_was_served() -> None:
    async with office() as place:
        start = CallStart("canal-1", NOTE.arrived, OWN)
        async with place.records.database.transaction() as session:
            await calls.begin(session, start)
        assert await place.take(replace(NOTE, call_id="canal-1", stage="agent"))
        assert await place.calls() == {"canal-1": "cut"}
        async with place.records.database.transaction() as session:
            await calls.begin(session, replace(start, call_id="canal-2"))
            await calls.end(session, "canal-2", NOW, "answered")
        assert await place.take(replace(NOTE, call_id="canal-2", stage="agent"))
        assert len(await place.callbacks()) == 1


@pytest.mark.parametrize("since_s", [-5, 0, 30])
async def test_a_call_that_an_agent_beside_us_may_just_have_served_is_told_later(since_s: int) -> None:
    ended = replace(NOTE, stage="agent", ended=NOW - timedelta(seconds=since_s))
    async with office() as place:
        assert not await place.take(ended)
        assert await place.calls() == {}
        async with place.records.database.transaction() as session:
            await calls.begin(session, CallStart("canal-1", NOTE.arrived, OWN))
            await calls.end(session, "canal-1", NOW, "answered")
        assert await place.take(ended)
        assert await place.take(replace(ended, call_id="canal-2", ended=NOW - timedelta(seconds=61)))
        assert await place.calls() == {"canal-1": "answered", "canal-2": "missed"}


def test_a_call_that_comes_to_an_agent_is_noted_so_whichever_agent_it_is() -> None:
    text = (ASTERISK / "conf" / "extensions.conf").read_text(encoding="utf-8")
    for context in ("agent", "releve"):
        assert f"\n[{context}]\nexten = _[+0-9].,1,Gosub(journal,note,1(agent))\n" in text


async def test_a_call_that_the_agent_still_has_is_left_alone() -> None:
    async with office() as place:
        place.fates["canal-1"] = Fate.ACTIVE
        assert not await place.take(replace(NOTE, stage="agent"))


# ------------------------------------------------------------------ with the real Asterisk


async def rings_in_vain(lab: AsteriskLab, *, message: bool) -> None:
    """Somebody rings while no agent is there; the post is busy."""
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        call = await phone.dial(lab.sip, "0596000000")
        (await post.next_call()).reject()
        await phone.answered(call)
        if message:
            await until(lambda: "!VoiceMail!" in lab.cli("core show channels concise"), 40)
            await asyncio.sleep(1.5)  # the tone
            await call.say(sweep(2.0))
        await call.hang_up()
    await asyncio.to_thread(lab.wait_until_empty)


@pytest.fixture
def short_announcement(lab: AsteriskLab) -> Iterator[None]:
    """The voicemail's announcement takes a quarter of a minute; not here."""
    sound = lab.config / "sounds" / "messagerie.wav"
    whole = sound.read_bytes()
    write_wav(sound, sweep(0.5), rate_hz=8000)
    yield
    sound.write_bytes(whole)


@pytest.mark.asterisk
@pytest.mark.usefixtures("short_announcement")
async def test_who_rang_while_the_agent_was_down_is_called_back_once(lab: AsteriskLab) -> None:
    async with office(lab) as place:
        await rings_in_vain(lab, message=True)
        await place.missed.read()
        (kept,) = await place.callbacks()
        assert (kept.phone, kept.reason, kept.requests) == (OWN, "unavailable", 1)
        assert kept.about is not None
        assert kept.about.startswith("A laissé un message de ")
        box = Voicemail(lab.spool / "voicemail" / "mairie" / "101", e164)
        (recording,) = box.of_number(OWN, datetime.now(UTC) - timedelta(minutes=2))
        assert recording.seconds >= 1
        assert likeness(sweep(2.0), wav(recording.sound)) > 0.8
        await place.missed.read()
        await rings_in_vain(lab, message=False)
        await place.missed.read()
        await place.missed.read()
        (kept,) = await place.callbacks()
        assert kept.requests == 2
        assert lab.cli("database show appels").startswith("0 results")
        await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.asterisk
async def test_who_was_answered_is_not_called_back_and_a_hidden_number_is_not_noted(lab: AsteriskLab) -> None:
    async def to_humans(call: AsteriskCall) -> None:
        await call.transfer("accueil")

    async with (
        office(lab) as place,
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
        serving(lab.settings, to_humans) as bridge,
    ):
        answered = await phone.ring(lab.sip, "0596000000")
        at_post = await post.next_call()
        await at_post.answer()
        await until(lambda: lab.cli("database show appels").startswith("0 results"))
        await answered.hang_up()
        hidden = (("Privacy", "id"), ("P-Asserted-Identity", "<sip:0696112233@127.0.0.1>"))
        abandoned = await phone.ring(lab.sip, "0596000000", headers=hidden)
        await post.next_call()
        await place.missed.read()  # nobody knows yet whether they are answered
        assert await place.calls() == {}
        await abandoned.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)
        assert "0696112233" not in lab.cli("database show appels")
        place.fates.update(bridge.fates._of)
        await place.missed.read()
        assert await place.callbacks() == []
        assert list((await place.calls()).values()) == ["missed"]


@pytest.mark.asterisk
async def test_calls_that_fell_with_asterisk_or_with_the_agent_are_called_back(lab: AsteriskLab) -> None:
    async def one(phone: SipPhone, caller: str) -> PhoneCall:
        call = await phone.ring(lab.sip, "0596000000", caller)
        assert await is_echoed(call)
        return call

    async with office(lab) as place, SipPhone.opened() as phone:
        async with agent_process(lab) as process:
            lost = await one(phone, "0696112233")
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            await lost.hang_up()
        async with serving(lab.settings) as bridge:
            served = await one(phone, "0696445566")
            await served.hang_up()
            ended = await one(phone, "0696445567")
            await ended.press("#")
            await asyncio.wait_for(ended.ended.wait(), 5)
            await one(phone, "0696778899")
            await one(phone, "0696778800")
            unwritten = next(
                line for line in lab.cli("database show appels").splitlines() if "778800" in line
            )
            lab.cli(f"database del {unwritten.split()[0].strip('/').replace('/', ' ')}")
            os.kill(lab.pid, signal.SIGKILL)
            try:
                await until(lambda: bridge.status.active_calls == 0, 10)
            finally:
                await asyncio.to_thread(lab.start)
            missed = replace(place.missed, fate_of=bridge.fates.of, fates=bridge.fates)
            for _ in range(2):
                await missed.read()
        fallen = ["+596696778800", "+596696778899"]
        assert sorted(kept.phone for kept in await place.callbacks()) == [OWN, *fallen]
        assert lab.cli("database show appels").startswith("0 results")


@pytest.mark.asterisk
async def test_the_agent_that_starts_finds_who_rang_before(lab: AsteriskLab, tmp_path: Path) -> None:
    lab.cli("database deltree appels")
    await rings_in_vain(lab, message=False)
    (tmp_path / "commune").mkdir()
    url = f"sqlite:///{tmp_path / 'mairie.db'}"
    environment = {
        "STANDARDISTE_DATA": str(tmp_path / "data"),
        "STANDARDISTE_DATABASE": url,
        "STANDARDISTE_EARS": "none",
        "STANDARDISTE_MODELS": "",
    }
    town = str(write_short_town(tmp_path / "commune"))
    async with agent_behind(lab, "--commune", town, environment=environment):
        database = open_database(url)
        found: list[str] = []
        async with asyncio.timeout(60):
            while not found:
                async with database.reading() as session:
                    found = list(await session.scalars(select(Callback.phone)))
                await asyncio.sleep(0.1)
        await database.close()
    assert found == [OWN]
