"""The gateway's objects as the domain's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from casewright.domain.billing import Account, Charge, ChargeHistory, InvoicedCharge
from casewright.domain.money import Money
from casewright.domain.ticket import Plan

STEP_KEY = "casewright_step"
"""Metadata that names the step on everything that we make at the gateway."""
UNDONE = ("failed", "canceled")
"""A refund in these states gave nothing."""


@dataclass(frozen=True)
class Invoice:
    """An invoice, and what paid it: the ids of charges, or of payment intents that charges name."""

    id: str
    number: str | None
    customer: str
    total: Money
    payments: frozenset[str]


def invoiced(invoice: Invoice, history: ChargeHistory) -> InvoicedCharge | None:
    """The invoice with its charge; None when it was never paid."""
    charge = next((c for c in history.charges if c.invoice == invoice.id), None)
    if charge is None or invoice.number is None:
        return None
    return InvoicedCharge(invoice=invoice.number, invoice_total=invoice.total, charge=charge)


def read_account(customer: stripe.Customer) -> Account | None:
    """An account; None when it was deleted."""
    if getattr(customer, "deleted", False):
        return None
    known = metadata(customer)
    plan = known.get("plan")
    contacts = [customer.email, *known.get("contacts", "").split(",")]
    return Account(
        customer=customer.id,
        name=customer.name,
        contacts=tuple(c.strip().lower() for c in contacts if c and c.strip()),
        plan=Plan(plan) if plan in list(Plan) else None,
    )


def read_invoice(invoice: stripe.Invoice) -> Invoice:
    """An invoice read with its ``payments``: today's API names neither the charge nor the intent elsewhere."""
    payments = [p.payment.to_dict() for p in invoice.payments.data] if invoice.payments else []
    return Invoice(
        id=invoice.id,
        number=invoice.number,
        customer=str(invoice.customer),
        total=Money.from_minor(invoice.total, invoice.currency),
        payments=frozenset(str(i) for p in payments for i in (p.get("charge"), p.get("payment_intent")) if i),
    )


def read_charge(charge: stripe.Charge, paid: Mapping[str, str]) -> Charge:
    """A charge read with its ``refunds``; ``paid`` leads from charge or payment intent to the invoice."""
    refunds = charge.refunds.data if charge.refunds else []
    elsewhere = sum(r.amount for r in refunds if STEP_KEY not in metadata(r) and r.status not in UNDONE)
    return Charge(
        id=charge.id,
        customer=str(charge.customer),
        amount=Money.from_minor(charge.amount, charge.currency),
        refunded=Money.from_minor(charge.amount_refunded, charge.currency),
        refunded_elsewhere=Money.from_minor(elsewhere, charge.currency),
        invoice=paid.get(charge.id) or paid.get(str(charge.payment_intent)),
        created=datetime.fromtimestamp(charge.created, tz=UTC),
        paid=charge.paid and charge.captured and charge.status == "succeeded",
        disputed=charge.disputed,
        transaction_id=metadata(charge).get("transaction_id"),
    )


def metadata(
    thing: stripe.Customer | stripe.Charge | stripe.Refund | stripe.CustomerBalanceTransaction,
) -> dict[str, str]:
    """An object's metadata as a dictionary, empty when it has none."""
    return dict(thing.metadata.to_dict()) if thing.metadata else {}
