"""Where telemetry goes: our setting, else OpenTelemetry's variables, else nowhere."""

from __future__ import annotations

import os

import pytest

from casewright.settings import Settings
from casewright.telemetry.endpoint import Endpoint
from casewright.telemetry.temporal import interceptors


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("OTEL_", "CASEWRIGHT_OTLP"))]:
        monkeypatch.delenv(name)


def test_without_an_address_nothing_is_exported_and_nothing_intercepts() -> None:
    assert Endpoint.of(Settings()) is None
    assert interceptors(Settings()) == []


def test_our_setting_is_the_base_of_both_addresses_and_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_OTLP_ENDPOINT", "http://ours:4318/")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://theirs:4318")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://theirs:4318/traces")
    assert Endpoint.of(Settings()) == Endpoint("http://ours:4318/v1/traces", "http://ours:4318/v1/metrics")


def test_the_standard_variables_do_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/here")
    assert Endpoint.of(Settings()) == Endpoint("http://traces:4318/here", "http://all:4318/v1/metrics")
    assert interceptors(Settings())


def test_a_signal_is_switched_off_by_its_exporter_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    assert Endpoint.of(Settings(otlp_endpoint="http://c")) == Endpoint("http://c/v1/traces", None)


def test_all_is_off_where_the_sdk_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert Endpoint.of(Settings(otlp_endpoint="http://c")) is None
