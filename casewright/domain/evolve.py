"""The fold: one event onto a state. Deterministic and total; refusing was done before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casewright.domain import events as ev
from casewright.domain import timekeeping
from casewright.domain.acts import ACT, Act
from casewright.domain.canonical import digest
from casewright.domain.decision import Ownership
from casewright.domain.events import EventRow
from casewright.domain.people import ActorKind
from casewright.domain.state import (
    ActMark,
    Approval,
    ApprovalStatus,
    Phase,
    Rating,
    RemedyRequest,
    StepRecord,
    StepStatus,
    TicketState,
)
from casewright.domain.steps import MailStep, NoticeStep


def begin(row: EventRow) -> TicketState:
    """The state after a ticket's first row.

    Raises:
        ValueError: the row is not ``submitted``.
    """
    if not isinstance(row.event, ev.Submitted):
        raise ValueError(f"ticket {row.ticket} begins with {row.event.type!r} instead of 'submitted'")
    submission = row.event.submission
    return TicketState(
        id=row.ticket,
        submission=submission,
        submitter=row.actor,
        submitted_at=row.at,
        priority=submission.priority,
        claims=submission.claims,
        seq=row.seq,
        folded_at=row.at,
    )


def fold(rows: Iterable[EventRow], state: TicketState | None = None) -> TicketState:
    """The state after these rows, in order.

    Raises:
        ValueError: there is no row, or the first is not ``submitted``.
    """
    for row in rows:
        state = begin(row) if state is None else evolve(state, row)
    if state is None:
        raise ValueError("a ticket without a single row has no state")
    return state


def evolve(state: TicketState, row: EventRow) -> TicketState:
    """The state after one more row."""
    changes = _changes(state, row)
    changes["seq"] = max(state.seq, row.seq, changes.get("seq", 0))
    changes["folded_at"] = max(state.folded_at, row.at)
    return timekeeping.kept(state, state.model_copy(update=changes), row)


def mark(state: TicketState, act: Act, seq: int) -> TicketState:
    """Remember that an act was taken, so that it counts once."""
    return state.model_copy(update={"acts": {**state.acts, act.id: ActMark(seq=seq, digest=act_digest(act))}})


def act_digest(act: Act) -> str:
    """What tells a resend from another act under the same id: its content, not the roles held meanwhile."""
    body = ACT.dump_python(act, mode="json")
    body["actor"] = act.actor.id
    return digest(body)[:16]


def _changes(state: TicketState, row: EventRow) -> dict[str, Any]:
    event = row.event
    match event:
        case ev.Decided():
            return {"ruling": event.decision.ruling, "needs_decision": False, "decisions": state.decisions + 1}
        case ev.Owned():
            return {
                "ownership": event.ownership,
                "team": event.team,
                "assignee": event.assignee,
                "owned_because": event.reason,
                "needs_decision": state.needs_decision and row.actor.kind is not ActorKind.PERSON,
            }
        case ev.Claimed():
            return {"assignee": row.actor.id}
        case ev.Reprioritised():
            return {"priority": event.after, "entitled": False}
        case ev.Asked():
            return {"asked": state.asked + 1, "waiting_for_customer": True}
        case ev.Wrote():
            return {"waiting_for_customer": True} if event.asks else {}
        case ev.CustomerWrote():
            again = state.ownership is Ownership.ASK and state.phase is Phase.OPEN
            return {
                "claims": {**state.claims, **event.claims},
                "waiting_for_customer": False,
                "wrote_meanwhile": state.phase is Phase.RESOLVING,
                "needs_decision": state.needs_decision or again,
            }
        case ev.Overridden():
            wanted = event.remedy and RemedyRequest(remedy=event.remedy, by=row.actor, act=row.act or "")
            return {"needs_decision": False, "waiting_for_customer": False, "remedy": wanted}
        case ev.RemedyRefused():
            return {"remedy": None}
        case ev.Resolving():
            # Nothing is decided about a ticket that is being ended: the automation must not take it up again.
            ended = {"needs_decision": False, "remedy": None}
            return {**ended, "phase": Phase.RESOLVING, "code": event.code, "summary": event.summary}
        case ev.Resolved():
            closures = state.closures + 1
            return {
                "phase": Phase.RESOLVED,
                "resolved_at": row.at,
                "waiting_for_customer": False,
                "closures": closures,
            }
        case ev.Reopened():
            return {"phase": Phase.OPEN, "resolved_at": None, "wrote_meanwhile": False}
        case ev.Closed():
            return {"phase": Phase.CLOSED}
        case ev.PlanFailed():
            phase = Phase.OPEN if state.phase is Phase.RESOLVING else state.phase
            return {"phase": phase, "needs_decision": False, "wrote_meanwhile": False}
        case ev.Rated():
            rating = Rating(score=event.score, comment=event.comment, at=row.at)
            return {"rating": rating, "ratings": state.ratings + 1}
        case _ if event.type.startswith("approval_"):
            return _approval_changes(state, row)
        case ev.ClocksSet() | ev.FollowUpSet() | ev.AtRisk() | ev.NearlyDue() | ev.Breached() | ev.StillOverdue():
            return timekeeping.clock_changes(state, row)
        case ev.Submitted() | ev.Noted():
            return {}
        case _:
            return _step_changes(state, event)


def _approval_changes(state: TicketState, row: EventRow) -> dict[str, Any]:
    event = row.event
    if isinstance(event, ev.ApprovalRequested):
        requested = Approval(
            plan_hash=event.plan_hash,
            need=event.need,
            requested_by=event.requested_by,
            steps=event.steps,
            asked_at=row.at,
        )
        return {"approval": requested, "remedy": None}
    if state.approval is None:
        raise ValueError(f"{event.type} at row {row.seq} of {row.ticket}, which has no request for approval")
    return {"approval": state.approval.model_copy(update=_verdict(state.approval, row))}


def _verdict(approval: Approval, row: EventRow) -> dict[str, Any]:
    match row.event:
        case ev.ApprovalVoted():
            return {"votes": (*approval.votes, row.actor)}
        case ev.ApprovalGiven():
            votes = (*approval.votes, row.actor)
            return {"status": ApprovalStatus.GIVEN, "verdict_by": row.actor, "votes": votes}
        case ev.ApprovalRejected():
            return {"status": ApprovalStatus.REJECTED, "verdict_by": row.actor}
        case ev.ApprovalCancelled():
            return {"status": ApprovalStatus.CANCELLED, "verdict_by": row.actor}
        case ev.ApprovalPassedUp():
            return {"level": row.event.level, "asked_at": row.at}
        case ev.ApprovalReminded():
            return {"asked_at": row.at, "reminders": approval.reminders + 1}
        case other:
            raise TypeError(f"no fold for event {other.type!r}")


def _step_changes(state: TicketState, event: ev.Event) -> dict[str, Any]:
    match event:
        case ev.StepPlanned():
            record = StepRecord(
                step=event.step,
                after=event.after,
                gate=event.gate,
                closes=event.closes,
                answers=event.answers,
                authorised_by=event.authorised_by,
                authority=event.authority,
            )
            remedy = None if event.authorised_by and event.authority else state.remedy
            survey = isinstance(event.step, MailStep) and event.step.link == "survey"
            asked = {"surveys": state.surveys + 1, "surveyed": state.closures} if survey else {}
            return {"steps": {**state.steps, event.step.id: record}, "remedy": remedy, **asked}
        case ev.StepStarted():
            reserved = max(event.result_seq, event.closing_seq or 0)
            return {**_with_steps(state, (event.step,), status=StepStatus.STARTED), "seq": reserved}
        case ev.StepDone():
            return _with_steps(state, (event.step,), status=StepStatus.DONE, reference=event.reference)
        case ev.StepRefused():
            again = event.guard == "reservation" and _may_redecide(state, event.step)
            refused = _with_steps(state, (event.step,), status=StepStatus.REFUSED, reason=event.reason)
            return {**refused, "needs_decision": state.needs_decision or again}
        case ev.StepUncertain():
            return _with_steps(state, (event.step,), status=StepStatus.UNCERTAIN, reason=event.reason)
        case ev.StepRetried():
            return _with_steps(state, (event.step,), status=StepStatus.PLANNED, reason=None)
        case ev.StepsCancelled():
            return _with_steps(state, event.steps, status=StepStatus.CANCELLED, reason=event.reason)
        case _:
            raise TypeError(f"no fold for event {event.type!r}")


def _may_redecide(state: TicketState, step: str) -> bool:
    """A reservation refused to what the automation decided is a new fact: decide again, once."""
    record = state.steps[step]
    decided = step.startswith(f"d{state.decisions}-") and state.phase is Phase.OPEN
    return decided and record.authorised_by is None and record.gate is None and not state.redecided


def _with_steps(state: TicketState, ids: tuple[str, ...], **update: Any) -> dict[str, Any]:
    changed = {i: _without_letter(state.steps[i].model_copy(update=update)) for i in ids}
    return {"steps": {**state.steps, **changed}}


def _without_letter(record: StepRecord) -> StepRecord:
    """A letter that is over is in the journal; kept in the state as well, a long talk would outgrow a payload."""
    if not record.status.over or not isinstance(record.step, MailStep | NoticeStep):
        return record
    return record.model_copy(update={"step": record.step.model_copy(update={"values": {}})})
