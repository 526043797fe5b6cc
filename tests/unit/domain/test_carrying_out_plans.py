"""Plans run in line, wait for their approval, and go to people when they fail."""

from __future__ import annotations

from casewright.domain import acts as a
from casewright.domain import agenda
from casewright.domain import events as ev
from casewright.domain.chronicle import record
from casewright.domain.decision import Ownership
from casewright.domain.events import EventRow
from casewright.domain.evolve import evolve, fold
from casewright.domain.people import POLICY_EXCEPTION_QUEUE, SYSTEM
from casewright.domain.plan import carry_out, give_remedy
from casewright.domain.state import Phase, RemedyRequest, StepStatus, TicketState
from casewright.domain.steps import MailStep
from tests.unit.domain import tickets as t


def ready(state: TicketState) -> list[str]:
    return [r.step.id for r in agenda.ready_steps(state)]


def outcome(state: TicketState, event: ev.Event) -> TicketState:
    """A result in its row, and what it brings."""
    step = getattr(event, "step")  # noqa: B009 - every result names its step
    state = evolve(
        t.started(state, step), EventRow(ticket=t.TICKET, seq=state.seq + 2, at=t.NOW, actor=SYSTEM, event=event)
    )
    return t.happened(state, *agenda.consequences(state, step))


def test_a_line_runs_one_step_after_the_other_and_the_last_one_resolves() -> None:
    state = t.finished(t.automated(), "acknowledgment")
    assert ready(state) == ["d1-refund"]
    state = t.finished(state, "d1-refund")
    assert ready(state) == ["d1-confirmation"]
    closing = agenda.closing(state, state.steps["d1-confirmation"])
    assert [e.type for e in closing] == ["resolving"]


def test_gated_steps_wait_for_exactly_their_approval() -> None:
    state = t.finished(t.escalated(), "acknowledgment")
    assert ready(state) == []
    assert ready(t.acted(state, t.approve(state, t.BOSS))) == ["d1-refund"]


def test_an_approval_opens_no_other_plans_gate() -> None:
    state = t.finished(t.escalated(), "acknowledgment")
    other = t.REFUND.model_copy(update={"id": "another-refund"})
    state = t.happened(state, ev.StepPlanned(step=other, gate="f" * 64))
    assert ready(t.acted(state, t.approve(state, t.BOSS))) == ["d1-refund"]


def test_a_rejection_cancels_the_gated_steps_for_good() -> None:
    state = t.finished(t.escalated(), "acknowledgment")
    assert state.approval is not None
    state = t.acted(state, a.Reject(id="r", actor=t.BOSS, plan_hash=state.approval.plan_hash, reason="no proof"))
    assert ready(state) == []
    assert {state.steps[i].status for i in ("d1-refund", "d1-confirmation")} == {StepStatus.CANCELLED}


def test_a_refused_reservation_is_decided_again_once() -> None:
    state = outcome(t.automated(), ev.StepRefused(step="d1-refund", guard="reservation", reason="spent"))
    assert state.needs_decision
    assert state.steps["d1-confirmation"].status is StepStatus.CANCELLED
    state = t.happened(state, *carry_out(state, t.decision(Ownership.AUTOMATE)))
    state = outcome(state, ev.StepRefused(step="d2-refund", guard="reservation", reason="spent"))
    assert not state.needs_decision
    assert (state.ownership, state.team) == (Ownership.EXCEPTION, POLICY_EXCEPTION_QUEUE)


def test_an_uncertain_outcome_goes_to_people_and_nothing_follows_by_itself() -> None:
    state = outcome(t.automated(), ev.StepUncertain(step="d1-refund", reason="no answer"))
    assert state.team == POLICY_EXCEPTION_QUEUE
    assert "no certain outcome" in state.owned_because
    assert "d1-confirmation" not in ready(state)


def test_a_failed_plan_stays_with_the_team_that_holds_the_ticket() -> None:
    state = t.acted(t.escalated(), t.approve(t.escalated(), t.BOSS))
    state = outcome(state, ev.StepRefused(step="d1-refund", guard="outside", reason="disputed"))
    assert (state.ownership, state.team) == (Ownership.ESCALATE, "billing-specialists")


def test_the_customers_answer_to_a_question_is_decided_again_with_its_claims() -> None:
    state = t.acted(t.asking(), a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="m", claims={"invoice": "INV-1"}))
    assert state.needs_decision
    assert state.claims == {"invoice": "INV-1"}


def test_an_answer_on_a_ticket_that_a_person_claimed_goes_to_that_person() -> None:
    state = t.acted(t.asking(), a.Claim(id="mine", actor=t.AGENT))
    state = t.acted(state, a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="m", claims={"invoice": "INV-1"}))
    assert not state.needs_decision
    assert (state.ownership, state.assignee) == (Ownership.EXCEPTION, "agent-1")


def test_a_question_is_asked_twice_at_most() -> None:
    state = t.asking()
    for _ in range(2):
        state = t.happened(state, *carry_out(state, t.decision(Ownership.ASK, steps=False)))
    assert state.ownership is Ownership.EXCEPTION
    assert state.asked == 2


def test_an_override_calls_off_whatever_was_planned() -> None:
    state = t.acted(t.escalated(), a.Override(id="o", actor=t.LEAD, justification="goodwill"))
    assert not state.awaits_approval
    assert ready(t.finished(state, "acknowledgment")) == []
    assert state.assignee == "lead-1"


