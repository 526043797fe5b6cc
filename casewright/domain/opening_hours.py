"""When a team works: windows of the week, holidays and exception days, in the local time of one zone (RULES §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from casewright.domain.clocks import CalendarId
from casewright.domain.model import Frozen

_DAY = timedelta(days=1)
# Files among the zones that are another's copy, or this machine's own choice: the same name wouldn't mean the same.
_NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")


class Weekday(StrEnum):
    """The days of the week, from Monday as Python counts them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


def weekday_of(day: date) -> Weekday:
    """The weekday of a date."""
    return _WEEK[day.weekday()]


@cache
def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA database.

    Raises:
        ValueError: there is none of this name.
    """
    if name.startswith(_NO_ZONES):
        raise ValueError(f"{name!r} is no time zone of the IANA database")
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone of the IANA database: write it as Europe/Berlin") from error


def _zone(name: str) -> str:
    zone_named(name)
    return name


def _midnight(value: object) -> object:
    return "00:00" if value in ("24:00", "24:00:00") else value


class Window(Frozen):
    """Open from a local time up to another; the closing instant itself is closed.

    A window that closes at or before the time at which it opens lasts into the next day: 22:00-06:00, and 00:00-24:00
    for the whole day. 24:00 is kept as the 00:00 that it is.
    """

    opens: time
    closes: Annotated[time, BeforeValidator(_midnight)]

    @model_validator(mode="after")
    def _local(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("a window is in the calendar's local time: it has no time zone of its own")
        return self

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Its local opening and closing when it opens on a date."""
        closing_day = day + _DAY if self.closes <= self.opens else day
        return datetime.combine(day, self.opens), datetime.combine(closing_day, self.closes)

    @property
    def length(self) -> timedelta:
        """How long it is on a day without a clock change."""
        opening, closing = self.on(date(2000, 1, 1))
        return closing - opening

    def __str__(self) -> str:
        closes = "24:00" if self.closes == time() else _clock(self.closes)
        return f"{_clock(self.opens)}-{closes}"


def _clock(at: time) -> str:
    return at.isoformat("minutes") if at == at.replace(second=0, microsecond=0) else at.isoformat()


Windows = tuple[Window, ...]


def in_order(windows: Windows) -> Windows:
    """Windows of one day, in order.

    Raises:
        ValueError: two of them overlap; they may touch.
    """
    ordered = tuple(sorted(windows, key=lambda window: window.opens))
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes or earlier.closes <= earlier.opens:
            raise ValueError(f"the windows {earlier} and {later} of one day overlap")
    return ordered


class Calendar(Frozen):
    """Whose hours count; a window over midnight belongs to the day on which it opens."""

    id: CalendarId
    zone: Annotated[str, AfterValidator(_zone)]
    """A name of the IANA database: ``Europe/Berlin``."""
    weekly: dict[Weekday, Annotated[Windows, AfterValidator(in_order)]] = Field(default_factory=dict)
    """A weekday that is missing is closed."""
    holidays: dict[date, str] = Field(default_factory=dict)
    """Date → name: no window opens on it."""
    exceptions: dict[date, Annotated[Windows, AfterValidator(in_order)]] = Field(default_factory=dict)
    """The hours of one date instead of its weekday's, a holiday or not; none: closed."""

    def windows_on(self, day: date) -> Windows:
        """The windows that open on a date, in order."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.weekly.get(weekday_of(day), ())

    def local_spans(self, days: Sequence[date]) -> list[tuple[datetime, datetime]]:
        """The open stretches of days in a row, in local time, merged; what the day before left open is not repeated."""
        found: list[tuple[datetime, datetime]] = []
        covered = self._closing_of(days[0] - _DAY)
        for opening, closing in (window.on(day) for day in days for window in self.windows_on(day)):
            if closing <= covered:
                continue
            if found and opening <= covered:
                found[-1] = (found[-1][0], closing)
            else:
                found.append((max(opening, covered), closing))
            covered = closing
        return found

    def _closing_of(self, day: date) -> datetime:
        """When the last window of a day closes, else the day's begin."""
        return max((window.on(day)[1] for window in self.windows_on(day)), default=datetime.combine(day, time()))

    @property
    def working_day(self) -> timedelta | None:
        """The commonest length of its open weekdays, of equally common ones the shortest; None: it has no open ones."""
        lengths = [sum((w.length for w in windows), timedelta()) for windows in self.weekly.values() if windows]
        return min(lengths, key=lambda length: (-lengths.count(length), length), default=None)
