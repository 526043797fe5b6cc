"""What the benchmark runs on: one PostgreSQL, one Temporal, one sandbox and one worker process, all real."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr

from casewright.client import Client
from casewright.embedded.postgres import embedded_postgres
from casewright.embedded.postgres_home import discard_data
from casewright.embedded.temporal import dev_server
from casewright.records import migrations
from casewright.records import pool as pools
from casewright.records.postgres import Pool
from casewright.records.watcher import JournalWatcher
from casewright.search_attributes import SEARCH_ATTRIBUTES
from casewright.settings import Settings

ROOT = Path(__file__).parent.parent


@dataclass
class Stage:
    """Everything up, and the processes whose CPU is read."""

    settings: Settings
    pool: Pool
    watcher: JournalWatcher
    client: Client
    http: httpx.AsyncClient
    server: psutil.Process
    worker: psutil.Process

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far of Temporal's server and of the worker."""
        return _seconds(self.server), _seconds(self.worker)


@contextlib.asynccontextmanager
async def stage(*, worker: bool = True) -> AsyncIterator[Stage]:
    """Data on disk as in ``make run``, thrown away afterwards; without a worker of its own, if so said."""
    with tempfile.TemporaryDirectory(prefix="casewright-bench-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "postgres"
        async with (
            embedded_postgres(data, _say) as urls,
            dev_server(
                Path(folder) / "temporal.db", ui=False, search_attributes=SEARCH_ATTRIBUTES, progress=_say
            ) as temporal,
            _sandbox() as sandbox,
        ):
            settings = Settings(
                temporal_address=temporal.address,
                database_url=SecretStr(urls.application),
                migration_database_url=SecretStr(urls.owner),
                handbook=ROOT / "handbook",
                intake_key=SecretStr("bench"),
                gateway_url=str(sandbox["http_url"]),
                gateway_api_key=SecretStr("sk_test_bench"),
                smtp_host=str(sandbox["smtp_host"]),
                smtp_port=int(str(sandbox["smtp_port"])),
            )
            await migrations.migrate(urls.owner)
            async with _up(settings, urls.application, worker) as ready:
                yield ready
        discard_data(data)


@contextlib.asynccontextmanager
async def _up(settings: Settings, database: str, working: bool) -> AsyncIterator[Stage]:
    pool = await pools.connect(database)
    async with (
        JournalWatcher(pool, database) as watcher,
        httpx.AsyncClient(base_url=settings.gateway_url or "") as http,
        AsyncExitStack() as held,
    ):
        worker = await held.enter_async_context(_worker(settings)) if working else None
        client = await Client.connect(settings, pool=pool, watcher=watcher)
        server = next(p for p in psutil.Process().children(recursive=True) if p.name().startswith("temporal"))
        measured = psutil.Process(worker.pid) if worker is not None else psutil.Process()
        yield Stage(settings, pool, watcher, client, http, server, measured)
    await pool.close()


@contextlib.asynccontextmanager
async def _sandbox() -> AsyncIterator[dict[str, object]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--no-seeds", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        told: dict[str, object] = json.loads(await process.stdout.readline())
        yield told
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def _worker(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {**os.environ, **settings.as_environment()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.both", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        if await process.stdout.readline() != b"up\n":
            raise RuntimeError("the worker ended before it was up; its error stands above")
        yield process
    finally:
        process.terminate()
        await process.wait()


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
