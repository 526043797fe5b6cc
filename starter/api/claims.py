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
from starter.expected import MONEY_IN_JSON


def check_claims(policy: Policy, claims: Mapping[str, ClaimValue]) -> None:
    """Refuse claims that the policy version can't read.

    Raises:
        ApiProblem: 422 with everything that is wrong.
    """
    found = [(name, _wrong(policy, name, value)) for name, value in claims.items()]
    problems = tuple(
        FieldProblem(
            field=f"claims.{part(name)}", message=why, expected="money" if _is_to_be_money(policy, name) else None
        )
        for name, why in found
        if why
    )
    if problems:
        raise invalid(problems)


def _is_to_be_money(policy: Policy, name: str) -> bool:
    declared = policy.claims.get(name)
    return declared is not None and declared.type.kind is Kind.MONEY


def _wrong(policy: Policy, name: str, value: ClaimValue) -> str | None:
    declared = policy.claims.get(name)
    if declared is None:
        return f"{policy.id} knows no such claim{nearest(name, policy.claims)}"
    return _wrong_money(value) if declared.type.kind is Kind.MONEY else _wrong_text(policy, declared, value)


def _wrong_money(value: ClaimValue) -> str | None:
    if not isinstance(value, Money):
        return f"expected money, as {MONEY_IN_JSON}"
    return "an amount must be positive" if value.amount <= 0 else None


def _wrong_text(policy: Policy, declared: ClaimField, value: ClaimValue) -> str | None:
    example = _example(policy, declared)
    such_as = f", such as {example}" if example else ""
    if isinstance(value, Money):
        return f"expected text{such_as}"
    if not matches(declared.pattern, value):
        return f"isn't written as {policy.id} expects it{such_as}"
    return None


def _example(policy: Policy, declared: ClaimField) -> str | None:
    """From the policy's own examples: a form that is right, where the expression would tell few."""
    claimed = (example.case.claims.get(declared.name) for example in policy.examples if example.case is not None)
    return next((text for text in claimed if isinstance(text, str) and matches(declared.pattern, text)), None)
