"""The vectors' file format, and calendars, instants and pauses for Hypothesis."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from casewright.domain.calendars import Calendar, Weekday, Window, instant_of, zone_named
from casewright.domain.clocks import Pause
from casewright.policy.calendars import read_calendar

FOLDER = Path(__file__).parent / "vectors"
UNITS = {"h": 3600, "min": 60, "s": 1}


@dataclass(frozen=True)
class Vector:
    """One line of a vectors' file."""

    source: str
    calendar: Calendar
    kind: str
    first: str
    second: str
    third: str

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.first} {self.second}"


def vectors() -> Iterator[Vector]:
    """All lines of all files."""
    for path in sorted(FOLDER.glob("*.yaml")):
        entries: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        for entry in entries:
            calendar = read_calendar(json.dumps(entry["calendar"]), "vector.yaml")
            for kind in ("add", "between"):
                for line in entry.get(kind, ()):
                    yield Vector(entry["source"], calendar, kind, *line)


def at(text: str, calendar: Calendar) -> datetime:
    """An instant; without offset a local time of the calendar."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else instant_of(found, zone_named(calendar.zone))


def span(text: str) -> timedelta:
    """``7 h 58 min``; a minus in front is of the whole."""
    words = text.removeprefix("-").split()
    whole = sum(int(number) * UNITS[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    return timedelta(seconds=-whole if text.startswith("-") else whole)


ZONES = ("Etc/UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS = 24 * 4


@st.composite
def days(draw: st.DrawFn) -> tuple[Window, ...]:
    """The windows of one day: up to three apart from each other, the last possibly over midnight."""
    marks = sorted(draw(st.sets(st.integers(0, QUARTERS - 1), min_size=2, max_size=6)))
    if len(marks) % 2:
        marks.pop()
    pairs = [(marks[n], marks[n + 1]) for n in range(0, len(marks), 2)]
    if draw(st.booleans()):
        pairs[-1] = (pairs[-1][0], draw(st.integers(0, marks[0])))
    return tuple(Window(opens=_quarter(a), closes=_quarter(b)) for a, b in pairs)


def _quarter(number: int) -> time:
    return time(number // 4 % 24, number % 4 * 15)


DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    Calendar,
    id=st.just("drawn"),
    zone=st.sampled_from(ZONES),
    weekly=st.dictionaries(st.sampled_from(Weekday), days(), min_size=1, max_size=7),
    holidays=st.dictionaries(DATES, st.just("a holiday"), max_size=4),
    exceptions=st.dictionaries(DATES, st.just(()) | days(), max_size=4),
)
INSTANTS = st.integers(0, 365 * 86400).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
# Near the clock changes of New York and Berlin, where mistakes hide.
CHANGES = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC), BEGIN]),
    st.integers(-3000, 3000),
)
MOMENTS = INSTANTS | CHANGES
SPANS = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))
PAUSES = st.lists(
    st.builds(
        lambda since, minutes: Pause(since=since, until=since + timedelta(minutes=minutes)),
        MOMENTS,
        st.integers(0, 20_000),
    ),
    max_size=4,
)
