"""What a ticket is entitled to: its commitments, and the calendars that they need (RULES §4)."""

from __future__ import annotations

from casewright.domain.calendars import Calendar
from casewright.domain.clocks import Clock
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.ticket import Plan


class Entitlement(Frozen):
    """Every commitment that applies as of now, kept with the ticket: later changes of the handbook don't move it."""

    clocks: tuple[Clock, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    """Those that the clocks and requests for approval count by."""
    promise: str | None = None
    """The response time that the acknowledgment names, in words; never a resolution time."""
    plan: Plan | None = None
    """The customer's plan, where billing knows it."""
    plan_uncertain: bool = False
    """Billing gave no answer: there may be a plan, and its promise is set when it says so."""
    customer: str | None = None
    """The customer's account, where billing knows it."""
    zone: str | None = None
    """The customer's time zone, where billing knows it."""
    breach_credit: Money | None = None
    """What the plan gives when a promise is broken; None: nothing."""
    low_rating_credit: Money | None = None
    """What the plan gives for a low rating, once per quarter; None: nothing."""
