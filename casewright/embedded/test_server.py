"""Temporal's time-skipping test server, on which processes of 30 days pass in seconds: downloaded, or through Maven."""

import os
import shlex
import shutil
import signal
import tempfile
from functools import partial
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from casewright.embedded.cache import binary_cache
from casewright.embedded.download import downloaded
from casewright.embedded.errors import EmbeddedServerError
from casewright.embedded.ports import LOOPBACK, free_port
from casewright.embedded.processes import Progress, run_to_end, spawn

TEST_SERVER_VERSION = "1.38.0"
_POM = Path(__file__).parents[2] / "deploy" / "test-server" / "pom.xml"
_MAIN_CLASS = "io.temporal.testserver.TestServer"
# It starts often and lives for seconds: the plain collector and compiler start soonest.
_JAVA_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Xlog:all=error:stderr")
_START_PATIENCE_SECONDS = 60.0
_WAYS = """Temporal's time-skipping test server isn't here and can't be had. Either of these will do:
  1. let this machine reach https://temporal.download, from where the SDK gets it;
  2. install Java 17 or later and Maven (Debian: `apt-get install default-jre-headless maven`)."""


async def time_skipping_binary(progress: Progress) -> Path:
    """The program for `WorkflowEnvironment.start_time_skipping(test_server_existing_path=…)`.

    Allow it 30 s to start (`test_server_startup_timeout`) on a busy machine.

    Raises:
        EmbeddedServerError: neither the SDK's download nor Maven works; the message says what to do.
    """
    cache = binary_cache()
    folder = cache / f"temporal-test-server-{TEST_SERVER_VERSION}"
    program = folder / "temporal-test-server"
    java = shutil.which("java")
    if program.exists() and java:
        return program
    start = partial(WorkflowEnvironment.start_time_skipping, download_dest_dir=str(cache))
    if got := await downloaded("The test server", start, cache, "temporal-test-server-sdk-python-*", progress):
        return got
    maven = shutil.which("mvn")
    if java is None or maven is None or not _POM.exists():
        raise EmbeddedServerError(_WAYS)
    if not folder.exists():
        await _fetch_libraries(Path(maven).absolute(), folder, progress)
    await _archive_classes(Path(java).absolute(), folder, progress)
    _write_wrapper(folder, program)
    return program


def java_arguments(folder: Path) -> list[str]:
    """Java's arguments but for the archive and the port; a sorted class path, as the archive is bound to its order."""
    libraries = sorted(str(library) for library in (folder / "lib").glob("*.jar"))
    return [*_JAVA_OPTIONS, "-cp", os.pathsep.join(libraries), _MAIN_CLASS]


def wrapper_script(folder: Path) -> str:
    """A shell script that takes a port and becomes the server, so that the SDK's kill reaches it."""
    words = [f"-XX:SharedArchiveFile={folder / 'classes.jsa'}", "-Xshare:auto", *java_arguments(folder)]
    return f'#!/bin/sh\nexec java {shlex.join(words)} "$@"\n'


async def _fetch_libraries(maven: Path, folder: Path, progress: Progress) -> None:
    progress("Fetching the time-skipping test server with Maven: about 20 s, once")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as unfinished:
        libraries = Path(unfinished) / "server" / "lib"
        command: list[str | Path] = [
            maven,
            "-B",
            "-q",
            "-f",
            _POM,
            "dependency:copy-dependencies",
            f"-DoutputDirectory={libraries}",
        ]
        log_file = Path(unfinished) / "maven.log"
        await run_to_end(spawn("Maven", command, log_file, death_signal=signal.SIGTERM), progress)
        if not folder.exists():  # another start may have been quicker
            libraries.parent.rename(folder)


async def _archive_classes(java: Path, folder: Path, progress: Progress) -> None:
    """Run the server once and have Java keep the loaded classes: it then starts in a third of the time."""
    progress("Preparing the time-skipping test server for quick starts")
    unfinished = folder / f"classes-{os.getpid()}.jsa"
    port = free_port()
    command: list[str | Path] = [java, f"-XX:ArchiveClassesAtExit={unfinished}", *java_arguments(folder), str(port)]
    child = spawn("The test server", command, folder / "archive.log", death_signal=signal.SIGKILL)
    try:
        await child.until_ready(partial(Client.connect, f"{LOOPBACK}:{port}"), (RuntimeError,), _START_PATIENCE_SECONDS)
    finally:
        await child.stop(signal.SIGTERM, patience=60)
    if unfinished.exists():
        unfinished.replace(folder / "classes.jsa")


def _write_wrapper(folder: Path, program: Path) -> None:
    unfinished = folder / f"wrapper-{os.getpid()}"
    unfinished.write_text(wrapper_script(folder))
    unfinished.chmod(0o755)
    unfinished.replace(program)
