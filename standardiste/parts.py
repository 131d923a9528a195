"""How the parts of the product are doing, in the words of /readyz."""

import asyncio
from pathlib import Path

from speech.pool import SpeechPool
from standardiste.doctor_machine import LEAST_FREE_MB, free_mb_at
from standardiste.records import TownRecords
from standardiste.web.services import Part
from telephony.bridge import BridgeStatus, Connection


def speech_part(pool: SpeechPool) -> Part:
    """`keypad` is ready: without a model the keys serve."""
    status = pool.status()
    if status.ears is None:
        return Part("keypad", ready=status.voice.ready > 0)
    return Part(status.ears.engine.replace(" ", ":", 1), ready=status.ready)


async def records_parts(records: TownRecords, data_dir: Path) -> dict[str, Part]:
    """The database, and the disk where it lacks room: calls go on without either, promises do not."""
    there = await records.is_there()
    parts = {"database": Part("ok") if there else Part("unavailable", trouble=True)}
    free_mb = await asyncio.to_thread(free_mb_at, data_dir)
    if free_mb < LEAST_FREE_MB:
        parts["disk"] = Part(f"{free_mb} Mo libres : libérer de la place", trouble=True)
    return parts


def asterisk_part(status: BridgeStatus | None) -> Part:
    if status is None:
        return Part("not configured")
    if status.connection is Connection.CONNECTED:
        return Part("ok")
    return Part(status.last_error or status.connection.value, ready=False)
