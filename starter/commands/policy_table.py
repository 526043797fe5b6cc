"""A policy as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from casewright.domain.decision import Ownership
from casewright.policy.grammar import AllOf, Comparison, Condition, Policy, Row, StepTemplate
from casewright.policy.typed import words

_COLOURS = {
    Ownership.AUTOMATE: "green",
    Ownership.ESCALATE: "red",
    Ownership.EXCEPTION: "yellow",
    Ownership.ASK: "cyan",
    Ownership.WAIT: "cyan",
}


_ROOM_FOR_NAMES = 60
"""Columns of a terminal from which on a name is never broken, so that it can be searched for."""


def tables(policy: Policy, width: int) -> Iterator[RenderableType]:
    """Title, rows, parameters and inputs, for a terminal of so many columns: what is too long is wrapped, never cut."""
    since = policy.effective_from.date().isoformat()
    yield f"[bold]{policy.id} {escape(policy.title)}[/bold], version {policy.version}, in force since {since}"
    yield f"Source: {escape(policy.source)}"
    yield "The first row that is true wins; while an earlier one is unknown, nothing is automated."
    yield _rows(policy, width)
    yield _parameters(policy, width)
    yield _inputs(policy, width)


def _rows(policy: Policy, width: int) -> Table:
    # The source has no column of its own: it would take the room of the conditions.
    table = _table(width, "Rule, source", "When", "Then")
    table.show_lines = True
    for row in policy.rows:
        colour = _COLOURS[row.ownership]
        then = f"[{colour}]{row.ownership}[/{colour}]{escape(_then(row))}"
        table.add_row(f"{row.id}\n{escape(row.source)}", escape(_when(row.when)), then)
    return table


def _parameters(policy: Policy, width: int) -> Table:
    table = _table(width, "Parameter", "Value", "Source")
    for parameter in policy.parameters.values():
        table.add_row(parameter.name, words(parameter.value), escape(parameter.source))
    return table


def _inputs(policy: Policy, width: int) -> Table:
    table = _table(width, "Input", "Type", "Meaning")
    for column in policy.inputs.values():
        kind = f"{column.type}{', or absent' if column.absent else ''}"
        table.add_row(column.name, escape(kind), escape(column.meaning))
    return table


def _table(width: int, name: str, *others: str) -> Table:
    table = Table()
    table.add_column(name, overflow="fold", no_wrap=width >= _ROOM_FOR_NAMES)
    for other in others:
        table.add_column(other, overflow="fold")
    return table


def _when(condition: Condition, depth: int = 0) -> str:
    indent = "  " * depth
    if isinstance(condition, Comparison):
        return f"{indent}{condition.words}"
    word = "all of" if isinstance(condition, AllOf) else "any of"
    return "\n".join([f"{indent}{word}", *(_when(part, depth + 1) for part in condition.parts)])


def _then(row: Row) -> str:
    lines = [f" to {row.team}" if row.team else "", row.reason]
    lines += [f"· {_step(step)}" for step in row.steps]
    lines += [f"· question: {row.question}"] if row.question else []
    lines += [f"· {promise.name} within {promise.span} ({promise.source})" for promise in row.commitments]
    return "\n".join(lines)


def _step(step: StepTemplate) -> str:
    what = f"mail {step.template}" if step.template else step.kind
    gate = ", once approved" if step.gated else ""
    return f"{what}{gate}{f', if there is {step.only_if.name}' if step.only_if else ''}"
