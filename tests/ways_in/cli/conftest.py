"""A shell that knows nothing but a stand-in API and the sample people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from casewright.embedded.ports import LOOPBACK, free_port
from tests.ways_in.cli.stand_in import StandIn, stand_in

PEOPLE = Path(__file__).parents[3] / "sandbox" / "people.yaml"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Without any setting of ours, and with a data folder where nothing runs."""
    for name in [name for name in os.environ if name.startswith("CASEWRIGHT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CASEWRIGHT_DATA", str(tmp_path))
    monkeypatch.delenv("COLUMNS", raising=False)
    return monkeypatch


@pytest.fixture
def api(shell: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """An API that answers as the test says."""
    with stand_in() as told:
        shell.setenv("CASEWRIGHT_API_URL", told.url)
        shell.setenv("CASEWRIGHT_PEOPLE", str(PEOPLE))
        yield told


@pytest.fixture
def nothing_runs(shell: pytest.MonkeyPatch) -> None:
    """An address where nobody listens."""
    shell.setenv("CASEWRIGHT_API_URL", f"http://{LOOPBACK}:{free_port()}")
    shell.setenv("CASEWRIGHT_GATEWAY_URL", f"http://{LOOPBACK}:{free_port()}")
