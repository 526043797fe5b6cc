"""What an act that was not refused changes, as events."""

from __future__ import annotations

from datetime import datetime

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain import spans
from casewright.domain.approvals import suffices
from casewright.domain.clocks import CommitmentKind, Milestone
from casewright.domain.decision import Ownership
from casewright.domain.letters import letter
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.ratings import rated
from casewright.domain.state import Phase, StepStatus, TicketState
from casewright.domain.steps import ReservedStep

_CORRESPONDENCE = ("acknowledgment", "reply-", "question-", "notice-", "approval-", "survey-", "apology-", "sorry-")


def apply(state: TicketState, act: a.Act, now: datetime) -> list[ev.Event]:
    """The events of an act. ``refuse`` must have returned None for this very state."""
    match act:
        case a.Claim():
            return _claim(state, act)
        case a.Reply():
            return [ev.Wrote(message=act.message), _mail(state, act, "reply", message=act.message)]
        case a.AskCustomer():
            return [ev.Wrote(message=act.message, asks=True), _mail(state, act, "question", message=act.message)]
        case a.CustomerAnswer():
            return _customer_wrote(state, act)
        case a.InternalNote():
            return [ev.Noted(message=act.message)]
        case a.Approve():
            return [_yes(state, act)]
        case a.Reject():
            rejected = ev.ApprovalRejected(plan_hash=act.plan_hash, reason=act.reason)
            return [rejected, *_cancel_gated(state, f"rejected: {act.reason}")]
        case a.Retry():
            return [ev.StepRetried(step=act.step)]
        case a.Resolve():
            return _resolve(state, act)
        case a.Override():
            return _override(state, act)
        case a.Reprioritise():
            return [ev.Reprioritised(before=state.priority, after=act.priority, reason=act.reason)]
        case a.Rate():
            return rated(state, act, now)
        case a.Reassign():
            owned = ev.Owned(ownership=_held_by_people(state), team=act.team, assignee=act.assignee, reason=act.reason)
            return [*_take_over(state), owned]


def _resolve(state: TicketState, act: a.Resolve) -> list[ev.Event]:
    withdrawn = withdraw(state, "the ticket was resolved")
    resolving = ev.Resolving(code=act.code, summary=act.summary)
    if state.ruling is not None and state.ruling.neutral:
        # The automation's end says nothing to the customer either: a message would tell the two apart.
        return [*withdrawn, resolving, ev.Resolved(code=act.code, summary=act.summary)]
    return [*withdrawn, _mail(state, act, "resolved", closes=True, summary=act.summary), resolving]


def _yes(state: TicketState, act: a.Approve) -> ev.Event:
    votes = state.approval.votes if state.approval else ()
    if state.approval is None or suffices(state.approval.need, (*votes, act.actor)):
        return ev.ApprovalGiven(plan_hash=act.plan_hash)
    return ev.ApprovalVoted(plan_hash=act.plan_hash)


def withdraw(state: TicketState, reason: str) -> list[ev.Event]:
    """Events that call off whatever is planned, gated or not, and the pending request for approval."""
    events: list[ev.Event] = []
    if state.awaits_approval and state.approval is not None:
        events.append(ev.ApprovalCancelled(plan_hash=state.approval.plan_hash, reason=reason))
    planned = tuple(r.step.id for r in state.with_status(StepStatus.PLANNED) if not is_correspondence(r.step.id))
    if planned:
        events.append(ev.StepsCancelled(steps=planned, reason=reason))
    return events


def _claim(state: TicketState, act: a.Claim) -> list[ev.Event]:
    """Who claims a ticket that the automation holds takes it over: it gives nothing any more by itself."""
    if _with_people(state):
        return [ev.Claimed()]
    team, reason = state.team or POLICY_EXCEPTION_QUEUE, f"claimed by {act.actor.id}"
    owned = ev.Owned(ownership=Ownership.EXCEPTION, team=team, assignee=act.actor.id, reason=reason)
    return [*_take_over(state), ev.Claimed(), owned]


def _take_over(state: TicketState) -> list[ev.Event]:
    """Call off what the automation planned, unless its money is on its way: then its line runs to the end."""
    under_way = any(isinstance(r.step, ReservedStep) for r in state.with_status(StepStatus.STARTED))
    return [] if _with_people(state) or under_way else withdraw(state, "a person took the ticket over")


def _with_people(state: TicketState) -> bool:
    return state.ownership in (Ownership.ESCALATE, Ownership.EXCEPTION)


def _cancel_gated(state: TicketState, reason: str) -> list[ev.Event]:
    gated = tuple(r.step.id for r in state.with_status(StepStatus.PLANNED) if r.gate is not None)
    return [ev.StepsCancelled(steps=gated, reason=reason)] if gated else []


def _customer_wrote(state: TicketState, act: a.CustomerAnswer) -> list[ev.Event]:
    events: list[ev.Event] = [ev.CustomerWrote(message=act.message, claims=act.claims)]
    return [*events, *reopen(state)] if state.phase is Phase.RESOLVED else events


def reopen(state: TicketState) -> list[ev.Event]:
    """The customer wrote after the resolution: people get the ticket, its old team first."""
    team = state.team or POLICY_EXCEPTION_QUEUE
    reason = "the customer wrote after the resolution"
    owned = ev.Owned(ownership=Ownership.EXCEPTION, team=team, reason=reason)
    return [ev.Reopened(), owned, *_answer_due(state)]


def _answer_due(state: TicketState) -> list[ev.Event]:
    """What was met stays met, so whoever comes back is owed an answer by a clock of its own: the nearest first
    response that the ticket had, as a target."""
    responses = [c for c in state.clocks.values() if c.met_by is Milestone.ANSWERED and not c.follow_up]
    if not responses:
        return []
    usual = min(responses, key=lambda c: (not spans.is_elapsed(c.span), spans.minutes(c.span), c.id))
    due = usual.model_copy(
        update={
            "id": f"reopened-{state.closures}-response",
            "name": "response after reopening",
            "kind": CommitmentKind.TARGET,
            **dict.fromkeys(("met_at", "at_risk_at", "nearly_due_at", "breached_at", "changed_at")),
            "withdrawn": False,
            "follow_up": True,
        }
    )
    return [ev.FollowUpSet(clock=due)]


def _override(state: TicketState, act: a.Override) -> list[ev.Event]:
    rule = state.ruling.rule if state.ruling else None
    team = state.team or POLICY_EXCEPTION_QUEUE
    return [
        *withdraw(state, "the decision was overridden"),
        ev.Overridden(justification=act.justification, rule=rule, remedy=act.remedy),
        ev.Owned(
            ownership=_held_by_people(state), team=team, assignee=act.actor.id, reason="the decision was overridden"
        ),
    ]


def _held_by_people(state: TicketState) -> Ownership:
    """A person took it in hand: what the automation owned is an exception to it now."""
    return state.ownership if state.ownership is Ownership.ESCALATE else Ownership.EXCEPTION


def is_correspondence(step: str) -> bool:
    """Acknowledgments, people's own letters, and word to colleagues are sent whatever becomes of the plan."""
    return step.startswith(_CORRESPONDENCE)


def _mail(state: TicketState, act: a.Act, template: str, *, closes: bool = False, **values: str) -> ev.StepPlanned:
    """A person's letter: sent in their name, so an emergency stop of the automation does not hold it."""
    step = letter(state, f"{template}-{state.seq + 1}", template, **values)
    return ev.StepPlanned(step=step, closes=closes, authorised_by=act.actor)
