"""Promised clocks on the real workflow: paused, warned of, broken, passed up; time is skipped (RULES §4, §5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.events import EventRow
from casewright.domain.ticket import Priority
from casewright.embedded.postgres import PostgresUrls
from casewright.records import reads
from tests.world import CUSTOMER, PATIENCE, World, running_world, who

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(time_skipping: WorkflowEnvironment, database: PostgresUrls) -> AsyncIterator[World]:
    """A world whose tickets' time is skipped."""
    async with running_world(database, time_skipping.client.service_client.config.target_host) as world:
        await world.duplicate("ada")
        yield world


async def rows_of(world: World, ticket: str, kind: str) -> list[EventRow]:
    return [row for row in await reads.rows(world.pool, ticket) if row.event.type == kind]


async def test_what_nobody_answers_is_warned_of_broken_told_and_passed_up(
    world: World, time_skipping: WorkflowEnvironment
) -> None:
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    await world.until(ticket, "waiting-approval")
    async with time_skipping.time_skipping_unlocked():  # type: ignore[attr-defined]  # of its ephemeral kind
        view = await world.watcher.until(ticket, lambda v: v.state.approval.reminders > 1, PATIENCE)  # type: ignore[union-attr]
    assert view.state.awaits_approval, "silence is never a yes"
    broken = {row.event.clock: row for row in await rows_of(world, ticket, "breached")}  # type: ignore[union-attr]
    assert {"ai-first-response", "unit-first-response", "df-first-response"} <= broken.keys()
    for row in broken.values():
        assert isinstance(row.event, ev.Breached)
        assert row.at >= row.event.deadline
        assert view.state.clocks[row.event.clock].started == view.state.submitted_at
    assert broken["ai-first-response"].event.deadline == view.state.submitted_at + HOUR  # type: ignore[union-attr]
    up = await rows_of(world, ticket, "approval_passed_up")
    levels = [row.event.roles for row in up if isinstance(row.event, ev.ApprovalPassedUp)]
    assert levels == [("support-manager",), ("finance-director",)]
    letters = [r.step.template for r in view.state.steps.values() if r.step.kind == "mail"]
    assert letters.count("delay-apology") == 1, "one silence, whoever promised"


async def test_a_question_to_the_customer_stops_the_clocks_and_the_answer_resumes_them(
    world: World, time_skipping: WorkflowEnvironment
) -> None:
    ticket = await world.submit("ada", invoice="INV-ada", priority=Priority.HIGH)
    await world.until(ticket, "waiting-approval")
    await world.act(ticket, a.Reject(id="no", actor=who("manager-1"), plan_hash=await plan(world, ticket), reason="?"))
    asked = await world.act(ticket, a.AskCustomer(id="ask", actor=who("agent-1"), message="Which card was it?"))
    await time_skipping.sleep(50 * HOUR)
    answer = a.CustomerAnswer(id="answer", actor=CUSTOMER, message="The blue one.")
    await world.act(ticket, answer)
    view = await world.watcher.until(ticket, lambda v: not v.state.waiting_for_customer, PATIENCE)
    (pause,) = view.state.pauses
    rows = {row.seq: row for row in await reads.rows(world.pool, ticket)}
    assert pause.until is not None
    assert pause.until - pause.since >= 50 * HOUR
    assert pause.since <= rows[asked.seq].at
    resolution = view.state.clocks["df-resolution"]
    assert resolution.runs, "50 hours of waiting are not the company's"
    assert view.deadline is not None
    assert not [r for r in rows.values() if r.at > pause.since and r.at < pause.until and r.event.type == "breached"]


async def plan(world: World, ticket: str) -> str:
    view = await world.client.view(ticket)
    assert view.state.approval is not None
    return view.state.approval.plan_hash
