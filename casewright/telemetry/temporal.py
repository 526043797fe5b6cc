"""Tracing through Temporal: spans of a ticket's workflow and of every activity, in the caller's trace."""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor

from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint


def interceptors(settings: Settings) -> Sequence[Interceptor]:
    """What a client passes on to its calls and to the workers made from it.

    Spans inside a workflow are written by the SDK outside its sandbox, ended at once, and none of them again by a
    replay. A ticket that another worker takes up goes on in its trace: the context comes with the workflow's start.
    """
    return [TracingInterceptor()] if settings.tracing or Endpoint.of(settings) is not None else []
