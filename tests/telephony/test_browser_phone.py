"""The page /telephone in a real Chromium, whose microphone plays a WAV file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.async_api import Page, expect
from prometheus_client import CollectorRegistry

from speech.audio import RATE_HZ, Samples
from standardiste.errors import CallRefused
from standardiste.web.app import create_app
from standardiste.web.services import Part, WebServices
from telephony.browser_line import BrowserLine, answer_browser
from telephony.line import AudioFrame, Digit
from tests.support import pictures
from tests.support.browser import agent_is_audible, open_telephone, ring
from tests.support.desk import empty_desk

pytestmark = pytest.mark.browser

CALLER_HZ, AGENT_HZ = 600, 440
GREETING = (
    "Bonjour, mairie de Sainte-Aurore. Je suis un assistant automatique, pas une personne. "
    "Dites-moi votre demande, ou tapez 1 pour les horaires, 2 pour les documents à fournir."
)
ANSWERS = {"2": "Est-ce pour un adulte ou pour un mineur ? Tapez 1 pour un adulte, 2 pour un mineur."}


def tone(hz: float, seconds: float) -> Samples:
    times = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * times)).astype(np.int16)


@dataclass
class Mairie:
    """Answers calls with a tone and a greeting, and notes what callers do."""

    url: str = ""
    full: bool = False
    lines: list[BrowserLine] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    heard: list[Samples] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start_browser_call(self, offer_sdp: str) -> str:
        if self.full:
            raise CallRefused("Toutes les lignes sont occupées.")
        line, answer = await answer_browser(offer_sdp, f"browser-{len(self.lines)}")
        self.lines.append(line)
        self.tasks.append(asyncio.create_task(self._serve(line)))
        return answer

    async def _serve(self, line: BrowserLine) -> None:
        line.send_event({"agent": GREETING})
        await line.send_audio(tone(AGENT_HZ, 20))
        async for event in line.received():
            if isinstance(event, AudioFrame):
                self.heard.append(event.samples)
            elif isinstance(event, Digit):
                self.keys.append(event.key)
                line.send_event({"agent": ANSWERS.get(event.key, f"Vous avez tapé {event.key}.")})

    async def readiness(self) -> dict[str, Part]:
        return {"speech": Part("keypad"), "database": Part("ok"), "asterisk": Part("non configuré")}


@asynccontextmanager
async def open_mairie() -> AsyncIterator[Mairie]:
    mairie = Mairie()
    app = create_app(
        WebServices(
            lambda: "Sainte-Aurore",
            mairie.readiness,
            CollectorRegistry(),
            mairie.start_browser_call,
            empty_desk(),
        )
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
        mairie.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield mairie
    finally:
        for line in mairie.lines:
            await line.hang_up()
        await asyncio.gather(*mairie.tasks)
        server.should_exit = True
        await serving


@asynccontextmanager
async def open_page(
    mairie: Mairie, tmp_path: Path, *, microphone: bool = True, complaints_with: str | None = None
) -> AsyncIterator[Page]:
    """The telephone page; the caller's voice is a tone."""
    async with open_telephone(
        mairie.url,
        tmp_path / "voice.wav",
        tone(CALLER_HZ, 30),
        RATE_HZ,
        microphone=microphone,
        complaints_with=complaints_with,
    ) as page:
        yield page


async def test_a_citizen_rings_is_heard_hears_the_agent_presses_a_key_and_hangs_up(tmp_path: Path) -> None:
    async with open_mairie() as mairie, open_page(mairie, tmp_path) as page:
        await ring(page)
        transcript = page.get_by_role("log")
        await expect(transcript).to_contain_text("assistant automatique")

        # The page hears the agent, and the agent the page's microphone.
        await agent_is_audible(page, 0.2)
        async with asyncio.timeout(10):
            while not any(np.abs(frame).max() > 1000 for frame in mairie.heard[-50:]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        sound = np.concatenate(mairie.heard[-40:]).astype(float)
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        assert np.argmax(spectrum) * RATE_HZ / len(sound) == pytest.approx(CALLER_HZ, abs=15)

        await page.get_by_role("button", name="Touche 2 : documents").click()
        await expect(transcript).to_contain_text(ANSWERS["2"])
        await pictures.take(page, pictures.A_CALL)
        await page.keyboard.press("#")
        await expect(transcript).to_contain_text("Vous avez tapé #.")
        assert mairie.keys == ["2", "#"]

        await page.get_by_role("button", name="Raccrocher").click()
        await expect(page.get_by_role("status")).to_have_text("Appel terminé")
        async with asyncio.timeout(5):
            await mairie.lines[0].ended.wait()
            await asyncio.gather(*mairie.tasks)
        await expect(page.get_by_role("button", name="Appeler la mairie")).to_be_focused()


async def test_when_the_mairie_hangs_up_the_page_says_so_and_can_ring_again(tmp_path: Path) -> None:
    async with open_mairie() as mairie, open_page(mairie, tmp_path) as page:
        await ring(page)
        await mairie.lines[0].hang_up()
        await expect(page.get_by_role("status")).to_have_text("La mairie a raccroché")
        await ring(page)
        assert len(mairie.lines) == 2


async def test_a_page_that_is_closed_in_mid_call_leaves_nothing_behind(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with open_mairie() as mairie, open_page(mairie, tmp_path) as page:
        await ring(page)
        await page.close()
        async with asyncio.timeout(10):
            await mairie.lines[0].ended.wait()
    async with asyncio.timeout(5):
        while asyncio.all_tasks() - before:  # noqa: ASYNC110 - that is what is waited for
            await asyncio.sleep(0.02)


async def test_a_refused_call_is_told_in_the_mairies_words(tmp_path: Path) -> None:
    async with open_mairie() as mairie:
        mairie.full = True
        async with open_page(mairie, tmp_path, complaints_with="503") as page:
            await page.get_by_role("button", name="Appeler la mairie").click()
            await expect(page.get_by_role("status")).to_have_text("Toutes les lignes sont occupées.")
            await expect(page.get_by_role("button", name="Appeler la mairie")).to_be_visible()


async def test_without_a_microphone_the_keys_still_work(tmp_path: Path) -> None:
    async with open_mairie() as mairie, open_page(mairie, tmp_path, microphone=False) as page:
        await ring(page)
        await expect(page.get_by_role("log")).to_contain_text("Pas de micro")
        await page.get_by_role("button", name="Touche 1 : horaires").click()
        await expect(page.get_by_role("log")).to_contain_text("Vous avez tapé 1.")
        assert mairie.keys == ["1"]
