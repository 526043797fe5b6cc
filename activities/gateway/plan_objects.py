"""Bills and payments at the gateway as the domain's values, and the marks of a payment plan on its invoices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import stripe

from activities.gateway.objects import STEP_KEY, metadata
from casewright.domain.effects import Done
from casewright.domain.installments import Bill, BillStatus, PaymentRecord
from casewright.domain.money import Money

REPLACED_BY = "casewright_replaced_by"
"""Metadata on an invoice that names the step whose plan replaces it."""
PLAN_OF = "casewright_plan_of"
"""Metadata on a part of a plan that names the invoice which it replaces."""
PART = "casewright_part"
"""Metadata on a part of a plan: which one it is, from 1."""


def read_bill(invoice: stripe.Invoice) -> Bill | None:
    """An invoice as what is owed; None while it has no number."""
    if invoice.number is None:
        return None
    known = metadata(invoice)
    return Bill(
        id=invoice.id,
        number=invoice.number,
        customer=str(invoice.customer),
        status=BillStatus(invoice.status or BillStatus.DRAFT),
        remaining=Money.from_minor(invoice.amount_remaining, invoice.currency),
        due=_instant(invoice.due_date),
        planned=PLAN_OF in known or STEP_KEY in known,
    )


def read_payments(charges: Sequence[stripe.Charge], invoices: Iterable[stripe.Invoice], now: datetime) -> PaymentRecord:
    """Everything that a customer was ever charged and billed, counted."""
    bills = list(invoices)
    return PaymentRecord(
        paid=sum(charge.status == "succeeded" and charge.paid and charge.captured for charge in charges),
        failed=sum(charge.status == "failed" for charge in charges)
        + sum(bill.status == BillStatus.UNCOLLECTIBLE for bill in bills),
        flawed=sum(charge.disputed for charge in charges) + sum(_is_late(bill, now) for bill in bills),
    )


def _is_late(bill: stripe.Invoice, now: datetime) -> bool:
    """Whether it is overdue, or was paid after its due date."""
    due, paid = _instant(bill.due_date), _instant(bill.status_transitions.paid_at)
    if due is None:
        return False
    if bill.status == BillStatus.OPEN:
        return due < now
    return bill.status == BillStatus.PAID and paid is not None and paid > due


def part_number(part: stripe.Invoice) -> int | None:
    """Which part of a plan it is."""
    text = metadata(part).get(PART, "")
    return int(text) if text.isdecimal() else None


def made(parts: Iterable[str]) -> Done:
    """A plan by its invoices."""
    return Done(reference=", ".join(parts))


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds is not None else None
