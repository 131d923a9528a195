"""A town that records its calls, and what it has kept of them."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import soundfile
from sqlalchemy import select

from callbacks import recordings
from callbacks.calls import CallStart
from callbacks.database import open_database
from callbacks.models_recordings import CallSound
from callbacks.recordings import RecordingStore
from tests.support.desk import Office
from tests.support.g711 import Samples
from tests.support.rtp_stream import RATE_HZ

RECORDING = {"actif": True, "finalite": "essayer", "annonce": "Appel enregistré. Pour refuser, tapez 9."}


def record_calls(town: Path) -> None:
    """Has the town of this folder record its calls."""
    with (town / "commune.yaml").open("a", encoding="utf-8") as commune:
        commune.write(f"enregistrement_appels: {json.dumps(RECORDING, ensure_ascii=False)}\n")


SOUND = bytes(range(256)) * 500
"""Eight seconds of both sides."""
NUMBER = "+596696112233"


async def keep_sound(place: Office, folder: Path, call_id: str) -> Path:
    """A call from that number was recorded, and is kept by these clerks' pages; its file."""
    store = RecordingStore(folder / "enregistrements", folder / "cle")
    place.desk = replace(place.desk, recordings=store)
    new, start = store.new(call_id), CallStart(call_id, place.now, NUMBER)
    await place.database.write(lambda session: recordings.begin(session, start, new, place.now))
    new.file.begin()
    new.file.add(SOUND)
    new.file.end()
    return new.file.path


def database_in(data: Path) -> str:
    """The address of its database: one in memory could not be looked into."""
    return f"sqlite:///{data / 'standardiste.db'}"


def store_of(data: Path) -> RecordingStore:
    """That of an agent with this data folder."""
    return RecordingStore(data / "enregistrements", data / "enregistrements.cle")


async def the_recording(data: Path) -> tuple[Samples, Samples]:
    """The only recording of this agent, at the telephone's rate: the caller's side and the agent's."""
    database = open_database(database_in(data))
    try:
        async with database.reading() as session:
            (sound,) = await session.scalars(select(CallSound))
    finally:
        await database.close()
    wav = store_of(data).read(sound)
    assert wav is not None
    both, rate_hz = soundfile.read(BytesIO(wav), dtype="int16")
    assert rate_hz == RATE_HZ
    return both[:, 0], both[:, 1]
