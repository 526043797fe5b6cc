"""The Rust core under Temporal's SDK: what it logs goes where ours goes, and its metrics where ours go."""

from __future__ import annotations

import logging
import os
from datetime import timedelta

from opentelemetry.util.re import parse_env_headers
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    OpenTelemetryConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint

_LEVELS = TelemetryFilter(core_level="WARN", other_level="ERROR")
_EVERY_MS = "60000"


def set_up_core(settings: Settings) -> None:
    """For every Temporal client that this process makes from now on.

    By itself the core writes to the terminal, failures with all their words: they may quote what a customer wrote.
    """
    forwarding = LogForwardingConfig(
        logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    logs = LoggingConfig(filter=_LEVELS, forwarding=forwarding)
    telemetry = TelemetryConfig(logging=logs, metrics=_metrics(settings))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


def _metrics(settings: Settings) -> OpenTelemetryConfig | None:
    endpoint = Endpoint.of(settings)
    if endpoint is None or endpoint.metrics is None:
        return None
    headers = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_HEADERS") or os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    every = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL") or _EVERY_MS)
    return OpenTelemetryConfig(
        url=endpoint.metrics,
        headers=dict(parse_env_headers(headers, liberal=True)),
        metric_periodicity=timedelta(milliseconds=every),
        durations_as_seconds=True,
        http=True,
    )
