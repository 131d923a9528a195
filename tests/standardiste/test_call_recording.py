"""Whole calls to a town that records them: told, sealed, refused by word or by key, and never disturbed."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
import pytest_asyncio
import soundfile
from prometheus_client import CollectorRegistry
from scipy.signal import correlate  # type: ignore[import-untyped]
from sqlalchemy import func, select

from callbacks import recordings
from callbacks.calls import CallStart
from callbacks.database import Database, open_database
from callbacks.models import Call
from callbacks.models_recordings import CallSound
from callbacks.recordings import RecordingStore
from prompts.call_recording import NOT_RECORDED, CallRecording
from prompts.content import Town
from prompts.load import load_town
from speech.audio import RATE_HZ, Samples
from speech.listening import Listener
from speech.telephone_band import over_telephone, ulaw_decode
from standardiste.call_log import CallLog
from standardiste.call_recording import BLOCK_BYTES, Recordings
from standardiste.doctor import Patient, State
from standardiste.doctor_recording import check_recording
from standardiste.records import TownRecords
from standardiste.records_opening import recording_store
from standardiste.records_upkeep import Upkeep
from standardiste.settings import read_settings
from standardiste.switchboard import Switchboard
from telephony.call import CallObserver, CallServices
from telephony.dialog_processor import Exchange
from telephony.rehearsal import CallerTurn, KeyedTurn, RehearsalLine, SpokenTurn
from tests.support.admin_office import DirectVoice
from tests.support.hearing import find, sound_of
from tests.support.short_town import write_short_town
from tests.telephony.test_call import NOW, ScriptedEar

LINE_HZ = 8000
RECORDED = CallRecording.model_validate(
    {"actif": True, "finalite": "essayer", "annonce": "Appel enregistré. Refusez en tapant 9."}
)
HOURS = "à quelle heure ouvre la mairie"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town that records its calls, in few words."""
    (tmp_path / "commune").mkdir()
    town = load_town(write_short_town(tmp_path / "commune"))
    requests = town.requests.model_copy(update={"recording_refused": "L'enregistrement est effacé."})
    return replace(town, requests=requests, commune=town.commune.model_copy(update={"recording": RECORDED}))


@dataclass
class Served:
    line: RehearsalLine
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        return [say.text for exchange in self.exchanges for say in exchange.answer]


@dataclass
class Office:
    """A town hall whose calls come from scripts."""

    town: Town
    database: Database
    recordings: Recordings

    async def call(
        self, call_id: str, turns: Sequence[CallerTurn], *, town: Town | None = None, heard: str = ""
    ) -> Served:
        """One call, to its end; what the caller says is understood as `heard`."""
        town = town or self.town
        records = TownRecords(town, self.database, self.now, Random(1))
        log = CallLog(records, "essai")
        ear = ScriptedEar([heard]) if heard else None
        services = CallServices(town, DirectVoice(), ear, Listener, self.now, records.answer)
        switchboard = Switchboard(lambda _: services, CollectorRegistry(), log, self.recordings)
        line = RehearsalLine(list(turns), call_id=call_id, caller="+33612345678")
        served = Served(line)
        await switchboard.take(line, CallObserver(served.exchanges.append, line.on_callers_turn))
        return served

    def now(self) -> datetime:
        return NOW.astimezone(self.town.tz)

    async def sound_of(self, call_id: str) -> tuple[Samples, Samples] | None:
        """What a clerk would hear, 8 kHz: the caller, the agent."""
        sound = await self.database.read(lambda session: recordings.of_call(session, call_id))
        wav = self.recordings.store.read(sound) if sound is not None else None
        if wav is None:
            return None
        both, rate_hz = soundfile.read(BytesIO(wav), dtype="int16")
        assert rate_hz == LINE_HZ
        return both[:, 0], both[:, 1]


@pytest_asyncio.fixture
async def office(tmp_path: Path, town: Town) -> AsyncIterator[Office]:
    database = open_database(f"sqlite:///{tmp_path / 'mairie.db'}")
    store = RecordingStore(tmp_path / "enregistrements", tmp_path / "cle")
    place = Office(town, database, Recordings(store, database, lambda: NOW))
    await TownRecords(town, database, place.now, Random(1)).open()
    yield place
    await place.recordings.aclose()
    await database.close()


