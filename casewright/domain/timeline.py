"""A calendar's open stretches as instants, month by month, each worked out once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from casewright.domain.opening_hours import Calendar, zone_named

_ZERO = timedelta()
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# No offset from UTC and no window is longer than a day: what is open at an instant opened in a month that this reaches.
_MARGIN = 3 * _DAY
_FIRST, _LAST = datetime(1, 2, 1, tzinfo=UTC), datetime(9999, 11, 30, tzinfo=UTC)

Stretch = tuple[datetime, datetime]
"""From an instant up to another, in UTC."""


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time without zone.

    One that the clock skips is the first instant after the gap; one that comes twice is its first coming. So every
    local time is one instant, in order, and windows that touch on the wall still touch in real time.
    """
    first = local.replace(tzinfo=zone)
    before, after = first.utcoffset() or _ZERO, first.replace(fold=1).utcoffset() or _ZERO
    if before >= after:
        return (local - before).replace(tzinfo=UTC)
    return _end_of_gap(local - after, local - before, after, zone)


def _end_of_gap(low: datetime, high: datetime, after: timedelta, zone: ZoneInfo) -> datetime:
    """The instant between two at which the offset changes; zones change on whole seconds."""
    low, high = low.replace(microsecond=0, tzinfo=UTC), high.replace(microsecond=0, tzinfo=UTC) + _SECOND
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


@dataclass(frozen=True, slots=True)
class Month:
    """The stretches that open on the days of one local month, and the time worked before each ends."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    worked: tuple[timedelta, ...]
    """At the end of each stretch, since the month began."""

    @classmethod
    def of(cls, calendar: Calendar, year: int, month: int) -> Self:
        """One month of a calendar."""
        first, zone = date(year, month, 1), zone_named(calendar.zone)
        days = [first + n * _DAY for n in range(31) if (first + n * _DAY).month == month]
        stretches = [(instant_of(o, zone), instant_of(c, zone)) for o, c in calendar.local_spans(days)]
        stretches = [(start, end) for start, end in stretches if start < end]
        worked, total = [], _ZERO
        for start, end in stretches:
            total += end - start
            worked.append(total)
        return cls(tuple(s for s, _ in stretches), tuple(e for _, e in stretches), tuple(worked))

    @property
    def total(self) -> timedelta:
        """All time worked in stretches of the month."""
        return self.worked[-1] if self.worked else _ZERO

    def until(self, at: datetime) -> timedelta:
        """The time worked in the month's stretches before an instant."""
        begun = bisect_right(self.starts, at)
        if begun == 0:
            return _ZERO
        return self.worked[begun - 1] - max(self.ends[begun - 1] - at, _ZERO)

    def when(self, worked: timedelta) -> datetime:
        """The first instant by which this much, more than nothing and at most all, is worked."""
        index = bisect_left(self.worked, worked)
        return self.ends[index] - (self.worked[index] - worked)

    def stretches(self) -> Iterator[Stretch]:
        """Each from and up to."""
        return zip(self.starts, self.ends, strict=True)


@dataclass(slots=True)
class Timeline:
    """The months of one calendar, kept once they are known."""

    calendar: Calendar
    _months: dict[tuple[int, int], Month] = field(default_factory=dict)

    @classmethod
    def of(cls, calendar: Calendar) -> Timeline:
        """A calendar's timeline, kept with it; a changed copy of a calendar gets one of its own."""
        kept = calendar.__dict__.get("_timeline")
        if isinstance(kept, cls) and kept.calendar is calendar:
            return kept
        made = calendar.__dict__["_timeline"] = cls(calendar)
        return made

    def months(self, since: datetime, until: datetime) -> Iterator[Month]:
        """All months whose stretches can touch what lies between two instants."""
        first, last = max(since, _FIRST) - _MARGIN, min(until, _LAST) + _MARGIN
        at = (first.year, first.month)
        while at <= (last.year, last.month):
            if at not in self._months:
                self._months[at] = Month.of(self.calendar, *at)
            yield self._months[at]
            at = (at[0] + at[1] // 12, at[1] % 12 + 1)
