"""Clocks: a commitment of one ticket, running from an instant until something meets it (RULES §4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from casewright.domain.model import Frozen
from casewright.domain.people import RoleName

DEFAULT_CALENDAR = "support"
"""The calendar of whoever names none."""
ClockId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
CalendarId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
SpanText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6} (min|h|d|bh|wd)$")]
"""``30 min``, ``24 h`` and ``2 d`` (24 h each) are elapsed; ``4 bh`` and ``1 wd`` are hours and days of a calendar."""


class CommitmentKind(StrEnum):
    """A promise to the customer, or an internal target (RULES §4)."""

    PROMISE = "promise"
    TARGET = "target"


class Milestone(StrEnum):
    """What happens to a ticket and may meet a commitment; the first time counts."""

    ACKNOWLEDGED = "acknowledged"
    """The acknowledgment was sent."""
    ANSWERED = "answered"
    """The customer has an answer: a person wrote, or the automation's message carried one."""
    CONTACTED = "contacted"
    """A person wrote to the customer."""
    ACCEPTED = "accepted"
    """A person took the ticket in hand: claimed it, wrote, gave a verdict."""
    ACTED = "acted"
    """What the rule asks for was done: the automation's last step, or a person's verdict or decision."""
    RESOLVED = "resolved"
    """The ticket was resolved."""


class Pause(Frozen):
    """A stretch in which pausable clocks stand still, because the ticket waits for the customer."""

    since: datetime
    until: datetime | None = None
    """None: it still lasts."""


class Clock(Frozen):
    """One commitment and how far it is. Its deadline is always worked out anew, from ``started`` less the pauses."""

    id: ClockId
    """Names the commitment; a clock set again under the same id keeps its start (RULES §4: never restarted)."""
    name: str
    """In words: ``first response``."""
    kind: CommitmentKind
    source: str
    """Where the promise or target is written: ``DF 3.1``."""
    span: SpanText
    calendar: CalendarId | None = None
    """For ``bh`` and ``wd``: whose hours count."""
    met_by: Milestone
    pausable: bool = True
    """False for statutory and protective clocks."""
    risk_percent: Annotated[int, Field(ge=1, le=99)] = 80
    """How much of the span is used when the commitment is at risk (``warnings`` of commitments.yaml)."""
    nearly_left: timedelta = timedelta(minutes=15)
    """How much of it is left when it is nearly due."""
    nearly_over: timedelta = timedelta(minutes=75)
    """Only longer spans are ever nearly due; up to here, being at risk says it earlier or just then."""
    started: datetime
    met_at: datetime | None = None
    at_risk_at: datetime | None = None
    """When people were told that most of it is used."""
    nearly_due_at: datetime | None = None
    """When people were told that little of it is left."""
    breached_at: datetime | None = None
    """When the breach was recorded; a commitment met later stays breached."""
    withdrawn: bool = False
    """The commitment no longer applies: another rule or priority doesn't set it."""
    changed_at: datetime | None = None
    """When another target was set for it: what that puts into the past was never promised."""
    met_by_roles: tuple[RoleName, ...] = ()
    """Whose doing it must be; empty: anybody's, and the ticket's resolution too."""
    follow_up: bool = False
    """Set by something that happened to the ticket rather than by its entitlement, so only its own milestone meets it:
    a manager's contact after a low rating."""

    @property
    def is_overdue(self) -> bool:
        """Whether it was broken and is still to be met."""
        return self.breached_at is not None and self.met_at is None and not self.withdrawn

    @property
    def runs(self) -> bool:
        """Whether it can still be met in time."""
        return self.met_at is None and self.breached_at is None and not self.withdrawn
