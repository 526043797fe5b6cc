"""What each row means for the ticket's clocks: pauses, milestones, commitments set, met and told about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casewright.domain import events as ev
from casewright.domain.clocks import Clock, ClockId, Milestone, Pause
from casewright.domain.entitlement import Entitlement
from casewright.domain.events import EventRow
from casewright.domain.state import TicketState

Clocks = Mapping[ClockId, Clock]
ACKNOWLEDGMENT = "acknowledgment"
"""The id of the step that acknowledges the ticket."""
_PERSONAL = frozenset({Milestone.ACCEPTED, Milestone.ACTED})
_WRITTEN = frozenset({Milestone.ACCEPTED, Milestone.ANSWERED, Milestone.CONTACTED})


def kept(before: TicketState, after: TicketState, row: EventRow) -> TicketState:
    """The state with its pauses and clocks as they are after the row."""
    changes: dict[str, Any] = {}
    if before.waiting_for_customer != after.waiting_for_customer:
        changes["pauses"] = _pauses(after, row.at)
    reached = _reached(before, row)
    if reached:
        # By the rows' instants, not by their order: results side by side come to the workflow in another order than
        # the journal folds them in.
        first = {m: min(row.at, after.reached.get(m, row.at)) for m in Milestone if m in reached}
        changes["reached"] = {**after.reached, **first}
        changes["clocks"] = _met(after.clocks, reached, row)
    return after.model_copy(update=changes) if changes else after


def clock_changes(state: TicketState, row: EventRow) -> dict[str, Any]:
    """What the rows about clocks themselves change."""
    match row.event:
        case ev.ClocksSet(entitlement=entitlement):
            return {
                "clocks": _entitled(state, entitlement),
                "calendars": {**state.calendars, **{c.id: c for c in entitlement.calendars}},
                "plan": entitlement.plan or state.plan,
                "customer": entitlement.customer or state.customer,
                "breach_credit": entitlement.breach_credit,
                "low_rating_credit": entitlement.low_rating_credit,
                "entitled": True,
            }
        case ev.FollowUpSet(clock=clock):
            return {"clocks": {**state.clocks, clock.id: clock}}
        case ev.AtRisk(clock=id):
            return {"clocks": _marked(state.clocks, id, at_risk_at=row.at)}
        case ev.NearlyDue(clock=id):
            return {"clocks": _marked(state.clocks, id, nearly_due_at=row.at)}
        case ev.Breached(clock=id):
            return {"clocks": _marked(state.clocks, id, breached_at=row.at)}
        case other:
            raise TypeError(f"{other.type!r} says nothing about clocks")


def _pauses(after: TicketState, at: datetime) -> tuple[Pause, ...]:
    if after.waiting_for_customer:
        return (*after.pauses, Pause(since=at))
    *earlier, last = after.pauses
    return (*earlier, last.model_copy(update={"until": at}))


def _reached(before: TicketState, row: EventRow) -> frozenset[Milestone]:
    match row.event:
        case ev.StepDone(step=step):
            if step == ACKNOWLEDGMENT:
                return frozenset({Milestone.ACKNOWLEDGED})
            return frozenset({Milestone.ANSWERED}) if before.steps[step].answers else frozenset()
        case ev.Wrote():
            return _WRITTEN
        case ev.Claimed() | ev.ApprovalVoted():
            return frozenset({Milestone.ACCEPTED})
        case ev.ApprovalGiven() | ev.ApprovalRejected() | ev.Overridden():
            return _PERSONAL
        case ev.Resolved():
            return frozenset(Milestone)
    return frozenset()


def _met(clocks: Clocks, reached: frozenset[Milestone], row: EventRow) -> dict[ClockId, Clock]:
    """A commitment once met stays met. A follow-up asks for its own milestone: resolving the ticket is none."""
    resolved = isinstance(row.event, ev.Resolved)
    return {
        id: clock.model_copy(update={"met_at": row.at})
        if _meets_sooner(clock, row.at) and clock.met_by in reached and not (clock.follow_up and resolved)
        else clock
        for id, clock in clocks.items()
    }


def _meets_sooner(clock: Clock, at: datetime) -> bool:
    """Whether it wasn't met before; a row from before it began, which comes late, says nothing of when it was."""
    return clock.met_at is None or clock.started <= at < clock.met_at


def _entitled(state: TicketState, entitlement: Entitlement) -> dict[ClockId, Clock]:
    """The commitments as they are set now: never restarted, and what was met or broken stays so (RULES §4)."""
    wanted = {clock.id: clock for clock in entitlement.clocks}
    gone = {
        id: clock if clock.follow_up or not clock.runs else clock.model_copy(update={"withdrawn": True})
        for id, clock in state.clocks.items()
        if id not in wanted
    }
    return {**gone, **{id: _carried(state, clock) for id, clock in wanted.items()}}


def _carried(state: TicketState, clock: Clock) -> Clock:
    before = state.clocks.get(clock.id)
    if before is None:
        return clock.model_copy(update={"met_at": state.reached.get(clock.met_by)})
    same = (before.span, before.calendar, before.pausable) == (clock.span, clock.calendar, clock.pausable)
    told = {"at_risk_at": before.at_risk_at, "nearly_due_at": before.nearly_due_at} if same else {}
    kept = {"started": before.started, "met_at": before.met_at, "breached_at": before.breached_at}
    return clock.model_copy(update={**kept, **told})


def _marked(clocks: Clocks, id: ClockId, **marks: datetime) -> dict[ClockId, Clock]:
    return {**clocks, id: clocks[id].model_copy(update=marks)}
