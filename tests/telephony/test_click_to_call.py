"""A clerk's page rings the clerk, then the citizen, through a real Asterisk and two real telephones."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest

from callbacks.lists import read_callback
from callbacks.models import Callback
from prompts.phones import NotDialable
from standardiste.ringing import Ringer, spoken_length
from telephony.ari.client import AsteriskSettings
from telephony.click_to_call import CallOrder, order_of
from tests.support.desk import Office, office, press, signed_in
from tests.support.echo_app import passes
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone

TOWN = "+596596000000"
POST = "PJSIP/poste-accueil"


def test_a_call_is_only_ever_made_to_ordinary_numbers_and_known_posts() -> None:
    order = order_of("PJSIP/agent1", "+596696203040", "C1042", TOWN)
    assert order == CallOrder("PJSIP/agent1", '"Rappel C1042" <0696203040>', "0696203040", "0596000000")
    at_home = order_of("06 12 34 56 78", "+596696203040", "C1042", TOWN)
    assert (at_home.clerk, at_home.clerk_sees) == ("PJSIP/0612345678@operateur", "0596000000")
    for citizen in ("+33899123456", "+447700900123", "+881612345678", "+333605"):
        with pytest.raises(NotDialable, match="ne s'appelle pas d'ici"):
            order_of("PJSIP/agent1", citizen, "C1042", TOWN)
    for clerk in ("Local/0899123456@depuis-poste", "PJSIP/0899123456@operateur", "0899123456", "101", ""):
        with pytest.raises(NotDialable, match="ne peut pas sonner"):
            order_of(clerk, "+596696203040", "C1042", TOWN)


def test_a_conversation_s_length_is_written_for_people() -> None:
    assert [spoken_length(length) for length in (0.4, 45, 60, 252.4)] == [
        "0 s",
        "45 s",
        "1 min 00 s",
        "4 min 12 s",
    ]


@dataclass
class Calling:
    """A clerk signed in, with telephones."""

    place: Office
    web: httpx.AsyncClient
    clerk: SipPhone
    citizen: SipPhone
    wish: Callback

    @property
    def path(self) -> str:
        return f"/rappels/{self.wish.ref}"

    async def click(self) -> httpx.Response:
        return await press(self.web, f"{self.path}/appeler")

    async def story(self) -> list[tuple[str, str | None]]:
        """What was written of the call-back, without its beginning."""
        found = await read_callback(self.place.database, self.wish.id, 1, self.place.now)
        written = sorted(found.events, key=lambda pair: pair[0].id)
        return [(event.kind, event.note) for event, _ in written if event.kind not in ("demande", "pris")]

    async def until(self, kind: str, times: int = 1) -> None:
        """Until that was written so often."""
        async with asyncio.timeout(15):
            while [done for done, _ in await self.story()].count(kind) < times:  # noqa: ASYNC110 - only asking can tell
                await asyncio.sleep(0.05)


@asynccontextmanager
async def calling(lab: AsteriskLab, *, cap: int = 10, post: str = POST) -> AsyncIterator[Calling]:
    async with office() as place:
        ringer = Ringer(place.database, lambda: place.now, lab.settings, lambda: TOWN, cap)
        place.desk = replace(place.desk, ring=ringer)
        async with (
            signed_in(place, "elodie", phone=post) as web,
            SipPhone.opened(port=lab.post_port) as clerk,
            SipPhone.opened(port=lab.trunk_port) as citizen,
        ):
            yield Calling(place, web, clerk, citizen, await place.wants_callback())
            await asyncio.to_thread(lab.wait_until_empty, 8.0)
        await ringer.aclose()


@pytest.mark.asterisk
@pytest.mark.parametrize("who_hangs_up", ["clerk", "citizen"])
async def test_the_clerk_rings_first_then_the_citizen_and_they_talk(
    lab: AsteriskLab, who_hangs_up: str
) -> None:
    async with calling(lab) as desk:
        answer = await desk.click()
        assert answer.status_code == 303
        page = (await desk.web.get(answer.headers["location"])).text
        assert "Votre téléphone sonne" in page
        at_clerk = await desk.clerk.next_call()
        with pytest.raises(TimeoutError):
            await desk.citizen.next_call(timeout_s=0.5)
        await at_clerk.answer()
        at_citizen = await desk.citizen.next_call()
        assert at_citizen.invite is not None
        assert re.match(r"sip:0\d{9}@", at_citizen.invite.uri)
        assert "0596000000" in at_citizen.invite.header("From")
        await desk.until("appel_sonne")
        await at_citizen.answer()
        assert await passes(at_clerk, at_citizen)
        assert await passes(at_citizen, at_clerk)
        await desk.until("appel_parle")
        assert "déjà en cours" in (await desk.click()).text
        same_person = await desk.place.wants_callback(service="urbanisme")
        async with signed_in(desk.place, "paul", phone=POST) as colleague:
            refused = await press(colleague, f"/rappels/{same_person.ref}/appeler")
            assert "vers cette personne" in refused.text
        one, other = (at_clerk, at_citizen) if who_hangs_up == "clerk" else (at_citizen, at_clerk)
        await one.hang_up()
        await asyncio.wait_for(other.ended.wait(), 5)
        await desk.until("appel_fini")
        assert [kind for kind, _ in await desk.story()] == [
            "appel",
            "appel_sonne",
            "appel_parle",
            "appel_fini",
        ]
        page = (await desk.web.get(desk.path)).text
        assert "conversation de" in page
        assert "Pris par" not in page


@pytest.mark.asterisk
async def test_a_busy_citizen_is_an_attempt_and_the_call_back_is_free_again(lab: AsteriskLab) -> None:
    async with calling(lab) as desk:
        await desk.click()
        await (await desk.clerk.next_call()).answer()
        (await desk.citizen.next_call()).reject()
        await desk.until("sans_reponse")
        assert (await desk.story())[-1] == ("sans_reponse", "occupé (appel lancé d'ici)")
        await press(desk.web, f"{desk.path}/issue", issue="sans_reponse", note="messagerie pleine")
        assert (await desk.story())[-1] == ("note", "messagerie pleine")
        assert "Sans réponse (1)" in (await desk.web.get(desk.path)).text


@pytest.mark.asterisk
async def test_a_clerk_who_does_not_answer_or_leaves_is_no_attempt(lab: AsteriskLab) -> None:
    async with calling(lab) as desk:
        await desk.click()
        (await desk.clerk.next_call()).reject()
        await desk.until("appel_fini")
        assert (await desk.story())[-1] == ("appel_fini", "le poste de la mairie n'a pas décroché")
        await desk.click()
        at_clerk = await desk.clerk.next_call()
        await at_clerk.answer()
        at_citizen = await desk.citizen.next_call()
        await at_clerk.hang_up()
        await asyncio.wait_for(at_citizen.ended.wait(), 5)
        await asyncio.to_thread(lab.wait_until_empty)
        await desk.until("appel_fini", times=2)
        assert (await desk.story())[-1] == ("appel_fini", "raccroché avant que la personne réponde")


@pytest.mark.asterisk
async def test_what_cannot_be_called_is_said_with_the_number_to_dial_by_hand(lab: AsteriskLab) -> None:
    async with calling(lab, cap=0) as desk:
        refused = await desk.click()
        assert refused.status_code == 409
        assert "0 appels ont déjà été lancés" in refused.text
        assert f'href="tel:{desk.wish.phone}"' in refused.text
        assert await desk.story() == []
    async with calling(lab, post="PJSIP/inconnu") as desk:
        refused = await desk.click()
        assert "Asterisk ne connaît pas votre poste" in refused.text


async def test_without_asterisk_the_page_says_so_and_gives_the_number() -> None:
    async with office() as place:
        nowhere = AsteriskSettings("http://127.0.0.1:9")
        place.desk = replace(
            place.desk, ring=Ringer(place.database, lambda: place.now, nowhere, lambda: TOWN, 9)
        )
        async with signed_in(place, "elodie", phone=POST) as web:
            wish = await place.wants_callback()
            refused = await press(web, f"/rappels/{wish.ref}/appeler", telephone="0899123456")
            assert refused.status_code == 409
            assert "Asterisk ne répond pas. Vous pouvez composer vous-même" in refused.text
            assert f'href="tel:{wish.phone}"' in refused.text
