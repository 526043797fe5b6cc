"""`python -m casewright.embedded setup [--tests]`: gets every server now, so that later starts are quick."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import typer

from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.postgres_binaries import reachable_binaries
from casewright.embedded.processes import run_to_end, spawn
from casewright.embedded.reach import unprivileged_account
from casewright.embedded.temporal_binary import temporal_binary
from casewright.embedded.test_server import time_skipping_binary

application = typer.Typer(add_completion=False, help="The servers a newcomer lacks.")


@application.callback()
def embedded() -> None:
    """The servers a newcomer lacks."""


@application.command()
def setup(*, tests: bool = typer.Option(False, "--tests", help="What the tests need, too.")) -> None:
    """Find, download or build every server."""
    try:
        asyncio.run(_setup(tests=tests))
    except EmbeddedServerError as reason:
        say(str(reason))
        raise typer.Exit(1) from None


def say(message: str) -> None:
    """Report progress on stderr: stdout is for results."""
    sys.stderr.write(f"{message}\n")


async def _setup(*, tests: bool) -> None:
    # A TEMPORAL_ADDRESS or DATABASE_URL replaces a server of ours; the tests want their own all the same.
    if tests or not os.environ.get("DATABASE_URL"):
        say(f"PostgreSQL: {reachable_binaries(unprivileged_account(), say)}")
    if tests or not os.environ.get("TEMPORAL_ADDRESS"):
        say(f"Temporal: {await temporal_binary(say)}")
    if tests:
        say(f"Time-skipping test server: {await _time_skipping_binary()}")


async def _time_skipping_binary() -> Path:
    try:
        return await time_skipping_binary(say)
    except EmbeddedServerError:
        if shutil.which("java") and shutil.which("mvn"):
            raise
        await _install_java()
    return await time_skipping_binary(say)


async def _install_java() -> None:
    """On Debian as root, where it is ours to do; elsewhere the message of the failure says what is missing."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    say("Installing Java and Maven with apt-get for the time-skipping test server")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "default-jre-headless", "maven"]):
            child = spawn(
                "apt-get",
                [apt, *arguments],
                Path(folder) / "apt.log",
                death_signal=signal.SIGTERM,
                environment=environment,
            )
            await run_to_end(child, say)


if __name__ == "__main__":
    application()
