"""A ticket's state in one word, for lists, filters and search attributes."""

from __future__ import annotations

from casewright.domain.decision import Ownership
from casewright.domain.state import Phase, TicketState


def state_word(state: TicketState) -> str:
    """One of ``working``, ``waiting-customer``, ``waiting-approval``, ``with-people``, ``resolved``, ``closed``.

    ``resolving`` counts as ``working``: nobody can tell them apart from outside for long.
    """
    if state.phase in (Phase.RESOLVED, Phase.CLOSED):
        return state.phase.value
    if state.phase is Phase.RESOLVING or state.needs_decision:
        return "working"
    if state.awaits_approval:
        return "waiting-approval"
    if state.waiting_for_customer:
        return "waiting-customer"
    return "with-people" if state.ownership in (Ownership.ESCALATE, Ownership.EXCEPTION) else "working"
