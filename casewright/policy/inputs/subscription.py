"""A.2's questions about a case, one property each (HB A.2, DF 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from casewright.domain.billing import Account, Charge
from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.steps import CHARGE_SCOPE, UNUSED_SCOPE, SpendingLimit
from casewright.domain.subscriptions import CyclePayment, Subscription, Subscriptions
from casewright.policy.case import Case
from casewright.policy.inputs.cycle import days_left, days_of, share

SubscriptionState = Literal["none", "ended", "several", "unsettled", "active"]
PaymentState = Literal["none", "refunded", "disputed", "split", "paid"]
PlanName = Literal["starter", "professional", "enterprise", "platinum", "unknown"]


class Parameters(Frozen):
    """What this code reads of the version's parameters."""

    cooling_off: timedelta
    notice: timedelta


class Cancellation:
    """A.2's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case, parameters: Parameters) -> None:
        self.case, self.parameters = case, parameters

    @cached_property
    def account(self) -> Account | None:
        """The account of whoever asks."""
        return self.case.read("billing.account", Account)

    @property
    def plan(self) -> PlanName:
        """What billing says of the account's plan."""
        plan = self.account.plan if self.account is not None else None
        return plan.value if plan is not None else "unknown"

    @cached_property
    def _known(self) -> Subscriptions:
        return self.case.read("billing.subscription", Subscriptions) or Subscriptions(held=())

    @cached_property
    def lasting(self) -> Subscription | None:
        """The one subscription that has not ended; None when there is none, or several."""
        lasting = self._known.lasting
        return lasting[0] if len(lasting) == 1 else None

    @property
    def price_locked(self) -> bool:
        """Whether the contract of any subscription that has not ended fixes its price."""
        return any(subscription.price_locked for subscription in self._known.lasting)

    @property
    def subscription(self) -> SubscriptionState:
        """What there is to cancel."""
        if self.lasting is not None:
            return "active" if self.lasting.standing.value == "active" else "unsettled"
        if not self._known.held:
            return "none"
        return "several" if self._known.lasting else "ended"

    @cached_property
    def paid(self) -> CyclePayment | None:
        """The latest payment of the subscription that has not ended."""
        return self._known.payment if self.lasting is not None else None

    @cached_property
    def payment(self) -> PaymentState:
        """What became of the latest payment."""
        if self.paid is None:
            return "none"
        charge = self.paid.invoiced.charge
        if charge.refunded >= charge.amount:
            return "refunded"
        if charge.disputed:
            return "disputed"
        return "split" if self.paid.in_parts else "paid"

    @property
    def since_payment(self) -> timedelta | None:
        """From the latest payment to the request: how long we take to decide shortens nobody's fourteen days."""
        if self.paid is None:
            return None
        return max(self.case.submitted_at - self.paid.invoiced.charge.created, timedelta(0))

    @property
    def in_cooling_off(self) -> bool:
        """Whether the request came in time, its last instant included."""
        return self.since_payment is not None and self.since_payment <= self.parameters.cooling_off

    @cached_property
    def cycle(self) -> tuple[datetime, datetime] | None:
        """The cycle that runs now, where the latest payment is for it and for nothing else."""
        if self.paid is None or self.lasting is None:
            return None
        start, end, invoiced = self.lasting.cycle_start, self.lasting.cycle_end, self.paid.invoiced
        if start is None or end is None or not start <= self.case.at < end:
            return None
        covered = (self.paid.covers_from, self.paid.covers_until) == (start, end)
        same_currency = invoiced.charge.amount.currency == invoiced.invoice_total.currency
        return (start, end) if covered and same_currency else None

    @property
    def pays_cycle(self) -> bool:
        """Whether the latest payment is for that cycle."""
        return self.cycle is not None

    @cached_property
    def refund(self) -> Money | None:
        """The unused part of the cycle, of what was paid for it and not given back yet; None: there is none."""
        if self.payment != "paid" or self.cycle is None or self.paid is None:
            return None
        start, end = self.cycle
        # What was charged above the invoice is no price of the cycle: giving that back is A.1's.
        price = min(_left(self.paid.invoiced.charge), self.paid.invoiced.invoice_total)
        unused = share(price, days_left(start, end, self.case.at), days_of(start, end))
        return unused if unused.minor > 0 else None

    def limits(self, amount: Money) -> tuple[SpendingLimit, ...]:
        """What bounds the refund: all that was charged, and for two tickets about one cycle its unused part, once."""
        assert self.paid is not None
        charge = self.paid.invoiced.charge
        told = {"elsewhere": charge.refunded_elsewhere, "as_of": self.case.at}
        chargeable = charge.amount - charge.refunded_elsewhere
        return (
            SpendingLimit.model_validate({"scopes": (f"{CHARGE_SCOPE}{charge.id}",), "capacity": chargeable, **told}),
            SpendingLimit.model_validate({"scopes": (f"{UNUSED_SCOPE}{charge.id}",), "capacity": amount, **told}),
        )


def known(asked: Cancellation) -> bool:
    """Whether everything that steps are made of could be had."""
    try:
        return asked.account is not None and asked.lasting is not None
    except FactUnavailable:
        return False


def _left(charge: Charge) -> Money:
    return charge.amount - charge.refunded
