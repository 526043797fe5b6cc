"""What a decision is made of, as other programs write it: ticket, claims, facts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, JsonValue

from casewright.domain.facts import Fact
from casewright.domain.model import Frozen
from casewright.domain.requests import AssessRequest
from casewright.domain.ticket import MAX_CLAIMS, ClaimName, ClaimValue, Priority, Requester, TicketId
from casewright.policy.grammar import Policy
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
