"""Writing rows: events get their sequence numbers, instant and author, and fold into the state at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casewright.domain.events import Event, EventRow
from casewright.domain.evolve import evolve
from casewright.domain.people import Actor
from casewright.domain.state import TicketState


def record(
    state: TicketState, events: Sequence[Event], *, actor: Actor, at: datetime, act: str | None = None
) -> tuple[TicketState, tuple[EventRow, ...]]:
    """The state after these events, and their rows."""
    rows: list[EventRow] = []
    for event in events:
        row = EventRow(ticket=state.id, seq=state.seq + 1, at=at, actor=actor, act=act, event=event)
        rows.append(row)
        state = evolve(state, row)
    return state, tuple(rows)
