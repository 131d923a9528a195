"""Two towns on one platform never meet: not in a query, a page, a link, a backup or a figure."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from callbacks import links, own_account
from callbacks.calls import CallStart
from callbacks.database import open_database
from callbacks.errors import UnusableDatabase
from callbacks.models import Callback, Clerk, Ticket
from callbacks.photos import PhotoStore
from dialog import office
from standardiste.backup import back_up, restore
from standardiste.errors import Unusable
from standardiste.log import in_town
from standardiste.platform_metrics import TownFigures
from standardiste.platform_town import OpenTown
from standardiste.records_upkeep import Upkeep
from standardiste.web.services import Part
from standardiste.web.town_hosts import TownHosts
from tests.callbacks.test_retention import count, fill
from tests.support.desk import field_of
from tests.support.platform import Platform, own_schemas, path_with, platform
from tests.support.postgres import programs
from tests.support.towns import TOWNS, host_of, write_town
from tests.support.waiting import until

ONE, OTHER = TOWNS
SECRETS = {town: f"le-secret-des-sms-de-{town}" for town in TOWNS}
CALLER = "+33612345678"
"""Who calls both."""
PAGES = (
    "/", "/rappels.csv", "/rendez-vous", "/signalements", "/pilotage", "/messages", "/personne", "/comptes",
    "/essais", "/mon-compte", "/attente", "/messagerie", "/etat", "/readyz", "/admin", "/admin/horaires",
)  # fmt: skip


@pytest.fixture
def database_urls(database_url: str, request: pytest.FixtureRequest) -> dict[str, str | None]:
    """Of each town: its own file, or its own schema and role in one PostgreSQL."""
    if database_url.startswith("sqlite"):
        return dict.fromkeys(TOWNS)
    return dict(own_schemas(request.getfixturevalue("postgres")))


@asynccontextmanager
async def called_towns(folder: Path, urls: Mapping[str, str | None]) -> AsyncIterator[Platform]:
    """Two towns that have been called by the same person, who has asked both for the same."""
    for town, number in TOWNS.items():
        write_town(folder, town, number, urls[town], MESSAGES_ANSWERS_SECRET=SECRETS[town])
    async with platform(folder) as one:
        for town in TOWNS:
            await is_called(one.town(town))
        yield one


@pytest.fixture
async def both(tmp_path: Path, database_urls: dict[str, str | None]) -> AsyncIterator[Platform]:
    """Them on each kind of database."""
    async with called_towns(tmp_path / "villes", database_urls) as one:
        yield one


async def is_called(town: OpenTown) -> None:
    """A call, a call-back and a fault report, with the town's name in what is said."""
    name, records = town.place.name, town.opened.records
    with in_town(name):
        records.call_begins(CallStart(f"appel-{name}", records.now(), CALLER))
        for wanted in (
            office.AskCallback("accueil", CALLER, "requested", f"Cadet {name}", about=f"un acte à {name}"),
            office.OpenTicket("voirie", f"rue de {name}", "un trou", name=f"Cadet {name}", phone=CALLER),
        ):
            answer = await records.answer(f"appel-{name}", wanted)
            assert isinstance(answer, office.CallbackPromised | office.TicketOpened)
        await records.call_ended(f"appel-{name}")


async def refs(town: OpenTown) -> tuple[str, str]:
    """Of its call-back and its fault report."""
    async with town.opened.records.database.reading() as session:
        callback, ticket = (
            await session.scalar(select(Callback.ref)),
            await session.scalar(select(Ticket.ref)),
        )
    assert callback
    assert ticket
    return callback, ticket


async def cookied(web: httpx.AsyncClient, token: str) -> httpx.AsyncClient:
    web.cookies.set("standardiste", token)
    return web


