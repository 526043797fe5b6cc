"""I.2's questions about a case, one property each (HB I.2)."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Literal

from casewright.domain.billing import Account
from casewright.domain.facts import FactUnavailable
from casewright.domain.installments import Bill, BillStatus, Installment, PaymentRecord, counted_from, installments
from casewright.domain.money import Money
from casewright.domain.months import months_since
from casewright.policy.case import Case
from casewright.policy.claims import text_claim

Dispute = Literal["none", "billing", "contract", "unclear"]
InvoiceState = Literal["missing", "unknown", "foreign", "found"]
BillState = Literal["none", "open", "planned", "settled"]
History = Literal["none", "perfect", "flawed", "failed"]
_DISPUTES: dict[str, Dispute] = {"none": "none", "billing": "billing", "contract": "contract"}


class PlanRequest:
    """I.2's questions about a case; one that needs a fact that can't be had raises ``FactUnavailable``."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @property
    def dispute(self) -> Dispute:
        """On which ground the customer disputes the invoice itself; a word that we don't know is unclear."""
        named = text_claim(self.case.claims, "disputed_reason")
        if named is None:
            return "unclear" if isinstance(self.case.claims.get("disputed_reason"), Money) else "none"
        return _DISPUTES.get(named.lower(), "unclear")

    @cached_property
    def account(self) -> Account | None:
        """The account of whoever asks."""
        return self.case.read("billing.account", Account)

    @property
    def tenure(self) -> Decimal | None:
        """For how many months they have been a customer; None without an account."""
        if self.account is None:
            return None
        if self.account.created is None:
            raise FactUnavailable("billing.account: since when they are a customer is not known")
        try:
            return months_since(self.account.created, self.case.at)
        except ValueError as error:
            raise FactUnavailable(f"billing.account: {error}") from error

    @property
    def history(self) -> History:
        """How they have paid so far, by the worst of it."""
        record = self.case.read("billing.payments", PaymentRecord)
        if record is None:
            return "none"
        if record.failed:
            return "failed"
        if record.flawed:
            return "flawed"
        return "perfect" if record.paid else "none"

    @cached_property
    def invoice(self) -> InvoiceState:
        """What became of the invoice number; without an account every invoice is somebody else's."""
        if text_claim(self.case.claims, "invoice") is None:
            return "missing"
        named = self.case.read("billing.bill", Bill)
        if named is None:
            return "unknown"
        return "found" if self.account is not None and self.account.customer == named.customer else "foreign"

    @cached_property
    def own(self) -> Bill | None:
        """The customer's own invoice: nothing is decided, or said, from anybody else's."""
        return self.case.read("billing.bill", Bill) if self.invoice == "found" else None

    @cached_property
    def bill(self) -> BillState:
        """Whether anything is owed on it, and whether it is a part of a plan already."""
        if self.own is None:
            return "none"
        if self.own.status is not BillStatus.OPEN or self.own.remaining.minor <= 0:
            return "settled"
        return "planned" if self.own.planned else "open"

    @property
    def months(self) -> Decimal | None:
        """For how many months they ask; None when they don't say."""
        named = text_claim(self.case.claims, "months")
        return Decimal(named) if named is not None else None

    @cached_property
    def parts(self) -> tuple[Installment, ...] | None:
        """The plan that they ask for; None when there is nothing to plan, or no such plan."""
        if self.own is None or self.bill != "open" or self.months is None:
            return None
        return installments(self.own.remaining, int(self.months), counted_from(self.own.due, self.case.at))
