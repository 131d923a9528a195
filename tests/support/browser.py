"""The page /telephone in a real headless Chromium, whose microphone plays a sound of ours."""

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from speech.audio import Samples

CHROMIUM = Path("/usr/bin/chromium")
# What keeps Chromium from looking for the outside world, and gives it a microphone without asking.
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


@asynccontextmanager
async def open_telephone(
    url: str,
    microphone_file: Path,
    sound: Samples,
    rate_hz: int,
    *,
    microphone: bool = True,
    complaints_with: str | None = None,
) -> AsyncIterator[Page]:
    """The telephone page of the agent at this URL.

    Its microphone plays the sound, from the moment the page rings; the sound is kept in the file meanwhile.
    Its console must stay empty, but for errors with the words expected.
    """
    _need_chromium()
    with wave.open(str(microphone_file), "wb") as out:
        out.setparams((1, 2, rate_hz, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    args = [*CHROMIUM_ARGS, f"--use-file-for-fake-audio-capture={microphone_file}%noloop"]
    if not microphone:
        args.remove("--use-fake-ui-for-media-stream")
        args.append("--deny-permission-prompts")
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        try:
            page = await browser.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await page.goto(f"{url}/telephone")
            yield page
        finally:
            await browser.close()
    assert [each for each in complaints if complaints_with is None or complaints_with not in each] == []


def _need_chromium() -> None:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} manque : lancez « make setup »")


async def ring(page: Page) -> None:
    """Rings the mairie; returns once the call is on."""
    await page.get_by_role("button", name="Appeler la mairie").click()
    await expect(page.get_by_role("status")).to_have_text("En communication", timeout=15_000)


async def agent_is_audible(page: Page, level: float = 0.05) -> None:
    """Until the sound that the page receives is this loud, of 1. Raises TimeoutError."""
    # Not `wait_for_function`: it evaluates text in the page, which the page's security policy forbids.
    async with asyncio.timeout(30):
        bar = page.locator("#agent-level")
        while not await bar.evaluate("(bar, level) => bar.value > level", level):  # noqa: ASYNC110 - only asking can tell
            await asyncio.sleep(0.05)
