"""Of a span only what is listed leaves the process, whatever a library records."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)
from opentelemetry.util.types import AttributeValue

from casewright.telemetry.discreet import DiscreetExporter

SECRET = "quittenmus"


def told(name: str, kind: SpanKind = SpanKind.CLIENT, /, **attributes: AttributeValue) -> ReadableSpan:
    """A span as it leaves; two underscores in a name stand for a dot."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(DiscreetExporter(exporter)))
    caller = SpanContext(1, 2, True, TraceFlags(TraceFlags.SAMPLED), TraceState([("who", SECRET)]))
    with provider.get_tracer("test").start_as_current_span(
        name,
        set_span_in_context(NonRecordingSpan(caller)),
        kind,
        {k.replace("__", "."): v for k, v in attributes.items()},
    ) as span:
        span.set_status(Status(StatusCode.ERROR, SECRET))
        span.record_exception(ValueError(SECRET))
        span.add_event("said", {"message": SECRET})
    (left,) = exporter.get_finished_spans()
    return left


@pytest.mark.parametrize("key", ["http__url", "url__full"])
def test_an_outgoing_call_tells_host_and_path_by_its_known_words(key: str) -> None:
    method = "http__method" if key == "http__url" else "http__request__method"
    address = f"https://{SECRET}:{SECRET}@pay.example.com:8443/v1/customers/cus_{SECRET}?email={SECRET}@example.com"
    left = told("GET", SpanKind.CLIENT, **{key: address, method: "GET", "http__request__header__x": SECRET})
    assert left.name == "GET /v1/customers/{}"
    assert dict(left.attributes or {}) == {
        "http.request.method": "GET",
        "url.scheme": "https",
        "server.address": "pay.example.com",
        "server.port": 8443,
        "url.template": "/v1/customers/{}",
    }
    assert SECRET not in left.to_json()


def test_a_request_to_the_api_tells_its_route_and_nothing_of_who_called() -> None:
    left = told(
        f"GET /tickets/{SECRET}", SpanKind.SERVER, http__method="GET", http__route="/tickets/{ticket}",
        http__target=f"/tickets/{SECRET}", net__peer__ip="192.0.2.7", http__user_agent=SECRET, http__status_code=404,
    )  # fmt: skip
    assert left.name == "GET /tickets/{ticket}"
    assert set(left.attributes or {}) == {"http.request.method", "http.route", "http.response.status_code"}
    assert SECRET not in left.to_json()


def test_a_request_to_an_unknown_address_tells_its_method_only() -> None:
    left = told(f"GET /{SECRET}", SpanKind.SERVER, http__method="GET", http__target=f"/{SECRET}")
    assert (left.name, dict(left.attributes or {})) == ("GET", {"http.request.method": "GET"})


def test_a_statement_tells_its_sort_only() -> None:
    for name in ("SELECT", f"select/*{SECRET}*/"):
        left = told(name, db__system="postgresql", db__statement=f"SELECT '{SECRET}'", db__name=SECRET)
        assert set(left.attributes or {}) == {"db.system.name", "db.operation.name"}
        assert SECRET not in left.to_json()


def test_of_an_exception_the_type_is_told_and_not_its_words() -> None:
    left = told("RunActivity:mail", temporalWorkflowID="T-1", anything=SECRET)
    assert dict(left.attributes or {}) == {"temporalWorkflowID": "T-1"}
    assert [dict(event.attributes or {}) for event in left.events] == [{"exception.type": "ValueError"}, {}]
    assert left.status.status_code is StatusCode.ERROR
    assert SECRET not in left.to_json()


def test_what_a_caller_wrote_into_the_trace_state_is_not_passed_on() -> None:
    left = told("anything")
    assert left.parent is not None
    assert left.context is not None
    assert not left.parent.trace_state
    assert not left.context.trace_state