async def test_no_statement_of_one_town_s_work_reaches_the_other_s_database(both: Platform) -> None:
    for name in TOWNS:
        town = both.town(name)
        async with both.browser(host_of(name)) as plain:
            web = await cookied(plain, await both.session(name, "admin"))
            for page in PAGES:
                answer = await web.get(page)
                assert answer.status_code in (200, 404), (page, answer.status_code)
            form = {"jeton": field_of((await web.get("/")).text)}
            (callback, _) = await refs(town)
            assert (await web.post(f"/rappels/{callback}/prendre", data=form)).status_code == 303
        with in_town(name):
            upkeep = Upkeep(town.opened.records, PhotoStore(town.settings.data_dir / "photos"))
            await upkeep.erase_records()
            await upkeep.sweep_files()
    asked = [one for one in both.asked if one.whose is not None]
    assert {one.whose for one in asked} == set(TOWNS)
    crossed = [one for one in asked if one.whose != one.where]
    assert crossed == []
    assert min(sum(one.whose == name for one in asked) for name in TOWNS) > 100
    others = {ONE: OTHER, OTHER: ONE}
    assert not [one for one in asked if one.whose and f"{others[one.whose]}." in one.statement]


async def test_a_clerk_of_one_town_opens_nothing_of_the_other(tmp_path: Path) -> None:
    async with called_towns(tmp_path / "villes", dict.fromkeys(TOWNS)) as both:
        await opens_nothing_of_the_other(both)


async def opens_nothing_of_the_other(both: Platform) -> None:
    token, theirs = await both.session(ONE), both.town(OTHER)
    callback, ticket = await refs(theirs)
    now = datetime.now(UTC)
    async with theirs.opened.records.database.transaction() as session:
        clerk = Clerk(login="b", shown_name="B", role="clerk", services=[], created_at=now)
        session.add(clerk)
        await session.flush()
        agenda = await own_account.make_feed(session, clerk.id, now)
        link = await links.mint(session, "signalement", ticket, now)
    async with both.browser(host_of(ONE)) as plain, both.browser(host_of(OTHER)) as elsewhere:
        web = await cookied(plain, token)
        for page in (
            f"/rappels/{callback}", f"/rappels/{callback}/imprimer", f"/signalements/{ticket}",
            f"/signalements/{ticket}/photos/1", f"/l/{link}", f"/agenda/{agenda}/cni.ics",
        ):  # fmt: skip
            assert (await web.get(page)).status_code == 404, page
        assert (await elsewhere.get(f"/l/{link}")).status_code == 200
        form = {"jeton": field_of((await web.get("/personne")).text)}
        for deed in ("voir", "exporter", "effacer"):
            asked = {**form, "numero": CALLER, "reference": callback, "geste": deed}
            assert (await web.post("/personne", data=asked)).status_code == 404
        assert (await web.post(f"/rappels/{callback}/prendre", data=form)).status_code == 404
        shown = "".join([(await web.get(page)).text for page in PAGES])
        assert f"Cadet {ONE}" in shown
        assert OTHER not in shown.lower()
        sms = {"from": CALLER[1:], "text": "STOP", "id": "1"}
        for town, status in ((ONE, 200), (OTHER, 403)):
            bearer = {"authorization": f"Bearer {SECRETS[town]}"}
            assert (await web.post("/sms/entrant", data=sms, headers=bearer)).status_code == status
        await cookied(elsewhere, token)
        answer = await elsewhere.get("/rappels.csv")
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/connexion")
        assert (await elsewhere.post("/rappels/x/prendre", data=form)).status_code in (401, 403)


