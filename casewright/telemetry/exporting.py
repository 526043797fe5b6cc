"""Switches telemetry on for a process, where an address is set, and sends what is left when the process ends."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from opentelemetry import metrics, propagate, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from casewright.policy.decide import CODE_VERSION
from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

log = logging.getLogger(__name__)
LEAVE_SECONDS = 5.0
"""How long a process that ends waits for a collector that doesn't answer."""


@contextlib.asynccontextmanager
async def exporting(settings: Settings, service: str) -> AsyncIterator[None]:
    """Spans and metrics are sent while the context lasts; without an address this does nothing, and loads nothing.

    Once in a process: OpenTelemetry's providers are for good.
    """
    endpoint = Endpoint.of(settings)
    if endpoint is None:
        yield
        return
    closing = [*_export_spans(endpoint, service), *_export_metrics(endpoint, service)]
    try:
        yield
    finally:
        _leave(closing)


def _export_spans(endpoint: Endpoint, service: str) -> list[Callable[[], None]]:
    if endpoint.traces is None:
        return []
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

    from casewright.telemetry.discreet import DiscreetExporter
    from casewright.telemetry.instrumenting import instrument_calls

    resource = _resource(service)
    processor = BatchSpanProcessor(DiscreetExporter(OTLPSpanExporter(endpoint=endpoint.traces)))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    # Not baggage: callers could put anything in it, and it would travel on to Temporal and to the gateway.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    # Calls are told as parts of something; a watcher's or a health check's own would be noise.
    inside = TracerProvider(resource=resource, sampler=ParentBased(ALWAYS_OFF))
    inside.add_span_processor(processor)
    instrument_calls(inside)
    return [provider.shutdown]


def _export_metrics(endpoint: Endpoint, service: str) -> list[Callable[[], None]]:
    if endpoint.metrics is None:
        return []
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint.metrics))
    provider = MeterProvider([reader], resource=_resource(service))
    metrics.set_meter_provider(provider)
    return [provider.shutdown]


def _resource(service: str) -> Resource:
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    ours = {"service.namespace": "casewright", "service.name": f"casewright-{service}", "service.version": CODE_VERSION}
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come before what we say of ourselves.
    return Resource.create(ours).merge(OTELResourceDetector().detect())


def _leave(closing: list[Callable[[], None]]) -> None:
    """Send what is left; a collector that doesn't answer must not keep the process.

    In threads that may be left behind: those of asyncio are waited for when its loop is closed.
    """
    until = time.monotonic() + LEAVE_SECONDS
    threads = [threading.Thread(target=close, daemon=True) for close in closing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        log.warning("the last spans and metrics could not be sent within %g s", LEAVE_SECONDS)
