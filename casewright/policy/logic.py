"""Three-valued logic (Kleene): what is not known never makes a condition true or false by accident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from casewright.domain.money import Money
from casewright.policy.grammar import AllOf, Comparison, Condition, Reading, Test, Unavailable
from casewright.policy.typed import Value


class Truth(StrEnum):
    """Outcome of a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


Readings = Mapping[str, Reading]
_ORDER = {
    Test.BELOW: lambda sign: sign < 0,
    Test.AT_MOST: lambda sign: sign <= 0,
    Test.ABOVE: lambda sign: sign > 0,
    Test.AT_LEAST: lambda sign: sign >= 0,
}


def all_of(outcomes: Iterable[Truth]) -> Truth:
    """False when any is false; else unknown when any is; else true."""
    seen = set(outcomes)
    if Truth.FALSE in seen:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.TRUE


def any_of(outcomes: Iterable[Truth]) -> Truth:
    """True when any is true; else unknown when any is; else false."""
    seen = set(outcomes)
    if Truth.TRUE in seen:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.FALSE


def truth(condition: Condition, readings: Readings) -> Truth:
    """Whether a condition holds."""
    if isinstance(condition, Comparison):
        return compare(condition, readings[condition.input])
    outcomes = (truth(part, readings) for part in condition.parts)
    return all_of(outcomes) if isinstance(condition, AllOf) else any_of(outcomes)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """The comparisons of a condition, in the order they are written."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        for part in condition.parts:
            yield from comparisons(part)


def compare(comparison: Comparison, reading: Reading) -> Truth:
    """One comparison. With an absent value only ``is absent`` is true; an unavailable one is always unknown."""
    if isinstance(reading, Unavailable):
        return Truth.UNKNOWN
    if comparison.test is Test.ABSENT:
        return _truth(reading is None)
    if reading is None:
        return Truth.FALSE
    match comparison.test:
        case Test.PRESENT:
            return Truth.TRUE
        case Test.IS | Test.IN:
            return _truth(reading in comparison.operands)
        case Test.IS_NOT | Test.NOT_IN:
            return _truth(reading not in comparison.operands)
        case Test.SAME_CURRENCY | Test.OTHER_CURRENCY:
            same = _currency(reading) == _currency(comparison.operands[0])
            return _truth(same is (comparison.test is Test.SAME_CURRENCY))
    sign = order(reading, comparison.operands[0])
    return Truth.UNKNOWN if sign is None else _truth(_ORDER[comparison.test](sign))


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None for money of different currencies, which is never converted.

    Raises:
        TypeError: the two are not of one ordered type.
    """
    if isinstance(left, Money) and isinstance(right, Money):
        return None if left.currency != right.currency else (left > right) - (left < right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return (left > right) - (left < right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    raise TypeError(f"{left!r} and {right!r} have no order")


def why_unknown(comparison: Comparison, reading: Reading) -> str:
    """Why a comparison could not be decided, in words."""
    if isinstance(reading, Unavailable):
        return f"{comparison.input} could not be had ({reading.reason})"
    return f"{comparison.input} is {reading}, in another currency than {comparison.operands[0]}"


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def _currency(value: Value) -> str:
    if not isinstance(value, Money):
        raise TypeError(f"{value!r} has no currency")
    return value.currency
