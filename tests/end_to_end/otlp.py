"""A collector for tests: takes traces and metrics by OTLP over HTTP, and keeps them."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint, NumberDataPoint

from casewright.embedded.ports import free_port
from tests.world import PATIENCE

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SeenSpan:
    """A span as it arrived."""

    service: str
    name: str
    trace: bytes
    id: bytes
    parent: bytes


@dataclass(frozen=True)
class SeenPoint:
    """A metric's last value: how often for a counter and a histogram, and a histogram's sum."""

    count: int
    sum: float


@dataclass
class Collector:
    """What has arrived."""

    url: str
    spans: list[SeenSpan] = field(default_factory=list)
    points: dict[tuple[str, Attributes], SeenPoint] = field(default_factory=dict)
    raw: bytearray = field(default_factory=bytearray)
    """Every byte, for tests that look for what must not be there."""

    def named(self, name: str) -> list[SeenSpan]:
        """The spans of this name."""
        return [span for span in self.spans if span.name == name]

    def ancestry(self, span: SeenSpan) -> list[str]:
        """The names from this span up to the root of what arrived."""
        by_id = {span.id: span for span in self.spans}
        names = [span.name]
        while span.parent in by_id:
            span = by_id[span.parent]
            names.append(span.name)
        return names

    async def until(self, metric: str) -> None:
        """Wait for anything of a metric whose name begins so."""
        async with asyncio.timeout(PATIENCE):
            while not any(name.startswith(metric) for name, _ in self.points):
                await asyncio.sleep(0.05)

    def count(self, metric: str, **attributes: str) -> int:
        """How often; 0 when nothing of it arrived."""
        point = self.points.get((metric, tuple(sorted(attributes.items()))))
        return point.count if point is not None else 0

    def take_traces(self, body: bytes) -> None:
        """Keep the spans of one request."""
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = dict(_told(resource.resource.attributes))["service.name"]
            for scope in resource.scope_spans:
                for s in scope.spans:
                    self.spans.append(SeenSpan(service, s.name, s.trace_id, s.span_id, s.parent_span_id))

    def take_metrics(self, body: bytes) -> None:
        """Keep the newest values of one request; they are sums since the process began."""
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for number in (*metric.sum.data_points, *metric.gauge.data_points):
                        self.points[metric.name, _told(number.attributes)] = _number(number)
                    for histogram in metric.histogram.data_points:
                        self.points[metric.name, _told(histogram.attributes)] = _histogram(histogram)


def _number(point: NumberDataPoint) -> SeenPoint:
    return SeenPoint(int(point.as_int or point.as_double), 0.0)


def _histogram(point: HistogramDataPoint) -> SeenPoint:
    return SeenPoint(point.count, point.sum)


def _told(attributes: Iterable[KeyValue]) -> Attributes:
    return tuple(sorted((one.key, one.value.string_value) for one in attributes))


@contextlib.asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    """A collector that listens while the context lasts."""
    port = free_port()
    seen = Collector(f"http://127.0.0.1:{port}")
    app = FastAPI()

    @app.post("/v1/{signal}")
    async def take(signal: str, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        seen.raw += body
        seen.take_traces(body) if signal == "traces" else seen.take_metrics(body)
        return Response(b"", media_type="application/x-protobuf")

    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield seen
    finally:
        server.should_exit = True
        await serving
