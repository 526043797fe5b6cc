"""What the API answers, as far as the command line reads it; what else there is stays in ``--json``."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from casewright.domain.decision import Ownership, Ruling
from casewright.domain.events import EventRow
from casewright.domain.money import Money
from casewright.domain.state import ApprovalStatus, StepStatus
from casewright.domain.steps import Step
from casewright.domain.ticket import ClaimName, ClaimValue, Priority, Requester
from casewright.records.views import LedgerEntry


class Answer(BaseModel):
    """Fields that a newer API adds are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Submitted(Answer):
    """A ticket that was started, or that the same key had started before."""

    ticket: str
    already: bool
    differs: bool | None = None
    """Whether what came first under this key had another content."""


class Taken(Answer):
    """An act's receipt."""

    seq: int
    repeated: bool = False
    journalled: bool = True
    """Whether the journal is known to have it."""


class ListedTicket(Answer):
    """A ticket in a list."""

    id: str
    policy: str
    rule: str | None
    standing: str
    priority: Priority
    waits_for: str
    subject: str
    submitted_at: datetime


class Page(Answer):
    """Tickets, newest first."""

    tickets: tuple[ListedTicket, ...]
    after: str | None


class TicketStep(Answer):
    """A side effect and what became of it."""

    id: str
    kind: str
    status: StepStatus
    gated: bool
    amount: Money | None = None
    charge: str | None = None
    template: str | None = None
    reference: str | None = None
    reason: str | None = None


class Request(Answer):
    """The latest request for approval."""

    status: ApprovalStatus
    plan_hash: str
    roles: tuple[str, ...]
    why: str
    requested_by: str
    verdict_by: str | None
    steps: tuple[Step, ...]


class Evidence(Answer):
    """What the latest decision rests on."""

    conditions: dict[str, str]
    """Of the rule that decided: condition in words → true, false or unknown."""
    inputs: dict[str, JsonValue]
    unavailable: dict[str, str]


class Ticket(Answer):
    """One ticket."""

    id: str
    subject: str
    requester: Requester
    priority: Priority
    claims: dict[ClaimName, ClaimValue]
    state: str
    waits_for: str
    ownership: Ownership
    team: str | None
    assignee: str | None
    ruling: Ruling | None
    steps: tuple[TicketStep, ...]
    approval: Request | None
    evidence: Evidence | None = None
    code: str | None
    summary: str | None
    submitted_at: datetime
    unfolded: str | None

    @property
    def pending(self) -> Request | None:
        """The request that waits for a verdict."""
        return self.approval if self.approval and self.approval.status is ApprovalStatus.PENDING else None


class Events(Answer):
    """Journal rows, in order."""

    events: tuple[EventRow, ...]


class Ledger(Answer):
    """What a ticket gave, in order."""

    entries: tuple[LedgerEntry, ...]
