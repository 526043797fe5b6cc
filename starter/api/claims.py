"""Claims checked against what the policy declares, so that a sender learns of a mistake at once."""

from __future__ import annotations

from collections.abc import Mapping

from casewright.domain.money import Money
from casewright.domain.ticket import ClaimValue
from casewright.policy.claims import matches
from casewright.policy.grammar import ClaimField, Policy
from casewright.policy.problems import nearest
from casewright.policy.typed import Kind
from starter.api.problems import FieldProblem, invalid
from starter.api.validation import part


def check_claims(policy: Policy, claims: Mapping[str, ClaimValue]) -> None:
    """Refuse claims that the policy version can't read.

    Raises:
        ApiProblem: 422 with everything that is wrong.
    """
    found = [(name, _wrong(policy, name, value)) for name, value in claims.items()]
    problems = tuple(FieldProblem(field=f"claims.{part(name)}", message=why) for name, why in found if why)
    if problems:
        raise invalid(problems)


def _wrong(policy: Policy, name: str, value: ClaimValue) -> str | None:
    declared = policy.claims.get(name)
    if declared is None:
        return f"{policy.id} knows no such claim{nearest(name, policy.claims)}"
    return _wrong_money(value) if declared.type.kind is Kind.MONEY else _wrong_text(declared, value)


def _wrong_money(value: ClaimValue) -> str | None:
    if not isinstance(value, Money):
        return 'expected money, as {"amount": "12.50", "currency": "USD"}'
    return "an amount must be positive" if value.amount <= 0 else None


def _wrong_text(declared: ClaimField, value: ClaimValue) -> str | None:
    if isinstance(value, Money):
        return "expected text"
    if not matches(declared.pattern, value):
        return f"does not match {declared.pattern}"
    return None
