"""Template 3: the customer hears that a promise was broken, and of what was really given for it (RULES §4, DF 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casewright.domain import events as ev
from casewright.domain import spans
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.letters import letter
from casewright.domain.state import Phase, TicketState
from casewright.domain.steps import CreditStep, MailStep, SpendingLimit

CREDIT = "apology-credit-"
"""How the ids begin of what is given for a broken promise."""


def apology(state: TicketState, clocks: Sequence[Clock], deadline: datetime, number: int) -> list[ev.Event]:
    """Once for one silence, however many promises it breaks and however many documents made them.

    What a later change of priority puts into the past was never promised for that time: it is recorded, and nobody
    writes of it. A neutral policy's ticket gets none, which would tell it from others.
    """
    broken = [c for c in clocks if c.kind is CommitmentKind.PROMISE and not _moved_into_the_past(c, deadline)]
    neutral = state.ruling is not None and state.ruling.neutral
    if not broken or state.phase is not Phase.OPEN or neutral or _said(state):
        return []
    nearest = min(broken, key=lambda clock: clock.id)
    words = {"promise": spans.in_words(nearest.span), "subject": state.submission.subject}
    if state.breach_credit is None or state.customer is None or any(id.startswith(CREDIT) for id in state.steps):
        return [ev.StepPlanned(step=letter(state, f"apology-{number}", "delay-apology", **words))]
    amount = state.breach_credit
    once = SpendingLimit(scopes=(f"breach:{state.id}",), capacity=amount)
    credit = CreditStep(
        id=f"{CREDIT}{number}", customer=state.customer, amount=amount, limits=(once,), source=nearest.source
    )
    sorry = letter(state, f"apology-{number + 1}", "delay-apology-credit", **words, amount=str(amount))
    # Only what was given is written of.
    return [ev.StepPlanned(step=credit), ev.StepPlanned(step=sorry, after=(credit.id,))]


def without_the_credit(state: TicketState, credit: str) -> list[ev.Event]:
    """The credit was refused, or nobody knows: the customer is apologised to all the same."""
    waiting = [r.step for r in state.steps.values() if credit in r.after and isinstance(r.step, MailStep)]
    return [
        ev.StepPlanned(
            step=step.model_copy(
                update={
                    "id": f"{step.id}-plain",
                    "template": "delay-apology",
                    "values": {name: value for name, value in step.values.items() if name != "amount"},
                }
            )
        )
        for step in waiting
    ]


def _moved_into_the_past(clock: Clock, deadline: datetime) -> bool:
    return clock.changed_at is not None and deadline <= clock.changed_at


def _said(state: TicketState) -> bool:
    """Whether the customer was apologised to and has heard nothing since: it is the same silence."""
    answered = state.reached.get(Milestone.ANSWERED)
    return any(
        clock.breached_at is not None
        and clock.kind is CommitmentKind.PROMISE
        and (answered is None or clock.breached_at > answered)
        and not _moved_into_the_past(clock, clock.breached_at)
        for clock in state.clocks.values()
    )
