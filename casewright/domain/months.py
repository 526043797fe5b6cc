"""Calendar months added to dates: terms that count in months, not in days."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, UTC, date, datetime
from decimal import ROUND_DOWN, Decimal

_FINE = Decimal("1e-9")


def months_after(day: date, months: int) -> date:
    """The same day so many months later; in a shorter month its last day (31 January and a month: 28 February).

    Raises:
        ValueError: it lies beyond the calendar, or ``months`` is negative.
    """
    if months < 0:
        raise ValueError(f"{months} months is no time ahead")
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > MAXYEAR:
        raise ValueError(f"{months} months after {day} is beyond the calendar")
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def months_since(start: datetime, at: datetime) -> Decimal:
    """How many calendar months have passed, in UTC: whole ones, and of the one that runs the share that has passed.

    Exactly so many months are a whole number; an instant less is less, and an instant more is more, down to a few
    milliseconds.

    Raises:
        ValueError: ``start`` lies ahead.
    """
    start, at = start.astimezone(UTC), at.astimezone(UTC)
    if at < start:
        raise ValueError(f"{start} is no time ago")
    whole = (at.year - start.year) * 12 + at.month - start.month
    if _anniversary(start, whole) > at:
        whole -= 1
    begun, ends = _anniversary(start, whole), _anniversary(start, whole + 1)
    share = Decimal((at - begun).total_seconds()) / Decimal((ends - begun).total_seconds())
    return whole + share.quantize(_FINE, rounding=ROUND_DOWN)


def _anniversary(start: datetime, months: int) -> datetime:
    return datetime.combine(months_after(start.date(), months), start.timetz())
