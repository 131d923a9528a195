"""Toll fraud: whatever is asked for, and by whatever way, our line dials ordinary French numbers only.

The ways are few: « appeler » on a clerk's page, those on call, and the town hall's own post. What may not be
dialled is tried against each, and the dialplan is read for ways that nobody thought of.
"""

import ast
import asyncio
import re
from functools import cache

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from callbacks import attempts
from callbacks.errors import TooManyCalls
from prompts.phones import NotDialable, dialled
from telephony.ari.caller_id import e164
from telephony.click_to_call import order_of
from telephony.refuge import refuge
from tests.security.product import calls
from tests.support.desk import office
from tests.support.lab import ASTERISK

ORDINARY = re.compile(r"0[1-79][0-9]{8}")
COSTLY = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PAGER,
}
TOWN = "+596596000000"

digits = st.text("0123456789", max_size=15)
asked = (
    st.text(max_size=30)
    | digits
    | st.tuples(
        st.sampled_from(
            ["+33", "+262", "+508", "+590", "+594", "+596", "+44", "+881", "+1", "00", "0", "+338"]
        ),
        digits,
    ).map("".join)
    | st.tuples(
        st.sampled_from(["PJSIP/", "Local/", "SIP/", "PJSIP/0899123456@operateur/", "PJSIP/x&PJSIP/"]),
        st.text(max_size=20),
    ).map("".join)
    | st.sampled_from(
        ["+33612345678;ext=9", "tel:+33899123456", "+33612345678,,9", "０６１２３４５６７８", "+33899123456"]
    )
)
"""What somebody could try to have dialled."""


def is_ordinary(number: str) -> bool:
    """Whether this is ten French digits, of no kind that costs whoever calls it."""
    if not ORDINARY.fullmatch(number):
        return False
    international = e164(number)
    if international is None:
        return True
    parsed = phonenumbers.parse(international)
    return phonenumbers.number_type(parsed) not in COSTLY


@settings(max_examples=300)
@given(asked)
def test_whatever_is_asked_for_an_ordinary_french_number_is_dialled_or_none(text: str) -> None:
    try:
        number = dialled(text)
    except NotDialable:
        return
    assert is_ordinary(number), number


@pytest.mark.parametrize("number", ["+508411234", "+508708401234", "+262692112233", "+590690112233"])
def test_every_overseas_number_is_dialled_with_ten_digits(number: str) -> None:
    assert ORDINARY.fullmatch(dialled(number))


@settings(max_examples=300)
@given(asked, asked, st.sampled_from(["C1042"]))
def test_a_clerk_s_page_rings_a_post_of_ours_or_an_ordinary_number_and_then_an_ordinary_number(
    clerk: str, citizen: str, ref: str
) -> None:
    try:
        order = order_of(clerk, citizen, ref, TOWN)
    except NotDialable:
        return
    assert is_ordinary(order.number), order
    outside = re.fullmatch(r"PJSIP/(.*)@operateur", order.clerk)
    assert is_ordinary(outside[1]) if outside else re.fullmatch(r"PJSIP/[A-Za-z0-9._-]{1,40}", order.clerk), (
        order
    )


async def test_the_daily_cap_holds_however_many_click_at_once(database_url: str) -> None:
    async with office(database_url) as place:
        wish, clerk = await place.wants_callback(), await place.clerk("elodie", password=None, email="e@x.fr")
        midnight = place.now.replace(hour=0, minute=0)

        async def click() -> bool:
            try:
                await attempts.begin(place.database, wish.id, clerk, place.now, midnight, 7)
            except TooManyCalls:
                return False
            return True

        assert sum(await asyncio.gather(*(click() for _ in range(20)))) == 7


# ------------------------------------------------------------------------------- what the program can ask for

REACHES_OUT = {"originate", "originate_in_dialplan", "continue_in_dialplan", "create_media_channel"}


def asked_of_asterisk() -> list[tuple[str, str, ast.Call]]:
    """Where, and how, the product has Asterisk ring somebody or send a call elsewhere."""
    return [
        (where, node.func.attr, node)
        for where, node in calls()
        if isinstance(node.func, ast.Attribute) and node.func.attr in REACHES_OUT
    ]


