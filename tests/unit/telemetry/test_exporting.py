"""Without an address telemetry costs nothing: no library is touched."""

from __future__ import annotations

import aiosmtplib
import asyncpg  # type: ignore[import-untyped, unused-ignore]
import httpx
import pytest
from opentelemetry import propagate

from casewright.settings import Settings
from casewright.telemetry.exporting import exporting


async def test_without_an_address_nothing_is_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    propagator = propagate.get_global_textmap()
    async with exporting(Settings(otlp_endpoint="http://127.0.0.1:1"), "worker"):
        for call in (
            httpx.AsyncHTTPTransport.handle_async_request,
            asyncpg.Connection.fetch,
            aiosmtplib.SMTP.connect,
        ):
            assert not hasattr(call, "__wrapped__")
        assert propagate.get_global_textmap() is propagator
