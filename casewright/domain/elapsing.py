"""Time used and left (placeholder, elapsed time only: its author replaces this whole file)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from casewright.domain.calendars import Calendar
from casewright.domain.clocks import Clock, Pause

_UNITS = {"min": 60, "h": 3600, "d": 86400, "bh": 3600, "wd": 8 * 3600}


def span(text: str, calendar: Calendar | None) -> timedelta:
    number, unit = text.split(" ")
    return timedelta(seconds=int(number) * _UNITS[unit])


def deadline(started: datetime, left: timedelta, pauses: Sequence[Pause], calendar: Calendar | None) -> datetime | None:
    for pause in pauses:
        since = max(pause.since, started)
        if since - started >= left:
            break
        if pause.until is None:
            return None
        if pause.until > since:
            left -= since - started
            started = pause.until
    return started + left


def deadline_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[str, Calendar]) -> datetime | None:
    return deadline(clock.started, span(clock.span, None), pauses if clock.pausable else (), None)


def at_risk_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[str, Calendar]) -> datetime | None:
    return deadline(clock.started, span(clock.span, None) * 0.8, pauses if clock.pausable else (), None)


def nearly_due_of(clock: Clock, pauses: Sequence[Pause], calendars: Mapping[str, Calendar]) -> datetime | None:
    whole = span(clock.span, None)
    if whole <= timedelta(minutes=75):
        return None
    return deadline(clock.started, whole - timedelta(minutes=15), pauses if clock.pausable else (), None)
