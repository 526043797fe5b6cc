"""Which commitments there are, by plan, priority and service: the tables of RULES §4 as typed rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum

from casewright.domain.clocks import CalendarId, ClockId, CommitmentKind, Milestone, SpanText
from casewright.domain.money import Money
from casewright.domain.ticket import Plan, PolicyId, Priority


class IssueCode(StrEnum):
    """The SOP's codes; what is unclear is OTHER."""

    AUTH = "AUTH"
    PERF = "PERF"
    DATA = "DATA"
    INTG = "INTG"
    UI = "UI"
    BILLING = "BILLING"
    OTHER = "OTHER"


class Service(StrEnum):
    """UNIT's services."""

    GENERAL = "general"
    TECHNICAL = "technical"
    ACCOUNT = "account"
    PRIORITY = "priority"
    EMERGENCY = "emergency"


class Occasion(StrEnum):
    """What the company makes good with a credit."""

    BROKEN_PROMISE = "broken promise"
    LOW_RATING = "low rating"


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One row: whom it concerns, and how long each priority has."""

    id: ClockId
    name: str
    kind: CommitmentKind
    met_by: Milestone
    source: str
    spans: dict[Priority, SpanText]
    """A priority that isn't named has no such commitment: "as soon as possible" is no span."""
    plans: tuple[Plan, ...] | None = None
    """None: every plan, an unknown one included."""
    services: tuple[Service, ...] | None = None
    """None: every service."""
    escalated: bool | None = None
    """Whether people have it by an escalation; None: either way."""
    calendar: CalendarId | None = None
    local_start: bool = False
    """Whether it begins within the customer's own hours only (DF 3.2)."""

    def span(self, priority: Priority, plan: Plan | None, service: Service, escalated: bool) -> SpanText | None:
        """How long this row gives such a ticket; None: it doesn't concern it."""
        concerns = (
            (self.plans is None or plan in self.plans)
            and (self.services is None or service in self.services)
            and self.escalated in (None, escalated)
        )
        return self.spans.get(priority) if concerns else None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """Which service such a ticket gets; what is None doesn't matter."""

    service: Service
    source: str
    priorities: tuple[Priority, ...] | None = None
    plans: tuple[Plan, ...] | None = None
    topics: tuple[str, ...] | None = None
    """Policies (``E.2``), whole categories (``E``) and issue codes (``PERF``)."""

    def matches(self, priority: Priority, plan: Plan | None, topics: Collection[str]) -> bool:
        """Whether the ticket gets this service."""
        return (
            (self.priorities is None or priority in self.priorities)
            and (self.plans is None or plan in self.plans)
            and (self.topics is None or any(topic in self.topics for topic in topics))
        )


@dataclass(frozen=True, slots=True)
class CustomerHours:
    """When customers are at work, local time: opens ≤ now < closes (DF 3.2)."""

    opens: time
    closes: time
    source: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """When people are told that a commitment may be broken."""

    share: Decimal
    """How much of it is used, from 0 to 1."""
    left: timedelta
    """How much is left, for spans over ``over``."""
    over: timedelta
    source: str


@dataclass(frozen=True, slots=True)
class RemedyRow:
    """What customers of some plans are given when something went wrong."""

    occasion: Occasion
    plans: tuple[Plan, ...]
    amount: Money
    source: str


@dataclass(frozen=True, slots=True)
class CommitmentBook:
    """Every commitment of the documents but those that a policy's own rules set."""

    rows: tuple[CommitmentRow, ...]
    services: tuple[ServiceRow, ...]
    """The first that matches; the last matches every ticket."""
    customer_hours: CustomerHours
    never_paused: frozenset[PolicyId]
    """Policies whose own clocks are statutory or protective."""
    warnings: Warnings
    remuneration: tuple[RemedyRow, ...]

    def service_of(
        self, policy: PolicyId | None, priority: Priority, plan: Plan | None, issue_code: IssueCode | None = None
    ) -> Service:
        """UNIT's service for such a ticket."""
        topics = [topic for topic in (policy, policy and policy[0], issue_code) if topic]
        return next(row.service for row in self.services if row.matches(priority, plan, topics))

    def remedy(self, occasion: Occasion, plan: Plan | None) -> Money | None:
        """What the plan's row gives; nothing for a plan that has none, or that nobody knows."""
        return next((row.amount for row in self.remuneration if row.occasion is occasion and plan in row.plans), None)
