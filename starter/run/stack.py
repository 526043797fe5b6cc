"""Everything that runs: started in order, watched, stopped in the opposite order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from casewright.domain.tempo import Tempo
from casewright.embedded.ports import LOOPBACK, free_port
from casewright.embedded.processes import ChildProcess, Progress
from starter.run import questions
from starter.run.environment import Places, environment, tempo_told
from starter.run.folder import DataFolder
from starter.run.ports import choose
from starter.run.programs import Program, ended
from starter.run.racing import first
from starter.run.servers import Servers, running_servers
from starter.run.starting import Starter
from starter.run.wishes import CHECKOUT, Wishes

_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Stack:
    """What runs, and where it answers."""

    servers: Servers
    places: Places
    tempo: Tempo
    programs: tuple[ChildProcess, ...]
    seconds_to_start: float

    async def watch(self) -> None:
        """Return never.

        Raises:
            RunProblem: something ended, or stopped answering.
        """
        await first(self.servers.watch(), self._watch_programs())

    async def _watch_programs(self) -> None:
        while True:
            for child in self.programs:
                if child.exit_code is not None:
                    raise ended(child, "while everything was up. The data are kept: start again")
            await asyncio.sleep(_EVERY_SECONDS)


@asynccontextmanager
async def running_stack(folder: DataFolder, wishes: Wishes, tempo: Tempo, say: Progress) -> AsyncIterator[Stack]:
    """Start all of it, each part answering before the next one starts.

    Raises:
        RunProblem: a part can't be started; the message says what to do.
        EmbeddedServerError: likewise.
    """
    began = time.monotonic()
    async with AsyncExitStack() as held:
        servers = await held.enter_async_context(running_servers(folder, wishes, say))
        start = Starter(held, say)
        smtp_port = free_port()
        sandbox, sandbox_port = await start.on_a_port(
            8025, wishes.sandbox_port, lambda port: _sandbox(folder, tempo, port, smtp_port)
        )
        # Chosen before the worker starts, as its mails name the API's pages.
        api_port = choose("the API", 8080, wishes.api_port, say)
        told = environment(folder, wishes, tempo, servers, f"http://{LOOPBACK}:{sandbox_port}", smtp_port)
        told["CASEWRIGHT_PUBLIC_URL"] = f"http://{LOOPBACK}:{api_port}"
        worker = await start.program(_worker(folder, servers, told))
        api = await start.program(_api(folder, api_port, told))
        places = Places(servers.temporal.ui_url, api_port, sandbox_port)
        yield Stack(servers, places, tempo, (sandbox, worker, api), time.monotonic() - began)


def _sandbox(folder: DataFolder, tempo: Tempo, port: int, smtp_port: int) -> Program:
    ports = ["--http-port", str(port), "--smtp-port", str(smtp_port), "--host", LOOPBACK]
    return Program(
        "the sandbox",
        ["-m", "sandbox", *ports, "--state", folder.sandbox],
        tempo_told(tempo),
        folder.logs / "sandbox.log",
        questions.page(f"http://{LOOPBACK}:{port}/_sandbox/clock"),
    )


def _worker(folder: DataFolder, servers: Servers, told: Mapping[str, str]) -> Program:
    return Program(
        "the worker", [CHECKOUT / "worker.py"], told, folder.logs / "worker.log", questions.poller(servers.client)
    )


def _api(folder: DataFolder, port: int, told: Mapping[str, str]) -> Program:
    url = f"http://{LOOPBACK}:{port}"
    return Program(
        "the API",
        ["-m", "starter.api"],
        {**told, "CASEWRIGHT_API_URL": url},
        folder.logs / "api.log",
        questions.page(f"{url}/ready"),
    )
