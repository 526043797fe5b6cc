"""``casewright clock``: the arithmetic of calendars and pauses, without any server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from casewright.domain import calendars, elapsing
from casewright.domain.calendars import Calendar, Window
from casewright.domain.clocks import Pause
from casewright.policy.calendars import read_calendar
from casewright.policy.problems import PolicyError
from starter.commands.clock_words import length, local_instant, pause_of, shown, span_of
from starter.commands.failing import CommandFailed, WronglyUsed, in_words

app = typer.Typer(help="Show the arithmetic of business hours and pauses.", no_args_is_help=True)

File = Annotated[Path, typer.Option("--calendar", help="A calendar's file: YAML or JSON.")]
Pauses = Annotated[
    list[str] | None, typer.Option("--pause", metavar="FROM/TO", help="A pause; FROM/ one that still lasts.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
START = "An instant with offset, or a local time of the calendar: 2026-11-22T10:00."


@app.command("add")
def add(
    start: Annotated[str, typer.Argument(help=START)],
    span: Annotated[str, typer.Argument(help="30 min, 24 h, 2 d, 4 bh, 1 wd, or more: 2 bh 30 min.")],
    calendar: File,
    pause: Pauses = None,
    as_json: AsJson = False,
) -> None:
    """When a span that starts then is over: `4 bh` are hours of the calendar, `4 h` elapsed."""
    with _answering():
        hours = _calendar(calendar)
        started, pauses = local_instant(start, hours), _pauses(pause, hours)
        whole, counting = span_of(span, hours)
        due = elapsing.deadline(started, whole, pauses, counting)
        if as_json:
            typer.echo(_json(hours, start=started, span=span, seconds=whole.total_seconds(), deadline=due))
        else:
            typer.echo(shown(due, hours) if due else "no deadline: a pause that still lasts comes before it")


@app.command("between")
def between(
    start: Annotated[str, typer.Argument(help=START)],
    end: Annotated[str, typer.Argument(help="Likewise.")],
    calendar: File,
    pause: Pauses = None,
    as_json: AsJson = False,
) -> None:
    """How much business time lies between two instants, less the pauses; negative when END comes first."""
    with _answering():
        hours = _calendar(calendar)
        first, last, pauses = local_instant(start, hours), local_instant(end, hours), _pauses(pause, hours)
        if last < first:
            counted = -elapsing.used(last, first, pauses, hours)
        else:
            counted = elapsing.used(first, last, pauses, hours)
        if as_json:
            typer.echo(_json(hours, start=first, end=last, seconds=counted.total_seconds()))
        else:
            typer.echo(length(counted))


@app.command("show")
def show(
    calendar: File,
    week: Annotated[str | None, typer.Option(metavar="DATE", help="A week from this date; default: today.")] = None,
    as_json: AsJson = False,
) -> None:
    """When it is open in a week, holidays and clock changes included."""
    with _answering():
        hours = _calendar(calendar)
        first = _date(week) if week else datetime.now(calendars.zone_named(hours.zone)).date()
        rows = list(_week(hours, first))
        if as_json:
            open_at: list[JsonValue] = [{"start": s.isoformat(), "end": e.isoformat()} for s, e in rows]
            typer.echo(json.dumps({"calendar": hours.id, "zone": hours.zone, "openings": open_at}, indent=2))
            return
        for day in (first + timedelta(days=n) for n in range(7)):
            typer.echo(f"{day:%a} {day}  {_day_words(hours, day)}")
        typer.echo(f"{length(sum((e - s for s, e in rows), timedelta()))} in {hours.zone}")


@contextmanager
def _answering() -> Iterator[None]:
    """What the arithmetic refuses, as a line and an exit code."""
    with in_words():
        try:
            yield
        except PolicyError as error:
            raise CommandFailed(str(error)) from error
        except (ValueError, OverflowError) as error:
            raise CommandFailed(str(error)) from error
        except elapsing.NoCalendar as error:
            raise CommandFailed(str(error.args[0])) from error


def _calendar(path: Path) -> Calendar:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{path} can't be read: {error}") from error
    return read_calendar(text, path.as_posix())


def _pauses(texts: list[str] | None, calendar: Calendar) -> tuple[Pause, ...]:
    return tuple(pause_of(text, calendar) for text in texts or ())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WronglyUsed(f"{text!r} is no date: write it as 2026-11-22") from error


def _week(calendar: Calendar, first: date) -> Iterator[calendars.Stretch]:
    zone = calendars.zone_named(calendar.zone)
    begin, end = (calendars.instant_of(datetime.combine(first + n * timedelta(days=1), time()), zone) for n in (0, 7))
    for opens, closes in calendars.openings(calendar, begin):
        if opens >= end:
            return
        yield opens, min(closes, end)


def _day_words(calendar: Calendar, day: date) -> str:
    windows: tuple[Window, ...] = calendar.windows_on(day)
    hours = ", ".join(map(str, windows)) or "closed"
    if day in calendar.exceptions:
        return f"{hours}  (exception day)"
    return f"{hours}  ({calendar.holidays[day]})" if day in calendar.holidays else hours


def _json(calendar: Calendar, **found: datetime | str | float | None) -> str:
    """Instants in UTC and, beside them, as the calendar's clocks show them."""
    document: dict[str, JsonValue] = {"calendar": calendar.id, "zone": calendar.zone}
    zone = calendars.zone_named(calendar.zone)
    for name, value in found.items():
        if isinstance(value, datetime):
            document[name] = value.astimezone(UTC).isoformat()
            document[f"{name}_local"] = value.astimezone(zone).isoformat()
        else:
            document[name] = value
    return json.dumps(document, indent=2)
