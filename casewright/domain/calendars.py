"""Business time: adding it to an instant, and measuring it between two (RULES §4, "Calendar conventions").

Instants come with any zone and are given back in UTC. Business time is real elapsed time inside the windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from casewright.domain.opening_hours import Calendar, Weekday, Window, Windows, weekday_of, zone_named
from casewright.domain.timeline import Stretch, Timeline, instant_of

__all__ = [
    "REACH",
    "Calendar",
    "NeverOpens",
    "Stretch",
    "Weekday",
    "Window",
    "Windows",
    "add",
    "between",
    "instant_of",
    "is_open",
    "next_opening",
    "openings",
    "weekday_of",
    "zone_named",
]

REACH = timedelta(days=36525)
"""How far ahead is looked: a hundred years. No commitment lasts longer, and a search must end."""

_ZERO = timedelta()
_DAY = timedelta(days=1)
_PART = timedelta(days=366)
_END = datetime(9999, 12, 31, tzinfo=UTC)


class NeverOpens(ValueError):
    """The calendar doesn't open, or not for long enough, in the next hundred years."""


def add(calendar: Calendar, start: datetime, business: timedelta) -> datetime:
    """The instant by which this much business time has passed since a start.

    Business time that ends exactly at closing ends at that closing. None at all ends at once inside a window, and at
    the next opening outside: the closing instant is outside.

    Raises:
        ValueError: the time is negative, or the start has no time zone.
        NeverOpens: there isn't so much business time within a hundred years.
    """
    if business < _ZERO:
        raise ValueError(f"business time can't be added backwards: {business} is negative")
    if business == _ZERO:
        return next_opening(calendar, start)
    start, left = _utc(start), business
    for month in Timeline.of(calendar).months(start, _horizon(calendar, start)):
        before = month.until(start)
        if left <= month.total - before:
            return month.when(before + left)
        left -= month.total - before
    raise NeverOpens(f"the calendar {calendar.id} has only {business - left} of business time after {start}")


def between(calendar: Calendar, earlier: datetime, later: datetime) -> timedelta:
    """The business time from one instant to another; negative when the other comes first.

    Raises:
        ValueError: an instant has no time zone.
    """
    earlier, later = _utc(earlier), _utc(later)
    if later < earlier:
        return -between(calendar, later, earlier)
    months = Timeline.of(calendar).months(earlier, later)
    return sum((month.until(later) - month.until(earlier) for month in months), _ZERO)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether an instant lies inside a window; the closing instant doesn't."""
    at = _utc(at)
    months = Timeline.of(calendar).months(at, at)
    return any(start <= at < end for month in months for start, end in month.stretches())


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """The first instant from this one on at which it is open: this one itself inside a window.

    Raises:
        NeverOpens: there is none within a hundred years.
    """
    for start, _ in openings(calendar, at):
        return start
    raise NeverOpens(f"the calendar {calendar.id} never opens after {_utc(at)}")


def openings(calendar: Calendar, since: datetime) -> Iterator[Stretch]:
    """Open stretches from an instant on, in order, merged across midnight; the first is cut at the instant.

    A calendar that never closes is given in stretches of about a year.
    """
    since = _utc(since)
    held: Stretch | None = None
    for start, end in _pieces(calendar, since):
        if held is not None and start == held[1] and end - held[0] <= _PART:
            held = (held[0], end)
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def _pieces(calendar: Calendar, since: datetime) -> Iterator[Stretch]:
    for month in Timeline.of(calendar).months(since, _horizon(calendar, since)):
        for start, end in month.stretches():
            if end > since:
                yield max(start, since), end


def _horizon(calendar: Calendar, start: datetime) -> datetime:
    """Up to when it is worth looking: a calendar that no weekday opens ends with its last exception day."""
    reach = min(start, _END - REACH) + REACH
    if any(calendar.weekly.values()):
        return reach
    last = max((day for day, windows in calendar.exceptions.items() if windows), default=date(1, 1, 3))
    return min(reach, datetime.combine(last, time(), UTC) + 3 * _DAY)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC)
