"""The types of claims, inputs and parameters, and how their text is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import ValidationError

from casewright.domain.money import Money
from casewright.policy.currencies import CURRENCIES
from casewright.policy.problems import nearest

Value = bool | str | Decimal | Money | timedelta | datetime

_MONEY = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,3})?) ([A-Za-z]+)")
_NUMBER = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?) ([a-z][a-z-]*)")
_DURATION = re.compile(r"([0-9]{1,6}) ([a-z]+)")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


class Kind(StrEnum):
    """What sort of value it is."""

    ENUM = "enum"
    BOOL = "bool"
    MONEY = "money"
    NUMBER = "number"
    DURATION = "duration"
    INSTANT = "instant"
    TEXT = "text"


ORDERED = frozenset({Kind.MONEY, Kind.NUMBER, Kind.DURATION, Kind.INSTANT})


@dataclass(frozen=True, slots=True)
class ValueType:
    """A declared type; an enumeration has values, a number its unit."""

    kind: Kind
    values: tuple[str, ...] = ()
    unit: str | None = None

    def __str__(self) -> str:
        if self.kind is Kind.ENUM:
            return f"one of {', '.join(self.values)}"
        return f"{self.kind} in {self.unit}" if self.unit else str(self.kind)


def parse_value(text: str, declared: ValueType) -> Value:
    """Read a text by its declared type.

    Raises:
        ValueError: it does not read as one; the message says what was expected.
    """
    match declared.kind:
        case Kind.ENUM:
            if text not in declared.values:
                raise ValueError(f"{text!r} is not a value of it{nearest(text, declared.values)}")
            return text
        case Kind.BOOL:
            if text not in ("yes", "no"):
                raise ValueError(f"{text!r} is neither 'yes' nor 'no'")
            return text == "yes"
        case Kind.MONEY:
            return parse_money(text)
        case Kind.NUMBER:
            return _parse_number(text, declared.unit)
        case Kind.DURATION:
            return _parse_duration(text)
        case Kind.INSTANT:
            return parse_instant(text)
        case Kind.TEXT:
            return text


def parse_money(text: str) -> Money:
    """Read ``150.00 USD``.

    Raises:
        ValueError: it is not an amount and a currency of ISO 4217.
    """
    found = _MONEY.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not money: write it as 150.00 USD")
    if found[2] not in CURRENCIES:
        raise ValueError(f"{found[2]!r} is no currency of ISO 4217")
    try:
        return Money(amount=Decimal(found[1]), currency=found[2])
    except ValidationError as error:
        raise ValueError(f"{text!r} is not money: {error.errors()[0]['msg']}") from error


def parse_instant(text: str) -> datetime:
    """Read ``2025-03-01T00:00:00Z``: a date and time with its zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an instant: write it as 2025-03-01T00:00:00Z") from error
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: write it as 2025-03-01T00:00:00Z")
    return instant


def words(value: Value) -> str:
    """A value as people read it, and as the files spell it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return _duration_words(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _parse_number(text: str, unit: str | None) -> Decimal:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a number with its unit: write it as 3 {unit}")
    if found[2] != unit:
        raise ValueError(f"{text!r} is in {found[2]}, expected {unit}")
    return Decimal(found[1])


def _parse_duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if not found or found[2] not in _UNITS:
        raise ValueError(f"{text!r} is not a duration: write it as 72 h (units: {', '.join(_UNITS)})")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _duration_words(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
