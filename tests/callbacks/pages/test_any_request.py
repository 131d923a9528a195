"""Whatever is asked of the pages, by whoever: they answer within their own rules (schemathesis)."""

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callbacks.sessions import derived
from standardiste.web.app import create_app
from tests.support.busy_office import fill_morning
from tests.support.desk import SMS_SECRET, empty_desk, office, served, services_of, session_of

APP = create_app(services_of(empty_desk()))
schema = schemathesis.openapi.from_dict(APP.openapi()).exclude(
    path_regex="direct|telephone/offer|deconnexion"
)
EXAMPLES = int(os.environ.get("STANDARDISTE_TEST_EXAMPLES", "5"))
"""Per address and per run; each run tries others, `make prove` many."""


@dataclass
class Served:
    address: str
    token: str
    web: httpx.Client


@pytest.fixture(scope="module")
def pages() -> Iterator[Served]:
    """The pages on a port of their own, in a thread of their own, with an administrator signed in."""
    ready, done = threading.Event(), threading.Event()
    found: list[tuple[str, str]] = []

    async def serve() -> None:
        async with office(demo=True) as place:
            await fill_morning(place)
            token = await session_of(place, "elodie", "admin")
            async with served(place):
                found.append((place.address, token))
                ready.set()
                await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    with httpx.Client(timeout=30) as web:
        yield Served(*found[0], web)
    done.set()
    thread.join()


def answer_to(case: "schemathesis.Case[Any]", pages: Served, **cookies: str) -> httpx.Response:
    """Sent by httpx: schemathesis' own client and this environment's urllib3 do not go together."""
    asked = case.as_transport_kwargs(base_url=pages.address)
    pages.web.cookies.clear()
    pages.web.cookies.update(cookies)
    return pages.web.request(
        asked["method"],
        asked["url"],
        params=asked.get("params"),
        headers=dict(asked.get("headers") or {}),
        data=asked["data"] if isinstance(asked.get("data"), dict) else None,
        content=asked["data"] if isinstance(asked.get("data"), bytes | str) else None,
    )


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_no_request_of_somebody_signed_in_is_a_fault_of_ours(
    case: "schemathesis.Case[Any]", pages: Served
) -> None:
    if isinstance(case.body, dict):
        case.body["jeton"] = derived(pages.token, "form")
    answer = answer_to(case, pages, standardiste=pages.token)
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@settings(max_examples=10 * EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(["from", "text", "id", "message", "MessageSid"]), st.text(max_size=30)),
    st.booleans(),
)
def test_whatever_the_provider_hands_over_is_no_fault_of_ours(
    pages: Served, fields: dict[str, str], as_json: bool
) -> None:
    headers = {"authorization": f"Bearer {SMS_SECRET}"}
    sent = {"json": fields} if as_json else {"data": fields}
    answer = pages.web.post(f"{pages.address}/sms/entrant", headers=headers, **sent)  # type: ignore[arg-type]
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("path", sorted(APP.openapi()["paths"]))
def test_no_stranger_gets_anything_of_the_records(path: str, pages: Served) -> None:
    pages.web.cookies.clear()
    address = pages.address + path.replace("{ref}", "C1001")
    for answer in (pages.web.get(address), pages.web.post(address, data={"jeton": "x"})):
        assert answer.status_code < 500
        assert "Bellemare" not in answer.text
