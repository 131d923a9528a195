"""A town whose post rings first: the agent takes the call when nobody answers there, or when it is busy."""

import asyncio

import pytest

from telephony.asterisk_call import AsteriskCall
from tests.support.echo_app import serving
from tests.support.lab import AsteriskLab
from tests.support.sip_caller import SipPhone

pytestmark = pytest.mark.asterisk


async def test_the_post_rings_first_and_the_agent_takes_what_it_leaves(lab: AsteriskLab) -> None:
    dialplan = lab.config / "extensions.conf"
    text = dialplan.read_text(encoding="utf-8")
    ringing = text.replace("GotoIf($[0 = 0]?agent", "GotoIf($[2 = 0]?agent")
    dialplan.write_text(ringing.replace("poste-accueil,0,", "poste-accueil,2,"), encoding="utf-8")
    lab.cli("dialplan reload")
    taken: asyncio.Queue[AsteriskCall] = asyncio.Queue()

    async def take(call: AsteriskCall) -> None:
        taken.put_nowait(call)
        await call.ended.wait()

    try:
        async with (
            serving(lab.settings, take),
            SipPhone.opened() as phone,
            SipPhone.opened(port=lab.post_port) as post,
        ):
            answered = await phone.dial(lab.sip, "0596000000")
            at_post = await post.next_call()
            await at_post.answer()
            await phone.answered(answered)
            await answered.hang_up()
            assert taken.empty(), "who is answered by a person never meets the agent"

            unanswered = await phone.dial(lab.sip, "0596000000")
            await post.next_call()
            async with asyncio.timeout(10):
                await taken.get()
            await unanswered.hang_up()

            busy = await phone.dial(lab.sip, "0596000000")
            (await post.next_call()).reject()
            async with asyncio.timeout(2):
                await taken.get()
            await busy.hang_up()
    finally:
        dialplan.write_text(text, encoding="utf-8")
        lab.cli("dialplan reload")
    await asyncio.to_thread(lab.wait_until_empty)
