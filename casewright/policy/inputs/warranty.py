"""A purchase as C.1 looks at it: how long its warranty lasts, and what the customer says of its date (HB C.1)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from casewright.domain.facts import FactUnavailable
from casewright.domain.months import months_after
from casewright.domain.shipping import Purchase
from casewright.policy.inputs.zones import date_there

Said = Literal["nothing", "same", "other", "unclear"]
FACT = "shop.serial"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def last_day(purchase: Purchase) -> date | None:
    """The last day under warranty, itself included, by the calendar of where it went; None: there is no warranty.

    Raises:
        FactUnavailable: the terms reach beyond the calendar.
    """
    if purchase.warranty_months == 0:
        return None
    try:
        return months_after(purchase.bought_on, purchase.warranty_months)
    except ValueError as error:
        raise FactUnavailable(f"{FACT}: {error}") from error


def under_warranty(purchase: Purchase, reported: datetime) -> bool:
    """Whether it was under warranty when the defect was reported.

    Raises:
        FactUnavailable: the shop's terms or time zone can't be, or it was bought after that.
    """
    day, last = date_there(reported, purchase.time_zone, FACT), last_day(purchase)
    if day < purchase.bought_on:
        raise FactUnavailable(f"{FACT}: it was bought on {purchase.bought_on}, after it was reported")
    return last is not None and day <= last


def said_of_date(claim: str | None, purchase: Purchase) -> Said:
    """What the customer says of the purchase date; one that isn't written as 2025-03-01 could be any of several."""
    if claim is None:
        return "nothing"
    if _ISO.fullmatch(claim) is None:
        return "unclear"
    try:
        return "same" if date.fromisoformat(claim) == purchase.bought_on else "other"
    except ValueError:
        return "unclear"
