"""Spans of what is said to a mail server; no instrumentation of aiosmtplib exists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import wrapt
from opentelemetry.trace import SpanKind, TracerProvider

_CALLS = {"connect": "SMTP connect", "sendmail": "SMTP send"}


def instrument(provider: TracerProvider) -> None:
    """From now on each connection and each message of aiosmtplib is a span."""
    tracer = provider.get_tracer("casewright.smtp")

    def spanned(name: str) -> Callable[..., Awaitable[object]]:
        async def call(
            wrapped: Callable[..., Awaitable[object]], client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
        ) -> object:
            # Who it is from and to, and what it says, is never told: only where it goes.
            place = {"server.address": str(client.hostname)}
            with tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=place):
                return await wrapped(*args, **kwargs)

        return call

    for method, name in _CALLS.items():
        wrapt.wrap_function_wrapper("aiosmtplib.smtp", f"SMTP.{method}", spanned(name))
