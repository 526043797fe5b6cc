"""Running a policy's examples: each must come to what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError

from casewright.domain.charter import Charter
from casewright.domain.decision import Decision
from casewright.domain.facts import Availability, Fact
from casewright.domain.money import Money
from casewright.domain.requests import AssessRequest
from casewright.domain.ticket import ClaimValue, Requester
from casewright.policy.case import Case
from casewright.policy.decide import decide, derive
from casewright.policy.evaluate import evaluate
from casewright.policy.grammar import Example, ExampleCase, Policy
from casewright.policy.logic import Readings
from casewright.policy.readings import readings_of
from casewright.policy.registry import INPUTS_MODULES

TICKET = "T-0000000000000001"


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


def readings_of_example(policy: Policy, example: Example, charter: Charter) -> Readings:
    """The inputs that an example comes to."""
    if example.inputs is not None:
        return example.inputs
    if example.case is None:
        raise ValueError(f"the example {example.name!r} tells nothing")
    case = case_of(policy, example.case, charter)
    return readings_of(policy, derive(policy, INPUTS_MODULES[policy.id], case))


def failures(policy: Policy, example: Example, charter: Charter) -> Iterator[str]:
    """What an example comes to instead of what it says."""
    try:
        if example.case is None:
            yield from _wrong_row(policy, example, readings_of_example(policy, example, charter))
            return
        decision = decide(policy, case_of(policy, example.case, charter))
    except (ValueError, ValidationError) as error:
        yield f"the example can't be run: {error}"
        return
    if decision.ruling.rule != example.expect:
        yield f"expected {example.expect}, came to {decision.ruling.rule}: {decision.ruling.reason}"
    elif example.amounts is not None and amounts_of(decision) != example.amounts:
        yield f"expected {_listed(example.amounts)}, came to {_listed(amounts_of(decision))}"


def amounts_of(decision: Decision) -> dict[str, Money]:
    """Step → the money that it gives."""
    steps = (planned.step for planned in decision.steps)
    return {step.id: step.amount for step in steps if step.kind != "mail"}


def _wrong_row(policy: Policy, example: Example, readings: Readings) -> Iterator[str]:
    verdict = evaluate(policy, readings)
    rule = verdict.row.id if verdict.row else None
    if rule != example.expect:
        yield f"expected {example.expect}, came to {rule}: {verdict.reason}"


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
