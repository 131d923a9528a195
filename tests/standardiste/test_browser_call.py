"""A whole call from the page /telephone, recorded: a real Chromium, the real agent, no Asterisk.

The caller has a voice that no recogniser of ours was trained on.
"""

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from speech.spoken import sentences_in
from tests.support.browser import agent_is_audible, open_telephone, ring
from tests.support.g711 import Samples
from tests.support.hearing import find, sound_of
from tests.support.recorded_calls_kept import database_in, record_calls, the_recording
from tests.support.rtp_stream import RATE_HZ
from tests.support.serve_process import serve_process
from tests.support.short_town import NOW, write_short_town, written

pytestmark = [pytest.mark.browser, pytest.mark.models]

QUESTION, VOICE = "Quels sont les horaires de la déchèterie ?", "fr+linda"
AS_HEARD = re.compile(r"^Vous\s*quels sont les horaires de la déch(è|et)terie", re.IGNORECASE)
"""The caller's line in the transcript; dictionaries have both spellings."""
CONNECTS_WITHIN_S = 3.0
"""From the microphone's first sound to the greeting's: less than the agent's patience with a silence."""


def silence(seconds: float) -> Samples:
    return np.zeros(int(RATE_HZ * seconds), np.int16)


async def test_a_question_asked_from_the_page_is_heard_and_answered_and_the_call_leaves_nothing(
    tmp_path: Path, town_ears_dir: Path
) -> None:
    town = write_short_town(tmp_path)
    record_calls(town)
    greeting, hours, hours_by_key = written(town, {"say": QUESTION}, {"dtmf": "1"})
    greeting_s = sum(len(sound_of(sentence)) for sentence in greeting) / RATE_HZ
    microphone = np.concatenate(
        [silence(greeting_s + CONNECTS_WITHIN_S), sound_of(QUESTION, VOICE), silence(60)]
    )
    data = tmp_path / "data"
    environment = {
        "STANDARDISTE_EARS": str(town_ears_dir),
        "STANDARDISTE_DATA": str(data),
        "STANDARDISTE_DATABASE": database_in(data),
    }
    async with serve_process("--now", NOW, "--commune", str(town), environment=environment) as agent:
        await agent.until_ready()
        await agent.holdings()  # what is made once, at the first look
        tasks, _ = await agent.holdings()
        async with open_telephone(agent.address, tmp_path / "question.wav", microphone, RATE_HZ) as page:
            await ring(page)
            assert await agent.metric("standardiste_calls_active") == 1
            transcript = page.get_by_role("log")
            lines = transcript.get_by_role("listitem")
            await agent_is_audible(page)
            for sentence in greeting:
                await expect(transcript).to_contain_text(sentence, timeout=15_000)

            await expect(lines.filter(has_text=AS_HEARD)).to_have_count(1, timeout=25_000)
            for sentence in hours:
                await expect(transcript).to_contain_text(sentence, timeout=15_000)
            await agent_is_audible(page)
            # A key cuts the answer short, and takes the last second that the caller spoke off the recording.
            answer = sentences_in(hours[0])[0]
            await asyncio.sleep(len(sound_of(answer)) / RATE_HZ + 1.0)

            said_before = await lines.count()
            await page.keyboard.press("1")
            await expect(lines.nth(said_before)).to_have_text("VousTouche 1")
            for sentence in hours_by_key:
                await expect(lines.filter(has_text=sentence).last).to_be_visible(timeout=15_000)
            await agent_is_audible(page)

            await page.get_by_role("button", name="Raccrocher").click()
            await expect(page.get_by_role("status")).to_have_text("Appel terminé")
            async with asyncio.timeout(5):
                while await agent.metric("standardiste_calls_active"):  # noqa: ASYNC110 - only asking can tell
                    await asyncio.sleep(0.1)
        async with asyncio.timeout(10):
            while await agent.metric("standardiste_tasks") > tasks:  # noqa: ASYNC110 - only asking can tell
                await asyncio.sleep(0.1)
        caller, callee = await the_recording(data)
        assert find(QUESTION, caller, VOICE).share >= 0.7
        assert find(answer, callee).share >= 0.7
        assert find(greeting[1], callee).share < 0.5, "nothing before it was told"
