"""Journal rows in words, for the timeline of a ticket."""

from __future__ import annotations

from casewright.domain import events as ev
from casewright.domain.events import Event
from starter.commands.showing import either, instant, plain
from starter.commands.step_words import what

MAX_LETTERS = 300


def in_words(event: Event) -> str:
    """One event, on one line."""
    line = " ".join(plain(_said(event)).split())
    return line if len(line) <= MAX_LETTERS else f"{line[: MAX_LETTERS - 1]}…"


def _said(event: Event) -> str:
    words = _of_decisions(event) or _of_steps(event) or _of_approvals(event) or _of_people(event) or _of_clocks(event)
    return words or event.type.replace("_", " ")


def _of_decisions(event: Event) -> str | None:
    match event:
        case ev.Submitted():
            return f"submitted: {event.submission.subject}"
        case ev.Decided():
            ruling = event.decision.ruling
            return f"decided {ruling.rule or 'nothing for certain'} ({ruling.ownership}): {ruling.reason}"
        case ev.Owned():
            who = " / ".join(name for name in (event.team, event.assignee) if name)
            return f"owned: {event.ownership}{f' with {who}' if who else ''}: {event.reason}"
        case ev.PlanFailed() | ev.RemedyRefused():
            return f"{event.type.replace('_', ' ')}: {event.reason}"
        case _:
            return None


def _of_steps(event: Event) -> str | None:
    match event:
        case ev.StepPlanned():
            gate = ", once approved" if event.gate else ""
            return f"planned {event.step.id}: {what(event.step)}{gate}"
        case ev.StepStarted():
            return f"started {event.step}"
        case ev.StepDone():
            return f"done {event.step}: {event.reference}{' (found done by an earlier try)' if event.found else ''}"
        case ev.StepRefused():
            return f"refused {event.step} ({event.guard}): {event.reason}"
        case ev.StepUncertain():
            return f"no certain outcome of {event.step}: {event.reason}"
        case ev.StepRetried():
            return f"tried again: {event.step}"
        case ev.StepsCancelled():
            return f"cancelled {', '.join(event.steps)}: {event.reason}"
        case _:
            return None


def _of_approvals(event: Event) -> str | None:
    match event:
        case ev.ApprovalRequested():
            return f"approval asked of {either(event.need.roles)} for {', '.join(event.steps)}: {event.need.why}"
        case ev.ApprovalGiven():
            return f"approved plan {event.plan_hash[:12]}"
        case ev.ApprovalRejected():
            return f"rejected plan {event.plan_hash[:12]}: {event.reason}"
        case ev.ApprovalCancelled():
            return f"approval of plan {event.plan_hash[:12]} lapsed: {event.reason}"
        case ev.ApprovalVoted():
            return f"said yes to plan {event.plan_hash[:12]}, as one of several"
        case ev.ApprovalPassedUp():
            return f"no answer in time, passed up: {either(event.roles)} asked to approve plan {event.plan_hash[:12]}"
        case ev.ApprovalReminded():
            return f"reminded of plan {event.plan_hash[:12]}, which nobody has answered"
        case _:
            return None


def _of_people(event: Event) -> str | None:
    match event:
        case ev.Wrote():
            return f"{'asked' if event.asks else 'wrote to'} the customer: {event.message}"
        case ev.Asked():
            return f"asked the customer: {event.question}"
        case ev.CustomerWrote():
            return f"the customer wrote: {event.message}"
        case ev.Noted():
            return f"note: {event.message}"
        case ev.Overridden():
            remedy = f", giving a {event.remedy.kind} of {event.remedy.amount}" if event.remedy else ""
            return f"overrode {event.rule or 'the decision'}{remedy}: {event.justification}"
        case ev.Reprioritised():
            return f"priority {event.before} → {event.after}: {event.reason}"
        case ev.Resolving() | ev.Resolved():
            return f"{event.type} ({event.code}): {event.summary}"
        case ev.Rated():
            return f"the customer rated it {event.score} of 5{f': {event.comment}' if event.comment else ''}"
        case _:
            return None


def _of_clocks(event: Event) -> str | None:
    match event:
        case ev.AtRisk() | ev.NearlyDue():
            return f"{event.type.replace('_', ' ')}: {event.clock}, due {instant(event.deadline)} UTC"
        case ev.Breached():
            return f"breached: {event.clock} was due {instant(event.deadline)} UTC"
        case _:
            return None
