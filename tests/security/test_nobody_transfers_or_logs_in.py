"""A caller who transfers, and a post with a wrong password, ring nobody at the town's expense."""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.echo_app import is_echoed, serving
from tests.support.g711 import PCMA
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import CallRefused, PhoneCall, SipPhone
from tests.support.sip_messages import offer

pytestmark = pytest.mark.asterisk
ORDINARY, COSTLY = "0612345678", "0899123456"
PASSWORD = "un-long-mot-de-passe"


@pytest.mark.parametrize("number", [ORDINARY, COSTLY])
async def test_a_caller_who_asks_to_be_transferred_stays_where_they_are(
    lab: AsteriskLab, number: str
) -> None:
    """SIP REFER (RFC 3515), and the same with « Replaces » of a call that there is not."""
    async with (
        serving(lab.settings) as bridge,
        SipPhone.opened(port=lab.trunk_port) as public,
    ):
        call = await public.ring(lab.sip, "0596000000")
        before = lab.channels()
        target = f"<sip:{number}@{lab.sip[0]}:{lab.sip[1]}>"
        for refer in (target, f"{target[:-1]}?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>"):
            public.request(call, "REFER", extra=(("Refer-To", refer), ("Referred-By", call.local)))
        with pytest.raises(TimeoutError):
            await public.next_call(timeout_s=0.3)
        assert lab.channels() == before
        assert await is_echoed(call)
        assert bridge.status.active_calls == 1
        await call.hang_up()
    await asyncio.to_thread(lab.wait_until_empty)


@contextmanager
def post_with_password(lab: AsteriskLab) -> Iterator[None]:
    try:
        lab.post_password = PASSWORD
        lab.render()
        lab.cli("module reload res_pjsip.so")
        yield
    finally:
        lab.post_password = None
        lab.render()
        lab.cli("module reload res_pjsip.so")


async def logged_in(phone: SipPhone, lab: AsteriskLab, number: str, password: str) -> PhoneCall:
    """A call of the post, proved as RFC 7616 has it. Raises CallRefused."""
    call = await phone.dial(lab.sip, number, caller="poste-accueil")
    whom = call.remote
    challenged = await asyncio.wait_for(call.answer_status, 5)
    assert challenged.status == 401
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenged.header("WWW-Authenticate")))
    proof = {"cnonce": uuid.uuid4().hex, "nc": "00000001", "qop": "auth"}

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

    response = md5(
        md5("poste-accueil", asked["realm"], password), asked["nonce"], proof["nc"], proof["cnonce"],
        proof["qop"], md5("INVITE", call.target),
    )  # fmt: skip
    told = (
        f'Digest username="poste-accueil", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
        f'uri="{call.target}", response="{response}", algorithm=MD5, cnonce="{proof["cnonce"]}", '
        f"nc={proof['nc']}, qop={proof['qop']}"
        + (f', opaque="{asked["opaque"]}"' if "opaque" in asked else "")
    )
    call.remote, call.answer_status = whom, asyncio.get_running_loop().create_future()
    phone.request(call, "INVITE", sdp=offer(call.rtp.port, PCMA), extra=(("Authorization", told),))
    await phone.answered(call)
    return call


async def test_the_post_s_password_opens_the_line_to_the_post_alone(lab: AsteriskLab) -> None:
    with post_with_password(lab):
        async with SipPhone.opened(port=lab.trunk_port) as public, SipPhone.opened() as post:
            with pytest.raises(CallRefused) as refused:
                await logged_in(post, lab, ORDINARY, "un-autre")
            assert refused.value.status in (401, 403)
            with pytest.raises(TimeoutError):
                await public.next_call(timeout_s=0.2)
            ringing = asyncio.create_task(public.next_call())
            calling = asyncio.create_task(logged_in(post, lab, ORDINARY, PASSWORD))
            rung = await ringing
            await rung.answer()
            call = await calling
            await call.hang_up()
            await asyncio.to_thread(lab.wait_until_empty)
