"""The gateway's objects as the domain's values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from casewright.domain.billing import PART, Account, Charge, ChargeHistory, InvoicedCharge
from casewright.domain.money import Money
from casewright.domain.ticket import Plan
from casewright.records.audit_report import GatewayMovement

STEP_KEY = "casewright_step"
"""Metadata that names the step on everything that we make at the gateway."""
UNDONE = ("failed", "canceled")
"""A refund in these states gave nothing."""


@dataclass(frozen=True)
class Invoice:
    """An invoice, and what was meant to pay it: the ids of charges, or of payment intents that charges name."""

    id: str
    number: str | None
    customer: str
    total: Money
    payments: frozenset[str]


def invoiced(invoice: Invoice, history: ChargeHistory) -> InvoicedCharge | None:
    """The invoice with its charge; None when nobody ever tried to pay it.

    An attempt that failed is no payment: the charge is the oldest paid one, whatever was given back on it since, so
    that every ticket about the invoice looks at the same; an attempt stands in only where nothing was paid. A charge
    that paid the whole invoice again is a duplicate (HB A.1), and is found among the customer's others.
    """
    tried = [c for c in history.charges if c.invoice is not None and c.invoice.partition(PART)[0] == invoice.id]
    if not tried or invoice.number is None:
        return None
    charge = next((c for c in tried if c.paid), tried[0])
    return InvoicedCharge(invoice=invoice.number, invoice_total=invoice.total, charge=charge)


def tell_parts_apart(charges: Iterable[Charge], invoices: Iterable[Invoice]) -> list[Charge]:
    """The charges, of which those that paid an invoice in parts name a part of it each: ``in_1/ch_2``.

    Two halves are equal and near each other, and both are owed: as sales of their own they prove no duplicate, and
    people look. Where every charge paid the whole invoice, all but one are too much.
    """
    whole = {invoice.id: invoice.total for invoice in invoices}
    paid = [charge for charge in charges if charge.paid and charge.invoice in whole]
    several = {name for name, times in Counter(charge.invoice for charge in paid).items() if times > 1}
    short = {c.invoice for c in paid if not _covers(c.amount, whole[str(c.invoice)])}
    return [_as_part(c) if c in paid and c.invoice in several & short else c for c in charges]


def _covers(amount: Money, total: Money) -> bool:
    return amount.currency == total.currency and amount >= total


def _as_part(charge: Charge) -> Charge:
    return charge.model_copy(update={"invoice": f"{charge.invoice}{PART}{charge.id}"})


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
        zone=known.get("time_zone", "").strip() or None,
        created=datetime.fromtimestamp(customer.created, tz=UTC),
    )


def read_invoice(invoice: stripe.Invoice, payments: Iterable[stripe.InvoicePayment]) -> Invoice:
    """An invoice and all its payments: today's API names neither the charge nor the intent elsewhere."""
    means = [payment.payment.to_dict() for payment in payments]
    return Invoice(
        id=invoice.id,
        number=invoice.number,
        customer=str(invoice.customer),
        total=Money.from_minor(invoice.total, invoice.currency),
        payments=frozenset(str(i) for p in means for i in (p.get("charge"), p.get("payment_intent")) if i),
    )


def read_charge(charge: stripe.Charge, refunds: Iterable[stripe.Refund], paid: Mapping[str, str]) -> Charge:
    """A charge and all its refunds; ``paid`` leads from charge or payment intent to the invoice."""
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


def read_refund(refund: stripe.Refund) -> GatewayMovement | None:
    """A refund as money that moved; None when it gave nothing."""
    if refund.status in UNDONE:
        return None
    amount = Money.from_minor(refund.amount, refund.currency)
    return GatewayMovement(reference=refund.id, amount=amount, step_key=metadata(refund).get(STEP_KEY))


def read_credit(movement: stripe.CustomerBalanceTransaction) -> GatewayMovement | None:
    """A credit of ours as money that moved; None for every other change of a balance. Stripe's credits are negative."""
    key = metadata(movement).get(STEP_KEY)
    if key is None or movement.amount >= 0:
        return None
    amount = Money.from_minor(-movement.amount, movement.currency)
    return GatewayMovement(reference=movement.id, amount=amount, step_key=key)


def metadata(
    thing: stripe.Customer
    | stripe.Charge
    | stripe.Refund
    | stripe.CustomerBalanceTransaction
    | stripe.Subscription
    | stripe.Invoice,
) -> dict[str, str]:
    """An object's metadata as a dictionary, empty when it has none."""
    return dict(thing.metadata.to_dict()) if thing.metadata else {}
