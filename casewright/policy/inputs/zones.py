"""Dates by the calendar of somewhere else, as outside systems name the place."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casewright.domain.facts import FactUnavailable


def date_there(at: datetime, time_zone: str, fact: str) -> date:
    """The date of an instant in a time zone that a fact names.

    Raises:
        FactUnavailable: there is no such time zone.
    """
    try:
        return at.astimezone(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise FactUnavailable(f"{fact}: {time_zone!r} is no time zone") from error
