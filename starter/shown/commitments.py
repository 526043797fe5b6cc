"""A ticket's commitments as they stand at one instant: how much is used, and whether they were kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from casewright.domain import elapsing
from casewright.domain.clocks import Clock, CommitmentKind, Pause
from casewright.domain.state import TicketState
from starter.shown.shape import Shape


class Standing(StrEnum):
    """How a commitment stands."""

    RUNNING = "running"
    AT_RISK = "at-risk"
    """So much of its time is used that people are told."""
    PAUSED = "paused"
    """It stands still while the ticket waits for the customer."""
    MET = "met"
    MET_LATE = "met-late"
    """Broken first, and met afterwards."""
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    """Another rule or priority doesn't set it."""


class ShownClock(Shape):
    """One commitment."""

    id: str
    name: str
    kind: CommitmentKind
    source: str
    """Where it is written: ``DF 3.1``."""
    span: str
    """As it is written: ``4 bh``, ``24 h``."""
    standing: Standing
    deadline: datetime | None
    """Worked out from its start and the pauses; null while it is paused."""
    used_percent: int
    """How much of the span was used when it was met, else by now; above 100 it is overdue."""
    met_at: datetime | None
    breached_at: datetime | None


def shown_clocks(state: TicketState, now: datetime) -> tuple[ShownClock, ...]:
    """Every commitment of a ticket, in the order in which they were set."""
    return tuple(_shown(state, clock, now) for clock in state.clocks.values())


def _shown(state: TicketState, clock: Clock, now: datetime) -> ShownClock:
    until = clock.met_at or now
    # What paused the ticket after it was met says nothing about it.
    pauses = tuple(pause for pause in state.pauses if pause.since < until)
    deadline = elapsing.deadline_of(clock, pauses, state.calendars)
    used = _used_percent(state, clock, pauses, until)
    return ShownClock(
        id=clock.id,
        name=clock.name,
        kind=clock.kind,
        source=clock.source,
        span=clock.span,
        standing=_standing(clock, deadline, used, now),
        deadline=deadline,
        used_percent=used,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
    )


def _used_percent(state: TicketState, clock: Clock, pauses: tuple[Pause, ...], until: datetime) -> int:
    calendar = elapsing.calendar_of(clock, state.calendars)
    used = elapsing.used(clock.started, until, pauses if clock.pausable else (), calendar)
    return 100 * used // elapsing.span(clock.span, calendar)


def _standing(clock: Clock, deadline: datetime | None, used_percent: int, now: datetime) -> Standing:
    """A deadline that passed counts as broken before the worker has recorded it."""
    if clock.met_at is not None:
        return Standing.MET if clock.breached_at is None else Standing.MET_LATE
    if clock.withdrawn:
        return Standing.WITHDRAWN
    if clock.breached_at is not None or (deadline is not None and deadline <= now):
        return Standing.BROKEN
    if deadline is None:
        return Standing.PAUSED
    return Standing.AT_RISK if used_percent >= clock.risk_percent else Standing.RUNNING