def test_a_remedy_runs_on_sufficient_authority_and_asks_someone_else_otherwise() -> None:
    steps = (t.REFUND, t.CONFIRMATION)
    state = t.finished(t.asking(), "acknowledgment")
    request = RemedyRequest(remedy=a.Remedy(kind="refund", amount=t.TWENTY), by=t.BOSS, act="o")
    own = t.happened(state, *give_remedy(state, request, steps, t.MANAGER))
    assert any(i.endswith("-refund") for i in ready(own))
    asked = t.happened(state, *give_remedy(state, request.model_copy(update={"by": t.LEAD}), steps, t.MANAGER))
    assert asked.awaits_approval
    assert not any(i.endswith("-refund") for i in ready(asked))


def test_what_the_customer_writes_after_the_resolution_reopens_the_ticket_for_people() -> None:
    state = t.acted(t.resolved(), a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="still wrong"))
    assert state.phase is Phase.OPEN
    assert state.team == POLICY_EXCEPTION_QUEUE
    assert not state.needs_decision


def test_what_the_customer_writes_while_the_closing_message_is_on_its_way_reopens_the_ticket() -> None:
    state = t.finished(t.automated(), "d1-refund")
    state = t.happened(state, *agenda.closing(state, state.steps["d1-confirmation"]))
    state = t.started(state, "d1-confirmation")
    result = state.seq - 1
    state = t.acted(state, a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="wait"))
    for seq, event in (
        (result, ev.StepDone(step="d1-confirmation", reference="m")),
        (result + 1, ev.Resolved(code="automated", summary="done")),
    ):
        state = evolve(state, EventRow(ticket=t.TICKET, seq=seq, at=t.NOW, actor=SYSTEM, event=event))
    state = t.happened(state, *agenda.consequences(state, "d1-confirmation"))
    assert (state.phase, state.team) == (Phase.OPEN, POLICY_EXCEPTION_QUEUE)


def test_the_fold_of_the_rows_is_the_state() -> None:
    state, rows = t.submitted(), []
    first = EventRow(ticket=t.TICKET, seq=1, at=t.NOW, actor=SYSTEM, event=ev.Submitted(submission=state.submission))
    rows.append(first)
    base = fold([first])
    later, more = record(base, carry_out(base, t.decision(Ownership.ESCALATE, gated=True)), actor=SYSTEM, at=t.NOW)
    assert fold([first, *more]) == later
    assert [r.seq for r in [first, *more]] == list(range(1, len(more) + 2))


def test_starting_a_step_reserves_the_rows_of_its_result() -> None:
    state = t.started(t.automated(), "d1-confirmation")
    after = t.happened(state, ev.Noted(message="meanwhile"))
    assert after.seq == state.seq + 1
    assert state.seq >= t.automated().seq + 3


def test_every_state_says_in_words_what_it_waits_for() -> None:
    words = {
        agenda.waits_for(s)
        for s in (t.submitted(), t.asking(), t.escalated(), t.resolved(), t.happened(t.resolved(), ev.Closed()))
    }
    assert len(words) == 5
    assert "an approval by support-manager" in words


def test_a_resolution_ends_the_deciding_too() -> None:
    state = t.acted(t.submitted(), a.Resolve(id="end", actor=t.AGENT, code="fraud", summary="No."))
    assert not state.needs_decision
    state = t.happened(state, ev.Resolved(code="fraud", summary="No."))
    state = t.acted(state, a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="Thanks."))
    assert not state.needs_decision


def test_a_ticket_that_a_person_takes_before_it_is_decided_is_not_decided_any_more() -> None:
    for act in (
        a.Claim(id="mine", actor=t.AGENT),
        a.Reassign(id="theirs", actor=t.LEAD, team="risk-review", reason="Fraud suspected."),
    ):
        state = t.acted(t.submitted(), act)
        assert not state.needs_decision
        assert state.ownership is Ownership.EXCEPTION


def test_a_person_who_takes_a_planned_refund_over_calls_it_off() -> None:
    state = t.acted(t.finished(t.automated(), "acknowledgment"), a.Claim(id="mine", actor=t.AGENT))
    assert ready(state) == []
    assert state.steps["d1-refund"].status is StepStatus.CANCELLED


def test_a_bounce_after_the_resolution_reopens_nothing() -> None:
    state = t.happened(t.resolved(), *agenda.fail_plan(t.resolved(), "mail was refused"))
    assert state.phase is Phase.RESOLVED


def test_ones_own_ticket_is_never_paid_on_ones_own_authority() -> None:
    state = t.finished(t.asking(), "acknowledgment").model_copy(update={"submitter": t.BOSS})
    request = RemedyRequest(remedy=a.Remedy(kind="refund", amount=t.TWENTY), by=t.BOSS, act="o")
    state = t.happened(state, *give_remedy(state, request, (t.REFUND, t.CONFIRMATION), t.MANAGER))
    assert state.awaits_approval


def test_letters_that_are_over_leave_the_state() -> None:
    state = t.finished(t.automated(), "acknowledgment")
    assert isinstance(state.steps["acknowledgment"].step, MailStep)
    assert state.steps["acknowledgment"].step.values == {}
