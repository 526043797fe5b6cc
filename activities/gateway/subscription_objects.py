"""The gateway's subscriptions, and the invoices that bill their cycles, as the domain's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from activities.gateway.objects import metadata
from casewright.domain.billing import PART, Charge, ChargeHistory, InvoicedCharge
from casewright.domain.money import Money
from casewright.domain.subscriptions import CyclePayment, Subscription, SubscriptionStanding

ENDED = ("canceled", "incomplete_expired")
PRICE_LOCKED = "price_locked"
"""Metadata of a subscription whose contract fixes the price; whatever isn't plainly a no is a yes."""
_NO = ("", "0", "no", "false")


@dataclass(frozen=True)
class CycleInvoice:
    """An invoice of a subscription, and the one span of time that all its lines bill; None: there are several."""

    id: str
    number: str | None
    total: Money
    span: tuple[datetime, datetime] | None


def read_subscription(subscription: stripe.Subscription) -> Subscription:
    """A subscription; what the gateway calls by a word that we don't know is unsettled."""
    spans = {(item.current_period_start, item.current_period_end) for item in subscription.items.data}
    start, end = spans.pop() if len(spans) == 1 and not subscription.items.has_more else (None, None)
    locked = metadata(subscription).get(PRICE_LOCKED, "").strip().lower()
    return Subscription(
        id=subscription.id,
        standing=_standing(subscription.status),
        price_locked=locked not in _NO,
        cycle_start=_instant(start) if start is not None else None,
        cycle_end=_instant(end) if end is not None else None,
    )


def _standing(status: str) -> SubscriptionStanding:
    if status in ENDED:
        return SubscriptionStanding.ENDED
    return SubscriptionStanding.ACTIVE if status == "active" else SubscriptionStanding.UNSETTLED


def read_cycle_invoice(invoice: stripe.Invoice) -> CycleInvoice:
    """An invoice with the span that it bills; one that settles a change in mid-cycle bills no whole cycle."""
    spans = {(line.period.start, line.period.end) for line in invoice.lines.data}
    changes = any(_is_proration(line) for line in invoice.lines.data)
    plain = len(spans) == 1 and not changes and not invoice.lines.has_more
    start, end = spans.pop() if plain else (0, 0)
    return CycleInvoice(
        id=invoice.id,
        number=invoice.number,
        total=Money.from_minor(invoice.total, invoice.currency),
        span=(_instant(start), _instant(end)) if plain else None,
    )


def _is_proration(line: stripe.InvoiceLineItem) -> bool:
    details = line.parent.subscription_item_details if line.parent is not None else None
    return details is None or details.proration


def latest_payment(invoices: Iterable[CycleInvoice], history: ChargeHistory) -> CyclePayment | None:
    """The newest paid charge of these invoices; None when nothing was ever paid."""
    known = {invoice.id: invoice for invoice in invoices}
    paid = [charge for charge in history.charges if charge.paid and _invoice_id(charge) in known]
    charge = max(paid, key=lambda c: (c.created, c.id), default=None)
    if charge is None:
        return None
    invoice = known[_invoice_id(charge)]
    begins, ends = invoice.span or (None, None)
    return CyclePayment(
        invoiced=InvoicedCharge(invoice=invoice.number or invoice.id, invoice_total=invoice.total, charge=charge),
        in_parts=PART in str(charge.invoice),
        covers_from=begins,
        covers_until=ends,
    )


def meant(held: Sequence[Subscription]) -> Subscription | None:
    """The one that has not ended, else the newest; None when there is none, or it is not certain which."""
    lasting = [s for s in held if s.standing is not SubscriptionStanding.ENDED]
    if len(lasting) > 1:
        return None
    return lasting[0] if lasting else next(iter(held), None)


def _invoice_id(charge: Charge) -> str:
    return str(charge.invoice).partition(PART)[0]


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
