"""What screens, API and CLI are given: a ticket as its journal adds up, pages of them, and the ledger's entries."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.decision import Ownership
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.state import Phase, TicketState
from casewright.domain.ticket import Priority


class TicketSummary(Frozen):
    """A ticket in a list."""

    id: str
    policy: str
    rule: str | None
    phase: Phase
    standing: str
    """The state in one word (``domain.reading``)."""
    ownership: Ownership
    team: str | None
    assignee: str | None
    priority: Priority
    waits_for: str
    subject: str
    customer: str | None
    email: str
    seq: int
    """The highest sequence number used or reserved."""
    submitted_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    deadline: datetime | None
    """The nearest of all deadlines that run; None: there is none, or it waits for the customer."""
    unfolded: str | None
    """Why the latest rows aren't in this picture; None: all are."""


class TicketView(TicketSummary):
    """A ticket with its whole state."""

    state: TicketState


class TicketFilter(Frozen):
    """Which tickets to list; None: any."""

    policy: str | None = None
    phase: Phase | None = None
    standing: str | None = None
    ownership: Ownership | None = None
    team: str | None = None
    assignee: str | None = None
    priority: Priority | None = None
    customer: str | None = None
    email: str | None = None


class TicketPage(Frozen):
    """Tickets in the order that was asked for, and the cursor of the next page."""

    tickets: tuple[TicketSummary, ...]
    after: str | None
    """None: this is the last page."""


class LedgerLine(Frozen):
    """One side of an entry."""

    account: str
    amount: Money


class LedgerEntry(Frozen):
    """One remuneration, as it was booked."""

    id: int
    step_key: str
    ticket: str
    customer: str
    policy: str
    policy_version: int
    rule: str | None
    actor: str
    approved_by: str | None
    gateway_reference: str
    kind: str
    at: datetime
    lines: tuple[LedgerLine, ...]
