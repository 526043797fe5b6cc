"""A ticket's latest decision as the evidence that the API shows."""

from __future__ import annotations

from collections.abc import Iterable

from casewright.domain.decision import Decision
from casewright.domain.events import Decided, EventRow
from starter.shown.evidence import ShownEvidence, ShownSource


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