def test_nothing_but_the_known_places_has_asterisk_ring_somebody() -> None:
    """Whoever adds one adds it here, and says below why nobody can make it ring what costs."""
    found = {(where, how) for where, how, _ in asked_of_asterisk()}
    assert found == {
        ("telephony/click_to_call.py", "originate_in_dialplan"),  # order_of, above
        ("telephony/asterisk_call.py", "continue_in_dialplan"),  # to those on call, or to the humans
        ("telephony/bridge.py", "continue_in_dialplan"),  # to the humans, or to the agent beside
        ("telephony/bridge.py", "create_media_channel"),  # a socket that we open ourselves
        ("telephony/notebook.py", "originate_in_dialplan"),  # Asterisk talking to itself
        ("standardiste/doctor_network.py", "originate_in_dialplan"),
        ("standardiste/synthetic_asterisk.py", "originate"),
    }


def test_a_call_is_only_ever_continued_in_contexts_that_are_meant_for_it() -> None:
    named = {
        argument.value
        for _, how, node in asked_of_asterisk()
        if how == "continue_in_dialplan"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }
    assert named <= {"humains", "accueil"}
    told = ("0596000000", "+596596000000", "brouillon", "annonce", "temoin", "humains", "x", "")
    places = [refuge(one, relief=relief) for one in told for relief in (True, False)]
    assert {place[0] for place in places if place} == {"releve", "ailleurs", "essais-releve", "secours"}


# ------------------------------------------------------------------------------- what the dialplan can do


@cache
def dialplan() -> dict[str, list[tuple[str, str]]]:
    """Each context's extensions with what they run."""
    contexts: dict[str, list[tuple[str, str]]] = {}
    context = extension = ""
    for line in (ASTERISK / "conf" / "extensions.conf").read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[([\w-]+)\]", line):
            context = header[1]
        elif found := re.match(r"exten = ([^,]+),1,(.+)", line):
            extension = found[1]
            contexts.setdefault(context, []).append((extension, found[2]))
        elif found := re.match(r" same = n(?:\([\w]+\))?,(.+)", line):
            contexts.setdefault(context, []).append((extension, found[1]))
    return contexts


def as_regex(extension: str) -> str:
    """An extension's pattern as Asterisk matches it (main/pbx.c)."""
    if not extension.startswith("_"):
        return re.escape(extension)
    return extension[1:].replace("X", "[0-9]").replace("Z", "[1-9]").replace("N", "[2-9]").replace(".", ".+")


POSTS = "PJSIP/${VILLE}poste-accueil@ALSO_DIALLED@"
"""The reception's posts, whose names asterisk/render keeps to letters and digits: no number, no trunk."""
HELP = {"_1[578]", "_11[2459]", "196", "_116XXX", "_3[01]XX", "_39[13]9"}
"""What the town hall's own post may dial beside: emergencies, and short numbers that cost nothing or no more
than a call (ARCEP, plan national de numérotation: 30PQ, 31PQ, 116XYZ are free; 118XYZ, 32PQ are not)."""
DIALS = re.compile(r"Dial\((PJSIP/[^,]+)")


def test_only_three_contexts_ring_outside_and_only_by_patterns_of_ordinary_numbers() -> None:
    out = {
        (context, extension)
        for context, lines in dialplan().items()
        for extension, line in lines
        for target in DIALS.findall(line)
        if target != POSTS
    }
    ordinary = "_0[1-79]XXXXXXXX"
    assert {pair for pair in out if pair[1] not in HELP} == {
        ("astreinte", ordinary), ("rappels", ordinary), ("depuis-poste", ordinary)
    }  # fmt: skip
    assert {context for context, extension in out if extension in HELP} == {"depuis-poste"}
    for lines in dialplan().values():
        for _, line in lines:
            assert "Dial(" not in line or DIALS.search(line), line
            for target in DIALS.findall(line):
                assert target in (POSTS, "PJSIP/${EXTEN}@operateur")


