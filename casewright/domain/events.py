"""Events: what happened to a ticket, in order; the journal's rows and the only way its state changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from casewright.domain.acts import ActId, Remedy
from casewright.domain.approval_events import ApprovalCancelled as ApprovalCancelled
from casewright.domain.approval_events import ApprovalGiven as ApprovalGiven
from casewright.domain.approval_events import ApprovalPassedUp as ApprovalPassedUp
from casewright.domain.approval_events import ApprovalRejected as ApprovalRejected
from casewright.domain.approval_events import ApprovalReminded as ApprovalReminded
from casewright.domain.approval_events import ApprovalRequested as ApprovalRequested
from casewright.domain.approval_events import ApprovalVoted as ApprovalVoted
from casewright.domain.clock_events import AtRisk as AtRisk
from casewright.domain.clock_events import Breached as Breached
from casewright.domain.clock_events import ClocksSet as ClocksSet
from casewright.domain.clock_events import FollowUpSet as FollowUpSet
from casewright.domain.clock_events import NearlyDue as NearlyDue
from casewright.domain.clock_events import StillOverdue as StillOverdue
from casewright.domain.decision import Decision, Ownership
from casewright.domain.model import Frozen
from casewright.domain.people import Actor, PersonId, TeamName
from casewright.domain.step_events import StepDone as StepDone
from casewright.domain.step_events import StepPlanned as StepPlanned
from casewright.domain.step_events import StepRefused as StepRefused
from casewright.domain.step_events import StepRetried as StepRetried
from casewright.domain.step_events import StepsCancelled as StepsCancelled
from casewright.domain.step_events import StepStarted as StepStarted
from casewright.domain.step_events import StepUncertain as StepUncertain
from casewright.domain.ticket import ClaimName, ClaimValue, Priority, Submission, TicketId


class Submitted(Frozen):
    """The request came in; always sequence number 1."""

    type: Literal["submitted"] = "submitted"
    submission: Submission


class Decided(Frozen):
    """A policy version ruled on the ticket."""

    type: Literal["decided"] = "decided"
    decision: Decision


class Owned(Frozen):
    """Who owns the ticket now, and why."""

    type: Literal["owned"] = "owned"
    ownership: Ownership
    team: TeamName | None
    assignee: PersonId | None = None
    reason: str


class Rated(Frozen):
    """The customer answered the survey."""

    type: Literal["rated"] = "rated"
    score: int
    comment: str = ""


class Claimed(Frozen):
    """A person took the ticket."""

    type: Literal["claimed"] = "claimed"


class Wrote(Frozen):
    """A person wrote to the customer; with ``asks`` the ticket waits for the answer."""

    type: Literal["wrote"] = "wrote"
    message: str
    asks: bool = False


class Asked(Frozen):
    """The automation asked the customer for the one fact that only the customer has."""

    type: Literal["asked"] = "asked"
    question: str


class CustomerWrote(Frozen):
    """The customer wrote; claims that came with it replace earlier ones of the same name."""

    type: Literal["customer_wrote"] = "customer_wrote"
    message: str
    claims: dict[ClaimName, ClaimValue] = {}


class Noted(Frozen):
    """An internal note."""

    type: Literal["noted"] = "noted"
    message: str


class Overridden(Frozen):
    """A person set the automation's decision aside (audited weekly, L.1)."""

    type: Literal["overridden"] = "overridden"
    justification: str
    rule: str | None
    remedy: Remedy | None = None


class RemedyRefused(Frozen):
    """The remedy that a person wanted can't be given; the ticket stays with people."""

    type: Literal["remedy_refused"] = "remedy_refused"
    reason: str


class Reprioritised(Frozen):
    """The priority changed."""

    type: Literal["reprioritised"] = "reprioritised"
    before: Priority
    after: Priority
    reason: str


class PlanFailed(Frozen):
    """The plan could not be carried out; the ticket goes to the Policy Exception queue."""

    type: Literal["plan_failed"] = "plan_failed"
    reason: str


class Resolving(Frozen):
    """The ticket is being resolved: its closing message is on its way."""

    type: Literal["resolving"] = "resolving"
    code: str
    summary: str


class Resolved(Frozen):
    """The ticket is resolved; the customer may still reopen it."""

    type: Literal["resolved"] = "resolved"
    code: str
    summary: str


class Reopened(Frozen):
    """The customer wrote after the resolution."""

    type: Literal["reopened"] = "reopened"


class Closed(Frozen):
    """The reopening window ended."""

    type: Literal["closed"] = "closed"


Event = Annotated[
    Submitted
    | Decided
    | Owned
    | StepPlanned
    | StepStarted
    | StepDone
    | StepRefused
    | StepUncertain
    | StepRetried
    | StepsCancelled
    | ApprovalRequested
    | ApprovalGiven
    | ApprovalRejected
    | ApprovalCancelled
    | ApprovalVoted
    | ApprovalPassedUp
    | ApprovalReminded
    | ClocksSet
    | FollowUpSet
    | AtRisk
    | NearlyDue
    | Breached
    | StillOverdue
    | Rated
    | Claimed
    | Wrote
    | Asked
    | CustomerWrote
    | Noted
    | Overridden
    | RemedyRefused
    | Reprioritised
    | PlanFailed
    | Resolving
    | Resolved
    | Reopened
    | Closed,
    Field(discriminator="type"),
]


class EventRow(Frozen):
    """One journal row: an event with its place, its instant and who caused it."""

    ticket: TicketId
    seq: Annotated[int, Field(ge=1)]
    at: datetime
    actor: Actor
    act: ActId | None = None
    """The act that caused it, if one did."""
    event: Event
