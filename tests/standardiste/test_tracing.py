"""One trace per call, as a collector receives it over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from callbacks.calls import TurnHeard
from standardiste.errors import Unusable
from standardiste.tracing import call_traces
from standardiste.watch_settings import read_traces_url
from telephony.timings import TurnTimings

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A real one as far as HTTP goes: its address, and the bodies that it was sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            assert self.headers["content-type"] == "application/x-protobuf"
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def spans_in(bodies: list[bytes]) -> list[Span]:
    return [
        span
        for body in bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def heard(number: int, words: str) -> TurnHeard:
    return TurnHeard(
        "1764000000.42", number, NOW, "voice", heard=words, heard_confidence=0.9, intent="horaires",
        service="mairie", understood_confidence=0.97, decision="answer", said="Demain mardi, à 8 heures.",
        sources=("Horaires",),
    )  # fmt: skip


async def test_a_call_is_one_trace_with_a_span_per_turn_and_its_four_parts() -> None:
    with collector() as (address, bodies):
        async with call_traces(read_traces_url({"STANDARDISTE_TRACES_URL": address})) as traces:
            assert traces is not None
            traces.on_call("1764000000.42", 100.0)
            traces.on_turn(TurnHeard("1764000000.42", 0, NOW, "start"), 100.5, None)
            timings = TurnTimings(105.0, 105.4, 105.55, 105.57, 105.6, 105.65)
            traces.on_turn(heard(1, "rappelez-moi au 0696203040"), 105.55, timings)
            traces.on_end("1764000000.42", "answered", 112.0)
    spans = spans_in(bodies)
    assert len({span.trace_id for span in spans}) == 1
    (root,) = (span for span in spans if not span.parent_span_id)
    assert root.name == "appel"
    assert root.end_time_unix_nano - root.start_time_unix_nano == pytest.approx(12e9, abs=1e7)
    turns = [span for span in spans if span.parent_span_id == root.span_id]
    assert [span.name for span in turns] == ["tour", "tour"]
    parts = [span for span in spans if span.parent_span_id == turns[1].span_id]
    lasted = {span.name: (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6 for span in parts}
    awaited = {"attente": 400, "transcription": 150, "comprehension": 20, "voix": 80}
    assert lasted == pytest.approx(awaited, abs=5)
    told = {each.key: each.value for each in turns[1].attributes}
    assert told["intent"].string_value == "horaires"
    assert told["service"].string_value == "mairie"
    assert told["confidence"].double_value == 0.97


async def test_no_word_nor_number_of_a_call_is_in_its_trace() -> None:
    with collector() as (address, bodies):
        async with call_traces(f"{address}/v1/traces") as traces:
            assert traces is not None
            traces.on_call("1764000000.42", 0.0)
            traces.on_turn(heard(1, "rappelez-moi au 0696203040"), 1.0, None)
            traces.on_end("1764000000.42", "answered", 2.0)
    sent = b"".join(bodies)
    assert sent
    for word in ("rappelez", "0696203040", "heures"):
        assert word.encode() not in sent


async def test_without_a_collector_nothing_is_traced() -> None:
    async with call_traces(None) as traces:
        assert traces is None


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(Unusable, match="STANDARDISTE_TRACES_URL"):
        read_traces_url({"STANDARDISTE_TRACES_URL": "collecteur:4318"})
