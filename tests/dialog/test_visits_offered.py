"""Who waits for an earlier time and calls while one is kept for them hears of it, and takes it on a yes."""

from datetime import datetime
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from callbacks import appointments, place_offers, waiting
from callbacks.appointments import Visit
from callbacks.models import Appointment
from callbacks.models_agenda import PlaceOffer
from callbacks.place_offers import Offering
from callbacks.time_slots import Moment
from callbacks.waiting import Wish
from standardiste.side_loop import side_loop
from tests.dialog.visitor import TOWN, TUESDAY, Visitor

PLACE = datetime(2026, 11, 25, 11, 40)
LOCAL = TUESDAY.replace(tzinfo=None)


async def _free_and_offer(session: AsyncSession) -> None:
    """Somebody gives back a place on Wednesday, and R4821 has waited for one."""
    moment = Moment(TUESDAY, LOCAL, "guichet")
    visit = Visit("titre_identite", PLACE, "Quelqu'un")
    early = await appointments.book(session, moment, visit, Random(1), call_id=None)
    assert early is not None
    theirs = await session.scalar(select(Appointment).where(Appointment.ref == "R4821"))
    assert theirs is not None
    waiting.join(theirs, Wish(), TUESDAY)
    await session.flush()
    assert await appointments.cancel(session, moment, ref=early.ref, name=early.name)
    how = Offering(TOWN.tz, TOWN.commune.waiting_list, TOWN.messages.rules)
    assert await place_offers.offer_places(session, how, TUESDAY) == 1


def waits() -> Visitor:
    visitor = Visitor()
    side_loop().run(visitor.office._records.database.write(_free_and_offer))
    return visitor


def status(visitor: Visitor) -> str | None:
    async def work(session: AsyncSession) -> str | None:
        return await session.scalar(select(PlaceOffer.status))

    return side_loop().run(visitor.office._records.database.read(work))


def calls(visitor: Visitor, request: str) -> str:
    for turn in (request, "R4821", "Bellemare"):
        heard = visitor.say(turn)
    return heard


@pytest.mark.parametrize("request_", ["quand est mon rendez-vous", "je voudrais déplacer mon rendez-vous"])
@pytest.mark.parametrize("yes", ["oui", "+1"])
def test_the_place_is_told_read_back_and_taken(request_: str, yes: str) -> None:
    visitor = waits()
    heard = calls(visitor, request_)
    assert "est jeudi 26 novembre à 10 h 40" in heard
    assert "libérée, mercredi 25 novembre à 11 h 40" in heard
    assert visitor.records == []
    assert "maintenant mercredi 25 novembre" in visitor.say(yes)
    assert [(one["action"], one["at"]) for one in visitor.records] == [("moved", "2026-11-25T11:40")]
    assert status(visitor) == "acceptee"


@pytest.mark.parametrize("no", ["non merci", "non", "+2"])
def test_who_only_asked_and_does_not_want_it_keeps_their_appointment_and_the_offer(no: str) -> None:
    visitor = waits()
    calls(visitor, "quand est mon rendez-vous")
    assert "reste jeudi 26 novembre" in visitor.say(no)
    assert visitor.records == []
    assert status(visitor) == "proposee"


def test_who_called_to_move_it_elsewhere_still_can() -> None:
    visitor = waits()
    calls(visitor, "je voudrais déplacer mon rendez-vous à vendredi")
    assert "vendredi 27 novembre" in visitor.say("non")
