"""Which charges are one charge made several times (HB A.1: identical ids, or amounts within 72 hours)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from casewright.domain.billing import PART, Charge
from casewright.domain.facts import FactUnavailable
from casewright.domain.money import Money

HISTORY = "billing.history"


def twins_of(charge: Charge, others: Iterable[Charge], window: timedelta) -> tuple[Charge, ...]:
    """The charge and everything connected with it, near or far, oldest first.

    Only paid charges of the same customer count: nobody was charged twice by an attempt that failed.

    Raises:
        FactUnavailable: charges of one transaction are in different currencies, which can't be added up.
    """
    rest = {c.id: c for c in others if c.paid and c.customer == charge.customer and c.id != charge.id}
    group, frontier = [charge], [charge]
    while frontier:
        one = frontier.pop()
        found = [c for c in rest.values() if are_twins(one, c, window)]
        for twin in found:
            del rest[twin.id]
        group += found
        frontier += found
    if len({c.amount.currency for c in group}) > 1:
        raise FactUnavailable(f"{HISTORY}: charges of one transaction are in different currencies")
    return tuple(sorted(group, key=lambda c: (c.created, c.id)))


def are_twins(one: Charge, other: Charge, window: timedelta) -> bool:
    """The same transaction id at any distance, or equal amounts within the window, exactly at its end included.

    Equal amounts of which each paid an invoice of its own are two sales.
    """
    if one.transaction_id is not None and one.transaction_id == other.transaction_id:
        return True
    if one.invoice is not None and other.invoice is not None and one.invoice != other.invoice:
        return False
    return one.amount == other.amount and abs(one.created - other.created) <= window


def too_much(group: tuple[Charge, ...]) -> Money:
    """What a group was charged too much: everything but the dearest charge of each sale in it."""
    currency = group[0].amount.currency
    kept: dict[str | None, Money] = {}
    for charge in group:
        sale = _sale(charge, group)
        kept[sale] = max(kept.get(sale, charge.amount), charge.amount)
    if len(kept) > 1:
        kept.pop(None, None)
    return total((c.amount for c in group), currency) - total(kept.values(), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency."""
    return Money.from_minor(sum(amount.minor for amount in amounts), currency)


def _sale(charge: Charge, group: tuple[Charge, ...]) -> str | None:
    """The invoice that a charge belongs to, its own or its transaction's; None: one that nobody was billed for.

    A charge that paid a part of an invoice is a sale of its own, whatever shares its transaction.
    """
    if charge.invoice is not None and PART in charge.invoice:
        return charge.invoice
    same = [c for c in group if c.transaction_id is not None and c.transaction_id == charge.transaction_id]
    return min((c.invoice for c in (charge, *same) if c.invoice is not None), default=None)
