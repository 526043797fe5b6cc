"""A ticket's commitments through its life: paused, warned of, met, broken, and set anew (RULES §4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.alarms import Alarm, AlarmKind, next_alarm, next_alarms, next_deadline
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import Ownership
from casewright.domain.entitlement import Entitlement
from casewright.domain.messages import TicketTerms
from casewright.domain.plan import acknowledge, entitle
from casewright.domain.ring import ring
from casewright.domain.state import Phase, TicketState
from casewright.domain.steps import MailStep, NoticeStep
from tests.unit.domain import tickets as t

HOUR = timedelta(hours=1)
TERMS = TicketTerms()


def clock(id: str = "response", span: str = "10 h", **changed: object) -> Clock:
    usual = Clock(
        id=id,
        name="first response",
        kind=CommitmentKind.PROMISE,
        source="DF 3.1",
        span=span,
        met_by=Milestone.ANSWERED,
        started=t.NOW,
    )
    return usual.model_copy(update=changed)


def with_clocks(state: TicketState, *clocks: Clock) -> TicketState:
    return t.happened(state, ev.ClocksSet(entitlement=Entitlement(clocks=clocks)))


def at(state: TicketState, hours: float, *events: ev.Event) -> TicketState:
    return t.happened(state, *events, at=t.NOW + hours * HOUR)


def alarms_until(state: TicketState, until: datetime) -> tuple[list[Alarm], TicketState]:
    """Every alarm that rings until then, and the state after them."""
    rung: list[Alarm] = []
    while (due := next_alarms(state, TERMS, alarm_time(rung))) and due[0].at <= until:
        rung += due
        state = t.happened(state, *ring(state, due), at=due[0].at)
    return rung, state


def alarm_time(rung: list[Alarm]) -> datetime:
    return rung[-1].at if rung else t.NOW


def notices(state: TicketState) -> list[str]:
    return [r.step.template for r in state.steps.values() if isinstance(r.step, NoticeStep)]


def letters(state: TicketState) -> list[str]:
    return [r.step.template for r in state.steps.values() if isinstance(r.step, MailStep)]


def test_people_are_told_at_80_percent_and_15_minutes_before_and_of_the_breach() -> None:
    rung, state = alarms_until(with_clocks(t.submitted(), clock()), t.NOW + 11 * HOUR)
    assert [(r.kind, r.at - t.NOW) for r in rung] == [
        (AlarmKind.AT_RISK, 8 * HOUR),
        (AlarmKind.NEARLY_DUE, 9.75 * HOUR),
        (AlarmKind.BREACH, 10 * HOUR),
    ]
    assert notices(state) == ["staff-at-risk", "staff-at-risk", "staff-breach"]
    assert state.clocks["response"].breached_at == t.NOW + 10 * HOUR


def test_a_short_commitment_has_no_warning_15_minutes_before() -> None:
    rung, _ = alarms_until(with_clocks(t.submitted(), clock(span="75 min")), t.NOW + 2 * HOUR)
    assert [r.kind for r in rung] == [AlarmKind.AT_RISK, AlarmKind.BREACH]


def test_what_the_breach_overtook_is_not_warned_of_any_more() -> None:
    late = next_alarm(with_clocks(t.submitted(), clock()), TERMS, t.NOW + 12 * HOUR)
    assert late is not None
    assert late.kind is AlarmKind.BREACH


def test_a_broken_promise_is_apologised_for_once_however_many_sources_promised_it() -> None:
    state = with_clocks(t.submitted(), clock(), clock("other", "12 h"))
    _, state = alarms_until(state, t.NOW + 13 * HOUR)
    assert letters(state).count("delay-apology") == 1


def test_the_customer_hears_nothing_of_a_missed_target() -> None:
    _, state = alarms_until(with_clocks(t.submitted(), clock(kind=CommitmentKind.TARGET)), t.NOW + 13 * HOUR)
    assert "delay-apology" not in letters(state)
    assert "staff-breach" in notices(state)


def test_a_neutral_policy_apologises_for_nothing_that_would_tell_what_was_found() -> None:
    state = t.happened(t.submitted(), ev.Decided(decision=t.decision(Ownership.EXCEPTION, steps=False, neutral=True)))
    _, state = alarms_until(with_clocks(state, clock()), t.NOW + 13 * HOUR)
    assert "delay-apology" not in letters(state)
    assert "staff-breach" in notices(state)


def test_waiting_for_the_customer_pauses_and_the_answer_resumes_with_what_was_left() -> None:
    state = at(with_clocks(t.submitted(), clock()), 4, ev.Wrote(message="which?", asks=True))
    # The question itself was an answer of ours, so another clock shows it.
    state = with_clocks(state, clock(), clock("resolution", met_by=Milestone.RESOLVED))
    assert next_deadline(state) is None
    state = at(state, 50, ev.CustomerWrote(message="this"))
    assert next_deadline(state) == t.NOW + 56 * HOUR


def test_a_protective_clock_never_pauses() -> None:
    statutory = clock("statutory", met_by=Milestone.RESOLVED, pausable=False)
    state = at(with_clocks(t.submitted(), statutory), 4, ev.Wrote(message="which?", asks=True))
    assert next_deadline(state) == t.NOW + 10 * HOUR


def test_a_persons_word_meets_the_first_response_and_stays_met() -> None:
    state = at(with_clocks(t.submitted(), clock()), 2, ev.Wrote(message="hello"))
    assert state.clocks["response"].met_at == t.NOW + 2 * HOUR
    again = at(state, 5, ev.Wrote(message="hello again"))
    assert again.clocks["response"].met_at == t.NOW + 2 * HOUR
    assert with_clocks(again, clock(span="1 h")).clocks["response"].met_at == t.NOW + 2 * HOUR


def test_the_acknowledgment_is_no_first_response() -> None:
    state = with_clocks(t.submitted(), clock(), clock("ack", met_by=Milestone.ACKNOWLEDGED))
    state = t.finished(state, "acknowledgment")
    assert state.clocks["ack"].met_at is not None
    assert state.clocks["response"].met_at is None


def test_the_automations_answer_is_a_first_response() -> None:
    state = with_clocks(t.automated(), clock())
    state = t.finished(t.finished(state, "d1-refund"), "d1-confirmation")
    assert state.clocks["response"].met_at is not None


def test_an_escalations_letter_is_no_answer() -> None:
    state = with_clocks(t.escalated(), clock())
    assert not any(record.answers for record in state.steps.values())


@pytest.mark.parametrize("span", ["4 h", "20 h"])
def test_a_new_target_counts_from_the_original_start(span: str) -> None:
    state = with_clocks(t.submitted(), clock())
    state = at(state, 3, ev.ClocksSet(entitlement=Entitlement(clocks=(clock(span=span, started=t.NOW + 3 * HOUR),))))
    assert next_deadline(state) == t.NOW + int(span.split()[0]) * HOUR


def test_a_changed_priority_wants_the_commitments_anew() -> None:
    state = with_clocks(t.submitted(), clock())
    assert state.entitled
    changed = t.happened(state, ev.Reprioritised(before="low", after="high", reason="an outage"))
    assert not changed.entitled


def test_a_commitment_that_applies_no_more_is_withdrawn_and_a_broken_one_stays_broken() -> None:
    state = with_clocks(t.submitted(), clock(), clock("broken", "1 h"))
    _, state = alarms_until(state, t.NOW + 2 * HOUR)
    state = with_clocks(state, clock("other"))
    assert state.clocks["response"].withdrawn
    assert not state.clocks["broken"].withdrawn
    assert state.clocks["broken"].breached_at is not None


def test_a_commitment_whose_milestone_was_reached_before_it_was_set_is_met() -> None:
    state = at(t.submitted(), 1, ev.Wrote(message="hello"))
    assert with_clocks(state, clock()).clocks["response"].met_at == t.NOW + HOUR


def test_the_resolution_meets_what_the_ticket_was_entitled_to() -> None:
    state = with_clocks(t.automated(), clock(), clock("contact", met_by=Milestone.CONTACTED))
    state = t.happened(state, ev.Resolved(code="automated", summary="done"))
    assert next_deadline(state) is None


def test_reopening_restarts_no_clock() -> None:
    state = t.happened(with_clocks(t.automated(), clock()), ev.Resolved(code="automated", summary="done"))
    state = at(state, 5, ev.CustomerWrote(message="no"), ev.Reopened())
    assert state.clocks["response"].met_at == t.NOW
    assert next_deadline(state) is None


def test_the_customer_is_told_the_promised_response_once() -> None:
    state = t.submitted(acknowledged=False)
    events = entitle(state, Entitlement(promise="within 24 hours"))
    state = t.happened(state, *events)
    assert letters(state) == ["acknowledgment-promise"]
    assert acknowledge(state) == []


def test_a_closed_ticket_has_no_alarms() -> None:
    state = t.happened(with_clocks(t.submitted(), clock()), ev.Closed())
    assert next_alarm(state, TERMS, t.NOW) is None


def test_the_survey_goes_out_a_day_after_each_closure_and_the_ticket_closes_with_the_window() -> None:
    rung, state = alarms_until(t.resolved(), t.NOW + timedelta(days=20))
    assert [(r.kind, r.at - t.NOW) for r in rung] == [
        (AlarmKind.SURVEY, 24 * HOUR),
        (AlarmKind.CLOSE, timedelta(days=14)),
    ]
    assert state.phase is Phase.CLOSED
    reopened = t.happened(t.resolved(), ev.Reopened(), ev.Resolved(code="answered", summary="done again"))
    assert next_alarm(reopened, TERMS, t.NOW) is not None


def test_a_ticket_does_not_close_before_it_asked_how_it_went() -> None:
    terms = TicketTerms(reopening_days=0)
    alarm = next_alarm(t.resolved(), terms, t.NOW)
    assert alarm is not None
    assert alarm.kind is AlarmKind.SURVEY


def test_without_a_survey_the_ticket_closes_with_the_window() -> None:
    alarm = next_alarm(t.resolved(), TicketTerms(survey_hours=None), t.NOW)
    assert alarm is not None
    assert (alarm.kind, alarm.at) == (AlarmKind.CLOSE, t.NOW + timedelta(days=14))


def test_a_neutral_policy_asks_a_day_after_its_one_answer_whoever_works_on_it_still() -> None:
    state = t.happened(t.submitted(), ev.Decided(decision=t.decision(Ownership.EXCEPTION, steps=False, neutral=True)))
    reply = MailStep(id="neutral", template="reply", to="ada@example.com")
    state = t.finished(t.happened(state, ev.StepPlanned(step=reply, answers=True)), "neutral")
    alarm = next_alarm(state, TERMS, t.NOW)
    assert alarm is not None
    assert (alarm.kind, alarm.at) == (AlarmKind.SURVEY, t.NOW + 24 * HOUR)
    _, state = alarms_until(state, t.NOW + 25 * HOUR)
    closed = t.happened(state, ev.Resolved(code="handled", summary="done"))
    rung, _ = alarms_until(closed, t.NOW + timedelta(days=30))
    assert [r.kind for r in rung] == [AlarmKind.CLOSE]


def test_an_act_of_asking_twice_does_not_pause_twice() -> None:
    state = with_clocks(t.submitted(), clock("resolution", met_by=Milestone.RESOLVED))
    state = at(state, 1, ev.Wrote(message="a?", asks=True))
    state = at(state, 3, ev.Wrote(message="b?", asks=True))
    state = at(state, 5, ev.CustomerWrote(message="c"))
    assert next_deadline(state) == t.NOW + 14 * HOUR
    assert len(state.pauses) == 1


def test_an_override_ends_the_wait_for_the_customer() -> None:
    state = with_clocks(t.submitted(), clock("resolution", met_by=Milestone.RESOLVED))
    state = at(state, 1, ev.Wrote(message="a?", asks=True))
    state = t.acted(state, a.Override(id="o", actor=t.LEAD, justification="enough"))
    assert next_deadline(state) is not None


def test_results_side_by_side_come_to_the_same_clocks_in_whatever_order_they_arrive() -> None:
    state = with_clocks(t.submitted(acknowledged=False), clock("ack", met_by=Milestone.ACKNOWLEDGED), clock())
    state = at(state, 0, *acknowledge(state))
    acknowledged = ev.StepDone(step="acknowledgment", reference="m-1", found=False)
    resolved = ev.Resolved(code="automated", summary="Told.")
    one = at(at(state, 1, acknowledged), 2, resolved)
    other = at(at(state, 2, resolved), 1, acknowledged)
    assert one.reached == other.reached
    assert one.clocks == other.clocks
    assert one.clocks["ack"].met_at == t.NOW + HOUR
