"""Some worker processes with the same engine, behind one queue. Restarts those that die.

What a worker was at when it died is given to another, or to the one that takes its place: the caller hears
nothing of it. Once only, as it may be what killed it.

A worker takes one piece of work at a time. Where its engine can do several in one go, it may be given more of
those that wait already: nothing ever waits for more to come, what is less urgent is not taken along with what
is more urgent, and what a worker died of together is done alone.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from speech.engine import Priority
from speech.engines.together import Together, read_together
from speech.errors import EngineBusy, EngineFailed, UnusableModel
from speech.work_queue import Job, WorkQueue
from speech.worker import HEAD, SILENT, Message, requests_to_bytes

log = logging.getLogger(__name__)

THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREAD_SETTINGS, "1")
"""A worker is one core's worth: more threads do not make a turn faster and make calls late."""
LOAD_TIMEOUT_S = 120.0
RESTART_FIRST_S = 0.05
RESTART_LAST_S = 5.0
RESTART_WAIT_S = 2.0
"""While no worker is left, whoever waits is told before the silence lasts: a caller is better asked again."""
MOST_DEATHS = 2
"""Workers that one piece of work may cost."""
_DIED = (asyncio.IncompleteReadError, ConnectionError)


@dataclass(frozen=True)
class GroupStatus:
    """How a group of workers is doing."""

    engine: str
    workers: int
    ready: int
    waiting: int
    restarts: int
    refused: int
    last_error: str | None


