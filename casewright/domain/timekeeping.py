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
_TAKEN = frozenset({Milestone.ACCEPTED})
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
            uncertain = entitlement.plan_uncertain
            return {
                "clocks": _entitled(state, entitlement, row.at),
                "calendars": {**state.calendars, **{c.id: c for c in entitlement.calendars}},
                "plan": entitlement.plan or state.plan,
                "customer": entitlement.customer or state.customer,
                "breach_credit": entitlement.breach_credit or (state.breach_credit if uncertain else None),
                "low_rating_credit": entitlement.low_rating_credit or (state.low_rating_credit if uncertain else None),
                "entitled": True,
                "plan_uncertain": entitlement.plan_uncertain,
                "zone": entitlement.zone or state.zone,
            }
        case ev.FollowUpSet(clock=clock):
            # It runs from now; one that was set before is never restarted.
            return {"clocks": {clock.id: clock.model_copy(update={"started": row.at}), **state.clocks}}
        case ev.StillOverdue():
            return {"overdue_told_at": row.at}
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
            return _TAKEN
        case ev.ApprovalGiven() | ev.ApprovalRejected():
            return _TAKEN  # what it is for is done when the approved line ends, or by what people do instead
        case ev.Overridden(remedy=remedy):
            return _PERSONAL if remedy is None else _TAKEN
        case ev.Resolved():
            return frozenset(Milestone)
    return frozenset()


def _met(clocks: Clocks, reached: frozenset[Milestone], row: EventRow) -> dict[ClockId, Clock]:
    """A commitment once met stays met. What is to be somebody's doing isn't met by others, nor by a resolution."""
    resolved = isinstance(row.event, ev.Resolved)

    def meets(clock: Clock) -> bool:
        theirs = not clock.met_by_roles or (row.actor.holds(clock.met_by_roles) and not resolved)
        return theirs and clock.met_by in reached and _meets_sooner(clock, row.at)

    return {id: clock.model_copy(update={"met_at": row.at}) if meets(clock) else clock for id, clock in clocks.items()}


def _meets_sooner(clock: Clock, at: datetime) -> bool:
    """Whether it wasn't met before; a row from before it began, which comes late, says nothing of when it was."""
    return clock.met_at is None or clock.started <= at < clock.met_at


def _entitled(state: TicketState, entitlement: Entitlement, now: datetime) -> dict[ClockId, Clock]:
    """The commitments as they are set now: never restarted, and what was met or broken stays so (RULES §4)."""
    wanted = {clock.id: clock for clock in entitlement.clocks}
    kept = entitlement.plan_uncertain  # what a plan promised isn't taken back because billing is silent
    gone = {
        id: clock if kept or clock.follow_up or not clock.runs else clock.model_copy(update={"withdrawn": True})
        for id, clock in state.clocks.items()
        if id not in wanted
    }
    return {**gone, **{id: _carried(state, clock, now) for id, clock in wanted.items()}}


def _carried(state: TicketState, clock: Clock, now: datetime) -> Clock:
    before = state.clocks.get(clock.id)
    if before is None:
        return clock.model_copy(update={"met_at": state.reached.get(clock.met_by)})
    same = (before.span, before.calendar, before.pausable) == (clock.span, clock.calendar, clock.pausable)
    told = {"at_risk_at": before.at_risk_at, "nearly_due_at": before.nearly_due_at, "changed_at": before.changed_at}
    told = told if same else {"changed_at": now}
    kept = {"started": before.started, "met_at": before.met_at, "breached_at": before.breached_at}
    return clock.model_copy(update={**kept, **told})


def _marked(clocks: Clocks, id: ClockId, **marks: datetime) -> dict[ClockId, Clock]:
    return {**clocks, id: clocks[id].model_copy(update=marks)}
