"""What operators see of a ticket in the Temporal Web UI: never personal data."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from casewright.domain.agenda import waits_for
    from casewright.domain.messages import PRIORITY_ATTRIBUTE, STATE_ATTRIBUTE, TEAM_ATTRIBUTE
    from casewright.domain.reading import state_word
    from casewright.domain.state import StepRecord, TicketState
    from casewright.domain.steps import MailStep, Step

PRIORITY = SearchAttributeKey.for_keyword(PRIORITY_ATTRIBUTE)
STATE = SearchAttributeKey.for_keyword(STATE_ATTRIBUTE)
TEAM = SearchAttributeKey.for_keyword(TEAM_ATTRIBUTE)


@dataclass(frozen=True)
class Shown:
    """The search attributes as they were last set; a client sets the first ones when it submits."""

    state: str = "working"
    team: str | None = None
    priority: str | None = None


def show(state: TicketState, shown: Shown) -> Shown:
    """Bring details and search attributes up to date; one upsert for all that changed."""
    workflow.set_current_details(details(state))
    now = Shown(state=state_word(state), team=state.team, priority=state.priority.value)
    before = Shown(shown.state, shown.team, shown.priority or state.submission.priority.value)
    updates: list[SearchAttributeUpdate[str]] = []
    if now.state != before.state:
        updates.append(STATE.value_set(now.state))
    if now.team != before.team:
        updates.append(TEAM.value_set(now.team) if now.team else TEAM.value_unset())
    if now.priority != before.priority:
        updates.append(PRIORITY.value_set(now.priority or ""))
    if updates:
        workflow.upsert_search_attributes(updates)
    return now


def details(state: TicketState) -> str:
    """The ticket in a few lines of Markdown: what it waits for, what was ruled, what was done."""
    ruling = state.ruling
    rule = f" · **rule** {ruling.rule or 'none was certain'}" if ruling else ""
    lines = [
        f"**Waits for** {waits_for(state)}",
        f"**Policy** {state.submission.policy}{rule}",
        f"**Priority** {state.priority} · **owned by** {state.assignee or state.team or 'the automation'}",
    ]
    if ruling is not None:
        lines.append(f"**Because** {ruling.reason}")
    return "\n\n".join([*lines, *(step_line(r) for r in state.steps.values())])


def step_line(record: StepRecord) -> str:
    """One step and what became of it."""
    reason = f": {record.reason}" if record.reason else ""
    return f"- {step_summary(record.step)} — {record.status}{reason}"


def step_summary(step: Step) -> str:
    """A step in words, without who it is for."""
    if isinstance(step, MailStep):
        return f"mail: {step.template}"
    return f"{step.kind} of {step.amount}"
