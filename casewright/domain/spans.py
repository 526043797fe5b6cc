"""Spans of time as promises spell them: ``4 h``, ``30 min``, ``2 d`` elapsed; ``4 bh``, ``1 wd`` of a calendar."""

from __future__ import annotations

from datetime import timedelta

from casewright.domain.clocks import SpanText

_WORDS = {"min": "minute", "h": "hour", "d": "day", "bh": "business hour", "wd": "working day"}
_ELAPSED = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def in_words(span: SpanText) -> str:
    """A span as customers and colleagues read it: ``4 business hours``, ``1 working day``."""
    number, unit = span.split(" ")
    return f"{number} {_WORDS[unit]}{'' if number == '1' else 's'}"


def needs_calendar(span: SpanText) -> bool:
    """Whether only a calendar says how long it is."""
    return span.split(" ")[1] not in _ELAPSED


def at_most(span: SpanText, other: SpanText) -> bool:
    """Whether a span is surely no longer than another; hours of a calendar and elapsed ones don't compare."""
    (number, unit), (other_number, other_unit) = span.split(" "), other.split(" ")
    if unit in _ELAPSED and other_unit in _ELAPSED:
        return int(number) * _ELAPSED[unit] <= int(other_number) * _ELAPSED[other_unit]
    return unit == other_unit and int(number) <= int(other_number)


def is_elapsed(span: SpanText) -> bool:
    """Whether it counts around the clock."""
    return not needs_calendar(span)


def minutes(span: SpanText) -> int:
    """How many minutes its number and unit make, a working day counted as one of eight hours: for ordering only."""
    number, unit = span.split(" ")
    return int(number) * {"min": 1, "h": 60, "d": 1440, "bh": 60, "wd": 480}[unit]
