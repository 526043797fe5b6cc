"""A ticket's view as the API shows it."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.state import StepRecord, TicketState
from casewright.domain.steps import MailStep, MoneyStep, NoticeStep, RefundStep
from casewright.records.views import TicketView
from starter.shown.commitments import shown_clocks
from starter.shown.evidence import ShownEvidence
from starter.shown.ticket import ShownApproval, ShownStep, ShownTicket


def shown(view: TicketView, now: datetime, evidence: ShownEvidence | None = None) -> ShownTicket:
    """As the API shows it; commitments as they stand at an instant of the ticket's time."""
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
        clocks=shown_clocks(state, now),
        deadline=view.deadline,
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
        amount=step.amount if isinstance(step, MoneyStep) else None,
        charge=step.charge if isinstance(step, RefundStep) else None,
        template=step.template if isinstance(step, MailStep | NoticeStep) else None,
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
