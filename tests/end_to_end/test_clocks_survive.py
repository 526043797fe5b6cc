"""Clocks outlive what happens to the workflow: a history that is cut, and a worker that is away when one runs out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.messages import TICKET_WORKFLOW, TicketStart, TicketTerms
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Priority, Requester, Submission
from casewright.embedded.postgres import PostgresUrls
from casewright.embedded.temporal import TemporalServer
from casewright.records import reads
from casewright.records.views import TicketView
from tests.world import CUSTOMER, PATIENCE, World, running_world, who, worker_process


@pytest.fixture
async def swift(database: PostgresUrls, temporal: TemporalServer) -> AsyncIterator[World]:
    """An hour passes in a second."""
    tempo = Tempo(epoch=datetime.now(UTC), speed=3600)
    async with running_world(database, temporal.address, tempo=tempo, worker=False) as world:
        await world.duplicate("ada")
        yield world


async def begun(world: World, ticket: str, **terms: int) -> None:
    submission = Submission(
        policy="A.1",
        subject="Charged twice",
        requester=Requester(email="ada@example.com", customer="cus_ada"),
        priority=Priority.HIGH,
        claims={"invoice": "INV-ada"},
    )
    chosen = TicketTerms.model_validate({"tempo": world.settings.tempo, **terms})
    start = TicketStart(ticket=ticket, submission=submission, terms=chosen)
    await world.client.temporal.start_workflow(TICKET_WORKFLOW, start, id=ticket, task_queue=world.settings.task_queue)


async def broken(world: World, ticket: str) -> Counter[str]:
    rows = await reads.rows(world.pool, ticket)
    return Counter(row.event.clock for row in rows if isinstance(row.event, ev.Breached))


def has_broken(clock: str) -> Callable[[TicketView], bool]:
    def holds(view: TicketView) -> bool:
        found = view.state.clocks.get(clock)
        return found is not None and found.breached_at is not None

    return holds


async def test_a_history_that_is_cut_restarts_no_clock_and_forgets_none(swift: World) -> None:
    async with worker_process(swift.settings):
        ticket = "T-0000000000C10C01"
        await begun(swift, ticket, history_events=30)
        await swift.until(ticket, "waiting-approval")
        before = (await swift.handle(ticket).describe()).run_id
        for number in range(12):
            await swift.act(ticket, a.InternalNote(id=f"n{number}", actor=who("agent-1"), message="more"))
        assert (await swift.handle(ticket).describe()).run_id != before
        view = await swift.watcher.until(ticket, has_broken("unit-first-response"), PATIENCE)
    assert all(clock.started == view.state.submitted_at for clock in view.state.clocks.values())
    found = await broken(swift, ticket)
    assert {"ai-first-response", "unit-first-response"} <= found.keys()
    assert set(found.values()) == {1}


async def test_a_deadline_that_passes_while_no_worker_is_there_is_recorded_when_one_is(swift: World) -> None:
    ticket = "T-0000000000C10C02"
    async with worker_process(swift.settings) as worker:
        await begun(swift, ticket)
        view = await swift.until(ticket, "waiting-approval")
        worker.kill()
        await worker.wait()
    deadline = view.state.submitted_at.timestamp() + 4 * 3600
    assert not (await broken(swift, ticket))["unit-first-response"]
    while swift.settings.tempo.now().timestamp() <= deadline:
        await asyncio.sleep(0.1)
    await swift.client.tell(ticket, a.CustomerAnswer(id="late", actor=CUSTOMER, message="Are you there?"))
    async with worker_process(swift.settings):
        await swift.watcher.until(ticket, has_broken("unit-first-response"), PATIENCE)
        await swift.believed(ticket, lambda state: "late" in state.acts)
        await swift.settled(ticket)
    rows = await reads.rows(swift.pool, ticket)
    (row,) = [
        row
        for row in await reads.rows(swift.pool, ticket)
        if isinstance(row.event, ev.Breached) and row.event.clock == "unit-first-response"
    ]
    assert isinstance(row.event, ev.Breached)
    assert row.event.deadline.timestamp() == deadline
    assert row.at >= row.event.deadline
    (wrote,) = [one for one in rows if one.event.type == "customer_wrote"]
    assert row.seq < wrote.seq, "what was due before it comes before it"
