"""What an alarm brings, as events: people are told, requests go up, the customer hears of a broken promise."""

from __future__ import annotations

from datetime import datetime

from casewright.domain import approvals, spans
from casewright.domain import events as ev
from casewright.domain.alarms import Alarm, AlarmKind
from casewright.domain.clocks import Clock, CommitmentKind
from casewright.domain.letters import letter
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import Phase, TicketState
from casewright.domain.steps import CreditStep, NoticeStep

TEAM_LEAD, OPERATIONS_MANAGER = "team-lead", "operations-manager"


def ring(state: TicketState, alarm: Alarm) -> list[ev.Event]:
    """The events of an alarm whose instant has come; afterwards that very alarm is not due any more."""
    match alarm.kind:
        case AlarmKind.AT_RISK | AlarmKind.NEARLY_DUE:
            return _warn(state, alarm.kind, state.clocks[alarm.subject], alarm.deadline or alarm.at)
        case AlarmKind.BREACH:
            return _breach(state, state.clocks[alarm.subject], alarm.at)
        case AlarmKind.APPROVAL if state.approval is not None:
            return approvals.unanswered(state, state.approval)
        case AlarmKind.SURVEY:
            survey = letter(state, f"survey-{state.surveys + 1}", "survey", subject=state.submission.subject)
            return [ev.StepPlanned(step=survey.model_copy(update={"link": "survey"}))]
        case AlarmKind.CLOSE:
            return [ev.Closed()]
    raise ValueError(f"no request for approval is pending on {state.id}")


def _warn(state: TicketState, kind: AlarmKind, clock: Clock, deadline: datetime) -> list[ev.Event]:
    """The owner and the Team Lead are told (RULES §4)."""
    said = ev.AtRisk if kind is AlarmKind.AT_RISK else ev.NearlyDue
    notice = _notice(state, "staff-at-risk", clock, deadline, (TEAM_LEAD,))
    return [said(clock=clock.id, deadline=deadline), notice]


def _breach(state: TicketState, clock: Clock, deadline: datetime) -> list[ev.Event]:
    """Recorded, told up the ladder, and where it was a promise the customer hears of it (RULES §4)."""
    to = (TEAM_LEAD, OPERATIONS_MANAGER)
    notice = _notice(state, "staff-breach", clock, deadline, to)
    return [ev.Breached(clock=clock.id, deadline=deadline), notice, *_apology(state, clock)]


def _apology(state: TicketState, clock: Clock) -> list[ev.Event]:
    """Template 3, once for one thing that was promised, however many sources promised it."""
    neutral = state.ruling is not None and state.ruling.neutral
    said = any(
        c.breached_at is not None and c.kind is CommitmentKind.PROMISE and c.met_by is clock.met_by
        for c in state.clocks.values()
    )
    if clock.kind is not CommitmentKind.PROMISE or state.phase is not Phase.OPEN or neutral or said:
        return []
    said_in_words = {"promise": spans.in_words(clock.span), "subject": state.submission.subject}
    number = state.seq + 3
    if state.breach_credit is None or state.customer is None:
        return [ev.StepPlanned(step=letter(state, f"apology-{number}", "delay-apology", **said_in_words))]
    amount = state.breach_credit
    credit = CreditStep(id=f"apology-credit-{number}", customer=state.customer, amount=amount)
    sorry = letter(state, f"apology-{number + 1}", "delay-apology-credit", **said_in_words, amount=str(amount))
    # Only what was given is written of.
    return [ev.StepPlanned(step=credit), ev.StepPlanned(step=sorry, after=(credit.id,))]


def _notice(
    state: TicketState, template: str, clock: Clock, deadline: datetime, roles: tuple[str, ...]
) -> ev.StepPlanned:
    owner = (state.assignee,) if state.assignee else ()
    notice = NoticeStep(
        id=f"notice-{state.seq + 2}",
        template=template,
        team=state.team or POLICY_EXCEPTION_QUEUE,
        to=(*owner, *roles),
        values={
            "clock": f"{clock.name} ({clock.source})",
            "deadline": deadline.isoformat(timespec="minutes"),
            "state": "nobody has it" if not state.assignee else f"{state.assignee} has it",
        },
    )
    return ev.StepPlanned(step=notice)
