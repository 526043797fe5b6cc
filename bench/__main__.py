"""``make bench``: a ticket against a bare workflow, in one run on one server; medians and ratios, no verdict."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from bench.refunds import Refunds
from bench.stage import Stage, stage

ROUNDS = 8
PER_ROUND = 10
THROUGHPUT_ROUNDS = 3
IN_FLIGHT = 20
PER_LOAD = 100


async def in_turn(stage: Stage, one: Callable[[], Awaitable[float]]) -> tuple[list[float], float, float]:
    """One after the other: the seconds of each, and CPU seconds per refund of the server and of the worker."""
    server, worker = stage.cpu()
    seconds = [await one() for _ in range(PER_ROUND)]
    server_after, worker_after = stage.cpu()
    return seconds, (server_after - server) / PER_ROUND, (worker_after - worker) / PER_ROUND


async def at_once(one: Callable[[], Awaitable[float]]) -> float:
    """Refunds per second with ``IN_FLIGHT`` under way."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def next_one() -> None:
        async with gate:
            await one()

    begun = time.perf_counter()
    await asyncio.gather(*(next_one() for _ in range(PER_LOAD)))
    return PER_LOAD / (time.perf_counter() - begun)


class Bench:
    """Collects the figures."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.refunds = stage, Refunds(stage)
        self.tickets: list[tuple[str, datetime]] = []
        self.bares: list[str] = []

    async def ticket(self) -> float:
        """One ticket; remembered for the acknowledgment's latency."""
        ticket, seconds, at = await self.refunds.ticket()
        self.tickets.append((ticket, at))
        return seconds

    async def bare(self) -> float:
        """One bare workflow."""
        workflow, seconds = await self.refunds.bare()
        self.bares.append(workflow)
        return seconds

    async def latencies(self) -> list[float]:
        """Of every ticket since the last call, in seconds."""
        found = [await self.refunds.acknowledged(ticket, at) for ticket, at in self.tickets]
        self.tickets.clear()
        return found


async def run() -> None:
    """Measure and print."""
    async with stage() as ready:
        bench = Bench(ready)
        await bench.refunds.seed(2 * (ROUNDS + 1) * PER_ROUND + 2 * THROUGHPUT_ROUNDS * PER_LOAD + 10)
        await bench.refunds.check_the_way()
        for warm in (bench.ticket, bench.bare):
            await in_turn(ready, warm)
        bench.tickets.clear()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(await in_turn(ready, bench.ticket))
            theirs.append(await in_turn(ready, bench.bare))
        events = await bench.refunds.events(bench.tickets[-1][0]), await bench.refunds.events(bench.bares[-1])
        alone = await bench.latencies()
        loads = [(await at_once(bench.ticket), await at_once(bench.bare)) for _ in range(THROUGHPUT_ROUNDS)]
        loaded = await bench.latencies()
    rows = [
        ("wall time, one after the other (ms)", 1000 * _mid(ours, 0), 1000 * _mid(theirs, 0)),
        ("server CPU (ms)", 1000 * _mid(ours, 1), 1000 * _mid(theirs, 1)),
        ("worker CPU (ms)", 1000 * _mid(ours, 2), 1000 * _mid(theirs, 2)),
        (f"throughput, {IN_FLIGHT} in flight (per s)", median(o for o, _ in loads), median(b for _, b in loads)),
        ("history events", float(events[0]), float(events[1])),
    ]
    show(rows, alone, loaded)


def show(rows: list[tuple[str, float, float]], alone: list[float], loaded: list[float]) -> None:
    """The figures as tables."""
    console = Console(file=sys.stdout, width=100)
    table = Table(title="An A.1 automatic refund: ticket against bare workflow (medians)")
    for heading in ("", "ticket", "bare", "ticket / bare"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, ticket, bare in rows:
        table.add_row(name, f"{ticket:.1f}", f"{bare:.1f}", f"{ticket / bare:.2f}")
    console.print(table)
    for name, found in (("one after the other", alone), (f"{IN_FLIGHT} in flight", loaded)):
        p99 = quantiles(found, n=100)[98]
        console.print(
            f"acknowledgment, {name}: p50 {1000 * median(found):.0f} ms, p99 {1000 * p99:.0f} ms ({len(found)})"
        )


def _mid(rounds: list[tuple[list[float], float, float]], part: int) -> float:
    if part == 0:
        return median(seconds for each in rounds for seconds in each[0])
    return median(float(each[part]) for each in rounds)  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(run())
