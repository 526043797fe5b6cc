"""`make run ONCE=1`: every sample ends as its file says; a second start, also after a kill, has the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from casewright.embedded.postgres_home import discard_data
from casewright.embedded.temporal_binary import temporal_binary
from starter.run.wishes import CHECKOUT
from tests.conftest import say

pytestmark = pytest.mark.timeout(900)
PATIENCE_SECONDS = 600
UP = "samples on their way"


@pytest.fixture(scope="module")
async def data(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A data folder that the module's tests use one after the other."""
    await temporal_binary(say)
    folder = tmp_path_factory.mktemp("run") / "data"
    yield folder
    discard_data(folder / "postgres")


@pytest.fixture(scope="module")
def first(data: Path) -> dict[str, Any]:
    """What a first start reports."""
    return report_of(data)


def environment(data: Path, **wishes: str) -> dict[str, str]:
    ours = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TEMPORAL_ADDRESS", "SPEED")
    }
    return {**ours, "CASEWRIGHT_DATA": str(data), "ONCE": "1", "JSON": "1", **wishes}


def run_to_its_end(data: Path, **wishes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "starter.run"],
        env=environment(data, **wishes),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def report_of(data: Path, **wishes: str) -> dict[str, Any]:
    """Run to the end; every sample as expected, or the test fails with what wasn't."""
    done = run_to_its_end(data, **wishes)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    wrong = {sample["name"]: sample["reasons"] for sample in report["samples"] if not sample["as_expected"]}
    assert wrong == {}, done.stderr
    assert done.returncode == 0, done.stderr
    assert report["as_expected"]
    return report


def outcomes(report: dict[str, Any]) -> dict[str, Any]:
    return {sample["name"]: (sample["ticket"], sample["outcome"]) for sample in report["samples"]}


def test_every_sample_ends_as_its_file_says(first: dict[str, Any]) -> None:
    files = sorted((CHECKOUT / "sandbox" / "samples").glob("*.yaml"))
    assert len(first["samples"]) == len(files)


def test_keys_are_readable_by_their_owner_only(first: dict[str, Any], data: Path) -> None:
    assert (data / "keys.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_running(first: dict[str, Any], data: Path) -> None:
    assert processes_on(data) == []


def test_a_second_start_submits_nothing_twice(first: dict[str, Any], data: Path) -> None:
    assert outcomes(report_of(data)) == outcomes(first)


def test_a_speed_on_data_of_the_wall_clock_is_refused_at_once(first: dict[str, Any], data: Path) -> None:
    assert first["tempo"]["speed"] == 1
    refused = run_to_its_end(data, SPEED="3600")
    assert refused.returncode == 1
    assert "SPEED=3600 was asked for, and the data in" in refused.stderr
    assert "FRESH=1" in refused.stderr


def test_samples_end_as_their_files_say_at_another_speed_too(tmp_path: Path) -> None:
    # A minute a second: at an hour a second, a slow machine would see the samples' 72 hours pass.
    data = tmp_path / "data"
    try:
        assert report_of(data, SPEED="60")["tempo"]["speed"] == 60
    finally:
        discard_data(data / "postgres")


def test_a_run_that_is_killed_leaves_nothing_and_carries_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    try:
        killed(data)
        until_nothing_runs_on(data)
        report_of(data)
    finally:
        discard_data(data / "postgres")


def test_a_second_run_on_the_same_data_says_who_has_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for line in started(data):
        if UP in line:
            other = run_to_its_end(data)
            break
    until_nothing_runs_on(data)
    discard_data(data / "postgres")
    assert other.returncode == 1
    assert "already runs on" in other.stderr


def started(data: Path) -> Iterator[str]:
    """What a run says; it is killed without warning when nobody listens any more."""
    with subprocess.Popen(
        [sys.executable, "-m", "starter.run"],
        env=environment(data),
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        too_late = threading.Timer(PATIENCE_SECONDS, process.kill)
        too_late.start()
        try:
            yield from process.stderr
        finally:
            too_late.cancel()
            process.send_signal(signal.SIGKILL)


def killed(data: Path) -> None:
    """Start, and kill while the samples are on their way: as soon as one has settled, so that others have begun."""
    names = sample_names()
    for line in started(data):
        if any(f" {name} | T-" in line for name in names):
            return
    pytest.fail("the run ended by itself, or no sample ever settled")


def sample_names() -> list[str]:
    """The samples, as a run tells of them."""
    return [path.stem.partition("-")[2] for path in (CHECKOUT / "sandbox" / "samples").glob("*.yaml")]


def until_nothing_runs_on(data: Path) -> None:
    """The kernel ends what a killed run had started, in a moment."""
    deadline = time.monotonic() + 30
    while processes_on(data):
        assert time.monotonic() < deadline, processes_on(data)
        time.sleep(0.1)


def processes_on(data: Path) -> list[str]:
    """Whatever was told of the data folder: by its command line, or by its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.Error, OSError):
            continue
        if process.pid != os.getpid() and any(str(data) in word for word in told):
            found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found
