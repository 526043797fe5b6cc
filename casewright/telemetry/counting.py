"""Counts what happened to tickets: rows as they are stored for the first time, and tries of steps.

A replay stores nothing and a row that comes again is stored already, so neither counts twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from casewright.domain import events as ev
from casewright.domain.events import EventRow
from casewright.domain.state import TicketState
from casewright.telemetry import meters

UNKNOWN = "unknown"
"""Where the rows before it aren't stored yet, a row alone doesn't say it."""


def count_stored(rows: Iterable[EventRow], state: TicketState | None, now: datetime | None) -> None:
    """Count rows that a transaction has added, after its commit.

    Args:
        rows: Those that were not stored before.
        state: The ticket's state after them; None when they can't be folded yet.
        now: The instant, in the ticket's time; None: nobody can say how late they are.
    """
    for row in rows:
        match row.event:
            case ev.Submitted(submission=submission):
                meters.SUBMITTED.add(policy=submission.policy)
            case ev.Decided():
                _count_decision(row.event)
            case ev.Breached():
                _count_breach(row.event, state, now)
            case ev.StepDone(step=step, found=found):
                meters.DONE.add(kind=_kind(state, step), found=str(found).lower())
            case ev.StepRefused(step=step, guard=guard):
                meters.REFUSED.add(kind=_kind(state, step), guard=guard)
            case ev.StepUncertain(step=step):
                meters.UNCERTAIN.add(kind=_kind(state, step))
            case _:
                pass


@contextlib.contextmanager
def counting_attempt(kind: str, number: int) -> Iterator[None]:
    """Count a try of a step, the ``number``-th from 1, and that it failed if it raises."""
    meters.ATTEMPTS.add(kind=kind)
    if number > 1:
        meters.RETRIES.add(kind=kind)
    try:
        yield
    except Exception as error:
        # The sort of error, never its words: they may quote what the outside system was told.
        meters.FAILURES.add(kind=kind, error=type(error).__name__)
        raise


def _count_decision(decided: ev.Decided) -> None:
    decision = decided.decision
    told = {"policy": decision.ruling.policy, "ownership": decision.ruling.ownership.value}
    meters.DECIDED.add(**told)
    if decision.submitted_at is not None:
        meters.TIME_TO_DECISION.record((decision.decided_at - decision.submitted_at).total_seconds(), **told)


def _count_breach(breached: ev.Breached, state: TicketState | None, now: datetime | None) -> None:
    clock = state.clocks.get(breached.clock) if state else None
    told = {"commitment": breached.clock, "kind": clock.kind.value if clock else UNKNOWN}
    meters.BREACHED.add(**told)
    if now is not None:
        meters.LATENESS.record(max(0.0, (now - breached.deadline).total_seconds()), **told)


def _kind(state: TicketState | None, step: str) -> str:
    return state.steps[step].step.kind if state and step in state.steps else UNKNOWN
