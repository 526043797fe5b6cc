"""A resolved ticket stays reopenable for 14 days, then closes for good (RULES §7); time is skipped."""

from __future__ import annotations

import pytest
from temporalio.testing import WorkflowEnvironment

from casewright.client import TicketClosed
from casewright.domain import acts as a
from casewright.domain.state import Phase
from casewright.embedded.postgres import PostgresUrls
from casewright.records import reads
from tests.world import CUSTOMER, running_world


async def test_a_ticket_closes_when_the_reopening_window_ends_and_then_takes_nothing(
    time_skipping: WorkflowEnvironment, database: PostgresUrls
) -> None:
    address = time_skipping.client.service_client.config.target_host
    async with running_world(database, address) as world:
        await world.duplicate("ada")
        ticket = await world.submit("ada", invoice="INV-ada")
        await world.until(ticket, "resolved")
        async with time_skipping.time_skipping_unlocked():  # type: ignore[attr-defined]  # of its ephemeral kind
            view = await world.until(ticket, "closed")
        rows = await reads.rows(world.pool, ticket)
        closed = rows[-1]
        assert view.state.phase is Phase.CLOSED
        assert view.state.resolved_at is not None
        assert (closed.at - view.state.resolved_at).days == 14
        with pytest.raises(TicketClosed):
            await world.act(ticket, a.CustomerAnswer(id="late", actor=CUSTOMER, message="Still there?"))
        assert await world.submit("ada", key="another", invoice="INV-ada") != ticket
