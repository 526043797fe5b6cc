"""Spans of what we call: HTTP, PostgreSQL, mail. Their content is cut to what may be told when they are exported."""

from __future__ import annotations

import aiosmtplib.smtp  # noqa: F401  (its calls are wrapped by name)
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import TracerProvider

from casewright.telemetry import smtp


def instrument_calls(provider: TracerProvider) -> None:
    """From now on each call of these libraries in this process is a span of the provider."""
    # No metrics of theirs: those that we export are the ones that docs/telemetry.md lists.
    HTTPXClientInstrumentor().instrument(tracer_provider=provider, meter_provider=NoOpMeterProvider())
    asyncpg = AsyncPGInstrumentor(capture_parameters=False)  # type: ignore[no-untyped-call]
    asyncpg.instrument(tracer_provider=provider)
    smtp.instrument(provider)
