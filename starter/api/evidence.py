"""What a ticket's latest decision rests on: the evidence for whoever approves, or doubts it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue

from casewright.domain.decision import Decision
from casewright.domain.events import Decided, EventRow
from casewright.domain.facts import Availability
from casewright.domain.model import Frozen


class ShownSource(Frozen):
    """Which system said something, and when."""

    fact: str
    source: str
    observed_at: datetime
    availability: Availability
    reason: str | None
    """Why it could not say."""


class ShownEvidence(Frozen):
    """The decision's own record, in short; the events have the whole of it."""

    decided_at: datetime
    conditions: dict[str, str]
    """Of the rule that decided: condition in words → true, false or unknown."""
    inputs: dict[str, JsonValue]
    """What the table was asked about, as it was known then; null: known to be absent."""
    unavailable: dict[str, str]
    """Input → why it could not be had."""
    sources: tuple[ShownSource, ...]


def evidence(rows: Iterable[EventRow]) -> ShownEvidence | None:
    """The latest decision's; None while there is none."""
    decisions = [row.event.decision for row in rows if isinstance(row.event, Decided)]
    return _of(decisions[-1]) if decisions else None


def _of(decision: Decision) -> ShownEvidence:
    decided = next((row for row in decision.trace if row.rule == decision.ruling.rule), None)
    return ShownEvidence(
        decided_at=decision.decided_at,
        conditions=decided.conditions if decided else {},
        inputs=decision.inputs,
        unavailable=decision.unavailable,
        sources=tuple(
            ShownSource(
                fact=fact.name,
                source=fact.source,
                observed_at=fact.observed_at,
                availability=fact.availability,
                reason=fact.reason,
            )
            for fact in decision.facts
        ),
    )
