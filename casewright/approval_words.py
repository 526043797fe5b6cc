"""A plan in the words that whoever approves it reads: what will happen, for how much, and why."""

from __future__ import annotations

from collections.abc import Iterable

from casewright.domain.state import Approval, TicketState
from casewright.domain.steps import (
    ApprovalMailStep,
    CancelSubscriptionStep,
    CreditStep,
    MailStep,
    MoneyStep,
    NoticeStep,
    PasswordResetStep,
    PaymentPlanStep,
    RefundStep,
    ReplacementStep,
    ReturnLabelStep,
    SmsStep,
    Step,
)


def steps_of(state: TicketState, approval: Approval) -> tuple[Step, ...]:
    """What the request is about, in order."""
    return tuple(state.steps[id].step for id in approval.steps if id in state.steps)


def what_happens(step: Step) -> str:
    """What a step does; no address of anybody, and nothing that a customer wrote."""
    match step:
        case RefundStep():
            return f"refund {step.amount} of charge {step.charge} to {step.customer}"
        case CreditStep():
            return f"credit {step.amount} to the balance of {step.customer}"
        case MailStep():
            return f"mail {step.template} to the customer"
        case NoticeStep():
            return f"notice {step.template} to {step.team or 'the Policy Exception queue'}"
        case SmsStep():
            return f"text message {step.template} to {' or '.join(step.roles)}"
        case ApprovalMailStep():
            return f"mail {'reminding' if step.reminder else 'asking'} {' or '.join(step.roles)} for an approval"
        case PasswordResetStep():
            return f"a link to set a new password for user {step.user}, which works for {step.minutes} min"
        case CancelSubscriptionStep():
            when = f"with {step.notice_days} days' notice" if step.notice_days else "at once"
            return f"cancel the subscription {step.subscription} of {step.customer} {when}"
        case ReplacementStep():
            return f"send another piece for the one with the serial number {step.serial}"
        case PaymentPlanStep():
            return f"payment plan for invoice {step.invoice} of {step.customer}: {', '.join(map(str, step.parts))}"
        case ReturnLabelStep():
            return f"mail the customer a label to send {step.product} of order {step.order} back"


def amounts(steps: Iterable[Step]) -> str:
    """The money that the steps give, one amount for each."""
    return " and ".join(str(step.amount) for step in steps if isinstance(step, MoneyStep)) or "no money"


def evidence(state: TicketState, approval: Approval) -> str:
    """Why: the rule and its reason, and why these people are asked."""
    ruling = state.ruling
    rule = f"{ruling.rule or ruling.policy} (version {ruling.version}): {ruling.reason.rstrip('.')}; " if ruling else ""
    return f"{rule}asked because of {approval.need.why}"
