"""Work that waits for a worker: bounded, most urgent first."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from speech.engine import Priority
from speech.errors import EngineBusy
from speech.worker import Message


@dataclass(order=True)
class Job:
    """One piece of work and the future that its answer goes to."""

    priority: Priority
    number: int
    request: Message = field(compare=False)
    answer: "asyncio.Future[Message]" = field(compare=False)
    deaths: int = field(default=0, compare=False)
    """How many workers have died on it."""


class WorkQueue:
    """Jobs by priority, then in order of arrival; a full queue refuses, or drops what matters less."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: list[Job] = []
        self._numbers = itertools.count()
        self._arrived = asyncio.Event()
        self.refused = 0
        """How many pieces of work were turned away."""

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job: Job) -> bool:
        return any(one is job for one in self._jobs)

    def push(self, request: Message, priority: Priority) -> Job:
        """The job, waiting its turn. Raises EngineBusy when only work as urgent waits already."""
        if len(self._jobs) >= self._size:
            self._make_room(priority)
        future = asyncio.get_running_loop().create_future()
        job = Job(priority, next(self._numbers), request, future)
        heapq.heappush(self._jobs, job)
        self._arrived.set()
        return job

    def _make_room(self, priority: Priority) -> None:
        self.refused += 1
        last = max(self._jobs)
        if last.priority <= priority:
            raise EngineBusy("le moteur a déjà trop de travail en attente")
        self.discard(last)
        if not last.answer.done():
            last.answer.set_exception(EngineBusy("un travail plus urgent a pris la place"))

    def put_back(self, job: Job) -> None:
        """Returns a job that was taken and not begun to its old place."""
        heapq.heappush(self._jobs, job)
        self._arrived.set()

    def discard(self, job: Job) -> None:
        """Forgets a job that still waits; nothing happens if it was taken already."""
        if job in self._jobs:
            self._jobs.remove(job)
            heapq.heapify(self._jobs)

    async def pop(self) -> Job:
        """The most urgent job, as soon as there is one."""
        while not self._jobs:
            self._arrived.clear()
            await self._arrived.wait()
        return heapq.heappop(self._jobs)

    def take(self, most: int, goes_along: Callable[[Job], bool]) -> list[Job]:
        """Jobs that wait and go along with one that was popped, the most urgent first; it awaits none."""
        taken = list(itertools.islice(filter(goes_along, sorted(self._jobs)), most))
        for job in taken:
            self.discard(job)
        return taken

    def fail_all(self, error: Exception) -> None:
        """Answers everything that waits with this error."""
        for job in self._jobs:
            if not job.answer.done():
                job.answer.set_exception(error)
        self._jobs.clear()
