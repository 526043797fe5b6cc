"""The survey's answer, and what a low one sets going (RULES §7)."""

from __future__ import annotations

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.alarms import AlarmKind, next_alarm
from casewright.domain.charter import Charter
from casewright.domain.decision import Ownership
from casewright.domain.entitlement import Entitlement
from casewright.domain.messages import TicketTerms
from casewright.domain.refuse import refuse
from casewright.domain.ring import ring
from casewright.domain.state import Phase, TicketState
from casewright.domain.steps import CreditStep, MailStep
from tests.unit.domain import tickets as t

ANYBODY = Charter.model_construct(acts={}, matrix=())


def surveyed(entitlement: Entitlement | None = None) -> TicketState:
    state = t.resolved()
    if entitlement is not None:
        state = t.happened(state, ev.ClocksSet(entitlement=entitlement))
    alarm = next_alarm(state, TicketTerms(), t.NOW)
    assert alarm is not None
    assert alarm.kind is AlarmKind.SURVEY
    return t.happened(state, *ring(state, [alarm]))


def rate(score: int, id: str = "rating", comment: str = "") -> a.Rate:
    return a.Rate(id=id, actor=t.CUSTOMER, score=score, comment=comment)


def reason(state: TicketState, act: a.Act) -> str:
    refusal = refuse(state, act, ANYBODY)
    return refusal.reason if refusal else ""


def credits(state: TicketState) -> list[CreditStep]:
    return [r.step for r in state.steps.values() if isinstance(r.step, CreditStep)]


def test_nobody_rates_before_being_asked_nor_twice() -> None:
    assert "not been asked" in reason(t.resolved(), rate(1))
    state = t.acted(surveyed(), rate(5))
    assert "first answer stands" in reason(state, rate(1, "another"))


def test_colleagues_do_not_rate_for_the_customer() -> None:
    assert reason(surveyed(), a.Rate(id="r", actor=t.LEAD, score=5))


def test_a_rating_of_three_sets_nothing_going() -> None:
    state = t.acted(surveyed(), rate(3, comment="so so"))
    assert state.phase is Phase.RESOLVED
    assert state.rating is not None
    assert (state.rating.score, state.rating.comment) == (3, "so so")
    assert not state.clocks


def test_a_low_rating_brings_a_manager_who_is_promised_within_a_day() -> None:
    state = t.acted(surveyed(), rate(2))
    assert (state.phase, state.ownership, state.team) == (Phase.OPEN, Ownership.ESCALATE, "support-managers")
    assert state.clocks["manager-contact"].span == "24 h"
    assert state.clocks["support-manager-review"].span == "12 h"
    assert [r.step.template for r in state.steps.values() if isinstance(r.step, MailStep)][-1] == "low-score"


def test_resolving_it_again_does_not_keep_the_promise_but_writing_does() -> None:
    state = t.acted(surveyed(), rate(1))
    resolved = t.happened(state, ev.Resolved(code="answered", summary="done"))
    assert resolved.clocks["manager-contact"].runs
    written = t.acted(state, a.Reply(id="w", actor=t.BOSS, message="I am sorry"))
    assert written.clocks["manager-contact"].met_at is not None


def test_after_a_low_rating_the_customer_is_not_asked_again() -> None:
    state = t.happened(t.acted(surveyed(), rate(1)), ev.Resolved(code="answered", summary="done"))
    alarm = next_alarm(state, TicketTerms(survey_hours=0), t.NOW)
    assert alarm is not None
    assert alarm.kind is not AlarmKind.SURVEY


def test_the_plans_credit_is_given_once_per_customer_and_quarter() -> None:
    entitled = Entitlement(customer="cus_1", low_rating_credit=t.TWENTY)
    (credit,) = credits(t.acted(surveyed(entitled), rate(1)))
    assert credit.amount == t.TWENTY
    (limit,) = credit.limits
    quarter = f"{t.NOW.year}-Q{(t.NOW.month + 2) // 3}"
    assert limit.scopes == (f"low-rating:cus_1:{quarter}",)
    assert limit.capacity == t.TWENTY


def test_a_plan_without_a_credit_gives_none() -> None:
    assert credits(t.acted(surveyed(Entitlement(customer="cus_1")), rate(1))) == []


def test_a_closed_ticket_takes_no_rating() -> None:
    state = t.happened(surveyed(), ev.Closed())
    assert reason(state, rate(4))
