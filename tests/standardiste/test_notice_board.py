"""What one process knows is read above the clerks' list, whichever process draws it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callbacks.database import Database, open_database
from callbacks.migrating import migrate
from callbacks.notices import HOLDS, Notice
from standardiste.notice_board import NoticeBoard, own_notices
from telephony.bridge_status import BridgeStatus, Connection
from tests.support.postgres import PostgresServer

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CROWD = "Beaucoup d'appels : les nouveaux appelants répondent par les touches (9 appels en cours)."
USUAL = BridgeStatus(Connection.CONNECTED, None, 0, 0, 0, 0, 0, 0, 0)
LOST = BridgeStatus(Connection.CONNECTING, "Asterisk ne répond pas", 0, 0, 0, 0, 0, 0, 0)


@pytest.fixture
async def shared(postgres: PostgresServer) -> AsyncIterator[Database]:
    database = open_database(postgres.new_database())
    await migrate(database)
    yield database
    await database.close()


async def test_the_pages_say_what_those_know_that_take_the_calls(shared: Database) -> None:
    now, said = NOW, [Notice(CROWD)]
    calls = NoticeBoard(shared, lambda: now, lambda: tuple(said), "telephonie:1")
    pages = NoticeBoard(shared, lambda: now, tuple, "pages:1")

    async def looked() -> tuple[Notice, ...]:
        await calls.look()
        await pages.look()
        return pages.all()

    assert await looked() == (Notice(CROWD),)
    now += HOLDS - timedelta(seconds=1)
    assert await looked() == (Notice(CROWD),), "it is said again before it is too old"
    now += HOLDS - timedelta(seconds=1)
    assert await looked() == (Notice(CROWD),)
    said.clear()
    assert await looked() == ()
    said.append(Notice(CROWD))
    await looked()
    now += HOLDS + timedelta(seconds=1)
    await pages.look()
    assert pages.all() == (), "whoever said it died"


@pytest.mark.parametrize(
    ("crowd", "bridge", "told"),
    [
        (None, None, []),
        (None, USUAL, []),
        (CROWD, USUAL, [Notice(CROWD)]),
        (
            None,
            LOST,
            [Notice("L'agent vocal n'est plus relié au standard : les appels sonnent chez vous.", True)],
        ),
    ],
)
def test_nothing_is_said_while_all_is_as_usual(
    crowd: str | None, bridge: BridgeStatus | None, told: list[Notice]
) -> None:
    assert own_notices(crowd, bridge, None) == tuple(told)
