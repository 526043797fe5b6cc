"""The anomaly overlay: a sender whom the account doesn't know meets a person (RULES §2.2)."""

import pytest

from casewright.domain.decision import Ownership
from casewright.domain.people import POLICY_EXCEPTION_QUEUE
from casewright.domain.ticket import Priority

from .billing_cases import FIRST, TWIN, case, decided


def test_a_stranger_gets_nothing_and_the_tables_verdict_stays_visible() -> None:
    decision = decided(case(FIRST, TWIN, email="mallory@example.com"))
    ruling = decision.ruling
    assert ruling.ownership is Ownership.EXCEPTION
    assert ruling.team == POLICY_EXCEPTION_QUEUE
    assert decision.steps == ()
    assert "not one of the account's contacts" in ruling.reason
    assert ruling.overlays == (
        "anomaly: the sender's address is not one of the account's contacts; the table ruled automate",
    )
    assert [row.rule for row in decision.trace if row.outcome == "true"] == ["A.1/auto-refund"]


@pytest.mark.parametrize("email", ["jane@example.com", "Jane@Example.COM"])
def test_a_contact_is_known_however_the_address_is_spelt(email: str) -> None:
    assert decided(case(FIRST, TWIN, email=email)).ruling.overlays == ()


def test_an_escalation_of_a_strangers_stays_one_but_prepares_no_money() -> None:
    decision = decided(case(FIRST, TWIN, email="mallory@example.com", priority=Priority.HIGH))
    assert decision.ruling.ownership is Ownership.ESCALATE
    assert decision.ruling.team == "billing-specialists"
    assert decision.ruling.commitments
    assert decision.ruling.approval is None
    assert decision.steps == ()


def test_a_stranger_is_not_asked_anything() -> None:
    decision = decided(case(claims={}, email="mallory@example.com"))
    assert decision.ruling.ownership is Ownership.EXCEPTION
    assert decision.ruling.question is None


def test_who_has_no_account_meets_a_person() -> None:
    decision = decided(case(FIRST, TWIN, account=False))
    assert decision.ruling.ownership is Ownership.EXCEPTION
    assert "no account" in decision.ruling.reason
