"""Payment plans: what is billed and how it was paid so far, and a debt cut into parts (RULES I.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from casewright.domain.model import Frozen
from casewright.domain.money import Money
from casewright.domain.months import months_after

MAX_PARTS = 24


class BillStatus(StrEnum):
    """What can become of a bill, in the gateway's words."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class Bill(Frozen):
    """The invoice that the customer named (fact ``billing.bill``)."""

    id: str
    number: str
    customer: str
    status: BillStatus
    remaining: Money
    """What is still owed."""
    due: datetime | None
    planned: bool
    """It is part of a payment plan already."""


class PaymentRecord(Frozen):
    """How a customer has paid so far (fact ``billing.payments``)."""

    paid: int
    """Charges that were paid."""
    failed: int
    """Charges that failed, and bills given up as uncollectible, ever."""
    flawed: int
    """Bills that were paid late or are overdue, and payments that the cardholder's bank disputes."""


class Installment(Frozen):
    """One part of a plan."""

    due: date
    """Payable until the end of this day, in UTC."""
    amount: Money

    def __str__(self) -> str:
        return f"{self.amount} by {self.due:%d %B %Y}"


Installments = Annotated[tuple[Installment, ...], Field(min_length=1, max_length=MAX_PARTS)]


def installments(owed: Money, months: int, after: date) -> tuple[Installment, ...] | None:
    """A debt in as many equal parts as months, the first due one month after a day; the last part takes the rest.

    Every due date is counted from that day, so that a short month doesn't shift those after it.

    Returns:
        None when there is no such plan: no months, too many, or less than the smallest coin for each.
    """
    if not 1 <= months <= MAX_PARTS or owed.minor < months:
        return None
    part = owed.minor // months
    amounts = [part] * (months - 1) + [owed.minor - part * (months - 1)]
    return tuple(
        Installment(due=months_after(after, number), amount=Money.from_minor(minor, owed.currency))
        for number, minor in enumerate(amounts, 1)
    )


def add_up(parts: Sequence[Installment], owed: Money) -> bool:
    """Whether the parts are the debt to the cent, each of them something, one after the other."""
    minor = [part.amount.minor for part in parts]
    return (
        all(part.amount.currency == owed.currency for part in parts)
        and min(minor) > 0
        and sum(minor) == owed.minor
        and all(before.due < later.due for before, later in pairwise(parts))
    )


def counted_from(due: datetime | None, now: datetime) -> date:
    """The day that a plan's months are counted from: the bill's own due date, or today where that is later (UTC)."""
    today = now.astimezone(UTC).date()
    return today if due is None else max(today, due.astimezone(UTC).date())
