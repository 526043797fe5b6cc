"""What a ticket does next, and what its results bring: the interpreter's whole logic, pure."""

from __future__ import annotations

from casewright.domain import events as ev
from casewright.domain.apologies import CREDIT, without_the_credit
from casewright.domain.apply import is_correspondence, reopen
from casewright.domain.decision import Ownership
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.state import ApprovalStatus, Phase, StepRecord, StepStatus, TicketState
from casewright.domain.steps import CreditStep


def ready_steps(state: TicketState) -> tuple[StepRecord, ...]:
    """The planned steps whose predecessors are done and whose approval, if they need one, was given."""
    return tuple(r for r in state.with_status(StepStatus.PLANNED) if _ready(state, r))


def _ready(state: TicketState, record: StepRecord) -> bool:
    if any(state.steps[i].status is not StepStatus.DONE for i in record.after):
        return False
    if record.gate is None:
        return True
    approval = state.approval
    return approval is not None and approval.status is ApprovalStatus.GIVEN and approval.plan_hash == record.gate


def closing(state: TicketState, record: StepRecord) -> list[ev.Event]:
    """What starting a closing step announces: from here on, no act may come between it and the resolution."""
    if not record.closes or state.phase is not Phase.OPEN:
        return []
    reason = state.ruling.reason if state.ruling else state.owned_because
    return [ev.Resolving(code=_code(state, record), summary=reason)]


def _code(state: TicketState, record: StepRecord) -> str:
    if record.authorised_by is not None:
        return "overridden"
    return "approved" if record.gate else "automated"


def consequences(state: TicketState, step: str) -> list[ev.Event]:
    """What the result of a step brings, beyond its own row: nothing when it is done or decided again."""
    record = state.steps[step]
    if state.phase is Phase.RESOLVED and state.wrote_meanwhile:
        return reopen(state)
    if record.status not in (StepStatus.REFUSED, StepStatus.UNCERTAIN):
        return []
    words = "was refused" if record.status is StepStatus.REFUSED else "has no certain outcome"
    reason = f"{record.step.kind} {words}: {record.reason}"
    dependents = _dependents(state, step)
    cancelled: list[ev.Event] = [ev.StepsCancelled(steps=dependents, reason=reason)] if dependents else []
    if step.startswith(CREDIT):
        return [*without_the_credit(state, step), *cancelled, ev.Noted(message=reason)]
    if isinstance(record.step, CreditStep) and is_correspondence(step):
        return [*cancelled, ev.Noted(message=reason)]
    if is_correspondence(step):
        return [*cancelled, *_undelivered(state, reason)]
    if state.needs_decision:
        return cancelled
    return [*cancelled, *fail_plan(state, reason)]


def refuse_remedy(state: TicketState, reason: str) -> list[ev.Event]:
    """A remedy that the systems contradict: whoever holds the ticket reads why."""
    because = f"the remedy can't be given: {reason}"
    owned = ev.Owned(ownership=state.ownership, team=state.team, assignee=state.assignee, reason=because)
    return [ev.RemedyRefused(reason=reason), owned]


def _undelivered(state: TicketState, reason: str) -> list[ev.Event]:
    """A letter that did not arrive changes no plan; whoever holds the ticket is told."""
    events: list[ev.Event] = [ev.Noted(message=reason)]
    if state.ownership is Ownership.AUTOMATE or state.phase is not Phase.OPEN:
        return events
    held = ev.Owned(ownership=state.ownership, team=state.team, assignee=state.assignee, reason=reason)
    return [*events, held]


def fail_plan(state: TicketState, reason: str) -> list[ev.Event]:
    """A plan that fails goes to people with its reason: the queue, unless people hold it already.

    A ticket that was resolved meanwhile stays resolved; the reason is noted.
    """
    if state.phase in (Phase.RESOLVED, Phase.CLOSED):
        return [ev.Noted(message=reason)]
    held = state.ownership is Ownership.ESCALATE
    owned = ev.Owned(
        ownership=state.ownership if held else Ownership.EXCEPTION,
        team=state.team if held else POLICY_EXCEPTION_QUEUE,
        assignee=state.assignee,
        reason=reason,
    )
    return [ev.PlanFailed(reason=reason), owned]


def _dependents(state: TicketState, step: str) -> tuple[str, ...]:
    """The planned steps that come after this one, near or far."""
    found = {step}
    for record in state.steps.values():
        if found.intersection(record.after):
            found.add(record.step.id)
    return tuple(i for i in state.steps if i in found - {step} and state.steps[i].status is StepStatus.PLANNED)


def waits_for(state: TicketState, *, why: bool = True) -> str:
    """What the ticket waits for, in words; ``why`` may hold what people wrote, which not everybody may read."""
    if state.phase is Phase.CLOSED:
        return "nothing: it is closed"
    if state.phase is Phase.RESOLVED:
        return "nothing: it is resolved, and the customer may reopen it"
    running = [r.step.kind for r in state.with_status(StepStatus.STARTED)]
    if running:
        return f"the outside world: {', '.join(running)} under way"
    if state.needs_decision:
        return "facts and a decision"
    if state.awaits_approval and state.approval is not None:
        return f"an approval by {' or '.join(state.approval.need.roles)}"
    if state.waiting_for_customer:
        return "the customer's answer"
    who = state.assignee or state.team
    if who:
        return f"{who}: {state.owned_because}" if why else who
    return (state.owned_because if why else "") or "its first decision"
