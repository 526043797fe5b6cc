"""Writing rows: events get their sequence numbers, instant and author, and fold into the state at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casewright.domain.events import Event, EventRow, Resolved, Submitted
from casewright.domain.evolve import evolve
from casewright.domain.messages import TicketStart
from casewright.domain.people import SYSTEM, Actor
from casewright.domain.state import TicketState


def first_row(start: TicketStart, at: datetime) -> EventRow:
    """The row that submits a ticket."""
    submitter = Actor(id=start.submitter, kind=start.submitter_kind)
    return EventRow(ticket=start.ticket, seq=1, at=at, actor=submitter, event=Submitted(submission=start.submission))


def resolution(state: TicketState, seq: int | None, at: datetime) -> tuple[EventRow, ...]:
    """The row that a closing step brings with its success, under its reserved number; None: it closes nothing."""
    if seq is None:
        return ()
    event = Resolved(code=state.code or "", summary=state.summary or "")
    return (EventRow(ticket=state.id, seq=seq, at=at, actor=SYSTEM, event=event),)


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
