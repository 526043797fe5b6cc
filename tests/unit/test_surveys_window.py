"""Until when the survey's link counts: the reopening window, which under a neutral policy tells nothing."""

from __future__ import annotations

from datetime import timedelta

from activities.survey import window_began
from casewright.domain import events as ev
from casewright.domain.clocks import Milestone
from casewright.domain.decision import Ownership
from casewright.domain.plan import carry_out
from casewright.domain.state import TicketState
from tests.unit.domain import tickets as t

LATER = t.NOW + timedelta(hours=5)


def ended(state: TicketState) -> TicketState:
    """Resolved five hours on."""
    resolving, resolved = ev.Resolving(code="automated", summary="x"), ev.Resolved(code="automated", summary="x")
    return t.happened(state, resolving, resolved, at=LATER)


def test_it_begins_with_the_closure() -> None:
    assert window_began(ended(t.automated())) == LATER
    assert window_began(t.automated()) is None


def test_under_a_neutral_policy_it_begins_with_the_one_answer_whatever_became_of_the_ticket() -> None:
    submitted = t.submitted()
    neutral = t.happened(submitted, *carry_out(submitted, t.decision(Ownership.AUTOMATE, neutral=True)))
    answered = neutral.model_copy(update={"reached": {**neutral.reached, Milestone.ANSWERED: t.NOW}})
    assert window_began(answered) == window_began(ended(answered)) == t.NOW
