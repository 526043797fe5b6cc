"""The ways of a ticket whose histories are kept: every kind of command that the workflow can give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from casewright.domain import acts as a
from casewright.domain.messages import TICKET_WORKFLOW, TicketStart, TicketTerms
from casewright.domain.state import Approval
from casewright.domain.tempo import Tempo
from casewright.domain.ticket import Priority, Requester, Submission
from tests.world import CUSTOMER, World, usd, who

Story = Callable[[World, str], Awaitable[None]]


async def start(
    world: World, ticket: str, *, priority: Priority = Priority.LOW, named: bool = True, **terms: int | Tempo | None
) -> None:
    """A ticket of the sample customer, with terms of its own."""
    submission = Submission(
        policy="A.1",
        subject="Charged twice",
        requester=Requester(email="ada@example.com", customer="cus_ada"),
        priority=priority,
        claims={"invoice": "INV-ada"} if named else {},
    )
    begun = TicketStart(ticket=ticket, submission=submission, terms=TicketTerms.model_validate(terms))
    await world.client.temporal.start_workflow(TICKET_WORKFLOW, begun, id=ticket, task_queue=world.settings.task_queue)


async def shown(world: World, ticket: str) -> Approval:
    """The approval that a ticket waits for."""
    view = await world.until(ticket, "waiting-approval")
    assert view.state.approval is not None
    return view.state.approval


async def refunded_and_closed(world: World, ticket: str) -> None:
    """The straight way, to the workflow's end."""
    await start(world, ticket, reopening_days=0, survey_hours=None)
    await world.handle(ticket).result()


async def resolved_and_reopenable(world: World, ticket: str) -> None:
    """The straight way, its reopening window still open."""
    await start(world, ticket)
    await world.until(ticket, "resolved")


async def waiting_for_approval(world: World, ticket: str) -> None:
    """Escalated, nobody has answered."""
    await start(world, ticket, priority=Priority.HIGH)
    await shown(world, ticket)


async def approved(world: World, ticket: str) -> None:
    """Escalated, noted, approved, refunded."""
    await start(world, ticket, priority=Priority.HIGH)
    approval = await shown(world, ticket)
    await world.act(ticket, a.InternalNote(id="note", actor=who("agent-1"), message="Seen."))
    await world.act(ticket, a.Approve(id="yes", actor=who("manager-1"), plan_hash=approval.plan_hash))
    await world.until(ticket, "resolved")


async def rejected_and_resolved(world: World, ticket: str) -> None:
    """Escalated, rejected, ended by a person; the customer writes again."""
    await start(world, ticket, priority=Priority.HIGH)
    approval = await shown(world, ticket)
    no = a.Reject(id="no", actor=who("manager-1"), plan_hash=approval.plan_hash, reason="Withdrawn.")
    await world.act(ticket, no)
    await world.act(ticket, a.Resolve(id="end", actor=who("agent-1"), code="withdrawn", summary="As you asked."))
    await world.until(ticket, "resolved")
    await world.client.tell(ticket, a.CustomerAnswer(id="again", actor=CUSTOMER, message="After all, please do."))
    await world.until(ticket, "with-people")


async def asked_and_answered(world: World, ticket: str) -> None:
    """Asked for the invoice, answered, refunded."""
    await start(world, ticket, named=False)
    await world.until(ticket, "waiting-customer")
    answer = a.CustomerAnswer(id="answer", actor=CUSTOMER, message="INV-ada", claims={"invoice": "INV-ada"})
    await world.act(ticket, answer)
    await world.until(ticket, "resolved")


async def overridden_with_a_credit(world: World, ticket: str) -> None:
    """A person gives a credit beyond their authority; somebody else approves."""
    await start(world, ticket, priority=Priority.HIGH)
    await shown(world, ticket)
    remedy = a.Remedy(kind="credit", amount=usd(500))
    await world.act(ticket, a.Override(id="o", actor=who("lead-1"), justification="A gesture.", remedy=remedy))
    view = await world.watcher.until(ticket, lambda v: v.state.awaits_approval and v.state.remedy is None, 60)
    assert view.state.approval is not None
    yes = a.Approve(id="yes", actor=who("manager-1"), plan_hash=view.state.approval.plan_hash)
    await world.act(ticket, yes)
    await world.until(ticket, "resolved")


async def facts_were_missing(world: World, ticket: str) -> None:
    """The gateway was away for a while."""
    await world.fault(target="payments", kind="outage", times=3)
    await start(world, ticket)
    await world.until(ticket, "resolved")


async def outcome_is_uncertain(world: World, ticket: str) -> None:
    """The gateway never answered the refund."""
    await world.fault(target="payments", kind="outage", method="POST", path="/v1/refunds")
    await start(world, ticket, effect_budget_seconds=2)
    await world.until(ticket, "with-people")


async def continued_as_new(world: World, ticket: str) -> None:
    """So many notes that the history was cut."""
    await start(world, ticket, priority=Priority.HIGH, history_events=40)
    await shown(world, ticket)
    for number in range(8):
        await world.act(ticket, a.InternalNote(id=f"note-{number}", actor=who("agent-1"), message="And another."))


async def rated_low(world: World, ticket: str) -> None:
    """Asked how it went, rated low; a manager wrote, and ended it again."""
    await start(world, ticket, survey_hours=0)
    await world.watcher.until(ticket, lambda v: v.state.surveys == 1, 60)
    await world.act(ticket, a.Rate(id="rating", actor=CUSTOMER, score=1, comment="Slow."))
    await world.act(ticket, a.Reply(id="sorry", actor=who("manager-1"), message="I am sorry."))
    await world.act(ticket, a.Resolve(id="end", actor=who("manager-1"), code="answered", summary="Made good."))
    await world.until(ticket, "resolved")


async def unanswered_for_days(world: World, ticket: str) -> None:
    """Nobody did anything: warned of, broken, apologised for, passed up, reminded."""
    fast = Tempo(epoch=datetime.now(UTC), speed=50_000)
    await start(world, ticket, priority=Priority.HIGH, tempo=fast)
    await world.watcher.until(ticket, lambda v: v.state.approval is not None and v.state.approval.reminders > 0, 60)


async def priority_changed_while_waiting(world: World, ticket: str) -> None:
    """The customer was asked; meanwhile the priority was raised, and the commitments worked out anew."""
    await start(world, ticket, named=False)
    await world.until(ticket, "waiting-customer")
    raised = a.Reprioritise(id="up", actor=who("lead-1"), priority=Priority.CRITICAL, reason="An outage.")
    await world.act(ticket, raised)
    await world.watcher.until(ticket, lambda v: v.state.entitled, 60)


STORIES: tuple[Story, ...] = (
    refunded_and_closed,
    resolved_and_reopenable,
    waiting_for_approval,
    approved,
    rejected_and_resolved,
    asked_and_answered,
    overridden_with_a_credit,
    facts_were_missing,
    outcome_is_uncertain,
    continued_as_new,
    rated_low,
    unanswered_for_days,
    priority_changed_while_waiting,
)
