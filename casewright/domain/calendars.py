"""Business calendars (placeholder of the model only: its author replaces this whole file)."""

from __future__ import annotations

from casewright.domain.model import Frozen


class Calendar(Frozen):
    """When a team works."""

    id: str
    zone: str
