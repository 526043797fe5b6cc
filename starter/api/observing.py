"""What operators see of requests: a span for each where telemetry is on, a line in the log where that is wanted."""

from __future__ import annotations

import logging
import time

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casewright.client.ids import is_ticket
from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint

log = logging.getLogger("casewright.access")
PROBES = "health$,ready$"
"""Asked every few seconds, by nobody who is waiting: no spans."""


def observe(app: FastAPI, settings: Settings) -> FastAPI:
    """The application with what the settings switch on; nothing is in its way otherwise."""
    if settings.access_log:
        app.add_middleware(AccessLog)
    endpoint = Endpoint.of(settings)
    if endpoint is not None and endpoint.traces is not None:
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.metrics import NoOpMeterProvider

        FastAPIInstrumentor.instrument_app(
            app, excluded_urls=PROBES, exclude_spans=["receive", "send"], meter_provider=NoOpMeterProvider()
        )
    return app


class AccessLog:
    """Logs each request by its route as declared, its ticket and its status: never the address that was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, then log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            _log(scope, status, time.monotonic() - began)


def _log(scope: Scope, status: int, seconds: float) -> None:
    # Unknown addresses have no route; what they were could be anything, a customer's mail address too.
    route = getattr(scope.get("route"), "path", "unknown address")
    ticket = scope.get("path_params", {}).get("ticket", "")
    about = f" {ticket}" if is_ticket(ticket) else ""
    fields = {"method": scope["method"], "route": route, "status": status, "seconds": round(seconds, 4)}
    log.info("%s %s %d%s", scope["method"], route, status, about, extra={"fields": fields})
