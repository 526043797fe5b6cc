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


def tables(policy: Policy) -> Iterator[RenderableType]:
    """Title, rows, parameters and inputs."""
    since = policy.effective_from.date().isoformat()
    yield f"[bold]{policy.id} {escape(policy.title)}[/bold], version {policy.version}, in force since {since}"
    yield f"Source: {escape(policy.source)}"
    yield "The first row that is true wins; while an earlier one is unknown, nothing is automated."
    yield _rows(policy)
    yield _parameters(policy)
    yield _inputs(policy)


def _rows(policy: Policy) -> Table:
    table = Table("Rule", "When", "Then", "Source", show_lines=True)
    for row in policy.rows:
        colour = _COLOURS[row.ownership]
        then = f"[{colour}]{row.ownership}[/{colour}]{escape(_then(row))}"
        table.add_row(row.id, escape(_when(row.when)), then, escape(row.source))
    return table


def _parameters(policy: Policy) -> Table:
    table = Table("Parameter", "Value", "Source")
    for parameter in policy.parameters.values():
        table.add_row(parameter.name, words(parameter.value), escape(parameter.source))
    return table


def _inputs(policy: Policy) -> Table:
    table = Table("Input", "Type", "Meaning")
    for column in policy.inputs.values():
        kind = f"{column.type}{', or absent' if column.absent else ''}"
        table.add_row(column.name, escape(kind), escape(column.meaning))
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
