"""What a decision is made of, as other programs write it: ticket, claims, facts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, JsonValue, ValidationError, field_validator

from casewright.domain.facts import Fact
from casewright.domain.model import Frozen
from casewright.domain.requests import AssessRequest
from casewright.domain.ticket import MAX_CLAIMS, ClaimName, ClaimValue, Priority, Requester, TicketId
from casewright.policy.expected import in_words
from casewright.policy.grammar import Policy
from casewright.policy.problems import nearest
from casewright.policy.registry import INPUTS_MODULES
from casewright.policy.typed import Kind

MAX_FACTS = 50


class TicketPart(Frozen):
    """What a decision reads of the ticket itself."""

    id: TicketId
    submitted_at: AwareDatetime
    priority: Priority
    requester: Requester


class CaseInput(Frozen):
    """One case to decide."""

    ticket: TicketPart
    claims: Annotated[dict[ClaimName, ClaimValue], Field(max_length=MAX_CLAIMS)] = {}
    facts: Annotated[tuple[Fact, ...], Field(max_length=MAX_FACTS)] = ()
    version: int | None = None
    """None: the version in force when the ticket was submitted."""
    at: AwareDatetime | None = None
    """The instant to decide as of; None: now."""

    @field_validator("facts")
    @classmethod
    def _observed_with_a_zone(cls, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        for fact in facts:
            if fact.observed_at.tzinfo is None:
                raise ValueError(f"observed_at of {fact.name} has no time zone: write it as 2025-03-01T00:00:00Z")
        return facts

    def asked(self, policy: str) -> AssessRequest:
        """The case as a request to decide it under a policy."""
        return AssessRequest(
            ticket=self.ticket.id,
            submitted_at=self.ticket.submitted_at,
            policy=policy,
            version=self.version,
            priority=self.ticket.priority,
            requester=self.ticket.requester,
            claims=self.claims,
        )


def read_case(value: JsonValue) -> CaseInput:
    """A case as it was written.

    Raises:
        ValueError: a field is unknown, missing or wrong; the message names each, and what is expected there.
    """
    try:
        return CaseInput.model_validate(value)
    except ValidationError as error:
        raise ValueError("; ".join(in_words(CaseInput, told) for told in error.errors())) from error


def refuse_unknown(given: CaseInput, policy: Policy) -> None:
    """A claim or fact that a policy doesn't know would be left out in silence.

    Raises:
        ValueError: there are such; the message names each, and what the policy expects.
    """
    wrong = [f"unknown claim {n!r}{nearest(n, policy.claims)}" for n in given.claims if n not in policy.claims]
    names = ", ".join(policy.facts)
    for number, fact in enumerate(given.facts):
        if fact.name not in policy.facts:
            wrong.append(f"facts.{number}.name: unknown fact {fact.name!r}; expected one of {names}")
    if wrong:
        raise ValueError("; ".join(wrong))


def schema(policy: Policy) -> dict[str, JsonValue]:
    """The JSON Schema of a case under a policy: its own claims, and its own facts with what they hold."""
    whole: dict[str, Any] = CaseInput.model_json_schema()
    whole["title"] = f"Case under {policy.id} version {policy.version}"
    claims = {name: _claim(policy, name) for name in policy.claims}
    whole["properties"]["claims"] = {"type": "object", "properties": claims, "additionalProperties": False}
    facts: list[dict[str, Any]] = []
    for name in policy.facts:
        held = INPUTS_MODULES[policy.id].facts[name].model_json_schema(ref_template="#/$defs/{model}")
        whole["$defs"].update(held.pop("$defs", {}))
        whole["$defs"][held["title"]] = held
        told = {"name": {"const": name}, "value": {"anyOf": [{"$ref": f"#/$defs/{held['title']}"}, {"type": "null"}]}}
        facts.append({"allOf": [{"$ref": "#/$defs/Fact"}, {"properties": told, "required": ["name"]}]})
    whole["properties"]["facts"] = {"type": "array", "maxItems": MAX_FACTS, "items": {"anyOf": facts}}
    return whole


def _claim(policy: Policy, name: str) -> dict[str, Any]:
    claim = policy.claims[name]
    if claim.type.kind is Kind.MONEY:
        return {"$ref": "#/$defs/Money"}
    return {"type": "string", **({"pattern": f"^{claim.pattern}$"} if claim.pattern else {})}