class WorkerGroup:
    """Processes that all hold one engine; `start` it, `ask` it, `aclose` it."""

    def __init__(
        self,
        engine: dict[str, Any],
        *,
        workers: int,
        queue_size: int,
        timeout_s: float,
        wait_s: float,
        restart_wait_s: float = RESTART_WAIT_S,
        at_once: int = 1,
    ) -> None:
        """`timeout_s` is for one piece of work, `wait_s` for its turn to come, `restart_wait_s` for a worker
        to be there again when none is. `at_once`: how many a worker may be given in one go, where its engine
        has something of it.
        """
        self._engine = engine
        self._workers = workers
        self._timeout_s = timeout_s
        self._wait_s = wait_s
        self._restart_wait_s = restart_wait_s
        self._at_once = at_once
        self._together: Together | None = None
        self._queue = WorkQueue(queue_size)
        self._tasks: list[asyncio.Task[None]] = []
        self._pids: set[int] = set()
        self._name = ""
        self._restarts = 0
        self._last_error: str | None = None
        self.done_together = 0
        """How many pieces of work were given to a worker in one go with others."""

    @property
    def name(self) -> str:
        """The engine's name, known once it is loaded."""
        return self._name

    @property
    def pids(self) -> frozenset[int]:
        """The processes that are ready to work."""
        return frozenset(self._pids)

    @property
    def known(self) -> Mapping[str, Any]:
        """See `speech.engine_group.EngineGroup`."""
        return {}

    def spare(self, in_hand: int) -> int:
        """See `speech.engine_group.EngineGroup`."""
        return len(self._pids) - in_hand

    def status(self) -> GroupStatus:
        """Counts for `/readyz` and `/metrics`."""
        return GroupStatus(
            engine=self._name,
            workers=self._workers,
            ready=len(self._pids),
            waiting=len(self._queue),
            restarts=self._restarts,
            refused=self._queue.refused,
            last_error=self._last_error,
        )

    async def start(self) -> None:
        """Loads the engine in every worker. Raises UnusableModel, with no process left, if one cannot."""
        loading = [asyncio.ensure_future(self._spawn()) for _ in range(self._workers)]
        results = await asyncio.gather(*loading, return_exceptions=True)
        processes = [result for result in results if not isinstance(result, BaseException)]
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            for process in processes:
                await _end(process)
            self._pids.clear()
            raise errors[0]
        self._tasks = [asyncio.create_task(self._keep(process), name="worker") for process in processes]

    async def ask(self, request: Message, priority: Priority) -> Message:
        """The engine's answer.

        Raises EngineBusy when the queue is full or its turn does not come in time, EngineFailed when two
        workers died of it, none is there, it timed out or could not be done. Cancelling takes work that still
        waits out of the queue.
        """
        if not self._tasks:
            raise EngineFailed("le moteur est arrêté")
        job = self._queue.push(request, priority)
        waiting = self._expect_a_worker(job)
        try:
            async with asyncio.timeout(self._wait_s + self._timeout_s):
                answer = await job.answer
        except TimeoutError as error:
            raise EngineBusy("aucun moteur n'a été libre à temps") from error
        finally:
            waiting.cancel()
            self._queue.discard(job)
        if "failed" in answer.values:
            raise EngineFailed(answer.values["failed"])
        return answer

    async def aclose(self) -> None:
        """Ends every process; work that waits fails with EngineFailed."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._queue.fail_all(EngineFailed("le moteur est arrêté"))
        self._pids.clear()

    async def _spawn(self) -> asyncio.subprocess.Process:
        """A process with the engine loaded; raises UnusableModel."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "speech.worker",
            next(iter(self._engine)),  # for whoever lists processes
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            limit=1 << 20,
        )
        try:
            async with asyncio.timeout(LOAD_TIMEOUT_S):
                assert process.stdin is not None
                process.stdin.write(Message(self._engine, SILENT).to_bytes())
                first = await _receive(process)
        except (*_DIED, TimeoutError) as error:
            await _end(process)
            raise UnusableModel("le moteur de parole s'est arrêté pendant son chargement") from error
        except asyncio.CancelledError:
            await _end(process)
            raise
        if "unusable" in first.values:
            await _end(process)
            raise UnusableModel(first.values["unusable"])
        self._name = first.values["ready"]
        self._together = read_together(first.values["together"])
        self._pids.add(process.pid)
        return process

    async def _keep(self, process: asyncio.subprocess.Process | None) -> None:
        """Serves with one process after another, until cancelled."""
        pause_s = RESTART_FIRST_S
        try:
            while True:
                if process is None:
                    try:
                        process = await self._spawn()
                    except UnusableModel as error:
                        self._last_error = str(error)
                        log.warning("speech worker cannot be restarted: %s", error)
                        self._queue.fail_all(EngineFailed("le moteur redémarre"))
                        await asyncio.sleep(pause_s)
                        pause_s = min(RESTART_LAST_S, pause_s * 2)
                        continue
                pause_s = RESTART_FIRST_S
                await self._serve(process)
                self._pids.discard(process.pid)
                self._restarts += 1
                self._last_error = f"worker ended with code {process.returncode}"
                log.warning("speech worker %d ended (code %s), restarting", process.pid, process.returncode)
                process = None
        finally:
            if process is not None:
                await _end(process)

    async def _serve(self, process: asyncio.subprocess.Process) -> None:
        """Gives the process one job after another, or several at once; returns when it has died."""
        ended = asyncio.ensure_future(process.wait())
        try:
            while True:
                taking = asyncio.ensure_future(self._queue.pop())
                try:
                    await asyncio.wait((taking, ended), return_when=asyncio.FIRST_COMPLETED)
                except asyncio.CancelledError:
                    self._give_back(taking)
                    raise
                if ended.done():
                    self._give_back(taking)
                    return
                job = taking.result()
                if not await self._work(process, [job, *self._along(job)]):
                    await _end(process)
                    return
        finally:
            ended.cancel()

    def _give_back(self, taking: "asyncio.Task[Job]") -> None:
        """Leaves the queue as if nothing had been asked of it."""
        if taking.done():
            self._queue.put_back(taking.result())
        else:
            taking.cancel()

    def _along(self, job: Job) -> list[Job]:
        """What waits and can be done in one go with this; this worker's share of all that waits at most."""
        key = self._key(job)
        if self._at_once == 1 or key is None:
            return []
        share = len(self._queue) // max(1, len(self._pids))
        along = self._queue.take(
            min(self._at_once - 1, share),
            lambda other: other.priority is job.priority and self._key(other) == key,
        )
        self.done_together += len(along) + bool(along)
        return along

    def _key(self, job: Job) -> tuple[object, ...] | None:
        """The same for all that can be done in one go; None for what is done alone."""
        if self._together is None or job.deaths or job.answer.done():
            return None
        return self._together.key(job.request.values, len(job.request.samples))

    async def _work(self, process: asyncio.subprocess.Process, jobs: list[Job]) -> bool:
        """Has these done in one go; False when the process did not survive it."""
        left = deque(job for job in jobs if not job.answer.done())
        if not left:
            return True
        alone = len(left) == 1
        try:
            async with asyncio.timeout(self._timeout_s) as limit:
                assert process.stdin is not None
                process.stdin.write(requests_to_bytes([job.request for job in left]))
                await process.stdin.drain()
                while left:
                    answer = await _receive(process)
                    job = left.popleft()
                    if not job.answer.done():
                        job.answer.set_result(answer)
                    limit.reschedule(asyncio.get_running_loop().time() + self._timeout_s)
        except TimeoutError:
            for job in left:
                if alone:
                    _fail(job, f"le moteur n'a pas répondu en {self._timeout_s:.0f} s")
                else:
                    self._outlive(job)
            return False
        except _DIED:
            for job in left:
                self._outlive(job)
            return False
        except asyncio.CancelledError:
            for job in left:
                _fail(job, "le moteur est arrêté")
            raise
        return True

    def _outlive(self, job: Job) -> None:
        """The worker died of this, or was killed at it: another may do it, alone."""
        job.deaths += 1
        if job.deaths >= MOST_DEATHS:
            _fail(job, "le moteur s'est arrêté pendant ce travail")
        elif not job.answer.done():
            self._queue.put_back(job)
            self._expect_a_worker(job)

    def _expect_a_worker(self, job: Job) -> asyncio.TimerHandle:
        """Fails the job in a while if it still waits and there is nobody to do it."""
        return asyncio.get_running_loop().call_later(self._restart_wait_s, self._give_up, job)

    def _give_up(self, job: Job) -> None:
        if not self._pids and job in self._queue:
            self._queue.discard(job)
            _fail(job, "le moteur redémarre")


def _fail(job: Job, sentence: str) -> None:
    if not job.answer.done():
        job.answer.set_exception(EngineFailed(sentence))


async def _receive(process: asyncio.subprocess.Process) -> Message:
    assert process.stdout is not None
    n_text, n_sound = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
    text = await process.stdout.readexactly(n_text)
    sound = await process.stdout.readexactly(n_sound)
    return Message(json.loads(text), np.frombuffer(sound, np.int16).copy())


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kills the process (it holds nothing worth saving) and waits until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()
