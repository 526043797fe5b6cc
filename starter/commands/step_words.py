"""Steps in words: what each does, and what became of it."""

from __future__ import annotations

from casewright.approval_words import what_happens
from casewright.domain.state import StepStatus
from casewright.domain.steps import MailStep, Step
from starter.commands.showing import plain
from starter.shown.ticket import ShownStep


def what(step: Step) -> str:
    """What a step does, as whoever approves it reads it; of a mail also to whom."""
    return f"mail {step.template} to {plain(step.to)}" if isinstance(step, MailStep) else plain(what_happens(step))


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
