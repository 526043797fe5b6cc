"""Instants, spans and pauses as the command line reads and writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from casewright.domain import elapsing
from casewright.domain.calendars import Calendar, instant_of, zone_named
from casewright.domain.clocks import Pause
from starter.commands.failing import WronglyUsed

_PART = re.compile(r"\s*([0-9]{1,7}) ?(s|min|h|d|bh|wd)(?![a-z])")
_ELAPSED = ("s", "min", "h", "d")


def local_instant(text: str, calendar: Calendar) -> datetime:
    """An instant as ISO 8601; without an offset it is what clocks of the calendar's zone show."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise WronglyUsed(f"{text!r} is no instant: write it as 2026-11-22T10:00, or with an offset") from error
    try:
        return found.astimezone(UTC) if found.tzinfo else instant_of(found, zone_named(calendar.zone))
    except OverflowError as error:
        raise WronglyUsed(f"{text!r} is out of the calendar's range") from error


def span_of(text: str, calendar: Calendar) -> tuple[timedelta, Calendar | None]:
    """A span's length, and the calendar if it is of business time; ``2 bh 30 min`` is business time altogether."""
    parts, at = [], 0
    while found := _PART.match(text, at):
        parts.append((found[1], found[2]))
        at = found.end()
    if not parts or text[at:].strip():
        raise WronglyUsed(f"{text!r} is no span: write it as 30 min, 24 h, 2 d, 4 bh, 1 wd or 2 bh 30 min")
    business = any(unit not in _ELAPSED for _, unit in parts)
    if business and any(unit == "d" for _, unit in parts):
        raise WronglyUsed(f"{text!r} mixes days of 24 h with business time: say wd or h")
    whole = sum((_part(number, unit, calendar) for number, unit in parts), timedelta())
    return whole, calendar if business else None


def _part(number: str, unit: str, calendar: Calendar) -> timedelta:
    return timedelta(seconds=int(number)) if unit == "s" else elapsing.span(f"{number} {unit}", calendar)


def pause_of(text: str, calendar: Calendar) -> Pause:
    """``FROM/TO``, or ``FROM/`` for one that still lasts."""
    first, slash, last = text.partition("/")
    if not slash:
        raise WronglyUsed(f"{text!r} is no pause: write it as FROM/TO, or FROM/ while it lasts")
    since, until = local_instant(first, calendar), local_instant(last, calendar) if last.strip() else None
    if until is not None and until < since:
        raise WronglyUsed(f"the pause {text!r} ends before it begins")
    return Pause(since=since, until=until)


def shown(at: datetime, calendar: Calendar) -> str:
    """``Sun 2026-11-22 10:00:00 +01:00 (2026-11-22T09:00:00Z)``."""
    local, fraction = at.astimezone(zone_named(calendar.zone)), "milliseconds" if at.microsecond else "seconds"
    offset = local.isoformat()[-6:]
    return f"{local:%a} {local.replace(tzinfo=None).isoformat(' ', fraction)} {offset} ({_utc(at, fraction)})"


def _utc(at: datetime, fraction: str) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat("T", fraction) + "Z"


def length(span: timedelta) -> str:
    """``8 h 30 min``: hours, however many."""
    seconds = abs(span).total_seconds()
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours:.0f} h" if hours else "", f"{minutes:.0f} min" if minutes else "", f"{left:g} s" if left else ""]
    return ("-" if span < timedelta() else "") + (" ".join(filter(None, parts)) or "0 h")
