"""docs/telemetry.md lists the metrics that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casewright.telemetry import meters
from casewright.telemetry.meters import METRICS, Counter, Metric

PAGE = Path(__file__).parents[3] / "docs" / "telemetry.md"


def listed(metric: Metric) -> tuple[str, str, str, str]:
    """Its row on the page: name, sort, unit, attributes."""
    sort = "counter" if isinstance(metric, Counter) else "histogram"
    return metric.name, sort, metric.unit, ", ".join(metric.attributes)


def test_the_page_lists_every_metric_as_it_is_and_no_other() -> None:
    rows = [
        tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")[:4])
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `casewright.")
    ]
    assert rows == [listed(metric) for metric in METRICS]


def test_every_metric_of_the_module_is_among_them() -> None:
    assert {id(one) for one in vars(meters).values() if isinstance(one, Metric)} == {id(one) for one in METRICS}


def test_the_page_names_every_setting_of_telemetry() -> None:
    named = set(re.findall(r"`(CASEWRIGHT_[A-Z_]+)", PAGE.read_text()))
    assert named == {f"CASEWRIGHT_{name}" for name in ("OTLP_ENDPOINT", "TRACING", "LOG_FORMAT", "ACCESS_LOG")}


def test_a_metric_takes_its_own_attributes_only() -> None:
    with pytest.raises(ValueError, match=r"casewright\.tickets\.submitted has the attributes"):
        meters.SUBMITTED.add(customer="cus_1")
