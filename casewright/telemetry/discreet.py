"""What leaves this process of a span: ids, kinds, places and times. Everything else that a library records stays here.

Instrumentations record whole addresses, SQL, exceptions' words and callers' addresses, and each release may record
more: so this keeps what is listed instead of removing what is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, SpanKind, Status
from opentelemetry.util.types import AttributeValue

from casewright.telemetry.places import method_of, path_of

Attributes = Mapping[str, AttributeValue]
_KEPT = frozenset({"temporalWorkflowID", "temporalRunID", "temporalActivityID", "error.type", "server.address"})
"""Not Temporal's update id: it begins with an act's, which is its sender's choice."""
_STATEMENTS = frozenset(
    [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "WITH",
        "SET",
        "LISTEN",
        "UNLISTEN",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "COPY",
        "LOCK",
    ]
)


class DiscreetExporter(SpanExporter):
    """Hands on to another exporter what may be told of each span."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export what may be told."""
        return self._exporter.export([told_of(span) for span in spans])

    def shutdown(self) -> None:
        """As the exporter does."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """As the exporter does."""
        return self._exporter.force_flush(timeout_millis)


def told_of(span: ReadableSpan) -> ReadableSpan:
    """The span with a name and attributes that are safe; its place in the tree and its times are kept."""
    name, attributes = _named(span.name, span.kind, span.attributes or {})
    return ReadableSpan(
        name=name,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes=attributes,
        events=[Event(event.name, _typed(event.attributes), event.timestamp) for event in span.events],
        links=[Link(bare) for link in span.links if (bare := _bare(link.context)) is not None],
        kind=span.kind,
        # A status' words are an exception's.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _bare(context: SpanContext | None) -> SpanContext | None:
    """Without the trace state, in which a caller may have written anything."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)


def _typed(attributes: Attributes | None) -> Attributes:
    """Of an exception: its type; its message and the lines it went through may quote what a customer wrote."""
    return {key: value for key, value in (attributes or {}).items() if key == "exception.type"}


def _named(name: str, kind: SpanKind, attributes: Attributes) -> tuple[str, Attributes]:
    kept = {key: value for key, value in attributes.items() if key in _KEPT}
    if _first(attributes, "db.system.name", "db.system"):
        statement = name.removeprefix("CURSOR: ").upper().rstrip(";")
        operation = statement if statement in _STATEMENTS else "SQL"
        return operation, {**kept, "db.system.name": "postgresql", "db.operation.name": operation}
    if _first(attributes, "http.request.method", "http.method"):
        return _of_http(kind, attributes, kept)
    return name, kept


def _of_http(kind: SpanKind, attributes: Attributes, kept: Attributes) -> tuple[str, Attributes]:
    method = method_of(_first(attributes, "http.request.method", "http.method"))
    told = {**kept, "http.request.method": method}
    status = _first(attributes, "http.response.status_code", "http.status_code")
    if isinstance(status, int):
        told["http.response.status_code"] = status
    if kind is not SpanKind.CLIENT:
        # The route as it was declared; the address that was asked for isn't told.
        route = str(attributes.get("http.route", ""))
        return f"{method} {route}".rstrip(), {**told, "http.route": route} if route else told
    address = str(_first(attributes, "url.full", "http.url") or "")
    place, path = urlsplit(address), path_of(address)
    told |= {"url.scheme": place.scheme, "server.address": place.hostname or "", "url.template": path}
    if place.port is not None:
        told["server.port"] = place.port
    return f"{method} {path}", told


def _first(attributes: Attributes, *names: str) -> AttributeValue | None:
    return next((attributes[name] for name in names if name in attributes), None)
