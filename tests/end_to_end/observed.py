"""The worker and the API as real processes that log and export, ended gracefully so that everything has arrived."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from casewright.embedded.ports import free_port
from casewright.settings import LogFormat, Settings
from tests.world import PATIENCE, ROOT, World

PORTAL = {"Authorization": "Bearer sandbox-token-portal"}


@dataclass
class Programs:
    """The API's client, and what both processes have logged."""

    http: httpx.AsyncClient
    log: bytearray = field(default_factory=bytearray)

    @property
    def lines(self) -> list[dict[str, object]]:
        """The log, line by line; each must be JSON."""
        return [json.loads(line) for line in self.log.splitlines()]


@contextlib.asynccontextmanager
async def observed(world: World, otlp_endpoint: str | None, **changed: object) -> AsyncIterator[Programs]:
    """Both up; what they export and log is whole once the context has ended."""
    told = {
        "api_url": f"http://127.0.0.1:{free_port()}",
        "people": ROOT / "sandbox" / "people.yaml",
        "otlp_endpoint": otlp_endpoint,
        "log_format": LogFormat.JSON,
        "access_log": True,
        # The schedule of anchors belongs to the shared server, and would outlive this world.
        "anchor_key": type(world.settings.anchor_key)(""),
        **changed,
    }
    settings = world.settings.model_copy(update=told)
    async with httpx.AsyncClient(base_url=settings.api_url, trust_env=False, timeout=PATIENCE) as http:
        programs = Programs(http)
        async with (
            _running(programs.log, settings, b"worker is up", "worker.py"),
            _running(programs.log, settings, b"running on", "-m", "starter.api"),
        ):
            yield programs


@contextlib.asynccontextmanager
async def _running(log: bytearray, settings: Settings, up: bytes, *arguments: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env={**os.environ, **settings.as_environment()},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            while up not in (line := await process.stdout.readline()):
                assert line, log.decode()
                log += line
        log += line
        reading = asyncio.create_task(_read(process.stdout, log))
        yield
        process.terminate()
        await reading
        assert await process.wait() == 0, log.decode()
    finally:
        if process.returncode is None:
            process.kill()
        await (reading or process.stdout.read())
        await process.wait()


async def _read(stream: asyncio.StreamReader, log: bytearray) -> None:
    # Whole lines: two processes write to one log.
    while line := await stream.readline():
        log += line
