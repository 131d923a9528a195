import re
from collections.abc import Mapping

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from standardiste.errors import CallRefused
from standardiste.web.app import create_app
from standardiste.web.offers import MAX_OFFER_BYTES
from standardiste.web.services import Part, WebServices
from telephony.browser_line import UnusableOffer
from tests.support.desk import empty_desk

READY = {"speech": Part("whisper:pilot"), "database": Part("ok"), "asterisk": Part("connected")}


def client(parts: Mapping[str, Part] = READY) -> httpx.AsyncClient:
    registry = CollectorRegistry()
    Counter("calls", "Calls answered.", registry=registry).inc(3)

    async def readiness() -> Mapping[str, Part]:
        return parts

    async def start_browser_call(sdp: str) -> str:
        if sdp == "full":
            raise CallRefused("Toutes les lignes sont occupées.")
        if sdp == "bad":
            raise UnusableOffer("L'offre du navigateur est illisible.")
        return f"answer to {sdp}"

    app = create_app(
        WebServices(lambda: "Sainte-Aurore", readiness, registry, start_browser_call, empty_desk())
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mairie")


async def test_a_live_process_says_ok() -> None:
    async with client() as web:
        answer = await web.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_a_page_may_be_asked_for_without_its_body() -> None:
    async with client() as web:
        for path in ("/healthz", "/etat", "/telephone", "/static/telephone.js"):
            whole, head = await web.get(path), await web.head(path)
            assert (head.status_code, head.content) == (200, b""), path
            assert head.headers["content-type"] == whole.headers["content-type"]
            assert head.headers["content-length"] == whole.headers["content-length"]
        assert (await web.head("/telephone/offer")).status_code == 405


async def test_readiness_tells_each_part() -> None:
    async with client() as web:
        answer = await web.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "speech": "whisper:pilot",
        "database": "ok",
        "asterisk": "connected",
    }


async def test_one_part_that_fails_makes_the_service_not_ready() -> None:
    async with client({**READY, "asterisk": Part("unreachable", ready=False)}) as web:
        answer = await web.get("/readyz")
        page = await web.get("/etat")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert answer.json()["asterisk"] == "unreachable"
    assert "en panne" in page.text


async def test_a_telephone_exchange_that_nobody_asked_for_is_not_called_in_order() -> None:
    async with client({"asterisk": Part("not configured")}) as web:
        page = (await web.get("/etat")).text
    assert "pas relié" in page
    assert "en ordre" not in page
    assert "not configured" not in page


async def test_metrics_are_what_prometheus_reads() -> None:
    async with client() as web:
        answer = await web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "calls_total 3.0" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/etat", "/telephone", "/healthz", "/static/style.css", "/static/no", "/no"]
)
async def test_every_answer_carries_a_policy_that_allows_nothing_inline_or_foreign(path: str) -> None:
    async with client() as web:
        answer = await web.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/etat", "/telephone"])
async def test_pages_need_nothing_inline_and_nothing_from_elsewhere(path: str) -> None:
    async with client() as web:
        page = (await web.get(path)).text
        used = re.findall(r'(?:src|href)="([^"#]+)"', page)
        assert all(each.startswith("/") for each in used)
        for each in used:
            assert (await web.get(each)).status_code in (200, 303, 503)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert 'lang="fr"' in page
    assert "Sainte-Aurore" in page


async def test_the_towns_name_is_text_never_markup() -> None:
    services = WebServices(lambda: "<b>X", lambda: None, CollectorRegistry(), lambda _sdp: None, empty_desk())  # type: ignore[arg-type, return-value]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(services)), base_url="http://mairie"
    ) as web:
        page = (await web.get("/telephone")).text
    assert "Rien n'est conservé" not in page, "a call from this page is kept as any other"
    assert "&lt;b&gt;X" in page
    assert "<b>X" not in page


@pytest.mark.parametrize(
    ("sdp", "status", "content"),
    [
        ("v=0", 200, {"sdp": "answer to v=0"}),
        ("full", 503, {"error": "Toutes les lignes sont occupées."}),
        ("bad", 400, {"error": "L'offre du navigateur est illisible."}),
    ],
)
async def test_an_offer_is_answered_or_refused_in_a_sentence(
    sdp: str, status: int, content: dict[str, str]
) -> None:
    async with client() as web:
        answer = await web.post("/telephone/offer", json={"sdp": sdp})
    assert (answer.status_code, answer.json()) == (status, content)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"sdp": "v=0"}', "text/plain"),
        (b'{"sdp": "v=0"}', ""),
        (b"", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 10_000, "application/json"),
        (b'{"sdp": 3}', "application/json"),
        (b'"sdp"', "application/json"),
        (b'{"sdp": "' + b"v" * MAX_OFFER_BYTES + b'"}', "application/json"),
    ],
)
async def test_what_is_no_offer_is_refused(body: bytes, content_type: str) -> None:
    async with client() as web:
        answer = await web.post("/telephone/offer", content=body, headers={"content-type": content_type})
    assert answer.status_code == 400
    assert "sdp" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_that_needs_another_site_is_served(path: str) -> None:
    async with client() as web:
        assert (await web.get(path)).status_code == 404
