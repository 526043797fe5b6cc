"""Events of requests for approval."""

from __future__ import annotations

from typing import Literal

from casewright.domain.decision import ApprovalNeed
from casewright.domain.model import Frozen
from casewright.domain.people import Actor, RoleName
from casewright.domain.steps import StepId


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
