"""From a decision to events: what is planned, who is asked, who owns the ticket."""

from __future__ import annotations

from casewright.domain import approvals
from casewright.domain import events as ev
from casewright.domain.apply import withdraw
from casewright.domain.canonical import digest
from casewright.domain.decision import ApprovalNeed, Decision, Ownership, PlannedStep
from casewright.domain.entitlement import Entitlement
from casewright.domain.letters import letter
from casewright.domain.people import POLICY_EXCEPTION_QUEUE, SYSTEM, Actor
from casewright.domain.state import RemedyRequest, TicketState
from casewright.domain.steps import LetterStep, Step
from casewright.domain.timekeeping import ACKNOWLEDGMENT

MAX_QUESTIONS = 2


def plan_hash(ticket: str, need: ApprovalNeed, steps: tuple[Step, ...]) -> str:
    """What a verdict is bound to: the ticket, the steps to the last detail, and who must approve."""
    return digest(
        {"ticket": ticket, "need": need.model_dump(mode="json"), "steps": [s.model_dump(mode="json") for s in steps]}
    )


def acknowledge(state: TicketState, promise: str | None = None) -> list[ev.Event]:
    """The acknowledgment, once: names the ticket and the promised response time, no resolution time (RULES §4)."""
    if ACKNOWLEDGMENT in state.steps:
        return []
    subject = state.submission.subject
    if promise is None:
        return [ev.StepPlanned(step=letter(state, ACKNOWLEDGMENT, "acknowledgment", subject=subject))]
    step = letter(state, ACKNOWLEDGMENT, "acknowledgment-promise", subject=subject, promise=promise)
    return [ev.StepPlanned(step=step)]


def entitle(state: TicketState, entitlement: Entitlement) -> list[ev.Event]:
    """The commitments that apply now; the first time, the customer is told of the response that is promised."""
    return [ev.ClocksSet(entitlement=entitlement), *acknowledge(state, entitlement.promise)]


def carry_out(state: TicketState, decision: Decision) -> list[ev.Event]:
    """The events that put a decision into effect."""
    ruling = decision.ruling
    entitlement, decision = decision.entitlement, decision.model_copy(update={"entitlement": None})
    events: list[ev.Event] = [*withdraw(state, "the ticket was decided again"), ev.Decided(decision=decision)]
    events += entitle(state, entitlement) if entitlement is not None else acknowledge(state)
    if ruling.ownership is Ownership.ASK and state.asked >= MAX_QUESTIONS:
        reason = f"asked {state.asked} times without getting the fact: {ruling.reason}"
        return [*events, ev.Owned(ownership=Ownership.EXCEPTION, team=POLICY_EXCEPTION_QUEUE, reason=reason)]
    team = ruling.team or (POLICY_EXCEPTION_QUEUE if ruling.ownership is Ownership.EXCEPTION else None)
    events.append(ev.Owned(ownership=ruling.ownership, team=team, reason=ruling.reason))
    prefix = f"d{state.decisions + 1}-"
    closes = ruling.ownership is Ownership.AUTOMATE
    events += _line(
        prefix, [p.step for p in decision.steps if not p.gated], closes=closes, answers=closes or ruling.neutral
    )
    gated = [p for p in decision.steps if p.gated]
    if gated and ruling.approval is not None:
        events += request_approval(state, prefix, gated, ruling.approval, SYSTEM)
    if ruling.ownership is Ownership.ASK and ruling.question is not None:
        question = letter(state, f"{prefix}question", ruling.question)
        events += [ev.Asked(question=ruling.question), ev.StepPlanned(step=question)]
    return events


def request_approval(
    state: TicketState, prefix: str, gated: list[PlannedStep], need: ApprovalNeed, by: Actor
) -> list[ev.Event]:
    """Ask for approval of exactly these steps; approved, they run in line and resolve the ticket."""
    steps = tuple(_renamed(prefix, p.step) for p in gated)
    hashed = plan_hash(state.id, need, steps)
    requested = ev.ApprovalRequested(plan_hash=hashed, need=need, requested_by=by, steps=tuple(s.id for s in steps))
    asked = approvals.ask(hashed, need, (by.id, state.submitter.id), f"approval-{state.seq + 1}")
    return [requested, *_line("", list(steps), closes=True, gate=hashed, authority=need), asked]


def give_remedy(
    state: TicketState, request: RemedyRequest, steps: tuple[Step, ...], need: ApprovalNeed
) -> list[ev.Event]:
    """A person's remedy: on their own authority where it suffices, else for approval by someone else."""
    prefix = f"r{state.seq + 1}-"
    # Nobody gives on what the submitter lends them, no more than the submitter does.
    if request.by.without(state.submitter.id).holds(need.roles) and request.by.id != state.submitter.id:
        return _line(prefix, list(steps), closes=True, authorised_by=request.by, authority=need)
    return request_approval(state, prefix, [PlannedStep(step=s, gated=True) for s in steps], need, request.by)


def _renamed(prefix: str, step: Step) -> Step:
    return step.model_copy(update={"id": f"{prefix}{step.id}"})


def _line(
    prefix: str,
    steps: list[Step],
    *,
    closes: bool,
    answers: bool = False,
    gate: str | None = None,
    authorised_by: Actor | None = None,
    authority: ApprovalNeed | None = None,
) -> list[ev.Event]:
    """A straight line: each step after the one before it; the last may close the ticket."""
    renamed = [_renamed(prefix, step) for step in steps]
    return [
        ev.StepPlanned(
            step=step,
            after=(renamed[i - 1].id,) if i else (),
            gate=gate,
            closes=closes and i == len(renamed) - 1,
            answers=answers and isinstance(step, LetterStep),
            authorised_by=authorised_by,
            authority=authority,
        )
        for i, step in enumerate(renamed)
    ]
