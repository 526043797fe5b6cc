"""A.1's questions about a case, one property each (HB A.1, DF 6)."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Literal

from casewright.domain.billing import Account, AutomaticRefunds, ChargeHistory, InvoicedCharge
from casewright.domain.facts import FactUnavailable
from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.ticket import Priority
from casewright.policy.case import Case
from casewright.policy.claims import money_claim, text_claim
from casewright.policy.inputs.duplicates import total, twins_of
from casewright.policy.inputs.proof import Proof, ProofKind

InvoiceState = Literal["missing", "unknown", "foreign", "found"]
PaymentState = Literal["none", "unpaid", "paid", "refunded"]


class Parameters(Frozen):
    """What this code reads of the version's parameters."""

    twin_window: timedelta
    short_window: timedelta
    short_limit: Money
    long_window: timedelta
    long_limit: Money


class Overcharge:
    """A.1's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case, parameters: Parameters) -> None:
        self.case, self.parameters = case, parameters

    @property
    def priority(self) -> Priority:
        """The ticket's."""
        return self.case.priority

    @cached_property
    def account(self) -> Account | None:
        """The account of whoever asks."""
        return self.case.read("billing.account", Account)

    @cached_property
    def invoice(self) -> InvoiceState:
        """What became of the invoice number; without an account every invoice is somebody else's."""
        if text_claim(self.case.claims, "invoice") is None:
            return "missing"
        named = self.case.read("billing.charge", InvoicedCharge)
        if named is None:
            return "unknown"
        ours = self.account is not None and self.account.customer == named.charge.customer
        return "found" if ours else "foreign"

    @cached_property
    def invoiced(self) -> InvoicedCharge | None:
        """The customer's own invoiced charge: nothing is decided, or said, from anybody else's."""
        return self.case.read("billing.charge", InvoicedCharge) if self.invoice == "found" else None

    @cached_property
    def payment(self) -> PaymentState:
        """What the gateway says of the charge."""
        if self.invoiced is None:
            return "none"
        charge = self.invoiced.charge
        if not charge.paid:
            return "unpaid"
        return "refunded" if charge.refunded >= charge.amount else "paid"

    @cached_property
    def proven(self) -> Proof | None:
        """The proof about a paid charge of the customer's own."""
        if self.invoiced is None or self.payment == "unpaid":
            return None
        history = self.case.read("billing.history", ChargeHistory)
        charges = history.charges if history is not None else ()
        return Proof(self.invoiced, twins_of(self.invoiced.charge, charges, self.parameters.twin_window), self.case.at)

    @property
    def proof(self) -> ProofKind:
        """The grounds, in one word."""
        return self.proven.kind if self.proven is not None else "none"

    @property
    def bank_dispute(self) -> bool:
        """Whether the cardholder's bank disputes the charge, or one of its twins: it may return the money itself."""
        if self.invoiced is not None and self.invoiced.charge.disputed:
            return True
        return self.proven is not None and any(twin.disputed for twin in self.proven.group)

    @cached_property
    def disputed(self) -> Money | None:
        """The amount that the customer names, else what is proven and still refundable."""
        named = money_claim(self.case.claims, "amount")
        if named is not None:
            return named
        if self.proven is None or self.proof not in ("duplicate", "overcharge"):
            return None
        return min(self.proven.amount, self.proven.refundable)

    @property
    def within_proven(self) -> bool:
        """Whether no more is disputed than proven, in the charge's own currency."""
        return self.proven is not None and _within(self.disputed, self.proven.amount)

    @property
    def within_refundable(self) -> bool:
        """Whether the gateway can refund what is disputed."""
        if self.invoiced is None or self.payment == "unpaid":
            return False
        return _within(self.disputed, self.invoiced.charge.amount - self.invoiced.charge.refunded)

    @property
    def automatic_short(self) -> Money | None:
        """This refund and the automatic ones of the short window."""
        return self._automatic(self.parameters.short_window)

    @property
    def automatic_long(self) -> Money | None:
        """This refund and the automatic ones of the long window."""
        return self._automatic(self.parameters.long_window)

    def _automatic(self, window: timedelta) -> Money | None:
        if self.disputed is None:
            return None
        past = self.case.read("ledger.automatic_refunds", AutomaticRefunds)
        recent = [r.amount for r in (past.refunds if past else ()) if r.at >= self.case.at - window]
        if any(amount.currency != self.disputed.currency for amount in recent):
            raise FactUnavailable("ledger.automatic_refunds: amounts of different currencies can't be added up")
        return total([self.disputed, *recent], self.disputed.currency)


def _within(amount: Money | None, bound: Money) -> bool:
    return amount is not None and amount.currency == bound.currency and amount <= bound