async def test_what_is_erased_or_put_back_in_one_town_stays_as_it_is_in_the_other(
    both: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", path_with(programs()))
    one, other = (both.town(name) for name in TOWNS)
    long_ago = datetime.now(UTC) - timedelta(days=500)
    for town in (one, other):
        await fill(town.opened.records.database, at=long_ago, phone=CALLER)
    with in_town(ONE):
        erased = await Upkeep(one.opened.records).erase_records()
    assert (erased.callbacks, erased.tickets) == (1, 1)
    databases = [town.opened.records.database for town in (one, other)]
    assert [await count(database, Ticket) for database in databases] == [1, 2]

    saved = await asyncio.to_thread(back_up, one.settings, tmp_path / "sauvegardes", datetime.now(UTC), None)
    with pytest.raises(Unusable, match="est en service"):
        await asyncio.to_thread(restore, other.settings, saved, datetime.now(UTC), replace=True)
    async with both.browser(host_of(ONE)) as plain:
        web = await cookied(plain, await both.session(ONE))
        callback, _ = await refs(one)
        form = {"jeton": field_of((await web.get("/personne")).text)}
        gone = {**form, "numero": CALLER, "reference": callback, "geste": "effacer"}
        assert (await web.post("/personne", data=gone)).status_code == 200
    assert [await count(database, Callback) for database in databases] == [0, 2]

    settings = [town.settings for town in (one, other)]
    await both.towns.aclose()
    await asyncio.to_thread(restore, settings[0], saved, datetime.now(UTC), replace=True)
    again = [open_database(each.database_url) for each in settings]
    try:
        assert [await count(database, Callback) for database in again] == [1, 2]
        if settings[0].database_url.startswith("postgresql"):
            with pytest.raises(UnusableDatabase, match=f"n'est pas celle du schéma « {OTHER} »"):
                await asyncio.to_thread(restore, settings[1], saved, datetime.now(UTC), replace=True)
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with again[0].engine.connect() as connection:
                    await connection.execute(text(f"SELECT * FROM {OTHER}.callbacks"))
            async with again[0].engine.connect() as connection:
                assert await connection.scalar(text("SELECT current_schemas(false)")) == [ONE]
    finally:
        for database in again:
            await database.close()


async def test_each_town_s_figures_bear_its_name_on_the_platform_and_are_alone_on_its_own_page(
    tmp_path: Path,
) -> None:
    for town, number in TOWNS.items():
        write_town(tmp_path, town, number)
    async with platform(tmp_path) as both:
        both.town(ONE).switchboard._metrics.calls.inc(3)
        await until(lambda: all(town.witness for town in both.towns.served()))
        whole = CollectorRegistry()
        whole.register(TownFigures(both.towns.registries))
        told = generate_latest(whole).decode()
        assert f'standardiste_calls_total{{commune="{ONE}"}} 3.0' in told
        assert f'standardiste_calls_total{{commune="{OTHER}"}} 0.0' in told
        assert told.count("# TYPE standardiste_calls_total ") == 1
        assert "\nstandardiste_speech_workers_ready{engine=" in told
        async with both.browser(host_of(OTHER)) as web:
            own = (await web.get("/metrics")).text
        assert "standardiste_calls_total 0.0" in own
        assert ONE not in own


async def test_a_town_that_is_broken_or_written_like_another_is_told_and_stops_nobody(tmp_path: Path) -> None:
    broken = write_town(tmp_path, ONE, TOWNS[ONE]) / "contenu" / "commune.yaml"
    good = broken.read_text("utf-8")
    broken.write_text("nom: 3\n", "utf-8")
    write_town(tmp_path, OTHER, TOWNS[OTHER])
    async with (
        platform(tmp_path) as one,
        one.browser(host_of(ONE)) as web,
        one.browser(host_of(OTHER)) as other,
        one.browser(host_of("copie")) as third,
    ):
        answer = await web.get("/")
        assert (answer.status_code, "pas disponibles pour le moment" in answer.text) == (503, True)
        assert (await other.get("/connexion")).status_code == 200
        assert one.towns.parts()["communes"] == Part("1 servies")
        assert "commune.yaml" in one.towns.parts()[ONE].state
        broken.write_text(good, "utf-8")
        write_town(tmp_path, "copie", "0299000003", None, DATA=f"../{OTHER}/donnees")
        await one.towns.look()
        assert (await web.get("/connexion")).status_code == 200
        assert one.towns.parts()["communes"] == Part("2 servies")
        assert f"est aussi à {OTHER}" in one.towns.parts()["copie"].state
        assert (await third.get("/")).status_code == 503


@pytest.mark.parametrize("host", ["127.0.0.1", "ailleurs.example", f"{ONE}.example.ailleurs.example", ""])
async def test_a_name_that_is_no_town_s_gets_a_page_that_says_so(host: str) -> None:
    hosts = TownHosts()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(hosts), base_url="http://x") as web:
        answer = await web.get("/readyz", headers={"host": host})
    assert (answer.status_code, "Aucune mairie n'a ses pages" in answer.text) == (404, True)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
