"""What clerks should know of the service right now, told by whichever process knows it.

Several processes may share a database: those that take calls say what goes on there, those that show pages
read it. A word that is not said again soon is no longer so: whoever said it may be gone.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks.inserting import insert_once
from callbacks.models import Setting

_NAME = "avis:"
HOLDS = timedelta(seconds=30)
"""How long a word is believed that is not said again."""
_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Notice:
    told: str
    """French, for people."""
    grave: bool = False
    """Somebody has to do something."""


async def tell(session: AsyncSession, source: str, notices: Iterable[Notice], now: datetime) -> None:
    """What this process says now, instead of what it said before. `source`: its own name, 50 letters."""
    value = json.dumps({"at": now.timestamp(), "notices": [asdict(each) for each in notices]})
    if not await insert_once(session, Setting, name=_NAME + source, value=value):
        await session.execute(update(Setting).where(Setting.name == _NAME + source).values(value=value))


async def take_back(session: AsyncSession, source: str) -> None:
    """This process says nothing any more."""
    await session.execute(delete(Setting).where(Setting.name == _NAME + source))


async def told_by_others(session: AsyncSession, source: str, now: datetime) -> tuple[Notice, ...]:
    """What the other processes say now, each thing once; what was said long ago is thrown away."""
    found = await session.scalars(
        select(Setting).where(Setting.name.startswith(_NAME, autoescape=True)).order_by(Setting.name)
    )
    told: dict[Notice, None] = {}
    for each in found.all():
        said = json.loads(each.value)
        age = now - datetime.fromtimestamp(said["at"], now.tzinfo)
        if age > _FORGOTTEN:
            await session.delete(each)
        elif each.name != _NAME + source and age <= HOLDS:
            told.update(dict.fromkeys(Notice(**notice) for notice in said["notices"]))
    return tuple(told)
