"""The customer's rating after the closure, and what a low one sets going (RULES §7)."""

from __future__ import annotations

from datetime import datetime

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import Ownership
from casewright.domain.letters import letter
from casewright.domain.state import Phase, Rating, TicketState
from casewright.domain.steps import CreditStep, NoticeStep, SpendingLimit

SUPPORT_MANAGERS, SUPPORT_MANAGER = "support-managers", "support-manager"


def rated(state: TicketState, act: a.Rate, now: datetime) -> list[ev.Event]:
    """The events of a rating."""
    events: list[ev.Event] = [ev.Rated(score=act.score, comment=act.comment)]
    again = state.rating is not None and state.rating.is_low
    if again or not Rating(score=act.score, comment=act.comment, at=now).is_low:
        return events
    told = NoticeStep(
        id=f"notice-{state.seq + 2}",
        template="staff-low-rating",
        team=state.team,
        to=(SUPPORT_MANAGER,),
        lead=True,
        values={"score": str(act.score)},
    )
    sorry = letter(
        state, f"sorry-{state.seq + 3}", "low-score", subject=state.submission.subject, score=f"{act.score}/5"
    )
    events += [ev.StepPlanned(step=told), ev.StepPlanned(step=sorry)]
    return [*events, *_credit(state, now), *_follow_ups(now), *_to_a_manager(state, act)]


def _follow_ups(now: datetime) -> list[ev.Event]:
    review = Clock(
        id="support-manager-review",
        name="Support Manager's review",
        kind=CommitmentKind.TARGET,
        source="DF 8.2",
        span="12 h",
        met_by=Milestone.ACCEPTED,
        pausable=False,
        met_by_roles=(SUPPORT_MANAGER,),
        started=now,
        follow_up=True,
    )
    contact = review.model_copy(
        update={
            "id": "manager-contact",
            "name": "manager's contact",
            "kind": CommitmentKind.PROMISE,
            "source": "DF Template 5",
            "span": "24 h",
            "met_by": Milestone.CONTACTED,
        }
    )
    return [ev.FollowUpSet(clock=review), ev.FollowUpSet(clock=contact)]


def _credit(state: TicketState, now: datetime) -> list[ev.Event]:
    """Once per customer and quarter, whichever of their tickets comes first."""
    if state.low_rating_credit is None or state.customer is None:
        return []
    quarter = f"{now.year}-Q{(now.month + 2) // 3}"
    once = SpendingLimit(scopes=(f"low-rating:{state.customer}:{quarter}",), capacity=state.low_rating_credit)
    credit = CreditStep(
        id=f"sorry-credit-{state.closures}",
        customer=state.customer,
        amount=state.low_rating_credit,
        limits=(once,),
        source="DF 8.2",
    )
    return [ev.StepPlanned(step=credit)]


def _to_a_manager(state: TicketState, act: a.Rate) -> list[ev.Event]:
    """The promise is kept on this very ticket, so it is open again; people who hold it keep it."""
    if state.phase is not Phase.RESOLVED:
        return []
    reason = f"the customer rated it {act.score} of 5; a manager contacts them"
    return [ev.Reopened(), ev.Owned(ownership=Ownership.ESCALATE, team=SUPPORT_MANAGERS, reason=reason)]
