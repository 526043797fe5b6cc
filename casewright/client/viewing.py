"""A ticket's state as the read table would show it."""

from __future__ import annotations

from casewright.domain.agenda import waits_for
from casewright.domain.alarms import next_deadline
from casewright.domain.reading import state_word
from casewright.domain.state import TicketState
from casewright.records.views import TicketView


def view_of(state: TicketState) -> TicketView:
    """The view of a state that comes from the process itself."""
    submission = state.submission
    return TicketView(
        id=state.id,
        policy=submission.policy,
        rule=state.ruling.rule if state.ruling else None,
        phase=state.phase,
        standing=state_word(state),
        ownership=state.ownership,
        team=state.team,
        assignee=state.assignee,
        priority=state.priority,
        waits_for=waits_for(state),
        subject=submission.subject,
        customer=submission.requester.customer,
        email=submission.requester.email,
        seq=state.seq,
        submitted_at=state.submitted_at,
        updated_at=state.folded_at,
        resolved_at=state.resolved_at,
        deadline=next_deadline(state),
        unfolded=None,
        state=state,
    )
