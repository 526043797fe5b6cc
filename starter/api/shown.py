"""A ticket as the API shows it: what was ruled, what runs, and what a person is asked to approve."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.decision import Ownership, Ruling
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.state import ApprovalStatus, Phase, StepRecord, StepStatus, TicketState
from casewright.domain.steps import RefundStep, Step
from casewright.domain.ticket import ClaimName, ClaimValue, Priority, Requester
from casewright.records.views import TicketView
from starter.api.evidence import ShownEvidence


class ShownStep(Frozen):
    """A side effect and what became of it."""

    id: str
    kind: str
    status: StepStatus
    after: tuple[str, ...]
    gated: bool
    """Whether it waits, or waited, for an approval."""
    amount: Money | None = None
    charge: str | None = None
    template: str | None = None
    reference: str | None = None
    """The outside system's own id of what was done."""
    reason: str | None = None
    """Why it was refused, or is uncertain."""


class ShownApproval(Frozen):
    """The latest request for approval, with what will happen if it is given."""

    status: ApprovalStatus
    plan_hash: str
    """A verdict is on exactly this plan."""
    roles: tuple[str, ...]
    """Any holder of any of these may say yes or no."""
    why: str
    requested_by: str
    verdict_by: str | None
    steps: tuple[Step, ...]
    """The whole content of each gated step: what the verdict is on, to the last detail."""


class ShownTicket(Frozen):
    """One ticket."""

    id: str
    policy: str
    subject: str
    body: str
    requester: Requester
    priority: Priority
    claims: dict[ClaimName, ClaimValue]
    phase: Phase
    state: str
    """In one word: working, waiting-customer, waiting-approval, with-people, resolved or closed."""
    waits_for: str
    """In words."""
    ownership: Ownership
    team: str | None
    assignee: str | None
    owned_because: str
    ruling: Ruling | None
    steps: tuple[ShownStep, ...]
    approval: ShownApproval | None
    evidence: ShownEvidence | None = None
    """What the latest decision rests on; for staff."""
    code: str | None
    summary: str | None
    seq: int
    submitted_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    unfolded: str | None
    """Why the latest rows aren't in this picture; null: all are."""


def shown(view: TicketView, evidence: ShownEvidence | None = None) -> ShownTicket:
    """As the API shows it."""
    state = view.state
    return ShownTicket(
        id=view.id,
        policy=view.policy,
        subject=view.subject,
        body=state.submission.body,
        requester=state.submission.requester,
        priority=view.priority,
        claims=state.claims,
        phase=view.phase,
        state=view.standing,
        waits_for=view.waits_for,
        ownership=view.ownership,
        team=view.team,
        assignee=view.assignee,
        owned_because=state.owned_because,
        ruling=state.ruling,
        steps=tuple(_step(record) for record in state.steps.values()),
        approval=_approval(state),
        evidence=evidence,
        code=state.code,
        summary=state.summary,
        seq=view.seq,
        submitted_at=view.submitted_at,
        updated_at=view.updated_at,
        resolved_at=view.resolved_at,
        unfolded=view.unfolded,
    )


def _step(record: StepRecord) -> ShownStep:
    step = record.step
    return ShownStep(
        id=step.id,
        kind=step.kind,
        status=record.status,
        after=record.after,
        gated=record.gate is not None,
        amount=None if step.kind == "mail" else step.amount,
        charge=step.charge if isinstance(step, RefundStep) else None,
        template=step.template if step.kind == "mail" else None,
        reference=record.reference,
        reason=record.reason,
    )


def _approval(state: TicketState) -> ShownApproval | None:
    approval = state.approval
    if approval is None:
        return None
    return ShownApproval(
        status=approval.status,
        plan_hash=approval.plan_hash,
        roles=approval.need.roles,
        why=approval.need.why,
        requested_by=approval.requested_by.id,
        verdict_by=approval.verdict_by.id if approval.verdict_by else None,
        steps=tuple(state.steps[id].step for id in approval.steps if id in state.steps),
    )
