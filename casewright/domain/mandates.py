"""In whose name a step of a ticket runs."""

from __future__ import annotations

from casewright.domain.effects import Mandate
from casewright.domain.people import Actor
from casewright.domain.state import StepRecord, TicketState
from casewright.domain.steps import CreditStep


def mandate_of(state: TicketState, record: StepRecord) -> Mandate:
    """The rule that the step runs by, and the people on whose authority, which is checked again as of that moment."""
    ruling, person = state.ruling, record.authorised_by
    seconds: tuple[Actor, ...] = ()
    if record.gate is not None and state.approval is not None:
        person = state.approval.verdict_by
        seconds = tuple(voter for voter in state.approval.votes if voter != person)
    return Mandate(
        policy=state.submission.policy,
        version=ruling.version if ruling else 0,
        rule=_rule(state, record),
        person=person,
        need=record.authority,
        seconds=seconds,
    )


def _rule(state: TicketState, record: StepRecord) -> str | None:
    """What is given by another document than the ticket's policy is booked under that."""
    if isinstance(record.step, CreditStep) and record.step.source is not None:
        return record.step.source
    return state.ruling.rule if state.ruling else None
