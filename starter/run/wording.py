"""A sample's standing in few words: what was decided, done, and waited for."""

from __future__ import annotations

from collections import Counter

from casewright.domain.state import StepStatus, TicketState
from casewright.domain.steps import LetterStep, MoneyStep, PaymentPlanStep, ReplacementStep
from starter.run.board import Standing


def decided(standing: Standing) -> str:
    """The rule that ruled, and what changed its verdict."""
    view = standing.view
    if view is None or view.state.ruling is None:
        return ""
    names = [overlay.partition(":")[0] for overlay in view.state.ruling.overlays]
    return ", ".join([view.rule or "no certain rule", *names])


def did(standing: Standing) -> str:
    """Money and mails; what was refused or is uncertain, too."""
    return done_by(standing.view.state) if standing.view else ""


def done_by(state: TicketState) -> str:
    """What a ticket's steps have done."""
    words: list[str] = []
    kinds: Counter[str] = Counter()
    for record in state.steps.values():
        if record.status in (StepStatus.REFUSED, StepStatus.UNCERTAIN):
            words.append(f"{record.step.kind} {record.status}")
        elif record.status is StepStatus.DONE and isinstance(record.step, LetterStep):
            kinds["mail"] += 1
        elif record.status is StepStatus.DONE and isinstance(record.step, MoneyStep):
            words.append(f"{record.step.kind} {record.step.amount}")
        elif record.status is StepStatus.DONE and isinstance(record.step, PaymentPlanStep):
            words.append(f"{record.step.amount} in {len(record.step.parts)} parts")
        elif record.status is StepStatus.DONE and isinstance(record.step, ReplacementStep):
            words.append(record.step.kind)
    if kinds["mail"]:
        words.append("1 mail" if kinds["mail"] == 1 else f"{kinds['mail']} mails")
    return "; ".join(words)


def waits(standing: Standing) -> str:
    """What the sample waits for, in full: its ticket, or what keeps it from having settled."""
    if standing.waits and standing.as_expected is None:
        return standing.waits
    return standing.view.waits_for if standing.view is not None else standing.waits


def waits_shortly(standing: Standing) -> str:
    """The same in a few words."""
    view = standing.view
    if view is None or (standing.waits and standing.as_expected is None):
        return standing.waits
    state = view.state
    if view.standing in ("resolved", "closed"):
        return f"nothing: {view.standing}"
    if state.awaits_approval and state.approval is not None:
        lowest, *others = state.approval.need.roles
        return f"approval: {lowest}" + (f" or {len(others)} others" if len(others) > 1 else "")
    if view.standing == "waiting-customer":
        return "the customer's answer"
    if view.standing == "with-people":
        return " / ".join(name for name in (view.team, view.assignee) if name)
    return view.waits_for


def counts(standings: list[Standing]) -> str:
    """How far it is."""
    settled = [s for s in standings if s.as_expected is not None]
    wrong = sum(not s.as_expected for s in settled)
    return f"{len(settled)} of {len(standings)} samples settled" + (f", {wrong} not as expected" if wrong else "")
