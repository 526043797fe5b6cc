"""Running a policy's examples: each must come to what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casewright.domain.charter import Charter
from casewright.domain.decision import Decision
from casewright.domain.facts import Availability, Fact
from casewright.domain.money import Money
from casewright.domain.requests import AssessRequest
from casewright.domain.steps import CreditStep, RefundStep
from casewright.domain.ticket import ClaimValue, Requester
from casewright.policy.case import Case
from casewright.policy.decide import decide_by_table
from casewright.policy.evaluate import evaluate
from casewright.policy.grammar import Example, ExampleCase, Policy
from casewright.policy.logic import Readings

TICKET = "T-0000000000000001"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example comes to."""

    wrong: str | None
    """What it comes to instead of what it says."""
    readings: Readings | None
    """Its inputs; None: it can't be run."""


def case_of(policy: Policy, told: ExampleCase, charter: Charter) -> Case:
    """An example's case, as if it had come from a ticket.

    Raises:
        ValueError: a claim or the address is none that a ticket could have.
    """
    claims: dict[str, ClaimValue] = {n: v for n, v in told.claims.items() if isinstance(v, str | Money)}
    asked = AssessRequest(
        ticket=TICKET,
        submitted_at=told.at,
        policy=policy.id,
        version=policy.version,
        priority=told.priority,
        requester=Requester(email=told.email),
        claims=claims,
    )
    return Case.of(asked, _facts(told), charter, told.at)


def run(policy: Policy, example: Example, charter: Charter) -> Outcome:
    """An example through the table, once."""
    try:
        if example.inputs is not None:
            verdict = evaluate(policy, example.inputs)
            rule = verdict.row.id if verdict.row else None
            return Outcome(_wrong(example, rule, verdict.reason), example.inputs)
        if example.case is None:
            raise ValueError("it tells nothing")
        decision, readings = decide_by_table(policy, case_of(policy, example.case, charter))
    except ValueError as error:
        return Outcome(f"the example can't be run: {error}", None)
    wrong = _wrong(example, decision.ruling.rule, decision.ruling.reason)
    if wrong is None and example.amounts is not None and amounts_of(decision) != example.amounts:
        wrong = f"expected {_listed(example.amounts)}, came to {_listed(amounts_of(decision))}"
    return Outcome(wrong, readings)


def amounts_of(decision: Decision) -> dict[str, Money]:
    """Step → the money that it gives."""
    steps = (planned.step for planned in decision.steps)
    return {step.id: step.amount for step in steps if isinstance(step, RefundStep | CreditStep)}


def _wrong(example: Example, rule: str | None, reason: str) -> str | None:
    return None if rule == example.expect else f"expected {example.expect}, came to {rule}: {reason}"


def _facts(told: ExampleCase) -> tuple[Fact, ...]:
    known = [_fact(name, value, told.at) for name, value in told.facts.items()]
    lost = [Fact.unavailable(name, "example", told.at, reason) for name, reason in told.unavailable.items()]
    return (*known, *lost)


def _fact(name: str, value: object, at: datetime) -> Fact:
    availability = Availability.NONE if value is None else Availability.VALUE
    return Fact.model_validate(
        {"name": name, "availability": availability, "source": "example", "observed_at": at, "value": value}
    )


def _listed(amounts: dict[str, Money]) -> str:
    return ", ".join(f"{step} of {amount}" for step, amount in sorted(amounts.items())) or "no money"
