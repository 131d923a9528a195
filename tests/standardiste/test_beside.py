"""What runs beside the calls: when a part of it breaks, it is logged and shown."""

import asyncio

import pytest

from standardiste.beside import BROKEN, Beside
from standardiste.web.services import Part
from tests.support.waiting import until


async def breaks() -> None:
    raise OSError("disque plein")


async def test_what_breaks_is_logged_and_shown_and_the_rest_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    beside = Beside()
    beside.start(asyncio.sleep(3600), "versions")
    beside.start(breaks(), "asterisk", needed=True)
    async with beside.meanwhile(breaks(), "missed_calls"), beside.meanwhile(None, "none"):
        await until(lambda: len(beside.broken()) == 2)
        assert beside.broken() == {
            "asterisk": Part(BROKEN, ready=False, trouble=True),
            "missed_calls": Part(BROKEN, trouble=True),
        }
    assert set(beside.broken()) == {"asterisk"}
    assert "« missed_calls » stopped" in caplog.text
    assert "disque plein" in caplog.text
    await beside.aclose()
    assert beside.broken() == {}
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "versions"]
