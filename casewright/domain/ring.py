"""What alarms bring, as events: people are told, requests go up, the customer hears of a broken promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casewright.domain import approvals
from casewright.domain import events as ev
from casewright.domain.alarms import Alarm, AlarmKind, overdue
from casewright.domain.apologies import apology
from casewright.domain.approvals import OPERATIONS_MANAGER
from casewright.domain.clocks import Clock
from casewright.domain.letters import letter
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import TicketState
from casewright.domain.steps import NoticeStep


def ring(state: TicketState, alarms: Sequence[Alarm]) -> list[ev.Event]:
    """The events of alarms of one kind whose instant has come; afterwards those very alarms are not due any more."""
    kind, clocks = alarms[0].kind, [state.clocks[alarm.subject] for alarm in alarms if alarm.subject]
    match kind:
        case AlarmKind.AT_RISK | AlarmKind.NEARLY_DUE:
            return _warn(state, alarms, clocks)
        case AlarmKind.BREACH:
            return _breach(state, clocks, alarms[0].at)
        case AlarmKind.OVERDUE:
            return _still_overdue(state, overdue(state))
        case AlarmKind.APPROVAL if state.approval is not None:
            return approvals.unanswered(state, state.approval)
        case AlarmKind.SURVEY:
            survey = letter(state, f"survey-{state.surveys + 1}", "survey", subject=state.submission.subject)
            return [ev.StepPlanned(step=survey.model_copy(update={"link": "survey"}))]
        case AlarmKind.CLOSE:
            return [ev.Closed()]
    raise ValueError(f"no request for approval is pending on {state.id}")


def _warn(state: TicketState, alarms: Sequence[Alarm], clocks: Sequence[Clock]) -> list[ev.Event]:
    """The owner and the Team Lead are told (RULES §4)."""
    said = ev.AtRisk if alarms[0].kind is AlarmKind.AT_RISK else ev.NearlyDue
    told: list[ev.Event] = [said(clock=a.subject, deadline=a.deadline or a.at) for a in alarms]
    return [*told, _notice(state, len(told), "staff-at-risk", clocks, alarms[0].deadline or alarms[0].at)]


def _breach(state: TicketState, clocks: Sequence[Clock], deadline: datetime) -> list[ev.Event]:
    """Recorded, told up the ladder, and where it was a promise the customer hears of it (RULES §4)."""
    told: list[ev.Event] = [ev.Breached(clock=clock.id, deadline=deadline) for clock in clocks]
    notice = _notice(state, len(told), "staff-breach", clocks, deadline, (OPERATIONS_MANAGER,))
    return [*told, notice, *apology(state, clocks, deadline, state.seq + len(told) + 2)]


def _still_overdue(state: TicketState, clocks: Sequence[Clock]) -> list[ev.Event]:
    first = min(clock.breached_at for clock in clocks if clock.breached_at is not None)
    told = ev.StillOverdue(clocks=tuple(clock.id for clock in clocks))
    return [told, _notice(state, 1, "staff-breach", clocks, first, (OPERATIONS_MANAGER,))]


def _notice(
    state: TicketState,
    after: int,
    template: str,
    clocks: Sequence[Clock],
    deadline: datetime,
    roles: tuple[str, ...] = (),
) -> ev.StepPlanned:
    """One message for all of them, to whoever has the ticket, the team's lead, and these roles."""
    owner = (state.assignee,) if state.assignee else ()
    notice = NoticeStep(
        id=f"notice-{state.seq + after + 1}",
        template=template,
        team=state.team or POLICY_EXCEPTION_QUEUE,
        to=(*owner, *dict.fromkeys((*roles, *(role for clock in clocks for role in clock.met_by_roles)))),
        lead=True,
        values={
            "clock": " and ".join(f"{clock.name} ({clock.source})" for clock in clocks),
            "deadline": deadline.isoformat(timespec="minutes"),
            "state": "somebody has it" if state.assignee else "nobody has it",
        },
    )
    return ev.StepPlanned(step=notice)
