"""Who is asked next, and by when: never beyond the authority that money needs (RULES §5, §6)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casewright.domain.calendars import Calendar, Weekday, Window
from casewright.domain.charter import AuthorityRow, Charter
from casewright.domain.clocks import Clock, CommitmentKind, Milestone
from casewright.domain.decision import ApprovalNeed, Commitment
from casewright.policy.approval_terms import with_ladder
from casewright.policy.entitlement import calendars_of

CHARTER = Charter(
    acts={},
    next_level={"agent": "support-manager", "security-operations": "support-manager"},
    matrix=(
        AuthorityRow(kind="refund", roles=("finance-director",), source="top"),
        AuthorityRow(kind="credit", roles=("finance-director",), source="top"),
    ),
)


def test_whoever_is_above_may_answer_too() -> None:
    need = with_ladder(ApprovalNeed(roles=("security-operations",), why="HB B.1"), CHARTER)
    assert need.ladder == (("security-operations",), ("support-manager",))
    assert need.roles == ("security-operations", "support-manager")


def test_nobody_gets_authority_over_money_by_standing_above() -> None:
    of_money = ApprovalNeed(roles=("agent",), why="refund", ladder=(("agent",),))
    assert with_ladder(of_money, CHARTER).roles == ("agent",)


def test_where_each_must_be_heard_all_are_asked_at_once() -> None:
    need = ApprovalNeed(roles=("agent", "security-operations"), why="both", one_of_each=True)
    assert with_ladder(need, CHARTER).ladder == ()


def test_the_rules_own_sla_is_the_deadline_else_eight_business_hours() -> None:
    need = ApprovalNeed(roles=("agent",), why="HB")
    sla = Commitment(name="policy action", span="1 h", source="HB B.1")
    assert with_ladder(need, CHARTER, [sla]).span == "1 h"
    assert with_ladder(need, CHARTER).span == "8 bh"


FIRST_CONTACT = Commitment(name="first contact", span="1 h", source="HB", met_by=Milestone.CONTACTED)
SECOND_CONTACT = Commitment(name="second contact", span="4 bh", source="HB", met_by=Milestone.CONTACTED)
REPORT = Commitment(name="report", span="30 min", source="HB", met_by=Milestone.ANSWERED, kind=CommitmentKind.TARGET)
ACTION = Commitment(name="policy action", span="24 h", source="HB")
SOONER = Commitment(name="sooner action", span="6 h", source="HB")


@pytest.mark.parametrize(
    ("commitments", "span"),
    [
        ((FIRST_CONTACT, ACTION), "24 h"),
        ((ACTION, FIRST_CONTACT, SOONER), "6 h"),
        ((REPORT, SECOND_CONTACT, FIRST_CONTACT), "1 h"),
        ((REPORT,), "8 bh"),
    ],
)
def test_an_approval_has_as_long_as_the_rules_own_action_else_as_its_nearest_promise(
    commitments: tuple[Commitment, ...], span: str
) -> None:
    need = with_ladder(ApprovalNeed(roles=("agent",), why="HB"), CHARTER, commitments)
    assert need.span == span


def test_an_approval_counts_by_the_calendar_of_its_own_commitment_else_by_the_teams() -> None:
    need = ApprovalNeed(roles=("agent",), why="HB", calendar="fair")
    action = Commitment(name="policy action", span="4 bh", source="HB", calendar="berlin")
    others = FIRST_CONTACT.model_copy(update={"span": "1 bh", "calendar": "lisbon"})
    assert with_ladder(need, CHARTER, [others, action], "support").calendar == "berlin"
    teams = action.model_copy(update={"calendar": None})
    assert with_ladder(need, CHARTER, [others, teams], "support").calendar == "support"
    assert with_ladder(need, CHARTER, [], "support").calendar == "fair"


def test_a_ticket_keeps_the_holidays_that_can_matter_to_it() -> None:
    open_days = {Weekday.MONDAY: (Window.model_validate({"opens": "10:00", "closes": "18:00"}),)}
    years = {date(year, 1, 1): "New Year" for year in range(2020, 2041)}
    calendar = Calendar(id="support", zone="Etc/UTC", weekly=open_days, holidays=years)
    clock = Clock(
        id="a",
        name="a",
        kind=CommitmentKind.PROMISE,
        source="HB",
        span="4 bh",
        calendar="support",
        met_by=Milestone.ACTED,
        started=datetime(2026, 12, 30, tzinfo=UTC),
    )
    (kept,) = calendars_of((clock,), None, {"support": calendar})
    assert sorted(day.year for day in kept.holidays) == [2027, 2028, 2029]
