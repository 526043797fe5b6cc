"""Facts of subscriptions: what a customer has subscribed to, and the latest payment for it (RULES A.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from casewright.domain.billing import InvoicedCharge
from casewright.domain.model import Frozen


class SubscriptionStanding(StrEnum):
    """Where a subscription is in its life, as far as cancelling it goes."""

    ACTIVE = "active"
    UNSETTLED = "unsettled"
    """Neither ended nor simply active: on trial, paused, or with a payment that is due or failed."""
    ENDED = "ended"


class Subscription(Frozen):
    """One subscription at the gateway."""

    id: str
    standing: SubscriptionStanding
    price_locked: bool
    """Its contract fixes the price (DF 6.3)."""
    cycle_start: datetime | None
    cycle_end: datetime | None
    """The cycle that was billed last; None where its parts have cycles of their own."""


class CyclePayment(Frozen):
    """The latest payment of a subscription, and the time that its invoice bills."""

    invoiced: InvoicedCharge
    in_parts: bool
    """Whether the charge paid only a part of its invoice."""
    covers_from: datetime | None
    covers_until: datetime | None
    """None where the invoice bills several spans, or changes of one."""


class Subscriptions(Frozen):
    """A customer's subscriptions, newest first (fact ``billing.subscription``)."""

    held: tuple[Subscription, ...]
    payment: CyclePayment | None = None
    """The latest of the one that has not ended, else of the newest; None: never paid, or not certain which one."""

    @property
    def lasting(self) -> tuple[Subscription, ...]:
        """Those that have not ended."""
        return tuple(s for s in self.held if s.standing is not SubscriptionStanding.ENDED)
