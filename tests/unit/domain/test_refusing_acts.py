"""Acts are refused with a reason, or taken once (RULES §5)."""

from __future__ import annotations

import pytest

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.people import Actor, ActorKind
from casewright.domain.refuse import MAX_ACTS, RefusalKind, refuse, refuse_told
from casewright.domain.state import ActMark, ApprovalStatus, TicketState
from tests.unit.domain import tickets as t


def reason(state: TicketState, act: a.Act) -> str:
    refusal = refuse(state, act, t.CHARTER)
    assert refusal is not None
    return refusal.reason


def test_a_holder_of_the_needed_role_may_approve() -> None:
    state = t.escalated()
    assert refuse(state, t.approve(state, t.BOSS), t.CHARTER) is None


def test_someone_without_the_needed_role_may_not_approve() -> None:
    state = t.escalated()
    refusal = refuse(state, t.approve(state, t.LEAD), t.CHARTER)
    assert refusal is not None
    assert refusal.kind is RefusalKind.FORBIDDEN
    assert "support-manager" in refusal.reason


def test_the_first_verdict_stands() -> None:
    state = t.escalated()
    state = t.acted(state, t.approve(state, t.BOSS))
    second = t.approve(state, t.person("boss-2", "support-manager"), "act-2")
    assert "already given by boss-1" in reason(state, second)


def test_a_verdict_on_a_plan_that_was_replaced_is_refused() -> None:
    state = t.escalated()
    stale = a.Approve(id="x", actor=t.BOSS, plan_hash="0" * 64)
    assert "has changed" in reason(state, stale)


def test_nobody_approves_their_own_request() -> None:
    state = t.escalated()
    assert state.approval is not None
    own = state.model_copy(update={"approval": state.approval.model_copy(update={"requested_by": t.BOSS})})
    assert "own request" in reason(own, t.approve(own, t.BOSS))


def test_a_verdict_after_closure_is_refused() -> None:
    state = t.escalated()
    verdict = t.approve(state, t.BOSS)
    state = t.acted(state, a.Resolve(id="end", actor=t.AGENT, code="done", summary="bye"))
    assert state.approval is not None
    assert state.approval.status is ApprovalStatus.CANCELLED
    assert "being resolved" in reason(state, verdict)


def test_a_ticket_cannot_be_resolved_while_approved_money_is_on_its_way() -> None:
    state = t.escalated()
    state = t.acted(state, t.approve(state, t.BOSS))
    end = a.Resolve(id="end", actor=t.AGENT, code="done", summary="bye")
    assert "refund is on its way" in reason(state, end)
    assert "refund is on its way" in reason(t.started(state, "d1-refund"), end)
    assert refuse(t.finished(state, "d1-refund"), end, t.CHARTER) is None


def test_a_resend_is_not_refused_but_another_act_under_its_id_is() -> None:
    note = a.InternalNote(id="n1", actor=t.AGENT, message="seen")
    state = t.acted(t.automated(), note)
    assert refuse(state, note, t.CHARTER) is None
    assert refuse(state, note.model_copy(update={"actor": t.person("agent-1", "agent", "tier-2")}), t.CHARTER) is None
    assert "already used" in reason(state, a.InternalNote(id="n1", actor=t.AGENT, message="other"))
    assert "already used" in reason(state, a.InternalNote(id="n1", actor=t.LEAD, message="seen"))


def test_the_charter_says_who_may_override() -> None:
    override = a.Override(id="o", actor=t.AGENT, justification="because")
    assert "team-lead" in reason(t.automated(), override)


@pytest.mark.parametrize("actor", [t.CUSTOMER, t.person("nobody-1")])
def test_only_staff_with_a_role_act_for_the_company(actor: Actor) -> None:
    assert reason(t.automated(), a.Claim(id="c", actor=actor))


def test_an_agent_does_not_speak_as_the_customer() -> None:
    assert "comes from the customer" in reason(t.asking(), a.CustomerAnswer(id="c", actor=t.AGENT, message="INV-1"))


def test_a_resolved_ticket_takes_notes_and_customers_answers_only() -> None:
    state = t.resolved()
    assert refuse(state, a.InternalNote(id="n", actor=t.AGENT, message="x"), t.CHARTER) is None
    assert refuse(state, a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="x"), t.CHARTER) is None
    assert "resolved" in reason(state, a.Reply(id="r", actor=t.AGENT, message="x"))


def test_a_closed_ticket_takes_nothing() -> None:
    state = t.happened(t.resolved(), ev.Closed())
    for act in (
        a.InternalNote(id="n", actor=t.AGENT, message="x"),
        a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="x"),
    ):
        refusal = refuse(state, act, t.CHARTER)
        assert refusal is not None
        assert refusal.kind is RefusalKind.CLOSED


def test_what_nobody_waits_on_is_a_customers_answer_only() -> None:
    assert refuse_told(t.asking(), a.CustomerAnswer(id="c", actor=t.CUSTOMER, message="INV-1")) is None
    told = refuse_told(t.escalated(), t.approve(t.escalated(), t.BOSS))
    assert told is not None


def test_a_ticket_takes_a_limited_number_of_acts() -> None:
    marks = {f"a{i}": ActMark(seq=i, digest="x") for i in range(MAX_ACTS)}
    full = t.automated().model_copy(update={"acts": marks})
    assert "its limit" in reason(full, a.InternalNote(id="n", actor=t.AGENT, message="x"))


def test_a_service_approves_nothing_whatever_roles_it_holds() -> None:
    state = t.escalated()
    service = Actor(id="portal", kind=ActorKind.SERVICE, roles=("support-manager",))
    assert "is for people" in reason(state, t.approve(state, service))


def test_nobody_approves_what_they_submitted_themselves() -> None:
    state = t.escalated().model_copy(update={"submitter": t.BOSS})
    assert "own request" in reason(state, t.approve(state, t.BOSS))


def test_a_ticket_is_not_handed_to_a_team_that_does_not_exist() -> None:
    charter = t.CHARTER.model_copy(update={"teams": ("billing-specialists",)})
    there = a.Reassign(id="r", actor=t.LEAD, team="billing-specialists", reason="Theirs.")
    assert refuse(t.automated(), there, charter) is None
    refusal = refuse(t.automated(), there.model_copy(update={"team": "nonsense"}), charter)
    assert refusal is not None
    assert "billing-specialists" in refusal.reason
