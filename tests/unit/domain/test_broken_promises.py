"""What the customer gets for a broken promise: said only once it was given (RULES §4, DF 5.2)."""

from __future__ import annotations

from datetime import timedelta

from casewright.domain import agenda
from casewright.domain import events as ev
from casewright.domain.alarms import next_alarm
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.entitlement import Entitlement
from casewright.domain.messages import TicketTerms
from casewright.domain.ring import ring
from casewright.domain.state import StepStatus, TicketState
from casewright.domain.steps import CreditStep, MailStep
from tests.unit.domain import tickets as t

PROMISE = Clock(
    id="df-first-response",
    name="first response",
    kind=CommitmentKind.PROMISE,
    source="DF 3.1",
    span="1 h",
    met_by=Milestone.ANSWERED,
    started=t.NOW,
    at_risk_at=t.NOW,
)


def broken(entitlement: Entitlement) -> TicketState:
    state = t.happened(t.escalated(), ev.ClocksSet(entitlement=entitlement))
    alarm = next_alarm(state, TicketTerms(), t.NOW + timedelta(hours=2))
    assert alarm is not None
    return t.happened(state, *ring(state, [alarm]), at=alarm.at)


def apologies(state: TicketState) -> list[str]:
    return [i for i, r in state.steps.items() if isinstance(r.step, MailStep) and r.step.template.startswith("delay-")]


def credit_of(state: TicketState) -> CreditStep:
    (credit,) = [r.step for r in state.steps.values() if isinstance(r.step, CreditStep)]
    return credit


GENEROUS = Entitlement(clocks=(PROMISE,), customer="cus_1", breach_credit=t.TWENTY)


def test_the_apology_names_the_plans_credit_and_waits_until_it_was_given() -> None:
    state = broken(GENEROUS)
    (apology,) = apologies(state)
    step = state.steps[apology].step
    assert isinstance(step, MailStep)
    assert (step.template, step.values["amount"], step.values["promise"]) == (
        "delay-apology-credit",
        "20.00 USD",
        "1 hour",
    )
    assert apology not in [r.step.id for r in agenda.ready_steps(state)]
    given = t.finished(state, credit_of(state).id)
    assert apology in [r.step.id for r in agenda.ready_steps(given)]


def test_a_plan_without_one_gets_the_apology_alone() -> None:
    state = broken(Entitlement(clocks=(PROMISE,), customer="cus_1"))
    (apology,) = apologies(state)
    assert apology in [r.step.id for r in agenda.ready_steps(state)]


def test_a_credit_that_was_refused_is_not_written_of_and_nothing_is_decided_again() -> None:
    state = broken(GENEROUS)
    credit = credit_of(state).id
    state = t.started(state, credit)
    refused = t.happened(state, ev.StepRefused(step=credit, guard="reservation", reason="the limit"))
    state = t.happened(refused, *agenda.consequences(refused, credit))
    with_credit, plain = apologies(state)
    assert state.steps[with_credit].status is StepStatus.CANCELLED
    assert plain in [r.step.id for r in agenda.ready_steps(state)], "the customer hears of it all the same"
    assert not state.needs_decision
    assert not state.redecided
    assert state.awaits_approval