def test_nobody_who_is_rung_or_rings_may_transfer_by_keys() -> None:
    """The options t, T, k, K, h, H, x, X, w and W of Dial and Queue give keys a meaning during a call."""
    told = [
        options
        for lines in dialplan().values()
        for _, line in lines
        for options in re.findall(r"(?:Dial\(PJSIP/[^,]+,[^,)]*|Queue\([^,)]+),([^,)]*)", line)
    ]
    assert set(told) <= {"r", "rU(journal-repondu"}, told


@settings(max_examples=300)
@given(
    st.text("0123456789+*#", min_size=1, max_size=14)
    | st.tuples(st.just("0"), st.text("0123456789", min_size=9, max_size=9)).map("".join)
)
def test_what_the_dialplan_lets_out_costs_what_an_ordinary_call_costs(number: str) -> None:
    lets_out = [
        extension
        for context in ("astreinte", "rappels", "depuis-poste")
        for extension, line in dialplan()[context]
        if "@operateur" in line and re.fullmatch(as_regex(extension), number)
    ]
    helps = re.fullmatch(r"1[578]|11[2459]|196|116[0-9]{3}|3[01][0-9]{2}|39[13]9", number)
    assert not lets_out or is_ordinary(number) or helps


def test_no_call_from_outside_comes_to_a_context_that_rings_outside() -> None:
    """Along every jump of the dialplan, from where the operator's calls come in, and from where the agent may
    send them before it answers (standardiste/answering.py)."""
    contexts = dialplan()
    seen, left = set[str](), ["depuis-operateur", "dabord"]
    while left:
        context = left.pop()
        seen.add(context)
        for _, line in contexts[context]:
            jumps = re.findall(r"(?:Goto|GotoIf|Gosub)\((.*)\)", line)
            words = {word for jump in jumps for word in re.findall(r"[a-z][a-z-]+", jump)}
            left += sorted(words & contexts.keys() - seen)
    assert {"dabord", "agent", "humains", "messagerie", "excuses"} <= seen
    assert seen & {"astreinte", "rappels", "depuis-poste"} == set()


def test_what_a_caller_sends_is_filtered_before_the_dialplan_computes_with_it() -> None:
    """Number and presentation are all that the other side chooses; neither may be read as an expression."""
    text = (ASTERISK / "conf" / "extensions.conf").read_text(encoding="utf-8")
    for found in re.finditer(r"\$\{CALLERID\(([^)]+)\)", text):
        before = text[: found.start()].rpartition("\n")[2]
        filtered = before.endswith("${FILTER(+0-9,") or found[1].startswith("num-pres")
        assert filtered, text[found.start() : found.end() + 40]
    for name in ("CALLERID(name)", "SIP_HEADER", "PJSIP_HEADER", "CALLERID(dnid)", "CALLERID(rdnis)"):
        assert name not in text


def test_no_other_file_of_the_configuration_rings_or_opens_a_door() -> None:
    conf = {path.name: path.read_text(encoding="utf-8") for path in (ASTERISK / "conf").glob("*.conf")}
    assert all("Dial(" not in text for name, text in conf.items() if name != "extensions.conf")
    loaded = re.findall(r"^load = (\S+)", conf["modules.conf"], re.MULTILINE)
    forbidden = (
        "app_system", "app_disa", "app_originate", "app_externalivr", "pbx_spool", "res_agi", "func_shell",
        "func_curl", "res_pjsip_endpoint_identifier_anonymous", "res_pjsip_refer", "app_transfer",
        "res_features", "res_parking", "app_followme", "res_pjsip_messaging",
    )  # fmt: skip
    assert [name for name in loaded if name.startswith(forbidden)] == []
    assert "autoload = no" in conf["modules.conf"]
    endpoints = conf["pjsip.conf"].count("type = endpoint")
    assert conf["pjsip.conf"].count("allow_transfer = no") == endpoints == 2
    assert re.search(r"^enabled = no", conf["manager.conf"], re.MULTILINE)
