"""Waiting work: who goes first, who is refused."""

import asyncio

import pytest

from speech.engine import Priority
from speech.errors import EngineBusy
from speech.work_queue import WorkQueue
from speech.worker import SILENT, Message

NOTHING = Message({}, SILENT)


async def test_the_most_urgent_goes_first_and_equals_in_order() -> None:
    queue = WorkQueue(10)
    order = [Priority.INTERIM, Priority.SPEAK, Priority.FINAL, Priority.SPEAK]
    jobs = [queue.push(NOTHING, priority) for priority in order]
    assert [await queue.pop() for _ in jobs] == [jobs[2], jobs[1], jobs[3], jobs[0]]


async def test_a_full_queue_drops_only_what_matters_less() -> None:
    queue = WorkQueue(2)
    old, new = queue.push(NOTHING, Priority.INTERIM), queue.push(NOTHING, Priority.INTERIM)
    with pytest.raises(EngineBusy):
        queue.push(NOTHING, Priority.INTERIM)
    queue.push(NOTHING, Priority.FINAL)
    assert isinstance(new.answer.exception(), EngineBusy)
    assert not old.answer.done()
    assert (len(queue), queue.refused) == (2, 2)


async def test_who_waits_for_work_gets_it_when_it_comes() -> None:
    queue = WorkQueue(2)
    waiting = asyncio.create_task(queue.pop())
    await asyncio.sleep(0)
    job = queue.push(NOTHING, Priority.FINAL)
    assert await waiting is job
    queue.put_back(job)
    assert await queue.pop() is job


async def test_what_goes_along_is_taken_the_most_urgent_first_and_none_is_awaited() -> None:
    queue = WorkQueue(10)
    assert queue.take(3, lambda _job: True) == []
    order = [Priority.INTERIM, Priority.SPEAK, Priority.FINAL, Priority.SPECULATIVE]
    jobs = [queue.push(NOTHING, priority) for priority in order]
    assert queue.take(2, lambda job: job is not jobs[2]) == [jobs[1], jobs[3]]
    assert [await queue.pop() for _ in range(2)] == [jobs[2], jobs[0]]