def question() -> Samples:
    """In another voice than the agent's, 16 kHz."""
    return np.repeat(sound_of("À quelle heure ouvre la mairie ?", "fr+linda"), RATE_HZ // LINE_HZ)


def as_it_arrives() -> Samples:
    """The same at the other end of the line, 8 kHz."""
    return over_telephone(question())[:: RATE_HZ // LINE_HZ]


def how_alike(heard: Samples, played: Samples) -> float:
    """Their correlation where the shorter one fits best into the other, 0 to 1."""
    one, other = (each.astype(np.float64) for each in (heard, played))
    found = correlate(one, other, "valid")
    place = int(np.argmax(found))
    part = one[place : place + len(other)]
    return float(found[place] / (np.linalg.norm(part) * np.linalg.norm(other) + 1e-9))


async def test_calls_are_recorded_after_they_were_told_and_refusals_leave_nothing(office: Office) -> None:
    commune = office.town.commune.model_copy(update={"recording": NOT_RECORDED})
    silent = replace(office.town, commune=commune)
    full_disk = replace(office.recordings.store, spare_bytes=1 << 60)
    full = Office(office.town, office.database, replace(office.recordings, store=full_disk))
    asks, keys = SpokenTurn(question()), KeyedTurn("1")
    kept, off, by_key, by_word, at_once, no_room = await asyncio.gather(
        office.call("garde", [asks], heard=HOURS),
        office.call("sans", [keys], town=silent),
        office.call("touche", [keys, KeyedTurn("9")]),
        office.call("mot", [asks], heard="je refuse l'enregistrement"),
        office.call("d'emblee", [KeyedTurn("9", barge_in_after_s=0.3)]),
        full.call("plein", [keys]),
    )
    await office.recordings.aclose()
    annonce, refused = RECORDED.announcement, office.town.requests.recording_refused
    assert "Appel enregistré" not in " ".join(off.said)
    for served in (kept, by_key, by_word, at_once, no_room):
        assert served.said[1] == annonce, "right after the agent said that it is none"
    for served, times in ((kept, 0), (off, 0), (by_key, 1), (by_word, 1), (at_once, 1), (no_room, 0)):
        assert served.said.count(refused) == times
    assert any("9 h" in text for text in kept.said)
    assert any("9 h" in text for text in no_room.said), "the call goes on as if nothing were the matter"

    async with office.database.reading() as session:
        assert list(await session.scalars(select(CallSound.call_id))) == ["garde", "plein"]
    files = sorted(path for path in office.recordings.store.folder.iterdir() if path.stat().st_size > 100)
    assert len(files) == 1, "of those who refused, nothing is left"
    sounds = await office.sound_of("garde")
    assert sounds is not None
    caller, agent = sounds
    assert how_alike(caller, as_it_arrives()) > 0.75
    answer = next(text for text in kept.said if "9 h" in text)
    assert find(answer, agent).share >= 0.7
    assert find(str(annonce), agent).share < 0.5, "nothing before it was heard to its end"
    sealed = files[0].read_bytes()
    assert len(sealed) >= BLOCK_BYTES
    noise = ulaw_decode(np.frombuffer(sealed, np.uint8))
    assert max(how_alike(noise[start::2], as_it_arrives()) for start in (0, 1)) < 0.2


async def test_a_recording_goes_when_its_time_has_come(office: Office) -> None:
    new = office.recordings.store.new("vieux")
    start = CallStart("vieux", NOW)
    await office.database.write(lambda session: recordings.begin(session, start, new, NOW))
    new.file.begin()
    new.file.add(b"une voix")
    new.file.end()
    at = start_at = office.now()
    records = TownRecords(office.town, office.database, lambda: at, Random(1))
    upkeep = Upkeep(records, sounds=office.recordings.store)

    async def left() -> tuple[int, int, int]:
        async with office.database.reading() as session:
            calls = await session.scalar(select(func.count()).select_from(Call))
            keys = await session.scalar(select(func.count()).select_from(CallSound))
        return calls or 0, keys or 0, len(office.recordings.store.files())

    at = start_at + timedelta(days=30) - timedelta(minutes=1)
    await upkeep.erase_records()
    await upkeep.sweep_files()
    assert await left() == (1, 1, 1)
    at = start_at + timedelta(days=30, minutes=1)
    await upkeep.erase_records()
    assert await left() == (1, 0, 1), "the key first"
    await upkeep.sweep_files()
    assert await left() == (1, 0, 0)


async def test_the_doctor_says_whether_calls_can_be_recorded(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"STANDARDISTE_DATA": str(tmp_path / "data")}
    patient = Patient({}, read_settings(environ, Namespace()), NOW, town)

    async def found(**changes: object) -> tuple[State, str]:
        settings = replace(patient.settings, **changes)  # type: ignore[arg-type]
        (finding,) = await check_recording(replace(patient, settings=settings))
        return finding.state, finding.told

    assert await found() == (State.GOOD, "en marche, 30 jours, 0 sur cette machine")
    assert not (tmp_path / "data").exists(), "looking makes nothing"
    key = tmp_path / "cle"
    assert "n'est pas là : rien ne s'enregistre" in (await found(recordings_key=key))[1]
    with pytest.raises(FileNotFoundError):
        recording_store(replace(patient.settings, recordings_key=key)).new("appel-1")
    assert not key.exists()
    key.write_text("courte")
    assert (await found(recordings_key=key))[0] is State.BAD
    key.write_text("assez longue pour être une clé d'installation")
    assert (await found(recordings_key=key))[0] is State.GOOD
    monkeypatch.setattr("callbacks.recordings.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    assert (await found())[0] is State.DOUBTFUL
    off = replace(town, commune=town.commune.model_copy(update={"recording": NOT_RECORDED}))
    (finding,) = await check_recording(replace(patient, town=off))
    assert finding.state is State.NONE
