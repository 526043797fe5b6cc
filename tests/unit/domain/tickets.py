"""A ticket to try things on, built from events as a real one is."""

from __future__ import annotations

from datetime import UTC, datetime

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.apply import apply
from casewright.domain.charter import AuthorityRow, Charter
from casewright.domain.chronicle import record
from casewright.domain.decision import ApprovalNeed, Decision, Ownership, PlannedStep, Ruling
from casewright.domain.events import EventRow
from casewright.domain.evolve import begin, evolve, mark
from casewright.domain.money import Money
from casewright.domain.people import SYSTEM, Actor, ActorKind
from casewright.domain.plan import acknowledge, carry_out
from casewright.domain.state import TicketState
from casewright.domain.steps import MailStep, RefundStep, SpendingLimit
from casewright.domain.ticket import Priority, Requester, Submission

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICKET = "T-0123456789ABCDEF"
TWENTY = Money.from_minor(2000, "USD")
MANAGER = ApprovalNeed(roles=("support-manager",), why="refund")
CHARTER = Charter(
    acts={"override": ("team-lead", "support-manager")},
    matrix=(
        AuthorityRow(kind="refund", roles=("support-manager",), source="DF 6.1"),
        AuthorityRow(kind="credit", roles=("support-manager",), source="DF 6.1"),
    ),
)


def person(name: str, *roles: str) -> Actor:
    """A person with these roles."""
    return Actor(id=name, kind=ActorKind.PERSON, roles=roles)


AGENT = person("agent-1", "agent")
LEAD = person("lead-1", "team-lead")
BOSS = person("boss-1", "support-manager")
CUSTOMER = Actor(id="customer", kind=ActorKind.CUSTOMER)
REFUND = RefundStep(
    id="refund",
    customer="cus_1",
    charge="ch_1",
    amount=TWENTY,
    limits=(SpendingLimit(scopes=("charge:ch_1",), capacity=TWENTY),),
)
CONFIRMATION = MailStep(id="confirmation", template="refund-confirmation", to="ada@example.com")


def submitted(*, acknowledged: bool = True) -> TicketState:
    """A ticket that just came in, its acknowledgment planned."""
    submission = Submission(policy="A.1", subject="Charged twice", requester=Requester(email="ada@example.com"))
    row = EventRow(ticket=TICKET, seq=1, at=NOW, actor=SYSTEM, event=ev.Submitted(submission=submission))
    return happened(begin(row), *acknowledge(begin(row))) if acknowledged else begin(row)


def happened(state: TicketState, *events: ev.Event, actor: Actor = SYSTEM, at: datetime = NOW) -> TicketState:
    """The state after these events."""
    return record(state, events, actor=actor, at=at)[0]


def acted(state: TicketState, act: a.Act) -> TicketState:
    """The state after an act that was not refused."""
    state, rows = record(state, apply(state, act, NOW), actor=act.actor, at=NOW, act=act.id)
    return mark(state, act, rows[-1].seq)


def decision(
    ownership: Ownership,
    *,
    gated: bool = False,
    steps: bool = True,
    neutral: bool = False,
    approval: ApprovalNeed = MANAGER,
) -> Decision:
    """A decision to refund and confirm, with or without approval."""
    planned = (PlannedStep(step=REFUND, gated=gated), PlannedStep(step=CONFIRMATION, gated=gated)) if steps else ()
    ruling = Ruling(
        policy="A.1",
        version=1,
        rule="A.1/specialist" if gated else "A.1/auto-refund",
        ownership=ownership,
        reason="a duplicate is proven",
        team="billing-specialists" if gated else None,
        approval=approval if gated else None,
        neutral=neutral,
        question="ask-invoice" if ownership is Ownership.ASK else None,
    )
    return Decision(
        ruling=ruling,
        steps=planned,
        priority=Priority.LOW,
        claims={},
        facts=(),
        inputs={},
        trace=(),
        policy_hash="0" * 64,
        code_version="0",
        decided_at=NOW,
    )


def automated() -> TicketState:
    """A ticket with an automatic refund planned."""
    state = submitted()
    return happened(state, *carry_out(state, decision(Ownership.AUTOMATE)))


def escalated(approval: ApprovalNeed = MANAGER) -> TicketState:
    """A ticket whose refund waits for approval, its approvers asked."""
    state = submitted()
    state = happened(state, *carry_out(state, decision(Ownership.ESCALATE, gated=True, approval=approval)))
    asked = next(id for id in state.steps if id.startswith("approval-"))
    return finished(state, asked)


def asking() -> TicketState:
    """A ticket that asked the customer for the invoice number."""
    state = submitted()
    return happened(state, *carry_out(state, decision(Ownership.ASK, steps=False)))


def started(state: TicketState, step: str) -> TicketState:
    """The state once a step was scheduled."""
    record_ = state.steps[step]
    closing = state.seq + 3 if record_.closes else None
    return happened(state, ev.StepStarted(step=step, result_seq=state.seq + 2, closing_seq=closing))


def finished(state: TicketState, step: str) -> TicketState:
    """The state once a step was done, its result in the row that was reserved for it."""
    state = started(state, step)
    seq = state.seq - 1 if state.steps[step].closes else state.seq
    row = EventRow(ticket=TICKET, seq=seq, at=NOW, actor=SYSTEM, event=ev.StepDone(step=step, reference="re_1"))
    return evolve(state, row)


def resolved() -> TicketState:
    """A ticket that the automation resolved."""
    return happened(
        automated(), ev.Resolving(code="automated", summary="done"), ev.Resolved(code="automated", summary="done")
    )


def approve(state: TicketState, actor: Actor, act_id: str = "act-approve") -> a.Approve:
    """The approval of the plan that is shown."""
    assert state.approval is not None
    return a.Approve(id=act_id, actor=actor, plan_hash=state.approval.plan_hash)
