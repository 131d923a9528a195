"""Agent killed, Asterisk started again, link cut, with callers on the line (in full: make prove)."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from bench.call_failures import open_bench
from tests.support.lab import AsteriskLab


@pytest.mark.asterisk
@pytest.mark.models
async def test_whatever_fails_callers_hear_words_nothing_promised_is_lost_and_others_are_served(
    lab: AsteriskLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.call_failures.CUT_S", 3.5)
    lab.cli("database deltree appels")
    async with open_bench(lab, tmp_path, Random(7), life_s=(3.0, 3.0)) as bench:
        await bench.cut_link(torn=False)
        await bench.kill_agent()
        await bench.restart_asterisk(killed=True)
        tally = await bench.settle()
    assert tally.unkept == {}, tally.told()
    assert tally.interrupted >= tally.failures == 3
    await asyncio.to_thread(lab.wait_until_empty)
