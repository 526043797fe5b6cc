"""Calendar months added to dates: terms that count in months, not in days."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date


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
