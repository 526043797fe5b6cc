"""Claims against what A.1 declares."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casewright.domain.money import Money
from casewright.domain.ticket import ClaimValue
from casewright.handbook import Handbook
from casewright.policy.grammar import Policy
from starter.api.claims import check_claims
from starter.api.problems import ApiProblem

TWENTY = Money.from_minor(2000, "USD")


@pytest.fixture(scope="module")
def a_1() -> Policy:
    return Handbook.load(Path(__file__).parents[3] / "handbook").policy_for("A.1", 1, datetime.now(UTC))


@pytest.mark.parametrize("claims", [{}, {"invoice": "INV-1"}, {"invoice": " INV-1 "}, {"amount": TWENTY}])
def test_claims_as_declared_are_taken(a_1: Policy, claims: dict[str, ClaimValue]) -> None:
    check_claims(a_1, claims)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"invoice": "?"}, "claims.invoice: isn't written as A.1 expects it, such as INV-1"),
        ({"invoice": ""}, "claims.invoice: isn't written as A.1 expects it, such as INV-1"),
        ({"invoice": TWENTY}, "claims.invoice: expected text"),
        ({"amount": "20.00 USD"}, "claims.amount: expected money"),
        ({"amount": Money.zero("USD")}, "claims.amount: an amount must be positive"),
        ({"amount": Money.from_minor(-1, "USD")}, "claims.amount: an amount must be positive"),
        ({"invoise": "INV-1"}, "claims.invoise: A.1 knows no such claim; did you mean 'invoice'?"),
    ],
)
def test_other_claims_are_refused_by_name(a_1: Policy, claims: dict[str, ClaimValue], said: str) -> None:
    with pytest.raises(ApiProblem) as refusal:
        check_claims(a_1, claims)
    assert said in refusal.value.error.message
    assert refusal.value.status_code == 422


def test_every_wrong_claim_is_listed(a_1: Policy) -> None:
    with pytest.raises(ApiProblem) as refusal:
        check_claims(a_1, {"amount": "much", "invoice": "?"})
    assert [one.field for one in refusal.value.error.problems or ()] == ["claims.amount", "claims.invoice"]
