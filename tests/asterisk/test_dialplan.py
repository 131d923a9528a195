"""What a caller hears when no agent and nobody answers."""

import asyncio
import itertools
import re

import pytest

from telephony.bridge import AsteriskCall
from tests.support.echo_app import serving
from tests.support.lab import ASTERISK, AsteriskLab
from tests.support.sip_caller import PhoneCall, SipPhone
from tests.support.sounds import likeness, sweep, wav
from tests.support.waiting import until

pytestmark = pytest.mark.asterisk


async def reaches(call: PhoneCall, announcement: str, lab: AsteriskLab, first_s: int = 4) -> None:
    """Waits until the caller has heard the first seconds of the announcement."""
    await until(lambda: f"!{announcement}!" in lab.cli("core show channels concise"), 20)
    expected = wav(ASTERISK / "sounds" / f"{announcement}.wav")[: first_s * 8000]
    since = asyncio.get_running_loop().time() - 2
    await until(lambda: likeness(expected, call.heard(since)) > 0.97, 30)


async def rejecting(post: SipPhone) -> None:
    """A human post that is busy."""
    while True:
        (await post.next_call(timeout_s=30)).reject()


async def test_a_caller_whom_nobody_answers_leaves_a_message_without_a_number_they_withheld(
    lab: AsteriskLab,
) -> None:
    withheld = (("Privacy", "id"), ("P-Asserted-Identity", "<sip:0696112233@127.0.0.1>"))
    before = set(lab.spool.glob("voicemail/mairie/101/INBOX/*.wav"))
    async with SipPhone.opened() as phone, SipPhone.opened(port=lab.post_port) as post:
        busy = asyncio.create_task(rejecting(post))
        call = await phone.ring(lab.sip, "0596000000", headers=withheld)
        await reaches(call, "messagerie", lab)
        await until(lambda: "!VoiceMail!" in lab.cli("core show channels concise"), 20)
        await asyncio.sleep(1.5)  # the tone
        await call.say(sweep(2.0))
        await asyncio.sleep(0.3)
        await call.hang_up()
        busy.cancel()
        await asyncio.wait({busy})
    await asyncio.to_thread(lab.wait_until_empty)
    messages = set(lab.spool.glob("voicemail/mairie/101/INBOX/*.wav")) - before
    assert len(messages) == 1
    sound = messages.pop()
    assert likeness(sweep(2.0), wav(sound)) > 0.8
    notes = sound.with_suffix(".txt").read_text(encoding="utf-8")
    assert "callerid=" in notes
    assert "0696112233" not in notes


async def test_without_voicemail_the_caller_hears_an_apology_and_the_way_on(lab: AsteriskLab) -> None:
    settings = lab.config / "voicemail.conf"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("\n101 =", "\n;101 ="), encoding="utf-8")
    lab.cli("module reload app_voicemail.so")
    try:
        async with SipPhone.opened() as phone:
            call = await phone.ring(lab.sip, "0596000000")
            await reaches(call, "excuses", lab)
            await call.hang_up()
    finally:
        settings.write_text(text, encoding="utf-8")
        lab.cli("module reload app_voicemail.so")
    await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.parametrize(
    ("service", "queue"), [("accueil", "accueil"), ("etat_civil", "etat_civil"), ("ccas", "accueil")]
)
async def test_a_service_has_its_own_queue_or_the_common_one(
    lab: AsteriskLab, service: str, queue: str
) -> None:
    own = lab.config / "local" / "queues.conf"
    own.parent.mkdir(exist_ok=True)
    own.write_text(
        "[etat_civil]\nstrategy = ringall\njoinempty = yes\nmember = PJSIP/poste-accueil\n", encoding="utf-8"
    )
    lab.cli("module reload app_queue.so")

    async def transfer(call: AsteriskCall) -> None:
        assert await call.transfer(service)

    async with (
        serving(lab.settings, transfer),
        SipPhone.opened() as phone,
        SipPhone.opened(port=lab.post_port) as post,
    ):
        call = await phone.ring(lab.sip, "0596000000")
        await post.next_call()
        assert "1. PJSIP/operateur" in lab.cli(f"queue show {queue}")
        await call.hang_up()
        await asyncio.to_thread(lab.wait_until_empty)


@pytest.mark.parametrize("context", ["astreinte", "rappels"])
def test_only_ordinary_french_numbers_can_be_dialled(lab: AsteriskLab, context: str) -> None:
    assert "Dial" in lab.cli(f"dialplan show 0596000099@{context}")
    for number in (
        "0899123456",
        "0800123456",
        "00441234567890",
        "+33612345678",
        "3605",
        "112",
        "06123456789",
    ):
        assert "Dial" not in lab.cli(f"dialplan show {number}@{context}"), number


def test_no_function_that_reaches_beyond_the_telephone_is_loaded(lab: AsteriskLab) -> None:
    """ARI may write Asterisk's own database (live_dangerously), and nothing else of the machine."""
    known = {line.split()[0] for line in lab.cli("core show functions").splitlines() if line.strip()}
    assert "DB" in known
    assert (
        known & {"SHELL", "FILE", "ENV", "STAT", "AST_CONFIG", "CURL", "ODBC", "LOCK", "EVAL_SHELL"} == set()
    )


def test_the_log_of_a_start_has_no_complaint(lab: AsteriskLab) -> None:
    lines = (lab.spool.parent / "log" / "messages").read_text(encoding="utf-8").splitlines()
    before_calls = itertools.takewhile(lambda line: "[C-" not in line, lines)
    assert [line for line in before_calls if "ERROR" in line or "WARNING" in line] == []


def test_the_dialplan_uses_only_what_is_loaded(lab: AsteriskLab) -> None:
    """An application that is missing ends the call where it stands: nothing else would tell."""
    text = (ASTERISK / "conf" / "extensions.conf").read_text(encoding="utf-8")
    used = set(re.findall(r"^(?:exten = [^,]+,1| same = n(?:\(\w+\))?),(\w+)", text, re.MULTILINE))
    listed = lab.cli("core show applications")
    loaded = {line.strip().partition(":")[0].lower() for line in listed.splitlines() if ":" in line}
    assert len(used) > 10
    assert {name for name in used if name.lower() not in loaded} == set()
