"""Tracing through Temporal: spans of a ticket's workflow and of every activity, in the caller's trace."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from opentelemetry import trace
from temporalio import client, worker
from temporalio.contrib.opentelemetry import TracingInterceptor

from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint

activity_trace: ContextVar[trace.SpanContext] = ContextVar("activity_trace", default=trace.INVALID_SPAN_CONTEXT)
"""The activity's span, also where the SDK logs that it failed, which is after the span has ended."""


def interceptors(settings: Settings) -> Sequence[client.Interceptor]:
    """What a client passes on to its calls and to the workers made from it.

    Spans inside a workflow are written by the SDK outside its sandbox, ended at once, and none of them again by a
    replay. A ticket that another worker takes up goes on in its trace: the context comes with the workflow's start.
    """
    if not settings.tracing and Endpoint.of(settings) is None:
        return []
    return [TracingInterceptor(), _RemembersTrace()]


class _RemembersTrace(client.Interceptor, worker.Interceptor):
    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:
        return _Remembering(next)


class _Remembering(worker.ActivityInboundInterceptor):
    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        # Each activity is a task of its own, so this ends with it.
        activity_trace.set(trace.get_current_span().get_span_context())
        return await super().execute_activity(input)
