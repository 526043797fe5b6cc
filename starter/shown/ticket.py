"""A ticket as it is shown: what was ruled, what runs, and what a person is asked to approve."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.decision import Ownership, Ruling
from casewright.domain.events import EventRow
from casewright.domain.money import Money
from casewright.domain.state import ApprovalStatus, Phase, StepStatus
from casewright.domain.steps import Step
from casewright.domain.ticket import ClaimName, ClaimValue, Priority, Requester
from casewright.records.views import LedgerEntry
from starter.shown.commitments import ShownClock
from starter.shown.evidence import ShownEvidence
from starter.shown.shape import Shape


class ShownStep(Shape):
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


class ShownApproval(Shape):
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


class ShownTicket(Shape):
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
    clocks: tuple[ShownClock, ...] = ()
    """Its commitments as they stand now."""
    deadline: datetime | None = None
    """The nearest that people work to, of a commitment or of a request for approval; null: none runs."""
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

    @property
    def pending(self) -> ShownApproval | None:
        """The request that waits for a verdict."""
        return self.approval if self.approval and self.approval.status is ApprovalStatus.PENDING else None


class Events(Shape):
    """A ticket's journal rows, in order."""

    events: tuple[EventRow, ...]


class Ledger(Shape):
    """The remunerations that a ticket brought, in order."""

    entries: tuple[LedgerEntry, ...]
