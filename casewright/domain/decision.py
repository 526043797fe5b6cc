"""What deciding yields: a ruling, the steps it plans, and the record that proves it (RULES §2.4)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from casewright.domain.clocks import CalendarId, CommitmentKind, Milestone, SpanText
from casewright.domain.entitlement import Entitlement
from casewright.domain.facts import Fact
from casewright.domain.model import Frozen
from casewright.domain.people import RoleName, TeamName
from casewright.domain.steps import Step
from casewright.domain.ticket import ClaimName, ClaimValue, PolicyId, Priority, Requester

RuleId = Annotated[str, Field(pattern=r"^[A-L]\.[1-9]/[a-z0-9-]+$")]


class Ownership(StrEnum):
    """Who owns the ticket after a decision (RULES §1)."""

    AUTOMATE = "automate"
    ESCALATE = "escalate"
    EXCEPTION = "exception"
    ASK = "ask"
    WAIT = "wait"


class Commitment(Frozen):
    """A clock that a rule sets; ``span`` is ``"24 h"`` (elapsed) or ``"4 bh"`` (business hours)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z ]{1,40}$")]
    span: SpanText
    kind: CommitmentKind = CommitmentKind.PROMISE
    source: str
    met_by: Milestone = Milestone.ACTED
    calendar: CalendarId | None = None
    """For business hours: whose; None: the team's."""
    from_ruling: bool = False
    """Whether it runs from the ruling that sets it, not from the receipt: K.2's hour is after the approval."""


class ApprovalNeed(Frozen):
    """Who must say yes before gated steps run, and who is asked when nobody answers (RULES §5)."""

    roles: tuple[RoleName, ...]
    """Whoever holds any of these may."""
    why: str
    quorum: Annotated[int, Field(ge=1, le=9)] = 1
    """How many different people must say yes; one no suffices."""
    one_of_each: bool = False
    """Whether each of the roles must be heard: then the quorum is one person for each."""
    ladder: tuple[tuple[RoleName, ...], ...] = ()
    """Who is asked, level by level, as deadlines pass; empty: all of ``roles`` at once."""
    span: SpanText = "8 bh"
    """How long each level has."""
    calendar: CalendarId | None = None
    """For business hours: whose; None: the default one."""


class RowTrace(Frozen):
    """How one row of the table came out: ``true``, ``false`` or ``unknown``, and each condition of it."""

    rule: RuleId
    outcome: Annotated[str, Field(pattern=r"^(true|false|unknown)$")]
    conditions: dict[str, str]
    """Condition in words → ``true``, ``false`` or ``unknown``."""


class Ruling(Frozen):
    """The verdict of a policy version on a ticket: small, and kept in the ticket's state."""

    policy: PolicyId
    version: int
    rule: RuleId | None
    """None when no row was certain: the reason then names what was unknown."""
    ownership: Ownership
    reason: str
    team: TeamName | None = None
    approval: ApprovalNeed | None = None
    commitments: tuple[Commitment, ...] = ()
    question: str | None = None
    """With ``ask``: the template of the question to the customer."""
    neutral: bool = False
    """Whether what the customer sees must not tell what was found: no account enumeration (B.1)."""
    overlays: tuple[str, ...] = ()
    """Overlays that changed the table's own verdict, with why."""


class PlannedStep(Frozen):
    """One step of the plan; a gated one waits for the approval that the ruling needs."""

    step: Step
    gated: bool = False


class Decision(Frozen):
    """The whole record: replayable from itself alone (RULES §2.4)."""

    ruling: Ruling
    steps: tuple[PlannedStep, ...] = ()
    """In order: a straight line. Gated steps follow one another, and so do ungated ones."""
    ticket: str | None = None
    submitted_at: datetime | None = None
    requester: Requester | None = None
    """Who asked: with the claims and facts, all that deciding again takes."""
    priority: Priority
    claims: dict[ClaimName, ClaimValue]
    facts: tuple[Fact, ...]
    inputs: dict[str, JsonValue]
    """The table's typed inputs; a missing key was unavailable, and the trace says so."""
    unavailable: dict[str, str] = {}
    """Input → why it could not be had."""
    trace: tuple[RowTrace, ...]
    policy_hash: str
    code_version: str
    decided_at: datetime
    entitlement: Entitlement | None = None
    """What the ticket is entitled to under this ruling."""
