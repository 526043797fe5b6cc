"""What is left of a subscription's cycle, by day, and what that is worth (HB A.2, RULES A.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from casewright.domain.money import Money

DAY = timedelta(days=1)


def days_of(start: datetime, end: datetime) -> int:
    """Days of a cycle, 24 h each; one that ends within a day counts whole. A month has 28 to 31, a year 365 or 366."""
    return max(0, -(-(end - start) // DAY))


def days_left(start: datetime, end: datetime, at: datetime) -> int:
    """Days of a cycle that have not started yet: a started day is used, and the first has started at once."""
    used = (max(at, start) - start) // DAY + 1
    return max(0, days_of(start, end) - used)


def share(whole: Money, part: int, of: int) -> Money:
    """``part`` of ``of`` equal parts of an amount, rounded half up to the minor unit."""
    return Money.from_minor((2 * whole.minor * part + of) // (2 * of), whole.currency)
