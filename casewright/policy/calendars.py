"""Reading a calendar's file: the hours of the week, holidays and exception days (RULES §4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from pydantic import ValidationError
from yaml import Node, ScalarNode

from casewright.domain.calendars import Calendar, Weekday, Window, Windows, zone_named
from casewright.domain.opening_hours import in_order
from casewright.policy.nodes import Section, compose, entries_of, items_of, text_of
from casewright.policy.problems import Mistake, PolicyError, Problems, nearest
from casewright.policy.public_holidays import public_holidays

_WINDOW = re.compile(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?) ?[-–] ?([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)")  # noqa: RUF001
_ID = re.compile(r"[a-z][a-z0-9-]{0,60}")
_OF_A_COUNTRY = ("country", "subdivision")
_CLOSED = "closed"
_WEEK = tuple(Weekday)
_DAYS = {name: day for day in Weekday for name in (day.value, day.value[:3])}


def read_calendar(text: str, name: str) -> Calendar:
    """The calendar in a file's text, YAML or JSON; its id is the one it gives, else the file's name without ending.

    Raises:
        PolicyError: something in it is wrong; every problem has its file, line and reason.
    """
    problems = Problems(name)
    root = compose(_without_tabs(text), name)
    try:
        calendar = _read(root, PurePosixPath(name).stem, problems)
    except Mistake as mistake:
        problems.add(mistake.node, mistake.reason)
        raise PolicyError(problems.found) from mistake
    problems.refuse()
    return calendar


def _without_tabs(text: str) -> str:
    """JSON may be indented with tabs, and holds them nowhere else."""
    if "\t" in text:
        try:
            json.loads(text)
        except ValueError:
            return text
    return text.replace("\t", " ")


def _read(root: Node, stem: str, problems: Problems) -> Calendar:
    optional = ("id", "title", "source", "holidays", "exceptions")
    section = Section(root, problems, required=("zone", "weekly"), optional=optional)
    named, zone = section.get("id"), section.get("zone")
    calendar_id = text_of(named) if named is not None else re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    if not _ID.fullmatch(calendar_id):
        problems.add(named or root, f"{calendar_id!r} is no id of a calendar: small letters, digits and hyphens")
    if zone is not None:
        with problems.collecting():
            _zone(zone)
    weekly, holidays = _weekly(section), _holidays(section)
    exceptions: dict[date, Windows] = {}
    for key, node in section.mapping("exceptions").values():
        with problems.collecting():
            exceptions[_date(key)] = _windows(node)
    problems.refuse()
    return Calendar(id=calendar_id, zone=section.text("zone"), weekly=weekly, holidays=holidays, exceptions=exceptions)


def _zone(node: Node) -> None:
    try:
        zone_named(text_of(node))
    except ValueError as error:
        raise Mistake(node, str(error)) from error


def _weekly(section: Section) -> dict[Weekday, Windows]:
    found: dict[Weekday, Windows] = {}
    for key, node in section.mapping("weekly").values():
        with section.problems.collecting():
            windows = _windows(node)
            for day in _days(key):
                if day in found:
                    section.problems.add(key, f"{day} comes twice")
                found[day] = windows
    return found


def _days(node: Node) -> Iterator[Weekday]:
    """``monday``, ``mon`` or ``sunday-thursday``: a range may go over the week's end."""
    first, *rest = [part.strip().lower() for part in re.split("[-–]", text_of(node))]  # noqa: RUF001
    for name in (first, *rest):
        if name not in _DAYS or len(rest) > 1:
            raise Mistake(node, f"{text_of(node)!r} is no weekday, nor two with a hyphen{nearest(name, _WEEK)}")
    begin, end = _WEEK.index(_DAYS[first]), _WEEK.index(_DAYS[(rest or [first])[0]])
    yield from (_WEEK[(begin + n) % 7] for n in range((end - begin) % 7 + 1))


def _windows(node: Node) -> Windows:
    """One window, a list of them, or none: ``[]`` and ``closed``."""
    if isinstance(node, ScalarNode) and text_of(node) == _CLOSED:
        return ()
    windows = tuple(_window(item) for item in ([node] if isinstance(node, ScalarNode) else items_of(node)))
    try:
        return in_order(windows)
    except ValueError as error:
        raise Mistake(node, str(error)) from error


def _window(node: Node) -> Window:
    found = _WINDOW.fullmatch(text_of(node))
    if not found:
        raise Mistake(node, f"{text_of(node)!r} is no window: write it as 09:00-17:30, or {_CLOSED}")
    try:
        return Window.model_validate({"opens": found[1].zfill(5), "closes": found[2].zfill(5)})
    except ValidationError as error:
        raise Mistake(node, f"{text_of(node)!r} is no window: a day has 00:00 to 24:00") from error


def _holidays(section: Section) -> dict[date, str]:
    """Dates with their names, and all of a country; a date's own name wins."""
    node, found = section.get("holidays"), dict[date, str]()
    if node is None:
        return found
    entries = entries_of(node, section.problems)
    country, subdivision = (entries.get(key) for key in _OF_A_COUNTRY)
    with section.problems.collecting():
        if country is not None:
            found |= _country(country[1], subdivision[1] if subdivision else None)
        elif subdivision is not None:
            raise Mistake(subdivision[0], "a subdivision needs its country")
    for name, (key, value) in entries.items():
        if name not in _OF_A_COUNTRY:
            with section.problems.collecting():
                found[_date(key)] = text_of(value)
    return found


def _country(country: Node, subdivision: Node | None) -> dict[date, str]:
    try:
        return public_holidays(text_of(country), text_of(subdivision) if subdivision is not None else None)
    except LookupError as error:
        raise Mistake(subdivision or country, str(error.args[0])) from error


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(text_of(node))
    except ValueError as error:
        raise Mistake(node, f"{text_of(node)!r} is no date: write it as 2026-12-25") from error
