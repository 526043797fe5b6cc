"""The authority matrix gives every case an owner (RULES §6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from casewright.domain.charter import AuthorityRow, Charter
from casewright.domain.money import Money
from casewright.domain.ticket import Plan

LIMIT = Money.from_minor(14900, "USD")
MATRIX = (
    AuthorityRow(
        kind="refund",
        roles=("agent",),
        up_to=LIMIT,
        plans=(Plan.STARTER, Plan.PROFESSIONAL),
        younger_than_days=30,
        source="level 1",
    ),
    AuthorityRow(kind="refund", roles=("finance-director",), source="level 3"),
    AuthorityRow(kind="credit", roles=("finance-director",), source="level 3"),
)
CHARTER = Charter(acts={}, matrix=MATRIX)
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("amount", "plan", "age", "agent"),
    [
        (14900, Plan.STARTER, MONTH - timedelta(seconds=1), True),
        (14901, Plan.STARTER, timedelta(0), False),
        (100, Plan.STARTER, MONTH, False),
        (100, Plan.ENTERPRISE, timedelta(0), False),
        (100, None, timedelta(0), False),
        (100, Plan.STARTER, None, False),
    ],
)
def test_an_agent_refunds_within_the_level_and_nothing_beyond(
    amount: int, plan: Plan | None, age: timedelta | None, agent: bool
) -> None:
    need = CHARTER.approvers("refund", Money.from_minor(amount, "USD"), plan, age)
    assert ("agent" in need.roles) is agent
    assert "finance-director" in need.roles


def test_another_currency_is_nobodys_below_the_top() -> None:
    assert CHARTER.approvers("refund", Money.from_minor(100, "EUR"), Plan.STARTER, timedelta(0)).roles == (
        "finance-director",
    )


def test_a_matrix_that_leaves_a_case_without_an_owner_is_refused() -> None:
    with pytest.raises(ValidationError, match="without an owner"):
        Charter(acts={}, matrix=MATRIX[:1])


def test_an_unanswered_request_for_money_goes_up_the_matrix() -> None:
    need = CHARTER.approvers("refund", Money.from_minor(100, "USD"), Plan.STARTER, timedelta(0))
    assert need.ladder == (("agent",), ("finance-director",))
