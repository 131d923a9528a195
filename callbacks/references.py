"""References that are easy to say: one letter and four digits, six once many of those are taken."""

from random import Random
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Letter = Literal["R", "C", "S"]
"""Appointment (rendez-vous), call-back, fault report (signalement)."""
_EACH = 4


def long_reference(letter: Letter, random: Random) -> str:
    """Hardly ever taken already: for a record that is made while the database cannot be asked."""
    return f"{letter}{random.randint(100_000, 999_999)}"


async def free_reference(
    session: AsyncSession, column: InstrumentedAttribute[str], letter: Letter, random: Random
) -> str:
    """One that nobody has. The unique column has the last word: whoever loses the race begins again."""
    while True:
        proposed = [f"{letter}{random.randint(1000, 9999)}" for _ in range(_EACH)]
        proposed += [long_reference(letter, random) for _ in range(_EACH)]
        taken = set(await session.scalars(select(column).where(column.in_(proposed))))
        if free := next((ref for ref in proposed if ref not in taken), None):
            return free
