"""A ticket's state: what its events add up to, for the workflow and for the read tables alike."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from casewright.domain.acts import Remedy
from casewright.domain.calendars import Calendar
from casewright.domain.clocks import CalendarId, Clock, ClockId, Milestone, Pause
from casewright.domain.decision import ApprovalNeed, Ownership, Ruling
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.people import Actor, ActorKind
from casewright.domain.steps import Step
from casewright.domain.ticket import ClaimName, ClaimValue, Plan, Priority, Submission

STATE_VERSION = 1
_DECIDED = re.compile(r"d[0-9]+-")
"""How the ids begin of what the automation decided to do; the rest is correspondence, and people's remedies."""


class Phase(StrEnum):
    """Where the ticket is in its life."""

    OPEN = "open"
    RESOLVING = "resolving"
    RESOLVED = "resolved"
    CLOSED = "closed"


class StepStatus(StrEnum):
    """Where a side effect is in its life."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self not in (StepStatus.PLANNED, StepStatus.STARTED)


class StepRecord(Frozen):
    """A planned side effect and what became of it."""

    step: Step
    after: tuple[str, ...] = ()
    gate: str | None = None
    closes: bool = False
    answers: bool = False
    authorised_by: Actor | None = None
    authority: ApprovalNeed | None = None
    status: StepStatus = StepStatus.PLANNED
    reference: str | None = None
    reason: str | None = None


class ApprovalStatus(StrEnum):
    """What became of a request for approval."""

    PENDING = "pending"
    GIVEN = "given"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Approval(Frozen):
    """The latest request for approval."""

    plan_hash: str
    need: ApprovalNeed
    requested_by: Actor
    steps: tuple[str, ...]
    status: ApprovalStatus = ApprovalStatus.PENDING
    verdict_by: Actor | None = None
    votes: tuple[Actor, ...] = ()
    """Who said yes, where several must."""
    level: int = 0
    """Which level of the ladder was asked last."""
    asked_at: datetime | None = None
    """When it was asked, or reminded."""
    reminders: int = 0

    @property
    def at_the_top(self) -> bool:
        """Whether there is nobody above who could be asked."""
        return self.level + 1 >= len(self.need.ladder)


class ActMark(Frozen):
    """That an act was taken: its last row, and a digest that tells a resend from another act of the same id."""

    seq: int
    digest: str


class RemedyRequest(Frozen):
    """A remedy that a person ordered and that is still to be checked against the systems."""

    remedy: Remedy
    by: Actor
    act: str


class Rating(Frozen):
    """The customer's answer to a survey."""

    score: int
    comment: str
    at: datetime

    @property
    def is_low(self) -> bool:
        """Below 3 (RULES §7)."""
        return self.score < 3


class TicketState(Frozen):
    """Everything that a ticket's next move depends on."""

    version: int = STATE_VERSION
    id: str
    submission: Submission
    submitter: Actor = Actor(id="unnamed", kind=ActorKind.SERVICE)
    submitted_at: datetime
    priority: Priority
    claims: dict[ClaimName, ClaimValue]
    phase: Phase = Phase.OPEN
    needs_decision: bool = True
    decisions: int = 0
    asked: int = 0
    """How often the automation asked the customer."""
    waiting_for_customer: bool = False
    wrote_meanwhile: bool = False
    """The customer wrote while the closing message was on its way: the resolution is reopened at once."""
    ruling: Ruling | None = None
    ownership: Ownership = Ownership.AUTOMATE
    team: str | None = None
    assignee: str | None = None
    owned_because: str = ""
    steps: dict[str, StepRecord] = {}
    approval: Approval | None = None
    remedy: RemedyRequest | None = None
    code: str | None = None
    """Resolution code."""
    summary: str | None = None
    resolved_at: datetime | None = None
    clocks: dict[ClockId, Clock] = {}
    """Its commitments, met and withdrawn ones too."""
    pauses: tuple[Pause, ...] = ()
    """When it waited for the customer."""
    reached: dict[Milestone, datetime] = {}
    """When each milestone was reached first."""
    calendars: dict[CalendarId, Calendar] = {}
    plan: Plan | None = None
    customer: str | None = None
    """The customer's account as billing knows it."""
    breach_credit: Money | None = None
    low_rating_credit: Money | None = None
    plan_uncertain: bool = False
    """Billing could not say who they are; it is asked again."""
    zone: str | None = None
    entitled: bool = False
    """Whether its commitments are those of its present priority."""
    closures: int = 0
    """How often it was resolved."""
    surveys: int = 0
    """How often the customer was asked how it went."""
    surveyed: int = 0
    """The closure that the last survey was about."""
    overdue_told_at: datetime | None = None
    """When colleagues were last reminded of what is overdue."""
    ratings: int = 0
    rating: Rating | None = None
    """The latest."""
    acts: dict[str, ActMark] = {}
    seq: int = 0
    """The highest sequence number used or reserved."""
    folded_at: datetime

    @property
    def awaits_approval(self) -> bool:
        """Whether a request for approval is pending."""
        return self.approval is not None and self.approval.status is ApprovalStatus.PENDING

    @property
    def redecided(self) -> bool:
        """Whether a refused reservation has led to a second decision already."""
        refused = self.with_status(StepStatus.REFUSED)
        return any(r.authorised_by is None and _DECIDED.match(r.step.id) for r in refused)

    def with_status(self, *statuses: StepStatus) -> tuple[StepRecord, ...]:
        """The steps in any of these statuses, in the order they were planned."""
        return tuple(r for r in self.steps.values() if r.status in statuses)
