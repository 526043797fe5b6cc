"""Tracing: spans of every workflow, activity and call through Temporal, where it is switched on."""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor

from casewright.settings import Settings


def interceptors(settings: Settings) -> Sequence[Interceptor]:
    """What a client passes on to its calls and to the workers made from it: spans for OpenTelemetry's own provider."""
    return [TracingInterceptor()] if settings.tracing else []
