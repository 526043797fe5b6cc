"""The classes of values that a table can tell apart: with one value of each, everything about it can be proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from casewright.domain.money import Money
from casewright.policy.grammar import Comparison, Condition, InputField, Policy, Reading, Unavailable
from casewright.policy.logic import Truth, compare, comparisons
from casewright.policy.typed import Kind, Value

UNAVAILABLE = Unavailable("not to be had")


@dataclass(frozen=True, slots=True)
class Partition:
    """One class: a value that stands for it, and how each comparison of the input comes out."""

    value: Reading
    outcomes: dict[Comparison, Truth]


def partitions(policy: Policy) -> dict[str, tuple[Partition, ...]]:
    """Every input's classes: values of an enumeration; below, at and above each limit; absent; unavailable."""
    conditions: list[Condition] = [row.when for row in policy.rows]
    conditions += [combination.when for combination in policy.impossible]
    asked: dict[str, list[Comparison]] = {name: [] for name in policy.inputs}
    for condition in conditions:
        for comparison in comparisons(condition):
            asked[comparison.input].append(comparison)
    return {name: _classes(column, asked[name]) for name, column in policy.inputs.items()}


def _classes(column: InputField, asked: list[Comparison]) -> tuple[Partition, ...]:
    found: dict[tuple[object, ...], Partition] = {}
    for value in _candidates(column, asked):
        outcomes = {comparison: compare(comparison, value) for comparison in asked}
        key = (value is UNAVAILABLE, *outcomes.values())
        found.setdefault(key, Partition(value, outcomes))
    return tuple(found.values())


def _candidates(column: InputField, asked: list[Comparison]) -> list[Reading]:
    values: list[Reading] = []
    if column.type.kind is Kind.ENUM:
        values += column.type.values
    elif column.type.kind is Kind.BOOL:
        values += [True, False]
    else:
        for comparison in asked:
            for operand in comparison.operands:
                values += around(operand)
    if column.absent:
        values.append(None)
    return [*values, UNAVAILABLE]


def around(value: Value) -> list[Value]:
    """The values just below, at and just above a limit; for money also one of another currency."""
    if isinstance(value, Money):
        other = Money.zero("EUR" if value.currency != "EUR" else "USD")
        near = [Money.from_minor(value.minor + step, value.currency) for step in (-1, 0, 1)]
        return [*near, other]
    if isinstance(value, Decimal):
        return [value - Decimal("0.000001"), value, value + Decimal("0.000001")]
    if isinstance(value, timedelta | datetime):
        second = timedelta(seconds=1)
        return [value - second, value, value + second]
    return [value]
