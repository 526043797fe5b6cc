"""Events: what happened to a ticket, in order; the journal's rows and the only way its state changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from casewright.domain.acts import ActId, Remedy
from casewright.domain.clocks import Clock, ClockId
from casewright.domain.decision import ApprovalNeed, Decision, Ownership
from casewright.domain.entitlement import Entitlement
from casewright.domain.model import Frozen
from casewright.domain.people import Actor, PersonId, RoleName, TeamName
from casewright.domain.steps import Step, StepId
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


class StepPlanned(Frozen):
    """A side effect was planned; it runs after those it names, and after the approval it is gated by."""

    type: Literal["step_planned"] = "step_planned"
    step: Step
    after: tuple[StepId, ...] = ()
    gate: str | None = None
    """Plan hash of the approval it waits for."""
    closes: bool = False
    """Whether its success resolves the ticket."""
    authorised_by: Actor | None = None
    """The person on whose own authority it runs."""
    authority: ApprovalNeed | None = None
    """The roles that may authorise it; checked again as of the moment it runs."""
    answers: bool = False
    """Whether it answers the customer's request: the automation's own first response."""


class StepStarted(Frozen):
    """A side effect was scheduled; its result takes the reserved sequence numbers."""

    type: Literal["step_started"] = "step_started"
    step: StepId
    result_seq: int
    closing_seq: int | None = None


class StepDone(Frozen):
    """A side effect happened, or was found to have happened."""

    type: Literal["step_done"] = "step_done"
    step: StepId
    reference: str
    """The outside system's own id of what was done."""
    found: bool = False
    """Whether it was found there, done by an earlier try."""


class StepRefused(Frozen):
    """A guard, or the outside system, refused a side effect: it did not happen and will not."""

    type: Literal["step_refused"] = "step_refused"
    step: StepId
    guard: Literal["reservation", "authority", "emergency-stop", "outside"]
    reason: str


class StepUncertain(Frozen):
    """The retry budget ran out with no answer: it may have happened, so nothing gives it again by itself."""

    type: Literal["step_uncertain"] = "step_uncertain"
    step: StepId
    reason: str


class StepRetried(Frozen):
    """A person had a step of uncertain outcome tried again, under its own key."""

    type: Literal["step_retried"] = "step_retried"
    step: StepId


class StepsCancelled(Frozen):
    """Planned side effects that will not run."""

    type: Literal["steps_cancelled"] = "steps_cancelled"
    steps: tuple[StepId, ...]
    reason: str


class ApprovalRequested(Frozen):
    """People were asked to approve exactly these steps."""

    type: Literal["approval_requested"] = "approval_requested"
    plan_hash: str
    need: ApprovalNeed
    requested_by: Actor
    steps: tuple[StepId, ...]


class ApprovalGiven(Frozen):
    """A person approved the plan that was shown."""

    type: Literal["approval_given"] = "approval_given"
    plan_hash: str


class ApprovalRejected(Frozen):
    """A person rejected the plan that was shown."""

    type: Literal["approval_rejected"] = "approval_rejected"
    plan_hash: str
    reason: str


class ApprovalCancelled(Frozen):
    """A pending approval lapsed: the ticket was decided again, overridden or closed."""

    type: Literal["approval_cancelled"] = "approval_cancelled"
    plan_hash: str
    reason: str


class ApprovalVoted(Frozen):
    """One of several people who must approve said yes."""

    type: Literal["approval_voted"] = "approval_voted"
    plan_hash: str


class ApprovalPassedUp(Frozen):
    """Nobody answered a request by its deadline: the next level is asked (RULES §5)."""

    type: Literal["approval_passed_up"] = "approval_passed_up"
    plan_hash: str
    level: int
    """From 0, the one asked first."""
    roles: tuple[RoleName, ...]


class ApprovalReminded(Frozen):
    """The top level left a request unanswered: reminded, and the Operations Manager told; never a silent yes."""

    type: Literal["approval_reminded"] = "approval_reminded"
    plan_hash: str


class ClocksSet(Frozen):
    """The commitments that apply to the ticket now, whole; one that was set before keeps its start."""

    type: Literal["clocks_set"] = "clocks_set"
    entitlement: Entitlement


class FollowUpSet(Frozen):
    """A commitment that something set which happened to the ticket."""

    type: Literal["follow_up_set"] = "follow_up_set"
    clock: Clock


class AtRisk(Frozen):
    """Most of a commitment's time is used."""

    type: Literal["at_risk"] = "at_risk"
    clock: ClockId
    deadline: datetime


class NearlyDue(Frozen):
    """A long commitment has 15 minutes left."""

    type: Literal["nearly_due"] = "nearly_due"
    clock: ClockId
    deadline: datetime


class Breached(Frozen):
    """A commitment was not met by its deadline."""

    type: Literal["breached"] = "breached"
    clock: ClockId
    deadline: datetime


class StillOverdue(Frozen):
    """Commitments were broken a day or more ago and are still to be met: colleagues are reminded."""

    type: Literal["still_overdue"] = "still_overdue"
    clocks: tuple[ClockId, ...]


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
