"""Steps in words: what each does, and what became of it."""

from __future__ import annotations

from casewright.domain.state import StepStatus
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
from starter.commands.showing import either, plain
from starter.shown.ticket import ShownStep


def what(step: Step) -> str:
    """What a step does, in full."""
    match step:
        case RefundStep():
            return f"refund {step.amount} of charge {step.charge} to {step.customer}"
        case CreditStep():
            return f"credit {step.amount} to the balance of {step.customer}"
        case MailStep():
            return f"mail {step.template} to {plain(step.to)}"
        case NoticeStep():
            return f"notice {step.template} to {step.team or 'the Policy Exception queue'}"
        case ApprovalMailStep():
            return f"mail {'reminding' if step.reminder else 'asking'} {either(step.roles)} for an approval"
        case SmsStep():
            return f"text message {step.template} to {either(step.roles)}"
        case PasswordResetStep():
            return f"link to set a new password for {plain(step.user)}, {step.minutes} min"
        case CancelSubscriptionStep():
            when = f"with {step.notice_days} days' notice" if step.notice_days else "at once"
            return f"cancel the subscription {step.subscription} of {step.customer} {when}"
        case ReplacementStep():
            return f"replacement for {plain(step.serial)}"
        case PaymentPlanStep():
            return f"payment plan for invoice {step.invoice} of {step.customer}: {', '.join(map(str, step.parts))}"
        case ReturnLabelStep():
            return f"label to send {plain(step.product)} of order {plain(step.order)} back, by mail to {plain(step.to)}"


def shortly(step: ShownStep) -> str:
    """What a step does, in few words."""
    if step.template is not None:
        return f"{step.kind} {step.template}"
    amount = f" {step.amount}" if step.amount is not None else ""
    return f"{step.kind}{amount}{f' of charge {step.charge}' if step.charge else ''}"


def outcome(step: ShownStep, *, awaits_approval: bool) -> str:
    """What became of a step."""
    reason = f": {plain(step.reason)}" if step.reason else ""
    match step.status:
        case StepStatus.PLANNED:
            return "waits for the approval" if step.gated and awaits_approval else "planned"
        case StepStatus.STARTED:
            return "under way"
        case StepStatus.DONE:
            # A mail's reference is its Message-ID, which helps nobody here.
            told = step.reference is not None and step.template is None
            return f"done, {plain(step.reference or '')}" if told else "done"
        case StepStatus.REFUSED:
            return f"refused{reason}"
        case StepStatus.UNCERTAIN:
            return f"outcome unknown, people must look{reason}"
        case StepStatus.CANCELLED:
            return f"cancelled{reason}"
