"""What is published was spoken before: a bar that one may leave, and nothing half spoken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from prompts.content import Town
from tests.support.admin_office import AdminOffice, admin_office, admin_web, send, sent
from tests.support.waiting import until

TEXT = "Et avec cela ?"


@dataclass
class SlowVoice:
    """Says three sentences; each when it is let."""

    fails: int = 0
    let: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    spoken: list[Path] = field(default_factory=list)

    async def __call__(self, content: Path, progress: Callable[[int, int], None]) -> int:
        progress(0, 3)
        for number in range(3):
            await self.let.acquire()
            progress(number + 1, 3)
        self.spoken.append(content)
        return self.fails


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> SlowVoice:
    monkeypatch.setattr("prompts.pages.publishing.AT_ONCE_S", 0.05)
    return SlowVoice()


@asynccontextmanager
async def drafting(folder: Path, voice: SlowVoice) -> AsyncIterator[tuple[AdminOffice, httpx.AsyncClient]]:
    async with admin_office(folder, speak_ahead=voice) as place, admin_web(place) as web:
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte=TEXT)
        yield place, web


async def over(web: httpx.AsyncClient) -> httpx.Response:
    """The page to which the bar leads once it is full."""
    for _ in range(200):
        if "HX-Redirect" in (await web.get("/admin/publier/voix/etat")).headers:
            break
        await asyncio.sleep(0.01)
    return await web.get("/admin/publier/voix")


async def test_a_version_is_in_service_once_all_of_it_is_spoken_and_the_bar_waits_for_who_left(
    tmp_path: Path, voice: SlowVoice
) -> None:
    async with drafting(tmp_path, voice) as (place, web):
        answer = await send(web, "/admin/publier", "/admin/publier", pourquoi="plus court")
        assert answer.headers["location"] == "/admin/publier/voix"
        voice.let.release()
        await asyncio.sleep(0.05)
        bar = (await web.get("/admin/publier/voix")).text
        assert 'value="1" max="3"' in bar
        assert "Commencée par Lea" in bar
        assert TEXT not in place.heard({"dtmf": "1"}), "not half of it"
        assert "Publication en cours" in (await web.get("/admin/horaires")).text
        assert 'max="3"' in (await web.get("/admin/publier")).text
        again = await send(web, "/admin/publier", "/admin/publier")
        assert again.headers["location"] == "/admin/publier/voix", "one at a time"
        voice.let.release()
        voice.let.release()
        done = await over(web)
        assert done.headers["location"] == "/admin?fait=publie"
        assert TEXT in place.heard({"dtmf": "1"})
        assert len(voice.spoken) == 1


async def test_what_the_voice_cannot_say_is_not_published(tmp_path: Path, voice: SlowVoice) -> None:
    voice.fails = 2
    async with drafting(tmp_path, voice) as (place, web):
        await send(web, "/admin/publier", "/admin/publier")
        for _ in range(3):
            voice.let.release()
        refused = await over(web)
        assert refused.status_code == 409
        assert "n&#39;a pas pu préparer 2 phrases" in refused.text
        assert place.store.in_service() == 1
        assert place.store.draft() is not None
        voice.fails = 0
        for _ in range(3):
            voice.let.release()
        answer = await send(web, "/admin/publier", "/admin/publier")
        assert answer.headers["location"] in ("/admin?fait=publie", "/admin/publier/voix")
        assert (await over(web)).headers["location"] == "/admin?fait=publie"


async def test_a_draft_that_changes_while_it_is_spoken_is_not_published_unseen(
    tmp_path: Path, voice: SlowVoice
) -> None:
    async with drafting(tmp_path, voice) as (place, web):
        await send(web, "/admin/publier", "/admin/publier")
        await send(web, "/admin/phrases/phrases/au_revoir", "/admin/enregistrer", texte="À bientôt.")
        for _ in range(3):
            voice.let.release()
        refused = await over(web)
        assert "Le brouillon a changé entre-temps" in refused.text
        assert place.store.in_service() == 1


async def test_what_is_published_at_its_date_is_spoken_before(tmp_path: Path) -> None:
    spoken: list[Town] = []

    async def speak(town: Town) -> int:
        spoken.append(town)
        return 0

    async with admin_office(tmp_path) as place, admin_web(place) as web:
        assert place.live is not None
        place.live.speak_ahead = speak
        await send(web, "/admin/phrases/phrases/autre_chose", "/admin/enregistrer", texte=TEXT)
        at = (place.desk.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
        await send(web, "/admin/publier", "/admin/publier", quand="date", date=at)
        clock = place.desk.now

        async def check(_content: Path) -> str:
            return ""

        running = asyncio.create_task(place.live.run(clock, check))
        try:
            await until(lambda: spoken)
        finally:
            running.cancel()
            await asyncio.wait({running})
        assert spoken[0].sentences.anything_else == TEXT
        assert TEXT not in place.heard({"dtmf": "1"})


async def test_a_town_that_changes_its_time_zone_is_told_the_new_time_at_once(tmp_path: Path) -> None:
    async with admin_office(tmp_path) as place, admin_web(place) as web:
        before = place.desk.now()
        text = (place.store.draft_or_served() / "commune.yaml").read_text("utf-8")
        changed = text.replace("Europe/Paris", "America/Martinique")
        await sent(web, "/admin/fichiers/commune.yaml", "fichier", "commune.yaml", texte=changed)
        await send(web, "/admin/publier", "/admin/publier")
        after = place.desk.now()
        assert before.utcoffset() != after.utcoffset()
        assert abs(after - before) < timedelta(minutes=5)
        assert place.admin is not None
        assert str(place.admin.tz) == "America/Martinique"
