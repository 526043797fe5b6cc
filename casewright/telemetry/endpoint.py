"""Where telemetry is sent: our own setting, else OpenTelemetry's standard variables; neither: nowhere."""

from __future__ import annotations

import os
from dataclasses import dataclass

from casewright.settings import Settings

# By name: OpenTelemetry's own module of them comes with its whole SDK.
DISABLED = "OTEL_SDK_DISABLED"
BASE = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES = ("v1/traces", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
METRICS = ("v1/metrics", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_METRICS_EXPORTER")


@dataclass(frozen=True)
class Endpoint:
    """The addresses, over http/protobuf; None: that signal isn't exported."""

    traces: str | None
    metrics: str | None

    @classmethod
    def of(cls, settings: Settings) -> Endpoint | None:
        """As the settings and the environment say; None: nothing is exported."""
        if os.environ.get(DISABLED, "").strip().lower() == "true":
            return None
        traces, metrics = _address(settings, *TRACES), _address(settings, *METRICS)
        return cls(traces, metrics) if traces or metrics else None


def _address(settings: Settings, path: str, own: str, exporter: str) -> str | None:
    if os.environ.get(exporter, "").strip().lower() == "none":
        return None
    # The signal's own variable is a whole address, and narrower than any base but ours.
    if settings.otlp_endpoint is None and (address := os.environ.get(own)):
        return address
    base = settings.otlp_endpoint or os.environ.get(BASE)
    return f"{base.rstrip('/')}/{path}" if base else None
