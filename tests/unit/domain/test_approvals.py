"""Requests for approval: levels, quorum, seats, deputies, and nobody's own request (RULES §5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casewright.domain import acts as a
from casewright.domain import events as ev
from casewright.domain.alarms import AlarmKind, next_alarm
from casewright.domain.approvals import suffices
from casewright.domain.charter import Charter
from casewright.domain.decision import ApprovalNeed
from casewright.domain.messages import TicketTerms
from casewright.domain.people import Actor, StandIn
from casewright.domain.refuse import refuse
from casewright.domain.ring import ring
from casewright.domain.state import ApprovalStatus, StepStatus, TicketState
from casewright.domain.steps import ApprovalMailStep
from tests.unit.domain import tickets as t

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LADDER = ApprovalNeed(
    roles=("team-lead", "support-manager"),
    why="a large amount",
    ladder=(("team-lead",), ("support-manager",)),
    span="4 h",
)
TWO = ApprovalNeed(roles=("support-manager",), why="four eyes", quorum=2)
EACH = ApprovalNeed(roles=("team-lead", "support-manager"), why="both", quorum=2, one_of_each=True)
ANYBODY = Charter.model_construct(acts={}, matrix=())


def asking(need: ApprovalNeed) -> TicketState:
    return t.escalated(need)


def verdict(state: TicketState, actor: Actor, id: str) -> str | None:
    refusal = refuse(state, t.approve(state, actor, id), ANYBODY)
    return refusal.reason if refusal else None


def rung(state: TicketState) -> TicketState:
    alarm = next_alarm(state, TicketTerms(), t.NOW)
    assert alarm is not None
    assert alarm.kind is AlarmKind.APPROVAL
    return t.happened(state, *ring(state, [alarm]), at=alarm.at)


def asked(state: TicketState) -> list[tuple[tuple[str, ...], bool]]:
    return [(r.step.roles, r.step.reminder) for r in state.steps.values() if isinstance(r.step, ApprovalMailStep)]


def test_an_unanswered_request_goes_up_level_by_level_and_then_reminds_daily() -> None:
    state = asking(LADDER)
    assert asked(state) == [(("team-lead",), False)]
    state = rung(state)
    assert asked(state)[1:] == [(("support-manager",), False)]
    reminded = rung(rung(state))
    assert asked(reminded)[2:] == [(("support-manager",), True)] * 2
    assert reminded.awaits_approval, "silence is no yes"
    assert all(r.status is StepStatus.PLANNED for r in reminded.steps.values() if r.gate)


def waits(state: TicketState) -> timedelta:
    alarm = next_alarm(state, TicketTerms(), t.NOW)
    assert alarm is not None
    assert state.approval is not None
    assert state.approval.asked_at is not None
    return alarm.at - state.approval.asked_at


def test_each_level_has_its_time_and_there_is_a_day_between_reminders() -> None:
    first = asking(LADDER)
    top = rung(first)
    reminded = rung(top)
    assert [waits(s) for s in (first, top, reminded, rung(reminded))] == [HOUR * 4, HOUR * 4, DAY, DAY]


def test_every_level_may_still_answer() -> None:
    state = rung(asking(LADDER))
    assert verdict(state, t.LEAD, "1") is None
    assert verdict(state, t.BOSS, "2") is None


def test_a_quorum_needs_different_people() -> None:
    state = asking(TWO)
    second = t.person("boss-2", "support-manager")
    state = t.acted(state, t.approve(state, t.BOSS, "1"))
    assert state.awaits_approval
    assert "counted already" in (verdict(state, t.BOSS, "2") or "")
    state = t.acted(state, t.approve(state, second, "3"))
    assert state.approval is not None
    assert state.approval.status is ApprovalStatus.GIVEN
    assert [voter.id for voter in state.approval.votes] == ["boss-1", "boss-2"]


def test_one_no_ends_a_quorum() -> None:
    state = t.acted(asking(TWO), t.approve(asking(TWO), t.BOSS, "1"))
    assert state.approval is not None
    no = a.Reject(id="2", actor=t.person("boss-2", "support-manager"), plan_hash=state.approval.plan_hash, reason="no")
    assert t.acted(state, no).approval.status is ApprovalStatus.REJECTED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("roles", "enough"),
    [
        ([("team-lead",), ("support-manager",)], True),
        ([("team-lead",), ("team-lead",)], False),
        ([("team-lead", "support-manager")], False),
        ([("team-lead", "support-manager"), ("team-lead",)], True),
        ([("team-lead", "support-manager"), ("support-manager",)], True),
    ],
)
def test_where_each_role_must_be_heard_one_person_sits_on_one_seat(roles: list[tuple[str, ...]], enough: bool) -> None:
    people = [t.person(f"p-{number}", *held) for number, held in enumerate(roles)]
    assert suffices(EACH, people) is enough


def test_the_same_person_twice_is_one() -> None:
    assert not suffices(TWO, [t.BOSS, t.BOSS])


def test_a_deputy_has_the_absent_ones_say() -> None:
    deputy = t.AGENT.model_copy(update={"stands_in_for": (StandIn(person="boss-1", roles=("support-manager",)),)})
    assert verdict(asking(LADDER), deputy, "1") is None
    assert verdict(asking(LADDER), t.AGENT, "2") is not None


def test_nobody_approves_as_the_deputy_of_whoever_asked() -> None:
    state = t.happened(
        t.submitted(),
        ev.ApprovalRequested(plan_hash="a" * 64, need=LADDER, requested_by=t.BOSS, steps=()),
    )
    deputy = t.AGENT.model_copy(update={"stands_in_for": (StandIn(person="boss-1", roles=("support-manager",)),)})
    assert "deputy of whoever asked" in (verdict(state, deputy, "1") or "")
    assert "own request" in (verdict(state, t.BOSS, "2") or "")


def test_closing_a_ticket_withdraws_the_request() -> None:
    state = t.acted(asking(LADDER), a.Resolve(id="r", actor=t.LEAD, code="answered", summary="done"))
    assert state.approval is not None
    assert state.approval.status is ApprovalStatus.CANCELLED
    assert verdict(state, t.BOSS, "1") is not None
