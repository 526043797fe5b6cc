"""How far a clock is: spans, pauses and calendars composed into deadlines (RULES §4).

Without a calendar all time counts, with one only its business time does. Pauses may touch or overlap: what counts is
the time outside all of them. Everything is worked out from the original start, so nothing is ever restarted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from casewright.domain import calendars as business
from casewright.domain import spans
from casewright.domain.calendars import Calendar
from casewright.domain.clocks import CalendarId, Clock, Pause, SpanText

_ZERO = timedelta()
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_OF_A_CALENDAR = ("bh", "wd")


class NoCalendar(LookupError):
    """Business hours or working days, and no calendar that says what they are."""


def span(text: SpanText, calendar: Calendar | None) -> timedelta:
    """How long ``30 min``, ``24 h``, ``2 d`` (elapsed), ``4 bh`` or ``1 wd`` (business time) is.

    A working day is as long as most open weekdays of the calendar.

    Raises:
        NoCalendar: business hours without a calendar, or working days of one without weekly hours.
        ValueError: it is no span.
    """
    number, _, unit = text.partition(" ")
    if not number.isdecimal() or unit not in (*_UNITS, *_OF_A_CALENDAR):
        raise ValueError(f"{text!r} is no span: write it as 30 min, 24 h, 2 d, 4 bh or 1 wd")
    if unit in _UNITS:
        return int(number) * _UNITS[unit]
    if calendar is None:
        raise NoCalendar(f"{text!r} needs a calendar")
    day = calendar.working_day
    if unit == "bh":
        return timedelta(hours=int(number))
    if day is None:
        raise NoCalendar(f"the calendar {calendar.id} has no weekly hours, so {text!r} has no length")
    return int(number) * day


def deadline(started: datetime, left: timedelta, pauses: Sequence[Pause], calendar: Calendar | None) -> datetime | None:
    """When what is left will be used; None while an open pause stops it before that.

    A deadline that falls exactly at the begin of a pause is reached.

    Raises:
        NeverOpens: the calendar never has so much time.
    """
    since = started.astimezone(UTC)
    for pause in _union(started, pauses):
        counted = _between(calendar, since, pause.since)
        if left <= counted and (reached := _add(calendar, since, left)) <= pause.since:
            return reached
        if pause.until is None:
            return None
        since, left = pause.until, left - counted
    return _add(calendar, since, left)


def used(started: datetime, at: datetime, pauses: Sequence[Pause], calendar: Calendar | None) -> timedelta:
    """How much time has counted by an instant; none before the start."""
    since, total = started.astimezone(UTC), _ZERO
    for pause in _union(started, pauses):
        if pause.since >= at:
            break
        total += _between(calendar, since, pause.since)
        if pause.until is None or pause.until >= at:
            return total
        since = pause.until
    return total + _between(calendar, since, max(at, since))


def deadline_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[CalendarId, Calendar]) -> datetime | None:
    """When a commitment is due; None while it stands still.

    Raises:
        NoCalendar: its calendar is unknown.
        NeverOpens: its calendar never has so much time.
    """
    calendar = calendar_of(clock, calendars)
    return _due(clock, span(clock.span, calendar), pauses, calendar)


def at_risk_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[CalendarId, Calendar]) -> datetime | None:
    """When so much of a commitment is used that it is at risk; None while it stands still."""
    calendar = calendar_of(clock, calendars)
    return _due(clock, span(clock.span, calendar) * clock.risk_percent / 100, pauses, calendar)


def nearly_due_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[CalendarId, Calendar]) -> datetime | None:
    """When little is left of a long commitment; None for short ones, and while it stands still."""
    calendar = calendar_of(clock, calendars)
    whole = span(clock.span, calendar)
    return _due(clock, whole - clock.nearly_left, pauses, calendar) if whole > clock.nearly_over else None


def _due(clock: Clock, left: timedelta, pauses: Sequence[Pause], calendar: Calendar | None) -> datetime | None:
    return deadline(clock.started, left, pauses if clock.pausable else (), calendar)


def calendar_of(clock: Clock, calendars: Mapping[CalendarId, Calendar]) -> Calendar | None:
    """By whose hours a clock counts. Elapsed time has none, whatever calendar the clock names.

    Raises:
        NoCalendar: its calendar is unknown.
    """
    if not spans.needs_calendar(clock.span):
        return None
    if clock.calendar is None or clock.calendar not in calendars:
        raise NoCalendar(f"the clock {clock.id} ({clock.span}) needs the calendar {clock.calendar}")
    return calendars[clock.calendar]


def _union(started: datetime, pauses: Sequence[Pause]) -> Iterator[Pause]:
    """Pauses in order, cut at the start, no two of which touch; empty ones are none."""
    held: Pause | None = None
    for pause in sorted(pauses, key=lambda pause: pause.since):
        since, until = max(pause.since, started).astimezone(UTC), pause.until and pause.until.astimezone(UTC)
        if until is not None and until <= since:
            continue
        if held is None or (held.until is not None and since > held.until):
            if held is not None:
                yield held
            held = Pause(since=since, until=until)
        elif held.until is not None and (until is None or until > held.until):
            held = Pause(since=held.since, until=until)
    if held is not None:
        yield held


def _add(calendar: Calendar | None, start: datetime, time: timedelta) -> datetime:
    return start + time if calendar is None else business.add(calendar, start, time)


def _between(calendar: Calendar | None, earlier: datetime, later: datetime) -> timedelta:
    return later - earlier if calendar is None else business.between(calendar, earlier, later)
