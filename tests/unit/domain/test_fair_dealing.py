"""Nobody is asked, paid, promised or told twice, and no promise is kept by what keeps nothing (RULES §4, §5, §7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from casewright.domain import acts as a
from casewright.domain import agenda, plan
from casewright.domain import events as ev
from casewright.domain.alarms import Alarm, AlarmKind, next_alarms
from casewright.domain.apply import apply
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import Ownership
from casewright.domain.entitlement import Entitlement
from casewright.domain.messages import TicketTerms
from casewright.domain.people import SYSTEM, Actor, StandIn
from casewright.domain.ring import ring
from casewright.domain.state import RemedyRequest, StepStatus, TicketState
from casewright.domain.steps import ApprovalMailStep, CreditStep, MailStep, NoticeStep
from casewright.domain.ticket import Plan
from tests.unit.domain import tickets as t

HOUR = timedelta(hours=1)
TERMS = TicketTerms()
PROMISE = Clock(
    id="df-first-response",
    name="first response",
    kind=CommitmentKind.PROMISE,
    source="DF 3.1",
    span="24 h",
    met_by=Milestone.ANSWERED,
    started=t.NOW,
)
CONTACT = PROMISE.model_copy(update={"id": "rule-first-contact", "met_by": Milestone.CONTACTED, "span": "30 h"})
GENEROUS = Entitlement(
    clocks=(PROMISE,), customer="cus_1", plan=Plan.ENTERPRISE, breach_credit=t.TWENTY, low_rating_credit=t.TWENTY
)


def at(state: TicketState, hours: float, *events: ev.Event, actor: Actor = SYSTEM) -> TicketState:
    return t.happened(state, *events, actor=actor, at=t.NOW + hours * HOUR)


def until(state: TicketState, hours: float) -> tuple[list[Alarm], TicketState]:
    end, rung = t.NOW + hours * HOUR, list[Alarm]()
    while (due := next_alarms(state, TERMS, rung[-1].at if rung else t.NOW)) and due[0].at <= end:
        state = t.happened(state, *ring(state, due), at=due[0].at)
        rung += due
    return rung, state


def rated(state: TicketState, id: str, hours: float, score: int = 1) -> TicketState:
    act = a.Rate(id=id, actor=t.CUSTOMER, score=score)
    now: datetime = t.NOW + hours * HOUR
    return t.happened(state, *apply(state, act, now), actor=act.actor, at=now)


def credits(state: TicketState) -> list[str]:
    return [id for id, record in state.steps.items() if isinstance(record.step, CreditStep)]


def apologies(state: TicketState) -> list[StepStatus]:
    return [
        r.status
        for r in state.steps.values()
        if isinstance(r.step, MailStep) and r.step.template.startswith("delay-apology")
    ]


def surveyed_twice() -> TicketState:
    _, state = until(t.happened(t.resolved(), ev.ClocksSet(entitlement=GENEROUS)), 24)
    state = at(state, 25, ev.CustomerWrote(message="no"), ev.Reopened())
    return until(at(state, 26, ev.Resolved(code="answered", summary="done")), 51)[1]


def test_a_ticket_that_came_back_before_its_survey_is_asked_about_once() -> None:
    state = at(t.resolved(), 2, ev.CustomerWrote(message="thanks, but"), ev.Reopened())
    rung, _ = until(at(state, 3, ev.Resolved(code="answered", summary="done")), 40)
    assert [alarm.at - t.NOW for alarm in rung if alarm.kind is AlarmKind.SURVEY] == [27 * HOUR]


def test_a_second_low_rating_restarts_no_clock_and_gives_nothing_again() -> None:
    state = rated(surveyed_twice(), "one", 60)
    (credit,) = credits(state)
    state = t.finished(state, credit)
    state = at(state, 61, ev.Wrote(message="sorry"), actor=t.BOSS)
    again = rated(state, "two", 70)
    assert again.clocks["manager-contact"] == state.clocks["manager-contact"]
    assert again.clocks["manager-contact"].met_at is not None
    assert again.steps.keys() == state.steps.keys()
    assert again.steps[credit].status is StepStatus.DONE


def test_a_low_rating_leaves_an_open_ticket_with_whoever_has_it() -> None:
    _, state = until(t.resolved(), 24)
    owned = ev.Owned(ownership=Ownership.EXCEPTION, team="billing-specialists", assignee="maya", reason="r")
    state = rated(at(state, 25, ev.CustomerWrote(message="no"), ev.Reopened(), owned), "one", 26)
    assert (state.team, state.assignee) == ("billing-specialists", "maya")


def test_an_agents_word_is_no_managers_contact() -> None:
    state = rated(surveyed_twice(), "one", 60)
    assert at(state, 61, ev.Wrote(message="sorry"), actor=t.AGENT).clocks["manager-contact"].met_at is None
    assert at(state, 61, ev.Wrote(message="sorry"), actor=t.BOSS).clocks["manager-contact"].met_at is not None
    deputy = t.AGENT.model_copy(update={"stands_in_for": (StandIn(person="boss-1", roles=("support-manager",)),)})
    assert at(state, 61, ev.Wrote(message="sorry"), actor=deputy).clocks["manager-contact"].met_at is not None


def test_a_quarters_credit_that_is_refused_changes_nothing_else() -> None:
    state = rated(surveyed_twice(), "one", 60)
    (credit,) = credits(state)
    state = t.happened(t.started(state, credit), ev.StepRefused(step=credit, guard="reservation", reason="given"))
    after = t.happened(state, *agenda.consequences(state, credit))
    assert "rated it" in after.owned_because
    assert not after.needs_decision


def test_a_refused_credit_does_not_swallow_the_apology() -> None:
    _, state = until(t.happened(t.escalated(), ev.ClocksSet(entitlement=GENEROUS)), 25)
    (credit,) = credits(state)
    state = t.happened(t.started(state, credit), ev.StepRefused(step=credit, guard="emergency-stop", reason="stop"))
    state = t.happened(state, *agenda.consequences(state, credit))
    assert sorted(apologies(state)) == [StepStatus.CANCELLED, StepStatus.PLANNED]


def test_one_silence_is_apologised_and_paid_for_once_whoever_promised() -> None:
    both = GENEROUS.model_copy(update={"clocks": (PROMISE, CONTACT)})
    _, state = until(t.happened(t.escalated(), ev.ClocksSet(entitlement=both)), 40)
    assert state.clocks["rule-first-contact"].breached_at is not None
    assert len(apologies(state)) == len(credits(state)) == 1


def test_another_silence_is_apologised_for_and_not_paid_for_again() -> None:
    later = PROMISE.model_copy(update={"id": "rule-policy-action", "met_by": Milestone.ACTED, "span": "90 h"})
    both = GENEROUS.model_copy(update={"clocks": (PROMISE, later)})
    _, state = until(t.happened(t.escalated(), ev.ClocksSet(entitlement=both)), 40)
    state = at(state, 41, ev.Wrote(message="we are on it"), actor=t.AGENT)
    _, state = until(state, 95)
    assert (len(apologies(state)), len(credits(state))) == (2, 1)


def test_a_target_that_a_change_puts_into_the_past_is_told_and_neither_apologised_nor_paid_for() -> None:
    state = t.happened(t.escalated(), ev.ClocksSet(entitlement=GENEROUS))
    hasty = GENEROUS.model_copy(update={"clocks": (PROMISE.model_copy(update={"span": "1 h"}),)})
    _, state = until(at(state, 2, ev.ClocksSet(entitlement=hasty)), 2)
    assert state.clocks["df-first-response"].breached_at is not None
    assert (apologies(state), credits(state)) == ([], [])


def test_billing_falling_silent_takes_no_promise_back() -> None:
    state = t.happened(t.asking(), ev.ClocksSet(entitlement=GENEROUS))
    state = t.happened(state, ev.ClocksSet(entitlement=Entitlement(plan_uncertain=True)))
    assert not state.clocks["df-first-response"].withdrawn
    assert (state.plan, state.breach_credit) == (Plan.ENTERPRISE, t.TWENTY)
    known = t.happened(state, ev.ClocksSet(entitlement=Entitlement(plan=Plan.STARTER)))
    assert known.clocks["df-first-response"].withdrawn
    assert known.breach_credit is None


def test_a_yes_keeps_no_promise_of_action_before_it_is_carried_out() -> None:
    action = PROMISE.model_copy(update={"id": "rule-policy-action", "met_by": Milestone.ACTED})
    state = t.happened(t.escalated(), ev.ClocksSet(entitlement=Entitlement(clocks=(action,))))
    given = t.acted(state, t.approve(state, t.BOSS))
    assert given.clocks["rule-policy-action"].runs
    no = a.Reject(id="no", actor=t.BOSS, plan_hash=state.approval.plan_hash if state.approval else "", reason="no")
    assert t.acted(state, no).clocks["rule-policy-action"].runs
    assert not t.happened(given, ev.Resolved(code="approved", summary="done")).clocks["rule-policy-action"].runs


def test_whoever_comes_back_is_owed_an_answer_by_a_clock_of_its_own() -> None:
    state = t.happened(t.automated(), ev.ClocksSet(entitlement=GENEROUS))
    state = t.happened(state, ev.Resolved(code="automated", summary="done"))
    answer = a.CustomerAnswer(id="back", actor=t.CUSTOMER, message="it is not done")
    state = at(state, 5, *apply(state, answer, t.NOW + 5 * HOUR), actor=t.CUSTOMER)
    clock = state.clocks["reopened-1-response"]
    assert (clock.started, clock.span, clock.kind) == (t.NOW + 5 * HOUR, "24 h", CommitmentKind.TARGET)
    assert state.clocks["df-first-response"].met_at == t.NOW
    assert at(state, 6, ev.Resolved(code="answered", summary="done")).clocks["reopened-1-response"].met_at is not None


def test_what_is_overdue_is_told_again_every_day_and_not_while_the_customer_is_asked() -> None:
    state = t.happened(t.submitted(), ev.ClocksSet(entitlement=Entitlement(clocks=(PROMISE,))))
    rung, _ = until(state, 24 * 4 + 1)
    assert [alarm.at - t.NOW for alarm in rung if alarm.kind is AlarmKind.OVERDUE] == [48 * HOUR, 72 * HOUR, 96 * HOUR]
    resolution = PROMISE.model_copy(update={"met_by": Milestone.RESOLVED})
    state = t.happened(t.submitted(), ev.ClocksSet(entitlement=Entitlement(clocks=(resolution,))))
    _, state = until(state, 25)
    asked = at(state, 26, ev.Wrote(message="which?", asks=True), actor=t.AGENT)
    assert AlarmKind.OVERDUE not in [alarm.kind for alarm in until(asked, 24 * 5)[0]]


def test_warnings_of_one_instant_are_one_message() -> None:
    twin = PROMISE.model_copy(update={"id": "ai-resolution", "met_by": Milestone.RESOLVED, "source": "AI"})
    state = t.happened(t.submitted(), ev.ClocksSet(entitlement=Entitlement(clocks=(PROMISE, twin))))
    rung, state = until(state, 24)
    told = [r.step for r in state.steps.values() if isinstance(r.step, NoticeStep)]
    assert len(rung) == 6
    assert len(told) == 3
    assert all(len(step.values["clock"].split(" and ")) == 2 for step in told)


def test_a_survey_can_be_answered_for_days_however_short_the_window() -> None:
    terms = TicketTerms(reopening_days=0)
    state, rung = t.resolved(), list[Alarm]()
    while due := next_alarms(state, terms, t.NOW):
        state = t.happened(state, *ring(state, due), at=due[0].at)
        rung += due
    assert [alarm.at - t.NOW for alarm in rung] == [24 * HOUR, 96 * HOUR]


def test_nobody_gives_on_what_the_submitter_lends_them() -> None:
    submitter = t.person("boss-1", "support-manager")
    state = t.submitted().model_copy(update={"submitter": submitter})
    lent = (StandIn(person="boss-1", roles=("support-manager",)),)
    deputy = t.person("dan", "agent").model_copy(update={"stands_in_for": lent})
    wanted = RemedyRequest(remedy=a.Remedy(kind="refund", amount=t.TWENTY), by=deputy, act="o1")
    events = plan.give_remedy(state, wanted, (t.REFUND,), t.MANAGER)
    assert any(isinstance(event, ev.ApprovalRequested) for event in events)


def test_who_said_yes_is_not_reminded() -> None:
    four_eyes = t.MANAGER.model_copy(update={"quorum": 2, "span": "4 h"})
    state = t.escalated(four_eyes)
    state = t.acted(state, t.approve(state, t.BOSS))
    _, state = until(state, 5)
    mails = [r.step for r in state.steps.values() if isinstance(r.step, ApprovalMailStep)]
    assert "boss-1" in mails[-1].not_to
    assert SYSTEM.id in mails[-1].not_to


def test_an_apology_after_the_resolution_is_none() -> None:
    state = t.happened(t.resolved(), ev.FollowUpSet(clock=PROMISE.model_copy(update={"met_by_roles": ("boss",)})))
    _, state = until(state, 30)
    assert state.clocks["df-first-response"].breached_at is not None
    assert apologies(state) == []


def test_a_follow_up_survives_a_new_entitlement_and_a_breach_is_not_forgotten() -> None:
    state = t.happened(t.submitted(), ev.FollowUpSet(clock=PROMISE.model_copy(update={"follow_up": True})))
    other = PROMISE.model_copy(update={"id": "other", "span": "1 h"})
    state = t.happened(state, ev.ClocksSet(entitlement=Entitlement(clocks=(other,))))
    assert not state.clocks["df-first-response"].withdrawn
    _, state = until(state, 2)
    again = at(state, 3, ev.ClocksSet(entitlement=Entitlement(clocks=(other,))))
    assert again.clocks["other"].breached_at == t.NOW + HOUR
    assert again.clocks["other"].at_risk_at == state.clocks["other"].at_risk_at


def test_a_resolved_ticket_asks_nobody_for_approval() -> None:
    state = t.happened(t.escalated(), ev.Resolved(code="approved", summary="done"))
    rung, _ = until(state, 24 * 30)
    assert AlarmKind.APPROVAL not in [alarm.kind for alarm in rung]
