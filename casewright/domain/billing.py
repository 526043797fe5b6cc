"""Facts of billing: accounts, charges, and the money already given back (RULES A.1, §6)."""

from __future__ import annotations

from datetime import datetime

from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.ticket import Plan

PART = "/"
"""Between an invoice's id and that of a charge which paid a part of it; no id of the gateway's holds one."""


class Account(Frozen):
    """The customer's account at the payment gateway (fact ``billing.account``)."""

    customer: str
    name: str | None
    contacts: tuple[str, ...]
    """Mail addresses of the account, lower case."""
    plan: Plan | None
    zone: str | None = None
    """The customer's time zone as billing writes it: ``Europe/Berlin``, or something that is none."""
    created: datetime | None = None
    """Since when they are a customer; None: it was not asked for."""


class Charge(Frozen):
    """One charge at the gateway."""

    id: str
    customer: str
    amount: Money
    refunded: Money
    """All that was given back, by whomever."""
    refunded_elsewhere: Money
    """The part of it that is not ours: our own refunds count through their reservations."""
    invoice: str | None = None
    """The gateway's id of the invoice that this charge paid, with the charge's own where it paid a part of it
    (``in_1/ch_2``: a sale of its own); a duplicate has none of its own."""
    created: datetime
    paid: bool
    disputed: bool
    """The cardholder's bank has a dispute open (a chargeback)."""
    transaction_id: str | None


class InvoicedCharge(Frozen):
    """The charge of the invoice that the customer named (fact ``billing.charge``)."""

    invoice: str
    invoice_total: Money
    charge: Charge


class ChargeHistory(Frozen):
    """Every charge of the invoice's customer, oldest first (fact ``billing.history``)."""

    charges: tuple[Charge, ...]


class Remuneration(Frozen):
    """One refund that was reserved or made by the automation."""

    ticket: str
    amount: Money
    at: datetime


class AutomaticRefunds(Frozen):
    """This customer's automatic refunds of the last 30 days by other tickets (fact ``ledger.automatic_refunds``)."""

    refunds: tuple[Remuneration, ...]
    credits: tuple[Remuneration, ...] = ()
    """Credits to this customer in the same 30 days, by any ticket and anybody."""
