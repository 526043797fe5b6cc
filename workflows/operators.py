"""What operators see of a ticket in the Temporal Web UI: never personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from casewright.domain.agenda import waits_for
    from casewright.domain.alarms import next_deadline
    from casewright.domain.messages import DEADLINE_ATTRIBUTE, PRIORITY_ATTRIBUTE, STATE_ATTRIBUTE, TEAM_ATTRIBUTE
    from casewright.domain.reading import state_word
    from casewright.domain.state import StepRecord, TicketState
    from casewright.domain.steps import (
        ApprovalMailStep,
        CancelSubscriptionStep,
        CreditStep,
        MailStep,
        NoticeStep,
        PasswordResetStep,
        PaymentPlanStep,
        RefundStep,
        ReplacementStep,
        ReturnLabelStep,
        SmsStep,
        Step,
    )

PRIORITY = SearchAttributeKey.for_keyword(PRIORITY_ATTRIBUTE)
STATE = SearchAttributeKey.for_keyword(STATE_ATTRIBUTE)
TEAM = SearchAttributeKey.for_keyword(TEAM_ATTRIBUTE)
DEADLINE = SearchAttributeKey.for_datetime(DEADLINE_ATTRIBUTE)
MATERIAL = timedelta(minutes=1)
"""A deadline that moves by less is left where it was shown."""


@dataclass(frozen=True)
class Shown:
    """The search attributes as they were last set; a client sets the first ones when it submits."""

    state: str | None = "working"
    team: str | None = None
    priority: str | None = None
    deadline: datetime | None = None
    known: bool = True
    """False: a run before this one set them, so all are set again."""


def show(state: TicketState, shown: Shown) -> Shown:
    """Bring details and search attributes up to date; one upsert for all that changed."""
    workflow.set_current_details(details(state))
    now = Shown(state_word(state), state.team, state.priority.value, _deadline(state, shown.deadline))
    before = Shown(shown.state, shown.team, shown.priority or state.submission.priority.value, shown.deadline)
    updates: list[SearchAttributeUpdate[Any]] = []
    anew = not shown.known
    if now.state != before.state or anew:
        updates.append(STATE.value_set(state_word(state)))
    if now.team != before.team or anew:
        updates.append(TEAM.value_set(now.team) if now.team else TEAM.value_unset())
    if now.priority != before.priority or anew:
        updates.append(PRIORITY.value_set(now.priority or ""))
    if now.deadline != before.deadline or anew:
        updates.append(DEADLINE.value_set(now.deadline) if now.deadline else DEADLINE.value_unset())
    if updates:
        workflow.upsert_search_attributes(updates)
    return now


def _deadline(state: TicketState, shown: datetime | None) -> datetime | None:
    """What people work to. The automation's own work takes moments: it isn't worth an event of its own."""
    if state_word(state) == "working":
        return shown
    deadline = next_deadline(state)
    if deadline is None or shown is None or abs(deadline - shown) > MATERIAL:
        return deadline
    return shown


def details(state: TicketState) -> str:
    """The ticket in a few lines of Markdown: what it waits for, what was ruled, what was done."""
    ruling = state.ruling
    rule = f" · **rule** {ruling.rule or 'none was certain'}" if ruling else ""
    lines = [
        f"**Waits for** {waits_for(state, why=False)}",
        f"**Policy** {state.submission.policy}{rule}",
        f"**Priority** {state.priority} · **owned by** {state.assignee or state.team or 'the automation'}",
    ]
    deadline = next_deadline(state)
    if deadline is not None:
        lines.append(f"**Next deadline** {deadline:%Y-%m-%d %H:%M %Z}")
    if ruling is not None:
        lines.append(f"**Because** {ruling.reason}")
    return "\n\n".join([*lines, *(step_line(r) for r in state.steps.values())])


def step_line(record: StepRecord) -> str:
    """One step and what became of it."""
    reason = f": {record.reason}" if record.reason else ""
    return f"- {step_summary(record.step)} — {record.status}{reason}"


def step_summary(step: Step) -> str:
    """A step in words, without who it is for."""
    match step:
        case MailStep() | NoticeStep():
            return f"{step.kind}: {step.template}"
        case ApprovalMailStep():
            return f"ask for approval: {', '.join(step.roles)}"
        case SmsStep():
            return f"text message: {step.template}"
        case PasswordResetStep():
            return f"password reset, {step.minutes} min"
        case CancelSubscriptionStep():
            return f"cancel the subscription, {f'{step.notice_days} days from then' if step.notice_days else 'at once'}"
        case ReplacementStep():
            return f"replacement for {step.serial}"
        case ReturnLabelStep():
            return f"return label for order {step.order}"
        case PaymentPlanStep():
            return f"payment plan of {step.amount} in {len(step.parts)} parts"
        case RefundStep() | CreditStep():
            return f"{step.kind} of {step.amount}"
