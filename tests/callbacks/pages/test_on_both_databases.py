"""The same pages on SQLite in a file and on PostgreSQL."""

import asyncio
import re

import pytest

from callbacks import work
from tests.support.busy_office import fill_morning, fill_past
from tests.support.desk import office, press, sign_in, signed_in, visitor


async def test_a_clerks_day(database_url: str) -> None:
    async with office(database_url, demo=True) as place, visitor(place) as web:
        await fill_morning(place)
        await fill_past(place)
        await place.clerk("elodie", "supervisor")
        page = (await sign_in(web, "elodie")).text
        order = re.findall(r'id="r-(C\d+)"', page)
        assert (order[0], sorted(order)) == ("C1003", [f"C100{n}" for n in range(1, 7)])
        for query, found in {"q=JOSEPH": ["C1003"], "retard=1": ["C1001", "C1006"], "q=%25": []}.items():
            assert re.findall(r'id="r-(C\d+)"', (await web.get(f"/?{query}")).text) == found
        assert (await press(web, "/rappels/C1003/prendre")).status_code == 303
        assert (
            await press(web, "/rappels/C1003/issue", issue="regle", note="C'est fait.")
        ).status_code == 303
        assert "C&#39;est fait." in (await web.get("/rappels/C1003")).text
        assert "C1003" in (await web.get("/rappels.csv?etat=termines")).text
        for path in ("/rendez-vous?jour=2026-11-26", "/signalements", "/pilotage", "/rappels/C1001/imprimer"):
            assert (await web.get(path)).status_code == 200


async def test_every_open_page_has_news_of_every_change(database_url: str) -> None:
    async with office(database_url) as place:
        wish = await place.wants_callback()
        clerk = await place.clerk("elodie", password=None, email="e@mairie.example")
        async with place.desk.live.following() as one, place.desk.live.following() as other:
            for change in (work.claim, work.release):
                await asyncio.sleep(0.3)
                one.clear()
                other.clear()
                await change(place.database, wish.id, clerk, place.now)
                async with asyncio.timeout(5):
                    await one.wait()
                    await other.wait()


async def test_while_the_database_is_away_the_pages_say_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("base")
    async with office(f"sqlite:///{folder / 'mairie.db'}") as place, signed_in(place, "elodie") as web:
        await place.database.close()
        (folder / "mairie.db").rename(folder / "ailleurs.db")
        (folder / "mairie.db").mkdir()
        answer = await web.get("/")
        assert answer.status_code == 503
        assert "rien n&#39;a été changé" in answer.text
        (folder / "mairie.db").rmdir()
        (folder / "ailleurs.db").rename(folder / "mairie.db")
        assert (await web.get("/")).status_code == 200
