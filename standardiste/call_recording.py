"""Recording the calls of a town that chose to: sealed before it reaches the disk, and never in a call's way.

What the pipeline hands over is sealed and written by a thread of its own, the call's key is in the database
before the first byte is on the disk. A disk or a database that does not take it ends the recording, and
nothing else. Whoever refuses is no longer recorded, and what was is erased before they are told so.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from sqlalchemy.exc import IntegrityError

from callbacks import recordings
from callbacks.calls import CallStart
from callbacks.database import Database
from callbacks.errors import DatabaseUnavailable, RecordsError
from callbacks.recordings import NewSound, RecordingStore
from callbacks.sealed_sound import N_CHANNELS, RATE_HZ
from speech.audio import RATE_HZ as LINE_HZ
from speech.audio import Samples
from speech.telephone_band import ulaw_encode
from standardiste.beside import told_if_broken
from telephony.tape import Recorder

log = logging.getLogger("standardiste.calls")

BLOCK_BYTES = 2 * RATE_HZ * N_CHANNELS
"""Two seconds: with the second that `telephony.tape` holds back, what an agent that dies loses."""
LONGEST_BYTES = 3600 * RATE_HZ * N_CHANNELS
MOST_WAITING = 60
"""Stretches of a quarter of a second that the disk has not taken; with more, the recording ends."""
GONE_WITHIN_S = 2.0
"""How long a caller who refuses waits for the disk and the database; they go on erasing afterwards."""
ERASE_AGAIN_S = 5.0
LAST_WRITES_S = 5.0
_NOTHING = np.zeros((0, N_CHANNELS), np.int16)


@dataclass(frozen=True)
class Recordings:
    """What records the calls of one town, in this process."""

    store: RecordingStore
    database: Database
    now: Callable[[], datetime]
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "recording"))
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)

    def of(self, call: CallStart) -> Recorder:
        """What records this call from when its caller was told."""
        return lambda: CallRecording(call, self)

    def begun(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Goes on beside the calls, until `aclose` at the latest."""
        task = asyncio.create_task(work, name="recording")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(told_if_broken)
        return task

    async def in_thread(self, work: Callable[[], None]) -> None:
        """In the thread that writes, one after the other."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def aclose(self) -> None:
        """What calls have just left behind is written, for a few seconds at most."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=LAST_WRITES_S)
            for task in late:
                task.cancel()
        self._thread.shutdown(wait=False)


class CallRecording:
    """Of one call. Satisfies `telephony.tape.Recording`."""

    def __init__(self, call: CallStart, town: Recordings) -> None:
        self._call, self._town = call, town
        self._waiting: asyncio.Queue[tuple[Samples, Samples] | None] = asyncio.Queue(MOST_WAITING)
        self._over = False
        self._new: NewSound | None = None
        self._narrow = soxr.ResampleStream(LINE_HZ, RATE_HZ, N_CHANNELS, dtype="int16")
        self._sound = bytearray()
        self._n_bytes = 0
        self._gone = asyncio.Event()
        self._writing = town.begun(self._write_all())

    def add(self, caller: Samples, agent: Samples) -> None:
        """See `telephony.tape.Recording`."""
        if self._over:
            return
        try:
            self._waiting.put_nowait((caller, agent))
        except asyncio.QueueFull:
            self._stop("the disk does not follow")

    def finish(self) -> None:
        """See `telephony.tape.Recording`."""
        if not self._over:
            self._stop()

    async def erase(self) -> None:
        """See `telephony.tape.Recording`."""
        self._over = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)
        self._town.begun(self._erase_all())
        try:
            async with asyncio.timeout(GONE_WITHIN_S):
                await self._gone.wait()
        except TimeoutError:
            log.error("call %s: its sound is still being erased", self._call.call_id)

    def _stop(self, why: str = "") -> None:
        """What was kept so far stays for its time."""
        self._over = True
        if why:
            log.error("call %s is not recorded any further: %s", self._call.call_id, why)
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def _write_all(self) -> None:
        try:
            new = self._new = await asyncio.to_thread(self._town.store.new, self._call.call_id)
            start, at = self._call, self._town.now()
            await self._town.database.write(lambda session: recordings.begin(session, start, new, at))
            await self._town.in_thread(new.file.begin)
            while (stretch := await self._waiting.get()) is not None:
                await self._town.in_thread(partial(self._keep, new, np.stack(stretch, axis=1)))
                if self._n_bytes >= LONGEST_BYTES:
                    self._stop("it is an hour long")
            await self._town.in_thread(partial(self._keep, new, None))
            await self._town.in_thread(new.file.end)
        except (OSError, RecordsError, IntegrityError) as error:
            self._over = True
            log.error("call %s is not recorded any further: %s", self._call.call_id, type(error).__name__)
            if self._new is not None:
                await self._town.in_thread(self._new.file.end)

    def _keep(self, new: NewSound, both: npt.NDArray[np.int16] | None) -> None:
        """In the thread that writes; None: there is no more. Raises OSError."""
        last = both is None
        narrow = self._narrow.resample_chunk(_NOTHING if both is None else both, last=last)
        self._sound += ulaw_encode(narrow.reshape(-1)).tobytes()
        while len(self._sound) >= BLOCK_BYTES or (last and self._sound):
            if not self._town.store.has_room():
                raise OSError("the disk is almost full")
            block = bytes(self._sound[:BLOCK_BYTES])
            del self._sound[:BLOCK_BYTES]
            self._n_bytes += len(block)
            new.file.add(block)

    async def _erase_all(self) -> None:
        """The key first: without it the file is noise. Goes on until both are gone."""
        await asyncio.wait({self._writing})
        new, call_id, key_is_gone, file_is_gone = self._new, self._call.call_id, False, self._new is None
        while not (key_is_gone and file_is_gone):
            try:
                await self._town.database.write(lambda session: recordings.forget(session, call_id))
                key_is_gone = True
            except DatabaseUnavailable:
                log.warning("the key of call %s is erased once the database is back", call_id)
            try:
                if new is not None:
                    await self._town.in_thread(new.file.erase)
                file_is_gone = True
            except OSError as error:
                log.error("the sound of call %s cannot be erased: %s", call_id, type(error).__name__)
            if key_is_gone or file_is_gone:
                self._gone.set()
            if not (key_is_gone and file_is_gone):
                await asyncio.sleep(ERASE_AGAIN_S)
