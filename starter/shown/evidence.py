"""What a ticket's latest decision rests on: the evidence for whoever approves, or doubts it."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from casewright.domain.facts import Availability
from starter.shown.shape import Shape


class ShownSource(Shape):
    """Which system said something, and when."""

    fact: str
    source: str
    observed_at: datetime
    availability: Availability
    reason: str | None
    """Why it could not say."""


class ShownEvidence(Shape):
    """The decision's own record, in short; the events have the whole of it."""

    decided_at: datetime
    conditions: dict[str, str]
    """Of the rule that decided: condition in words → true, false or unknown."""
    inputs: dict[str, JsonValue]
    """What the table was asked about, as it was known then; null: known to be absent."""
    unavailable: dict[str, str]
    """Input → why it could not be had."""
    sources: tuple[ShownSource, ...]
