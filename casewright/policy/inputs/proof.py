"""What is proven about a charge: how much too much was taken, and how much of that was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from casewright.domain.billing import Charge, InvoicedCharge
from casewright.domain.money import Money
from casewright.domain.steps import CHARGE_SCOPE, OVERCHARGE_SCOPE, TWIN_SCOPE, SpendingLimit
from casewright.policy.inputs.duplicates import too_much, total

ProofKind = Literal["none", "settled", "duplicate", "overcharge"]


@dataclass(frozen=True)
class Proof:
    """The proof about an invoiced charge, from its group of duplicates and its invoice's total (HB A.1)."""

    invoiced: InvoicedCharge
    group: tuple[Charge, ...]
    as_of: datetime

    @property
    def charge(self) -> Charge:
        """The charge that the invoice names."""
        return self.invoiced.charge

    @cached_property
    def duplicate(self) -> Money:
        """What the group was charged too much, whatever was given back since."""
        return too_much(self.group)

    @cached_property
    def overcharge(self) -> Money:
        """Charge less invoice total; nothing when they are in different currencies."""
        amount, bill = self.charge.amount, self.invoiced.invoice_total
        return amount - bill if amount.currency == bill.currency and amount > bill else Money.zero(amount.currency)

    @property
    def kind(self) -> ProofKind:
        """On what grounds money can be given back; ``settled``: it was proven, and has been."""
        if self.amount.minor > 0:
            return "duplicate" if self._duplicate_left >= self._overcharge_left else "overcharge"
        return "settled" if self.duplicate.minor or self.overcharge.minor else "none"

    @property
    def amount(self) -> Money:
        """What may still be given back on this charge on the better ground; the grounds are not added up."""
        return max(self._duplicate_left, self._overcharge_left)

    @property
    def refundable(self) -> Money:
        """What the gateway can still refund of the charge."""
        return self.charge.amount - self.charge.refunded

    def limits(self, amount: Money) -> tuple[SpendingLimit, ...]:
        """What bounds a refund of this amount, together with every other refund of the same charge or duplicate.

        Capacities leave out what others than we refunded; what we did counts through its own reservations.
        """
        charge = self.charge
        overcharged = amount <= self.overcharge
        limits = [self._limit((f"{CHARGE_SCOPE}{charge.id}",), charge.amount, charge.refunded_elsewhere)]
        if self.duplicate.minor and not (overcharged and self.kind == "overcharge"):
            scopes = tuple(f"{TWIN_SCOPE}{twin.id}" for twin in self.group)
            elsewhere = total((twin.refunded_elsewhere for twin in self.group), charge.amount.currency)
            limits.append(self._limit(scopes, self.duplicate, elsewhere))
        if overcharged and self.kind != "duplicate":
            limits.append(self._limit((f"{OVERCHARGE_SCOPE}{charge.id}",), self.overcharge, charge.refunded_elsewhere))
        return tuple(limits)

    def _limit(self, scopes: tuple[str, ...], whole: Money, elsewhere: Money) -> SpendingLimit:
        capacity = _rest(whole, elsewhere)
        return SpendingLimit(scopes=scopes, capacity=capacity, elsewhere=elsewhere, as_of=self.as_of)

    @cached_property
    def _duplicate_left(self) -> Money:
        given = total((twin.refunded for twin in self.group), self.charge.amount.currency)
        return min(_rest(self.duplicate, given), self.charge.amount)

    @cached_property
    def _overcharge_left(self) -> Money:
        return _rest(self.overcharge, self.charge.refunded)


def _rest(whole: Money, gone: Money) -> Money:
    return whole - gone if whole > gone else Money.zero(whole.currency)
