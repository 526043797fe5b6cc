"""Samples and tickets to try a run's judgement on."""

from __future__ import annotations

from casewright.domain.reading import state_word
from casewright.domain.state import TicketState
from casewright.records.views import TicketView
from starter.run.samples import Sample

SAMPLE = {
    "name": "charged-twice",
    "title": "Charged twice",
    "shows": "A.1/auto-refund",
    "submission": {"policy": "A.1", "subject": "Charged twice", "requester": {"email": "ada@example.com"}},
    "expect": {
        "rule": "A.1/auto-refund",
        "state": "resolved",
        "code": "automated",
        "refunds": {"ch_1": "20.00 USD"},
        "mails": ["acknowledgment", "refund-confirmation"],
        "ledger": [{"kind": "refund", "amount": "20.00 USD"}],
    },
}


def sample(**changes: object) -> Sample:
    """A sample that expects an automatic refund."""
    return Sample.model_validate({**SAMPLE, **changes})


def view(state: TicketState, waits_for: str = "nothing") -> TicketView:
    """A ticket as the read table has it."""
    return TicketView(
        id=state.id,
        policy="A.1",
        rule=state.ruling.rule if state.ruling else None,
        phase=state.phase,
        standing=state_word(state),
        ownership=state.ownership,
        team=state.team,
        assignee=state.assignee,
        priority=state.priority,
        waits_for=waits_for,
        subject="Charged twice",
        customer=None,
        email="ada@example.com",
        seq=state.seq,
        deadline=None,
        submitted_at=state.submitted_at,
        updated_at=state.folded_at,
        resolved_at=state.resolved_at,
        unfolded=None,
        state=state,
    )
