"""``python -m bench.deadlines``: how late deadlines are recorded, and what open tickets weigh in a worker.

Many commitments are broken within one minute while the worker is killed once and started again. Lateness is the time
from a deadline to its row in the journal, on one machine's clock.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles

import psutil

from bench.stage import ROOT, Stage, stage
from casewright.domain import events as ev
from casewright.domain.chronicle import record
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import Ownership
from casewright.domain.entitlement import Entitlement
from casewright.domain.events import EventRow
from casewright.domain.evolve import begin
from casewright.domain.messages import TICKET_WORKFLOW, TicketStart
from casewright.domain.people import POLICY_EXCEPTION_QUEUE, SYSTEM
from casewright.domain.ticket import Requester, Submission
from casewright.settings import Settings

TICKETS = 2_000
WEIGHED = 1_000
"""How many of them are open when the worker's memory is read."""
STARTS_AT_ONCE = 40
READY = timedelta(seconds=20)
"""From the last start to the first deadline."""
SPREAD = timedelta(seconds=60)
KILL_AFTER = 20.0
"""Seconds into the minute."""
PATIENCE = 300.0
_LATENESS = """
SELECT extract(epoch FROM stored_at - (body::json->'event'->>'deadline')::timestamptz)::float AS seconds
FROM journal WHERE type = 'breached' ORDER BY 1
"""


@dataclass
class Worker:
    """A worker process that can be killed and started again."""

    settings: Settings
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Up when it says so."""
        environment = {**os.environ, **self.settings.as_environment()}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "worker.py", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
        )
        assert self.process.stderr is not None
        while b"worker is up" not in (line := await self.process.stderr.readline()):
            if not line:
                raise RuntimeError("the worker ended before it was up")
        asyncio.get_running_loop().create_task(self.process.stderr.read())

    async def kill(self) -> None:
        """Kill -9: nothing is handed back, nothing is said."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    @property
    def told(self) -> psutil.Process:
        """The process as the system has it."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def megabytes(self) -> float:
        """Its resident memory."""
        return float(self.told.memory_info().rss) / 1e6


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Worker]:
    """A worker, killed at the end."""
    worker = Worker(settings)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.kill()


def cpu(process: psutil.Process) -> float:
    """CPU seconds so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def open_ticket(number: int, deadline: datetime) -> TicketStart:
    """A ticket that people hold, with one commitment that is due at an instant; its warnings were given."""
    ticket = f"T-{number:016d}"
    submission = Submission(
        policy="A.1", subject="Charged too much", requester=Requester(email=f"b{number}@example.com")
    )
    now = datetime.now(UTC)
    row = EventRow(ticket=ticket, seq=1, at=now, actor=SYSTEM, event=ev.Submitted(submission=submission))
    started = deadline - timedelta(hours=2)
    clock = Clock(
        id="response",
        name="first response",
        kind=CommitmentKind.TARGET,
        source="bench",
        span="2 h",
        met_by=Milestone.ANSWERED,
        started=started,
    )
    events: list[ev.Event] = [
        ev.ClocksSet(entitlement=Entitlement(clocks=(clock,))),
        ev.Owned(ownership=Ownership.EXCEPTION, team=POLICY_EXCEPTION_QUEUE, reason="bench"),
        ev.AtRisk(clock="response", deadline=deadline),
        ev.NearlyDue(clock="response", deadline=deadline),
    ]
    state, rows = record(begin(row), events, actor=SYSTEM, at=now)
    state = state.model_copy(update={"needs_decision": False})
    return TicketStart(ticket=ticket, submission=submission, state=state, unwritten=(row, *rows))


async def submit(ready: Stage, numbers: range, first: datetime, step: timedelta) -> None:
    """Start tickets whose deadlines follow one another."""
    gate = asyncio.Semaphore(STARTS_AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            begun = open_ticket(number, first + number * step)
            queue = ready.settings.task_queue
            await ready.client.temporal.start_workflow(TICKET_WORKFLOW, begun, id=begun.ticket, task_queue=queue)

    await asyncio.gather(*(one(number) for number in numbers))


async def journalled(ready: Stage, kind: str, count: int) -> None:
    """Wait until so many rows of a type are stored."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with ready.pool.acquire() as connection:
                found = await connection.fetchval("SELECT count(*) FROM journal WHERE type = $1", kind)
            if found >= count:
                return
            await asyncio.sleep(0.5)


async def run() -> None:
    """Measure and print."""
    async with stage(worker=False) as ready, running(ready.settings) as worker:
        # Far enough that the first deadline comes when all are open: half a second for ten of them.
        first = datetime.now(UTC) + timedelta(seconds=TICKETS / 12) + READY
        step = SPREAD / TICKETS
        idle = worker.megabytes()
        await submit(ready, range(WEIGHED), first, step)
        await journalled(ready, "submitted", WEIGHED)
        weighed = worker.megabytes()
        await submit(ready, range(WEIGHED, TICKETS), first, step)
        await journalled(ready, "submitted", TICKETS)
        if datetime.now(UTC) > first:
            raise RuntimeError("the tickets were not open before their deadlines; give READY more time")
        await asyncio.sleep((first - datetime.now(UTC)).total_seconds())
        before = cpu(ready.server), cpu(worker.told)
        await asyncio.sleep(KILL_AFTER)
        each = (cpu(ready.server) - before[0]) / KILL_AFTER, (cpu(worker.told) - before[1]) / KILL_AFTER
        await worker.kill()
        await worker.start()
        await journalled(ready, "breached", TICKETS)
        async with ready.pool.acquire() as connection:
            late = [row["seconds"] for row in await connection.fetch(_LATENESS)]
    cut = quantiles(late, n=100)
    cache = ready.settings.max_cached_workflows
    per_second = TICKETS / SPREAD.total_seconds()
    report: dict[str, float] = {
        "server CPU ms a deadline": round(1000 * each[0] / per_second, 1),
        "worker CPU ms a deadline": round(1000 * each[1] / per_second, 1),
        "deadlines": len(late),
        "p50 s": round(cut[49], 2),
        "p99 s": round(cut[98], 2),
        "worst s": round(max(late), 2),
        "cache": cache,
        "worker MB, idle": round(idle),
        f"worker MB, {WEIGHED} open tickets": round(weighed),
    }
    print(json.dumps(report, indent=2))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    asyncio.run(run())
