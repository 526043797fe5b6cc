"""What only the rows of ``commitments.yaml`` together show: no two fit one ticket, and platinum never has less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from casewright.domain.money import Money
from casewright.domain.spans import at_most
from casewright.domain.ticket import Plan, Priority
from casewright.policy.commitment_book import CommitmentRow, Occasion, RemedyRow, Service, ServiceRow

Placed = tuple[int, str]
"""A line and what is wrong there."""


def of_commitments(rows: Sequence[CommitmentRow], lines: Sequence[int]) -> Iterator[Placed]:
    """Contradictions between rows of one id: each at the line of the later one."""
    by_id: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_id.setdefault(row.id, []).append(index)
    for id, indexes in by_id.items():
        for first, later in ((indexes[0], index) for index in indexes[1:]):
            if _nature(rows[first]) != _nature(rows[later]):
                yield lines[later], f"rows of {id} differ in name, kind, met_by or local_start: it is one commitment"
        yield from _two_at_once([rows[i] for i in indexes], [lines[i] for i in indexes])
        yield from _less_for_platinum([rows[i] for i in indexes], lines[indexes[-1]])


def of_services(rows: Sequence[ServiceRow], lines: Sequence[int]) -> Iterator[Placed]:
    """A ticket that no row fits, or a row that none gets to."""
    for row, line in zip(rows[:-1], lines[:-1], strict=True):
        if _fits_all(row):
            yield line, "it fits every ticket, so no row after it is ever reached"
    if not rows or not _fits_all(rows[-1]):
        yield lines[-1] if lines else 1, "the last service must fit every ticket: give it no condition"


def of_remuneration(rows: Sequence[RemedyRow], lines: Sequence[int]) -> Iterator[Placed]:
    """Two amounts for one plan, or less for platinum than for enterprise."""
    amounts: dict[tuple[Occasion, Plan], Money] = {}
    for row, line in zip(rows, lines, strict=True):
        for plan in row.plans:
            if (row.occasion, plan) in amounts:
                yield line, f"{plan} has two amounts for a {row.occasion}"
            amounts[row.occasion, plan] = row.amount
    for occasion in Occasion:
        least, given = amounts.get((occasion, Plan.ENTERPRISE)), amounts.get((occasion, Plan.PLATINUM))
        if least is not None and (given is None or given.currency != least.currency or given < least):
            yield lines[-1], f"platinum gets less than enterprise for a {occasion} (RULES 1)"


def _nature(row: CommitmentRow) -> tuple[object, ...]:
    return row.name, row.kind, row.met_by, row.local_start


def _two_at_once(rows: Sequence[CommitmentRow], lines: Sequence[int]) -> Iterator[Placed]:
    for priority, plan, service, escalated in product(Priority, (*Plan, None), Service, (False, True)):
        fitting = [i for i, row in enumerate(rows) if row.span(priority, plan, service, escalated)]
        if len(fitting) > 1:
            who = f"{priority} on plan {plan or 'unknown'}, {service} support"
            yield lines[fitting[-1]], f"two rows of {rows[0].id} fit one ticket ({who})"
            return


def _less_for_platinum(rows: Sequence[CommitmentRow], line: int) -> Iterator[Placed]:
    for priority, service, escalated in product(Priority, Service, (False, True)):
        least, given = (
            next((s for row in rows if (s := row.span(priority, plan, service, escalated))), None)
            for plan in (Plan.ENTERPRISE, Plan.PLATINUM)
        )
        if least is not None and (given is None or not at_most(given, least)):
            yield line, f"{rows[0].id}: platinum gets less than enterprise at {priority} (RULES 1)"
            return


def _fits_all(row: ServiceRow) -> bool:
    return row.priorities is None and row.plans is None and row.topics is None
