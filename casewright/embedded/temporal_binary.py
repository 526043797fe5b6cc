"""The `temporal` program: found, downloaded or built."""

import os
import shutil
import signal
import tempfile
from functools import partial
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from casewright.embedded.cache import binary_cache
from casewright.embedded.download import downloaded
from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.processes import Progress, run_to_end, spawn

TEMPORAL_VERSION = "v1.5.1"
GO_VERSION = "1.25"
_SOURCE = "github.com/temporalio/cli/cmd/temporal"
_FOUR_WAYS = f"""Temporal's server isn't here and can't be had. Any one of these will do:
  1. set TEMPORAL_ADDRESS to a Temporal service that runs already;
  2. install the Temporal CLI so that `temporal` is on the PATH (https://docs.temporal.io/cli);
  3. let this machine reach https://temporal.download, from where the SDK gets it;
  4. install Go {GO_VERSION} or later (any from 1.21 on fetches that one itself): it is then built from source."""


async def temporal_binary(progress: Progress) -> Path:
    """The `temporal` program: from the PATH, our cache, the SDK's download, or built with Go (minutes, once).

    Raises:
        EmbeddedServerError: none of these works; the message says what to do.
    """
    if on_path := shutil.which("temporal"):
        return Path(on_path).absolute()
    cache = binary_cache()
    built = cache / f"temporal-{TEMPORAL_VERSION}"
    if built.exists():
        return built
    start = partial(WorkflowEnvironment.start_local, download_dest_dir=str(cache))
    if got := await downloaded("Temporal", start, cache, "temporal-sdk-python-*", progress):
        return got
    go = find_go()
    if go is None:
        raise EmbeddedServerError(_FOUR_WAYS)
    try:
        await _build(go, built, progress)
    except EmbeddedServerError as reason:
        raise EmbeddedServerError(f"{reason}\n{_FOUR_WAYS}") from reason
    return built


def find_go() -> Path | None:
    """Go from the PATH, or where its own installer puts it."""
    usual = Path("/usr/local/go/bin/go")
    if on_path := shutil.which("go"):
        return Path(on_path).absolute()
    return usual if usual.exists() else None


def build_command(go: Path) -> list[str]:
    """What builds the program: without symbols, a third smaller."""
    return [str(go), "install", "-trimpath", "-ldflags=-s -w", f"{_SOURCE}@{TEMPORAL_VERSION}"]


def build_environment(destination: Path) -> dict[str, str]:
    """Go's environment: no C compiler needed, and not for another platform, where Go refuses a GOBIN."""
    ours = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH"}}
    return {**ours, "GOBIN": str(destination), "CGO_ENABLED": "0", "GO111MODULE": "on"}


async def _build(go: Path, built: Path, progress: Progress) -> None:
    progress(f"Building Temporal {TEMPORAL_VERSION} with {go}: some minutes, once")
    # Elsewhere first: what has the final name is complete, even when two build at the same time.
    with tempfile.TemporaryDirectory(dir=built.parent, prefix="building-") as unfinished:
        child = spawn(
            "Building Temporal",
            build_command(go),
            Path(unfinished) / "build.log",
            death_signal=signal.SIGTERM,
            environment=build_environment(Path(unfinished)),
        )
        await run_to_end(child, progress)
        (Path(unfinished) / "temporal").replace(built)
    progress(f"Temporal {TEMPORAL_VERSION} is built: {built}")
