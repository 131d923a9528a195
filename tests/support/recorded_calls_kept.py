"""A town that records its calls, and what it has kept of them."""

from io import BytesIO
from pathlib import Path

import soundfile
from sqlalchemy import select

from callbacks.database import open_database
from callbacks.models_recordings import CallSound
from callbacks.recordings import RecordingStore
from tests.support.g711 import Samples
from tests.support.rtp_stream import RATE_HZ

RECORDING = {"actif": True, "finalite": "essayer", "annonce": "Appel enregistré. Pour refuser, tapez 9."}


def record_calls(town: Path) -> None:
    """Has the town of this folder record its calls."""
    values = ", ".join(
        f"{key}: {str(value).lower() if value is True else value!r}" for key, value in RECORDING.items()
    )
    commune = town / "commune.yaml"
    commune.write_text(
        f"{commune.read_text(encoding='utf-8')}enregistrement_appels: {{{values}}}\n", encoding="utf-8"
    )


def store_of(data: Path) -> RecordingStore:
    """That of an agent with this data folder."""
    return RecordingStore(data / "enregistrements", data / "enregistrements.cle")


async def the_recording(data: Path) -> tuple[Samples, Samples]:
    """The only recording of this agent, at the telephone's rate: the caller's side and the agent's."""
    database = open_database(f"sqlite:///{data / 'standardiste.db'}")
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
